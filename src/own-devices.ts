/** The devices of a node's account, with the post and the registrars of that node. */

import { Devices } from './devices/devices.ts'
import type { OpenIdentity } from './identity.ts'
import type { Clock } from './lib/clock.ts'
import { generateSeed, sealingPublicKey, signingKey } from './overlay/keys.ts'
import type { Overlay } from './overlay/overlay.ts'
import type { Phone } from './phone.ts'
import type { Homes } from './supernode/homes.ts'
import { makeCertificate, makeLease, openLease, type Lease } from './supernode/records.ts'
import type { Registration } from './supernode/registration.ts'
import type { Resolver } from './supernode/resolver.ts'

/** As long as a code can hold. */
const STRANGERS_LEASE_MS = 600_000

export interface OwnDevicesParts {
  overlay: Overlay
  identity: OpenIdentity
  homes: Homes
  resolver: Resolver
  registration: Registration | undefined
  phone: Phone
  /** Resolves when there is a home. Rejects NO_NETWORK, ABORTED. */
  attached(signal: AbortSignal | undefined): Promise<void>
  clock: Clock
}

export function ownDevices(parts: OwnDevicesParts): Devices {
  const { overlay, identity, resolver, registration, phone, clock } = parts
  const { network, peerId } = overlay
  const devices = new Devices({
    identity,
    ownLabel: identity.label,
    memberOf: identity.memberOf,
    list: identity.list,
    registration,
    network,
    peerId,
    send: (to, ownLease, link, signal) => phone.sendLink(to, ownLease, link, signal),
    async find(username, signal) {
      await parts.attached(signal)
      return (await resolver.resolve(username, { isThorough: true, signal }))?.named ?? []
    },
    strangersLease: (username) => strangersLease(username, parts),
    keep: identity.join,
    clock,
  })
  phone.on('link', (from, link) => devices.receive(from, link))
  return devices
}

/** Placed nowhere: it only says how the machine that is asked can answer. */
function strangersLease(name: string, { overlay, identity, homes, clock }: OwnDevicesParts): Lease {
  const nowMs = clock.now()
  const { network } = overlay
  const certificate = makeCertificate(signingKey(generateSeed()), identity.device, network, nowMs)
  const bytes = makeLease(identity.device, certificate, {
    network,
    name,
    homes: homes.list(),
    sealingKey: sealingPublicKey(identity.device),
    capabilities: 0,
    seq: nowMs,
    issuedMs: nowMs,
    expiresMs: nowMs + STRANGERS_LEASE_MS,
  })
  return openLease(bytes, network) as Lease
}
