/**
 * An internet on one machine: a router, hosts with public addresses, and homes behind NATs of every kind, all of them
 * with the LAN 192.168.1.0/24. Each public address is in a block of its own, and one that libp2p takes for public; no
 * traffic leaves the namespaces. Needs root, iproute2, nftables and conntrack.
 */

import { execFileSync, spawnSync } from 'node:child_process'

import { ip, Namespaces, setSysctls, whyNoNamespaces, within } from '../support/namespaces.ts'
import { type HomeKind, KINDS, type KindName } from './home-kinds.ts'
import { forgetting, natRules, type NatPlace } from './nat-rules.ts'
import { type CableEnd, type Impairment, plug, Wires } from './wire.ts'

/** Why no world can be made here, or undefined when one can. */
export function whyNoWorld(): string | undefined {
  const why = whyNoNamespaces()
  if (why !== undefined) return why
  if (spawnSync('nft', ['--version']).error !== undefined) return 'NATs need `nft`: install nftables'
  if (spawnSync('conntrack', ['--version']).error !== undefined) return 'NATs need `conntrack`: install conntrack'
  return undefined
}

/** A machine that programs run on. */
export interface Host {
  namespace: string
  within: string[]
  addresses: string[]
}

export interface Home {
  name: string
  kind: KindName
  /** The machines in it: one, or more on the same LAN. */
  hosts: Host[]
  /** Its router, where it has one of its own. */
  router: string | undefined
  /** The router's device at the end of the home's cable. */
  uplink: CableEnd
  wire: number | undefined
}

export interface WorldOptions {
  /** The cables of homes can be impaired: each frame then goes through a process. */
  isImpairable?: boolean
}

/** Public networks: supernodes and other hosts, homes, carriers. */
const IPV4_OF_HOSTS = ['45.10.0', '52.20.0', '81.30.0', '104.40.0', '193.50.0', '151.60.0', '62.70.0', '77.80.0']
const ipv4OfHome = (number: number): string => `90.${number}.0`
const ipv4OfCarrier = (number: number): string => `91.${number}.0`
const ipv6OfHost = (number: number): string => `2a01:${100 + number}:1`
const ipv6OfHome = (number: number): string => `2a02:${100 + number}`
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']

export class World implements Disposable {
  readonly homes: Home[] = []
  readonly #namespaces: Namespaces
  readonly #centre: string
  readonly #wires: Wires | undefined
  readonly #carriers = new Map<KindName, string>()
  #hosts = 0
  #ports = 0

  private constructor(namespaces: Namespaces, wires: Wires | undefined) {
    this.#namespaces = namespaces
    this.#wires = wires
    this.#centre = this.#add('centre', { isRouter: true })
    ip(this.#centre, ...PRIVATE.map((block) => `route add blackhole ${block}`))
  }

  static async make({ isImpairable = false }: WorldOptions = {}): Promise<World> {
    const namespaces = new Namespaces()
    try {
      return new World(namespaces, isImpairable ? await Wires.start(namespaces) : undefined)
    } catch (error) {
      namespaces[Symbol.dispose]()
      throw error
    }
  }

  /** A host of the internet, with so many addresses of each family in blocks that are its own. */
  addHost(word: string, addressCount = 1): Host {
    const number = this.#hosts++
    const block = IPV4_OF_HOSTS[number]
    if (block === undefined) throw new RangeError(`a world has ${IPV4_OF_HOSTS.length} hosts at most`)
    const namespace = this.#add(word)
    const port = this.#port()
    plug({ namespace, device: 'eth0' }, port)
    const numbers = Array.from({ length: addressCount }, (_, at) => at + 1)
    const ipv4 = numbers.map((each) => `${block}.${each}`)
    const ipv6 = numbers.map((each) => `${ipv6OfHost(number)}::${each}`)
    ip(
      this.#centre,
      `addr add ${block}.254/24 dev ${port.device}`,
      `addr add ${ipv6OfHost(number)}::ffff/64 dev ${port.device} nodad`,
    )
    ip(
      namespace,
      ...ipv4.map((address) => `addr add ${address}/24 dev eth0`),
      ...ipv6.map((address) => `addr add ${address}/64 dev eth0 nodad`),
      `route add default via ${block}.254`,
      `route add default via ${ipv6OfHost(number)}::ffff`,
    )
    return { namespace, within: within(namespace), addresses: [...ipv4, ...ipv6] }
  }

  /** A home with so many machines in it. */
  addHome(name: string, kindName: KindName, hostCount = 1): Home {
    const kind = KINDS[kindName]
    const number = this.homes.length + 1
    if (kind.nat === undefined && kind.families.length === 1 && kind.families[0] === 'ipv4') {
      return this.#addPublic(name, kindName, number)
    }
    const router = this.#add(`${name}-router`, { isRouter: true })
    ip(router, 'link add lan type bridge', 'link set lan up')
    const { uplink, wire, address } = this.#connect(router, kind, kindName, number)
    if (address !== undefined) ip(router, 'addr add 192.168.1.1/24 dev lan')
    if (kind.families.includes('ipv6')) this.#connectIpv6(router, uplink, number)
    this.#rule(router, kind.nat, { blocks: kind.blocks, ...(address !== undefined && { address }) })
    const home: Home = { name, kind: kindName, hosts: [], router, uplink, wire }
    this.homes.push(home)
    for (let at = 0; at < hostCount; at++) {
      const namespace = this.#add(hostCount === 1 ? name : `${name}-${at + 1}`)
      home.hosts.push({ namespace, within: within(namespace), addresses: this.#join(namespace, 'eth0', home, 10 + at) })
    }
    return home
  }

  /** Sets what a home's cable to the internet does, from now on. Needs an impairable world. */
  impair({ wire, name }: Home, impairment: Impairment): void {
    if (wire === undefined || this.#wires === undefined) throw new Error(`the cable of ${name} cannot be impaired`)
    this.#wires.impair(wire, impairment)
  }

  /** Nothing passes the home's cable while it is dark, and nobody is told. */
  setDark({ uplink }: Home, isDark: boolean): void {
    const { namespace, device } = uplink
    const table = `inet dark_${device}`
    const rules = ['iifname', 'oifname'].map((way) => `${way} ${device} drop;`).join(' ')
    const made = `table ${table} { chain forward { type filter hook forward priority 0; ${rules} }; }`
    nft(namespace, isDark ? made : `delete table ${table}`)
  }

  /** The home's router, and the carrier's, forget every flow and every mapping. */
  forget({ kind, router }: Home): void {
    for (const namespace of [router, this.#carriers.get(kind)]) {
      if (namespace === undefined) continue
      run(namespace, 'conntrack', '-F')
      if (KINDS[kind].nat !== undefined) nft(namespace, forgetting.join('\n'))
    }
  }

  /** A machine of a home changes to another interface, in its own LAN or another's, with another address. */
  replug(host: Host, to: Home): void {
    const number = 100 + (this.#ports++ % 100)
    const [old, next] = hasDevice(host.namespace, 'eth1') ? ['eth1', 'eth0'] : ['eth0', 'eth1']
    ip(host.namespace, `link del ${old}`)
    host.addresses = this.#join(host.namespace, next, to, number)
  }

  [Symbol.dispose](): void {
    this.#wires?.[Symbol.dispose]()
    this.#namespaces[Symbol.dispose]()
  }

  #addPublic(name: string, kind: KindName, number: number): Home {
    const namespace = this.#add(name)
    const uplink = this.#port()
    const wire = this.#cable({ namespace, device: 'eth0' }, uplink)
    const block = ipv4OfHome(number)
    ip(this.#centre, `addr add ${block}.1/24 dev ${uplink.device}`)
    ip(namespace, `addr add ${block}.2/24 dev eth0`, `route add default via ${block}.1`)
    const hosts = [{ namespace, within: within(namespace), addresses: [`${block}.2`] }]
    const home = { name, kind, hosts, router: undefined, uplink, wire }
    this.homes.push(home)
    return home
  }

  /** The router's cable to the internet or to its carrier, and its address there. */
  #connect(router: string, kind: HomeKind, kindName: KindName, number: number) {
    const carrier = kind.carrier === undefined ? undefined : this.#carrier(kindName, kind)
    const uplink = carrier === undefined ? this.#port() : { namespace: carrier, device: `w${++this.#ports}` }
    const wire = this.#cable({ namespace: router, device: 'wan' }, uplink)
    if (carrier !== undefined) {
      ip(carrier, `link set ${uplink.device} master lan`)
      const address = `100.64.0.${10 + number}`
      ip(router, `addr add ${address}/10 dev wan`, 'route add default via 100.64.0.1')
      return { uplink, wire, address }
    }
    if (!kind.families.includes('ipv4')) return { uplink, wire, address: undefined }
    const block = ipv4OfHome(number)
    ip(this.#centre, `addr add ${block}.1/24 dev ${uplink.device}`)
    ip(router, `addr add ${block}.2/24 dev wan`, `route add default via ${block}.1`)
    return { uplink, wire, address: `${block}.2` }
  }

  /** A network of the home's own, not translated. */
  #connectIpv6(router: string, uplink: CableEnd, number: number): void {
    const prefix = ipv6OfHome(number)
    ip(
      this.#centre,
      `addr add ${prefix}::1/64 dev ${uplink.device} nodad`,
      `route add ${prefix}:1::/64 via ${prefix}::2`,
    )
    ip(
      router,
      `addr add ${prefix}::2/64 dev wan nodad`,
      `addr add ${prefix}:1::1/64 dev lan nodad`,
      `route add default via ${prefix}::1`,
    )
  }

  #carrier(kindName: KindName, kind: HomeKind): string {
    const known = this.#carriers.get(kindName)
    if (known !== undefined) return known
    const block = ipv4OfCarrier(this.#carriers.size + 1)
    const carrier = this.#add(`${kindName}-carrier`, { isRouter: true })
    this.#carriers.set(kindName, carrier)
    const port = this.#port()
    plug({ namespace: carrier, device: 'wan' }, port)
    ip(this.#centre, `addr add ${block}.1/24 dev ${port.device}`)
    ip(
      carrier,
      'link add lan type bridge',
      'link set lan up',
      'addr add 100.64.0.1/10 dev lan',
      `addr add ${block}.2/24 dev wan`,
      `route add default via ${block}.1`,
    )
    this.#rule(carrier, kind.carrier, { address: `${block}.2` })
    return carrier
  }

  /** Gives a host a device in a home's LAN, and an address for each family there; returns the addresses. */
  #join(namespace: string, device: string, home: Home, number: number): string[] {
    const { router } = home
    if (router === undefined) throw new Error(`${home.name} has no LAN`)
    const port = `p${++this.#ports}`
    plug({ namespace, device }, { namespace: router, device: port })
    ip(router, `link set ${port} master lan`)
    const { families } = KINDS[home.kind]
    const addresses: string[] = []
    if (families.includes('ipv4')) {
      ip(namespace, `addr add 192.168.1.${number}/24 dev ${device}`, 'route add default via 192.168.1.1')
      addresses.push(`192.168.1.${number}`)
    }
    if (families.includes('ipv6')) {
      const prefix = `${ipv6OfHome(this.homes.indexOf(home) + 1)}:1`
      ip(namespace, `addr add ${prefix}::${number}/64 dev ${device} nodad`, `route add default via ${prefix}::1`)
      addresses.push(`${prefix}::${number}`)
    }
    return addresses
  }

  #rule(namespace: string, nat: HomeKind['nat'], place: NatPlace): void {
    nft(namespace, natRules(nat, place))
  }

  #cable(a: CableEnd, b: CableEnd): number | undefined {
    if (this.#wires !== undefined) return this.#wires.plug(a, b)
    plug(a, b)
    return undefined
  }

  #port(): CableEnd {
    return { namespace: this.#centre, device: `w${++this.#ports}` }
  }

  #add(word: string, { isRouter = false } = {}): string {
    const name = this.#namespaces.add(word)
    setSysctls(name, {
      'ipv4/conf/all/rp_filter': 0,
      'ipv4/conf/default/rp_filter': 0,
      'ipv6/conf/default/accept_ra': 0,
      'ipv6/conf/default/accept_dad': 0,
      ...(isRouter && { 'ipv4/ip_forward': 1, 'ipv6/conf/all/forwarding': 1 }),
    })
    return name
  }
}

/** Throws what the command says. */
function run(namespace: string, ...words: string[]): void {
  const [command = '', ...rest] = [...within(namespace), ...words]
  execFileSync(command, rest, { stdio: ['ignore', 'ignore', 'pipe'] })
}

function nft(namespace: string, rules: string): void {
  const [command, ...rest] = [...within(namespace), 'nft', '-f', '-']
  execFileSync(command, rest, { input: rules, stdio: ['pipe', 'ignore', 'pipe'] })
}

const hasDevice = (namespace: string, device: string): boolean =>
  spawnSync('ip', ['-n', namespace, 'link', 'show', device]).status === 0
