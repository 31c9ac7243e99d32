/** Pings of this node, with its post, its contacts and the supernodes' STUN and relays. */

import type { Device } from './call/parts.ts'
import type { Contacts } from './contacts/contacts.ts'
import { createIceAgent } from './ice/agent.ts'
import type { Clock } from './lib/clock.ts'
import type { Phone } from './phone.ts'
import { Pings } from './ping/pings.ts'
import type { Relays } from './relays.ts'

const LOOPBACK = ['127.0.0.1']

export interface OwnPingsParts {
  phone: Phone
  contacts: Contacts
  relays: Relays
  /** Media keeps to this machine, or to relays. */
  isLoopbackOnly: boolean
  isRelayOnly: boolean
  isUdpBlocked(): boolean
  clock: Clock
}

export function ownPings(parts: OwnPingsParts): Pings {
  const { phone, contacts, relays, clock } = parts
  const pings = new Pings({
    clock,
    send: (to, ping) => phone.sendPing(to, ping),
    isContact: (device) => contacts.isTrusted(device),
    createAgent: (role) =>
      createIceAgent({
        role,
        ...(parts.isLoopbackOnly && { hostAddresses: LOOPBACK }),
        relayOnly: parts.isRelayOnly,
        isUdpBlocked: parts.isUdpBlocked(),
      }),
    servers(pingId, give) {
      const lent = relays.forCall(pingId, give)
      return () => lent.stop()
    },
  })
  phone.on('ping', (from: Device, ping) => pings.receive(from, ping))
  return pings
}
