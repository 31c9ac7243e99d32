/** UDP sockets of an agent, each on one address of this machine. An error costs one socket, or one packet. */

import { createSocket, type Socket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import { type Address, familyOf, isLoopback, isNowhere } from '../lib/ip.ts'
import type { Base } from './pair.ts'

/** More than machines have, but for those with a bridge for each container. */
const HOSTS_MAX = 16
/** IPv6 has temporary addresses besides, several for each network. */
const HOSTS_PER_INTERFACE_MAX = 4
const NETWORK_ERRORS = new Set(['ENETUNREACH', 'EADDRNOTAVAIL', 'EHOSTUNREACH', 'ENETDOWN'])

export interface SocketsOutlet {
  /** `from` is only lent. */
  message: (id: number, from: Address, bytes: Buffer) => void
  /** It is closed, and was not meant to be. */
  lost: (base: Base) => void
  /** The network said that it does not lead there. */
  unreachable: () => void
}

/** Addresses of this machine by which others might reach it. */
export function ownHosts(): string[] {
  const hosts: string[] = []
  for (const addresses of Object.values(networkInterfaces())) {
    const outward = (addresses ?? []).filter(({ internal, address }) => !internal && !isNowhere(address))
    hosts.push(...outward.slice(0, HOSTS_PER_INTERFACE_MAX).map(({ address }) => address))
  }
  return hosts.slice(0, HOSTS_MAX)
}

/** Of the named ones, those this machine has now. */
export function presentHosts(named: readonly string[]): string[] {
  const here = new Set(Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)))
  return named.filter((host) => here.has(host) || isLoopback(host)).slice(0, HOSTS_MAX)
}

export class Sockets {
  readonly #outlet: SocketsOutlet
  readonly #open = new Map<number, { socket: Socket; base: Base }>()
  readonly #from: Address = { host: '', port: 0 }
  readonly #onSent: (error: Error | null) => void
  #isClosed = false

  constructor(outlet: SocketsOutlet) {
    this.#outlet = outlet
    this.#onSent = (error) => {
      if (error !== null && NETWORK_ERRORS.has((error as NodeJS.ErrnoException).code ?? '')) outlet.unreachable()
    }
  }

  /** Binds any port there; undefined when that cannot be. */
  open(id: number, host: string): Promise<Base | undefined> {
    const isIpv6 = familyOf(host) === 'ipv6'
    const socket = createSocket({
      type: isIpv6 ? 'udp6' : 'udp4',
      ipv6Only: isIpv6,
      // no name is ever looked up, and no packet waits for it
      lookup: (name, _options, done) => done(null, name, isIpv6 ? 6 : 4),
    })
    return new Promise((resolve) => {
      let base: Base | undefined
      socket.on('error', () => {
        this.#open.delete(id)
        try {
          socket.close()
        } catch {} // closed already
        if (base === undefined) resolve(undefined)
        else if (!this.#isClosed) this.#outlet.lost(base)
      })
      socket.on('message', (bytes, { address, port }) => {
        if (port === 0) return // RFC 768: nobody is there to be answered, and to send there throws
        const from = this.#from
        from.host = address
        from.port = port
        this.#outlet.message(id, from, bytes)
      })
      socket.bind({ address: host, port: 0 }, () => {
        if (this.#isClosed) {
          socket.close()
          return resolve(undefined)
        }
        base = { id, kind: 'socket', address: { host, port: socket.address().port } }
        this.#open.set(id, { socket, base })
        resolve(base)
      })
    })
  }

  bases(): Base[] {
    return [...this.#open.values()].map(({ base }) => base)
  }

  /** Dropped silently when it cannot be sent. */
  send(id: number, { host, port }: Address, bytes: Uint8Array): void {
    this.#open.get(id)?.socket.send(bytes, port, host, this.#onSent)
  }

  close(id: number): void {
    const opened = this.#open.get(id)
    this.#open.delete(id)
    opened?.socket.close()
  }

  closeAll(): void {
    this.#isClosed = true
    for (const id of [...this.#open.keys()]) this.close(id)
  }
}
