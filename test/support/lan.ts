/**
 * Machines of their own on one machine: Linux network namespaces, joined by a switch (a LAN) or by a router (each in a
 * network of its own, as on the internet). No traffic leaves them. Needs root and `ip` of iproute2.
 */

import { execFileSync, spawnSync } from 'node:child_process'

/** The process that made a namespace is in its name, so that a later run can clear away what a killed one left. */
const PREFIX = 'tincan-'

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

/** Why namespaces cannot be made here, or undefined when they can. Clears away what dead processes left behind. */
export function whyNoNamespaces(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const list = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' })
  if (list.error !== undefined) return 'network namespaces need `ip`: install iproute2'
  for (const [name, pid] of list.stdout.matchAll(new RegExp(`^${PREFIX}(\\d+)-\\S+`, 'gm'))) {
    if (!isRunning(Number(pid))) spawnSync('ip', ['netns', 'del', name])
  }
  const name = nextName('try')
  const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' })
  if (made.status !== 0) return `network namespaces are not permitted here: ${made.stderr.trim()}`
  const linked = spawnSync('ip', ['-n', name, 'link', 'add', 'br0', 'type', 'bridge'], { encoding: 'utf8' })
  spawnSync('ip', ['netns', 'del', name])
  return linked.status === 0 ? undefined : `no bridges here: ${linked.stderr.trim()}`
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
    execFileSync('ip', ['netns', 'exec', centre, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward'])
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
  const names: string[] = []
  const add = (word: string): string => {
    const name = nextName(word)
    execFileSync('ip', ['netns', 'add', name])
    names.push(name)
    ip(name, 'link set lo up')
    return name
  }
  // the processes in a namespace have ended by then, or keep it alive until they do
  const remove = () => {
    for (const name of names.splice(0)) spawnSync('ip', ['netns', 'del', name])
    process.off('exit', remove)
  }
  process.on('exit', remove)
  try {
    const centre = add('centre')
    const machines = plan(centre).map(({ address, gateway, attach }, at) => {
      const name = add(`m${at}`)
      const port = `port${at}`
      ip(centre, `link add ${port} type veth peer name eth0 netns ${name}`)
      attach(port)
      ip(centre, `link set ${port} up`)
      ip(name, `addr add ${address}/24 dev eth0`)
      const machine = { address, within: ['ip', 'netns', 'exec', name] }
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
    return { machines, [Symbol.dispose]: remove }
  } catch (error) {
    remove()
    throw error
  }
}

let made = 0
const nextName = (word: string): string => `${PREFIX}${process.pid}-${++made}-${word}`

/** Runs `ip` in a namespace; the words hold no spaces. */
function ip(namespace: string, words: string): void {
  execFileSync('ip', ['-n', namespace, ...words.split(' ')])
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
