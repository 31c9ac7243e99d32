/** Asks a supernode for its STUN and TURN, with credentials for one call. */

import { decoded } from '../lib/decoded.ts'
import { type Address, hostOfBytes, isNowhere } from '../lib/ip.ts'
import type { Contact, Overlay } from '../overlay/overlay.ts'
import type { RelayServer } from '../turn/relay-server.ts'
import { Borrow, BorrowReply, type TransportAddress } from './relay.pb.js'

const PLACES_MAX = 4
const TEXT_MAX = 512
const LIMITS = { udp: PLACES_MAX, tcp: PLACES_MAX, otherUdp: PLACES_MAX }

export interface Borrowed {
  peerId: string
  /** STUN over UDP, and on a second port of the same machine. */
  stun: Address[]
  otherStun: Address[]
  /** Undefined when it does not relay, or no call was named. */
  relay: RelayServer | undefined
}

/** `callTag`: 16 bytes, or none to ask for the addresses alone. Undefined when the supernode gives nothing. Never rejects. */
export async function borrow(
  overlay: Overlay,
  from: Contact,
  { callTag = new Uint8Array(), deadlineMs }: { callTag?: Uint8Array; deadlineMs: number },
): Promise<Borrowed | undefined> {
  const bytes = await overlay.call(from, 'relay', Borrow.encode({ callTag }), { deadlineMs }).catch(() => undefined)
  const reply = bytes && decoded(() => BorrowReply.decode(bytes, { limits: LIMITS }))
  if (reply === undefined) return undefined
  const [udp, tcp] = [reply.udp.flatMap(addressOf), reply.tcp.flatMap(addressOf)]
  const { isRelay, username, credential, realm, nonce, expiresMs } = reply
  const isSane = [username, credential, realm, nonce].every((text) => text.length > 0 && text.length <= TEXT_MAX)
  const { peerId } = from
  return {
    peerId,
    stun: udp,
    otherStun: reply.otherUdp.flatMap(addressOf),
    relay: isRelay && isSane ? { peerId, udp, tcp, username, credential, realm, nonce, expiresMs } : undefined,
  }
}

function addressOf({ ip, port }: TransportAddress): Address[] {
  if ((ip.length !== 4 && ip.length !== 16) || port < 1 || port > 0xffff) return []
  const host = hostOfBytes(ip)
  return isNowhere(host) ? [] : [{ host, port }]
}
