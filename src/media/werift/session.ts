/**
 * A media session over werift: one bundled, DTLS-SRTP protected Opus stream each way (RFC 8834, RFC 5764), found by trickled
 * ICE (RFC 8445, RFC 8838). No jitter buffer, no reordering: packets come out as they come in, once each. What werift leaves
 * open is closed in `harden.ts`. Leaves out the comparison of channel bindings, which needs the signalling's authentication.
 */

import { EventEmitter } from 'node:events'
import { RtpHeader, RtpPacket as WireRtpPacket } from 'werift'
import type { RTCPeerConnection } from 'werift'
import { TincanError } from '../../errors.ts'
import { systemClock } from '../../lib/clock.ts'
import { makeLog } from '../../lib/log.ts'
import type {
  MediaPath,
  MediaSession,
  MediaSessionEvents,
  MediaSessionOptions,
  RtpPacket,
  SessionStats,
} from '../session.ts'
import { CandidateBuffer } from './candidate-buffer.ts'
import { isReachable, readCandidate, writeAttribute } from './candidate.ts'
import type { RemoteCandidate } from './candidate.ts'
import { OPUS_PAYLOAD_TYPE, takeCertificate, makeConnection, refreshAddresses } from './connection.ts'
import { readDescription, writeDescription } from './description.ts'
import type { Description } from './description.ts'
import { drop } from './drops.ts'
import { installHardening } from './harden.ts'
import { isLoopback } from './host-addresses.ts'
import type { DtlsTransport, PeerConnection, ReceivedRtp, RtpSender } from './internals.ts'

/** Both descriptions known to media authenticated; a retransmitted handshake over a bad relayed path takes half of it. */
const SETUP_MAX_MS = 20_000
/** RFC 5705 §4: labels of our own, unregistered, begin so. */
const BINDING_LABEL = 'EXPERIMENTAL-tincan-channel-binding'
const BINDING_BYTES = 32

const log = makeLog('media')

export function createWeriftSession(options: MediaSessionOptions): MediaSession {
  installHardening()
  return new WeriftSession(options)
}

class WeriftSession extends EventEmitter<MediaSessionEvents> implements MediaSession {
  readonly #options: MediaSessionOptions
  readonly #onLoopback: boolean
  readonly #certificate = takeCertificate()
  readonly #candidates = new CandidateBuffer()
  /** Addresses that the peer said are relayed: its checks may reach us before it says so. */
  readonly #remoteRelays = new Set<string>()
  #connection: RTCPeerConnection | undefined
  #transport: DtlsTransport | undefined
  #sender: RtpSender | undefined
  #remote: Description | undefined
  #tail: Promise<unknown> = Promise.resolve()
  #heldCandidates: string[] | undefined
  #setupTimer: NodeJS.Timeout | undefined
  #isConnected = false
  #stopping: Promise<void> | undefined
  #path: MediaPath | undefined
  #packetsSent = 0
  #packetsReceived = 0

  constructor(options: MediaSessionOptions) {
    super()
    this.#options = options
    this.#onLoopback = options.hostAddresses?.some(isLoopback) ?? false
    // Whoever needs it waits for it, and gets its failure; nobody may need it at all.
    this.#certificate.catch(() => {})
  }

  createOffer({ iceRestart = false }: { iceRestart?: boolean } = {}): Promise<string> {
    return this.#inTurn(async () => {
      const isFirst = this.#connection === undefined
      const connection = await this.#open()
      if (isFirst) this.#watch(connection, connection.addTransceiver('audio', { direction: 'sendrecv' }).sender)
      if (iceRestart && !isFirst) this.#beginRestart()
      const offer = await connection.createOffer({ iceRestart: iceRestart && !isFirst })
      return this.#describe(connection, offer)
    })
  }

  createAnswer(offer: string): Promise<string> {
    return this.#inTurn(async () => {
      const remote = this.#read(offer)
      const isFirst = this.#connection === undefined
      const connection = await this.#open()
      if (!isFirst && this.#remote !== undefined && remote.ufrag !== this.#remote.ufrag) this.#beginRestart()
      await connection.setRemoteDescription({ type: 'offer', sdp: writeDescription(remote) })
      const [transceiver] = connection.getTransceivers()
      if (transceiver === undefined) throw new Error('the offer made no transceiver')
      if (isFirst) {
        transceiver.setDirection('sendrecv')
        this.#watch(connection, transceiver.sender)
      }
      const answer = await this.#describe(connection, await connection.createAnswer())
      this.#begin(remote)
      return answer
    })
  }

  setAnswer(answer: string): Promise<void> {
    return this.#inTurn(async () => {
      const remote = this.#read(answer)
      const connection = this.#connection
      if (connection?.signalingState !== 'have-local-offer' || remote.setup === 'actpass') {
        throw new TincanError('CALL_FAILED', 'The peer answered what was not offered. Call again.')
      }
      await connection.setRemoteDescription({ type: 'answer', sdp: writeDescription(remote) })
      this.#begin(remote)
    })
  }

  addCandidate(text: string): void {
    if (this.#stopping !== undefined) return
    const candidate = readCandidate(text)
    if (candidate === undefined) drop('candidate-nonsense')
    else this.#take(candidate)
  }

  channelBinding(): Uint8Array {
    const socket = this.#transport?.dtls
    if (!this.#isConnected || socket === undefined) {
      throw new TincanError('CALL_FAILED', 'There is no channel to bind to before the session is connected.')
    }
    return socket.exportKeyingMaterial(BINDING_LABEL, BINDING_BYTES)
  }

  send({ sequenceNumber, timestamp, marker, payload }: RtpPacket): void {
    const sender = this.#sender
    if (!this.#isConnected || this.#stopping !== undefined || sender === undefined) return
    const header = new RtpHeader({
      version: 2,
      payloadType: this.#remote?.payloadType ?? OPUS_PAYLOAD_TYPE,
      ssrc: sender.ssrc,
      sequenceNumber,
      timestamp,
      marker,
    })
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
    this.#packetsSent++
    sender.sendRtp(new WireRtpPacket(header, bytes)).catch(() => {})
  }

  stats(): SessionStats {
    const { rtt, remoteFractionLost } = this.#sender ?? {}
    return {
      path: this.#path,
      packetsSent: this.#packetsSent,
      packetsReceived: this.#packetsReceived,
      rttMs: rtt === undefined ? undefined : Math.max(0, rtt * 1000),
      remoteLossPercent: remoteFractionLost === undefined ? undefined : remoteFractionLost * 100,
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#close()
    return this.#stopping
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** Descriptions are taken one after another; whatever goes wrong comes out as one kind of error. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(async () => {
      this.#assertRunning()
      try {
        return await act()
      } catch (error) {
        if (error instanceof TincanError) throw error
        throw new TincanError('CALL_FAILED', 'Media could not be set up. Call again.', { cause: error })
      }
    })
    this.#tail = result.catch(() => {})
    return result
  }

  #assertRunning(): void {
    if (this.#stopping !== undefined) throw new TincanError('CALL_FAILED', 'The media session was stopped.')
  }

  async #open(): Promise<RTCPeerConnection> {
    if (this.#connection !== undefined) return this.#connection
    const certificate = await this.#certificate
    this.#assertRunning()
    const connection = makeConnection(this.#options, certificate)
    connection.onIceCandidate.subscribe((candidate) => {
      if (candidate === undefined) return
      const { relayOnly = false } = this.#options
      const init = candidate.toJSON()
      // What a relayed candidate says it is related to is the address that the relay was to hide.
      const text = relayOnly
        ? init.candidate?.replace(/ raddr \S+ rport \d+/, ' raddr 0.0.0.0 rport 9')
        : init.candidate
      this.#announce(JSON.stringify({ ...init, candidate: text }))
    })
    this.#connection = connection
    return connection
  }

  /** Once the first transceiver, and with it the transport, is there. */
  #watch(connection: RTCPeerConnection, sender: unknown): void {
    const [transport] = (connection as unknown as PeerConnection).dtlsTransports
    if (transport === undefined) throw new Error('no transport')
    this.#transport = transport
    this.#sender = sender as RtpSender
    transport.onRtp.subscribe((packet) => this.#receive(packet))
    transport.onStateChange.subscribe((state) => {
      if (state === 'connected') this.#connected()
      else if (state === 'failed') this.#fail('the peer could not be authenticated')
      else if (state === 'closed') this.#fail('the peer closed the session')
    })
    transport.iceTransport.onStateChange.subscribe((state) => {
      if (state === 'failed') this.#fail(this.#isConnected ? 'the path is gone' : 'no path to the peer')
      else this.#updatePath()
    })
  }

  /** Applies our own description, and holds candidates back until whoever called has it in hand. */
  async #describe(
    connection: RTCPeerConnection,
    description: { type: 'offer' | 'answer' | 'pranswer' | 'rollback'; sdp: string },
  ): Promise<string> {
    const own = readDescription(description.sdp)
    if (own === undefined) throw new Error('werift described something else')
    this.#heldCandidates ??= []
    setImmediate(() => {
      const held = this.#heldCandidates ?? []
      this.#heldCandidates = undefined
      for (const candidate of held) this.#announce(candidate)
    })
    await connection.setLocalDescription(description)
    this.#assertRunning()
    return writeDescription({ ...own, candidates: [] })
  }

  #announce(candidate: string): void {
    if (this.#heldCandidates !== undefined) this.#heldCandidates.push(candidate)
    else if (this.#stopping === undefined) this.emit('candidate', candidate)
  }

  #read(sdp: string): Description {
    const remote = readDescription(sdp)
    if (remote === undefined) throw new TincanError('CALL_FAILED', 'The peer described no audio session. Call again.')
    if (this.#remote !== undefined && this.#remote.fingerprint !== remote.fingerprint) {
      throw new TincanError('CALL_FAILED', 'The peer changed its certificate during the call. Call again.')
    }
    return remote
  }

  /** Both descriptions are known: checks have begun. */
  #begin(remote: Description): void {
    this.#remote = remote
    for (const candidate of this.#candidates.begin(remote.ufrag)) this.#apply(candidate)
    for (const candidate of remote.candidates) this.#take(candidate)
    if (this.#isConnected && this.#nominated() !== undefined) return
    clearTimeout(this.#setupTimer)
    this.#setupTimer = setTimeout(() => {
      this.#fail(this.#isConnected ? 'the path is gone' : 'no path to the peer within 20 s')
    }, SETUP_MAX_MS)
  }

  #beginRestart(): void {
    log('ice-restart')
    this.#remoteRelays.clear()
    if (this.#connection !== undefined) {
      refreshAddresses(this.#connection as unknown as PeerConnection, this.#options)
    }
  }

  #take(candidate: RemoteCandidate): void {
    if (!isReachable(candidate, this.#onLoopback)) return drop('candidate-refused')
    const place = this.#candidates.add(candidate)
    if (place === 'too-many') drop('candidate-too-many')
    else if (place === 'due') this.#apply(candidate)
  }

  #apply(candidate: RemoteCandidate): void {
    if (candidate.type === 'relay') this.#remoteRelays.add(`${candidate.host} ${candidate.port}`)
    const init = { candidate: writeAttribute(candidate), sdpMid: this.#remote?.mid ?? '0', sdpMLineIndex: 0 }
    this.#connection?.addIceCandidate(init).catch(() => drop('candidate-nonsense'))
    this.#updatePath()
  }

  #nominated() {
    return this.#transport?.iceTransport.connection.nominated
  }

  #connected(): void {
    if (this.#isConnected || this.#stopping !== undefined) return
    this.#isConnected = true
    log('connected')
    this.emit('connected')
    this.#updatePath()
  }

  #updatePath(): void {
    const pair = this.#nominated()
    if (pair === undefined || !this.#isConnected || this.#stopping !== undefined) return
    clearTimeout(this.#setupTimer)
    const types = [pair.localCandidate.type, pair.remoteCandidate.type]
    const isRelayed = types.includes('relay') || this.#remoteRelays.has(pair.remoteAddr.join(' '))
    const path = isRelayed ? 'relay' : 'direct'
    if (path === this.#path) return
    this.#path = path
    log('path', { path })
    this.emit('path', path)
  }

  #receive({ header, payload }: ReceivedRtp): void {
    const { payloadType, ssrc } = this.#remote ?? {}
    if (this.#stopping !== undefined || header.payloadType !== payloadType) return
    if (ssrc !== undefined && ssrc !== header.ssrc) return
    this.#packetsReceived++
    const { sequenceNumber, timestamp, marker } = header
    this.emit('packet', { sequenceNumber, timestamp, marker, payload }, systemClock.now())
  }

  #fail(reason: string): void {
    if (this.#stopping !== undefined) return
    log('failed', { reason })
    this.#stopping = this.#close()
    this.emit('failed', reason)
  }

  async #close(): Promise<void> {
    clearTimeout(this.#setupTimer)
    await this.#connection?.close()
  }
}
