/** What a session asks of either way to agree on keys, and the way of sealed descriptions, which takes no packet at all. */

import { TincanError } from '../../errors.ts'
import { KeyShare } from '../sealed-keys.ts'
import type { Negotiation } from '../sealed-keys.ts'
import type { KeyDescription } from './description.ts'
import { SecureMedia } from './srtp.ts'

export interface Negotiated extends Pick<Negotiation, 'role' | 'offer' | 'answer'> {
  own: KeyDescription
  peer: KeyDescription
}

export interface KeyingEvents {
  keyed(media: SecureMedia): void
  failed(reason: string): void
  /** A datagram for the peer. */
  send(data: Uint8Array): void
}

export interface MediaKeying {
  /** What our offer says, or our answer to this offer. Rejects CALL_FAILED when that one is of another kind. */
  describe(offer?: KeyDescription): Promise<KeyDescription>
  /** Both descriptions are known. Throws CALL_FAILED when they do not go together. */
  begin(negotiated: Negotiated): void
  /** There is a path to the peer. */
  pathStands(): void
  /** A datagram of the peer that looks like DTLS (RFC 7983 §7). */
  take(data: Buffer): void
  stop(): void
}

export const otherKind = (): TincanError =>
  new TincanError('CALL_FAILED', 'The peer wants to agree on keys in another way. Call again.')

export class SealedKeying implements MediaKeying {
  readonly #events: KeyingEvents
  readonly #share = new KeyShare()

  constructor(events: KeyingEvents) {
    this.#events = events
  }

  async describe(offer?: KeyDescription): Promise<KeyDescription> {
    if (offer !== undefined && offer.kind !== 'sealed') throw otherKind()
    return { kind: 'sealed', share: this.#share.share }
  }

  begin({ role, offer, answer, peer }: Negotiated): void {
    if (peer.kind !== 'sealed') throw otherKind()
    const keys = this.#share.agree({ role, offer, answer, share: peer.share })
    if (keys === undefined) throw new TincanError('CALL_FAILED', 'The peer sent no key that can be used. Call again.')
    this.#events.keyed(new SecureMedia(keys))
  }

  pathStands(): void {}

  take(): void {}

  stop(): void {
    this.#share.forget()
  }
}
