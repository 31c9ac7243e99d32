/**
 * Machines of their own on one machine: Linux network namespaces, joined by a switch (a LAN) or by a router (each in a
 * network of its own, as on the internet). No traffic leaves them. Needs root and `ip` of iproute2.
 */

import { ip, Namespaces, setSysctls, within } from './namespaces.ts'

export { whyNoNamespaces } from './namespaces.ts'

export interface Machine {
  /** IPv4. */
  address: string
  /** What to put in front of a command to run it on this machine. */
  within: string[]
  /** Pulls the cable out, or puts it back. A default route is back with it, as DHCP sees to it on a real machine. */
  setLink(state: 'up' | 'down'): void
  /** Takes another address of the same network, as after a new DHCP lease: connections from the old one go dead. */
  move(address: string): void
}

export interface Machines extends Disposable {
  machines: Machine[]
}

/** So many machines on one switch, 10.77.0.0/24. */
export function lan(count: number): Machines {
  return build((centre) => {
    ip(centre, 'link add br0 type bridge')
    ip(centre, 'link set br0 up')
    return Array.from({ length: count }, (_, at) => {
      const address = `10.77.0.${at + 1}`
      return { address, gateway: '10.77.0.254', attach: (port) => ip(centre, `link set ${port} master br0`) }
    })
  })
}

/** One machine at each of these addresses, each the only one of its /24, behind one router. */
export function internet(addresses: string[]): Machines {
  return build((centre) => {
    setSysctls(centre, { 'ipv4/ip_forward': 1 })
    return addresses.map((address) => {
      const gateway = address.replace(/\d+$/, '254')
      return { address, gateway, attach: (port) => ip(centre, `addr add ${gateway}/24 dev ${port}`) }
    })
  })
}

interface Place {
  address: string
  gateway: string
  /** Connects the cable's other end. */
  attach: (port: string) => void
}

function build(plan: (centre: string) => Place[]): Machines {
  const namespaces = new Namespaces()
  try {
    const centre = namespaces.add('centre')
    const machines = plan(centre).map(({ address, gateway, attach }, at) => {
      const name = namespaces.add(`m${at}`)
      const port = `port${at}`
      ip(centre, `link add ${port} type veth peer name eth0 netns ${name}`)
      attach(port)
      ip(centre, `link set ${port} up`)
      ip(name, `addr add ${address}/24 dev eth0`)
      const machine = { address, within: within(name) }
      const setLink = (state: 'up' | 'down') => {
        ip(name, `link set eth0 ${state}`)
        if (state === 'up') ip(name, `route add default via ${gateway}`)
      }
      setLink('up')
      const move = (to: string) => {
        ip(name, `addr del ${machine.address}/24 dev eth0`)
        ip(name, `addr add ${to}/24 dev eth0`)
        ip(name, `route add default via ${gateway}`)
        machine.address = to
      }
      return Object.assign(machine, { setLink, move })
    })
    return { machines, [Symbol.dispose]: () => namespaces[Symbol.dispose]() }
  } catch (error) {
    namespaces[Symbol.dispose]()
    throw error
  }
}
