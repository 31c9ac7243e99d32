/**
 * Keys by DTLS 1.2 on the path (RFC 5763, RFC 5764), as browsers do it: a handshake over the packets of our own ICE agent,
 * its certificate compared with the fingerprint that signalling gave. What werift leaves open is closed in `harden.ts`.
 */

import { createHash } from 'node:crypto'
import { DtlsClient, DtlsServer, keyLength, saltLength } from 'werift'
import type { RTCCertificate } from 'werift'
import { TincanError } from '../../errors.ts'
import { makeLog } from '../../lib/log.ts'
import { takeCertificate } from './certificate.ts'
import type { DtlsDescription, KeyDescription } from './description.ts'
import { stopFlights } from './flight-timers.ts'
import { hardenSocket } from './harden.ts'
import type { DtlsSocket } from './internals.ts'
import { otherKind } from './keying.ts'
import type { KeyingEvents, MediaKeying, Negotiated } from './keying.ts'
import { SecureMedia } from './srtp.ts'

/** The first that both have: AEAD_AES_128_GCM (RFC 7714 §14.2), SRTP_AES128_CM_HMAC_SHA1_80 (RFC 5764 §4.1.2). */
const PROFILES = [0x0007, 0x0001] as const

const log = makeLog('media')

export class DtlsKeying implements MediaKeying {
  readonly #events: KeyingEvents
  readonly #taking: Promise<RTCCertificate>
  #certificate: RTCCertificate | undefined
  #socket: DtlsSocket | undefined
  #hasPath = false
  #isStopped = false
  /** The last datagram that came before there was a socket for it. */
  #early: Buffer | undefined

  constructor(events: KeyingEvents, certificate: Promise<RTCCertificate> = takeCertificate()) {
    this.#events = events
    this.#taking = certificate
    // whoever describes waits for it, and gets its failure
    this.#taking.catch(() => {})
  }

  async describe(offer?: KeyDescription): Promise<KeyDescription> {
    if (offer !== undefined && offer.kind !== 'dtls') throw otherKind()
    this.#certificate = await this.#taking
    const [own] = this.#certificate.getFingerprints()
    if (own === undefined) throw new Error('a certificate without a fingerprint')
    const setup = offer === undefined ? 'actpass' : offer.setup === 'active' ? 'passive' : 'active'
    return { kind: 'dtls', fingerprint: own.value, setup }
  }

  begin({ role, own, peer }: Negotiated): void {
    if (own.kind !== 'dtls' || peer.kind !== 'dtls') throw otherKind()
    if (role === 'offerer' && peer.setup === 'actpass') {
      throw new TincanError('CALL_FAILED', 'The peer answered what was not offered. Call again.')
    }
    const isClient = role === 'offerer' ? peer.setup === 'passive' : own.setup === 'active'
    const socket = this.#open(isClient)
    this.#socket = socket
    socket.onConnect.once(() => this.#connected(socket, peer))
    socket.onClose.once(() => this.#events.failed('the peer closed the session'))
    if (this.#hasPath) this.#start(socket)
    if (this.#early !== undefined) socket.transport.socket.onData(this.#early)
    this.#early = undefined
  }

  pathStands(): void {
    if (this.#hasPath) return
    this.#hasPath = true
    if (this.#socket !== undefined) this.#start(this.#socket)
  }

  take(data: Buffer): void {
    if (this.#isStopped) return
    if (this.#socket === undefined) this.#early = data
    else this.#socket.transport.socket.onData(data)
  }

  stop(): void {
    this.#isStopped = true
    if (this.#socket !== undefined) stopFlights(this.#socket)
  }

  #open(isClient: boolean): DtlsSocket {
    const { certPem, privateKey, signatureHash } = this.#certificate!
    const options = {
      cert: certPem,
      key: privateKey,
      signatureHash,
      srtpProfiles: PROFILES,
      extendedMasterSecret: true,
      transport: {
        type: 'ice',
        address: {},
        onData: () => {},
        send: async (data: Buffer) => this.#events.send(data),
        close: async () => {},
      },
    } as unknown as ConstructorParameters<typeof DtlsClient>[0]
    const made = isClient ? new DtlsClient(options) : new DtlsServer({ ...options, certificateRequest: true })
    const socket = made as unknown as DtlsSocket
    hardenSocket(socket)
    return socket
  }

  #start(socket: DtlsSocket): void {
    // a server waits; a client that gets no answer fails with the time for set-up
    socket.connect?.().catch(() => {})
  }

  #connected(socket: DtlsSocket, { fingerprint }: DtlsDescription): void {
    if (this.#isStopped) return
    try {
      this.#events.keyed(this.#authenticate(socket, fingerprint))
    } catch (error) {
      log('dtls-refused', { reason: String(error) })
      this.#events.failed('the peer could not be authenticated')
    }
  }

  /** @throws Error when the peer is not who it described, or could not prove it. */
  #authenticate(socket: DtlsSocket, fingerprint: string): SecureMedia {
    const certificate = socket.cipher.remoteCertificate
    const shown = certificate && createHash('sha256').update(certificate).digest('hex').toUpperCase()
    if (shown !== fingerprint.replaceAll(':', '')) throw new Error('another certificate than described')
    const profile = PROFILES.find((each) => each === socket.srtp.srtpProfile)
    if (profile === undefined) throw new Error('no SRTP profile')
    const keys = socket.extractSessionKeys(keyLength(profile), saltLength(profile))
    const media = {
      send: { key: keys.localKey, salt: keys.localSalt },
      receive: { key: keys.remoteKey, salt: keys.remoteSalt },
    }
    return new SecureMedia(media, profile)
  }
}
