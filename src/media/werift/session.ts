/**
 * A media session (RFC 8834): one Opus stream each way over SRTP, on the paths of our own ICE agent, keyed by sealed
 * descriptions or by DTLS. No jitter buffer, no reordering: packets come out as they come in, once each. What werift leaves
 * open is closed in `harden.ts`. Leaves out the end of a call: a session that was connected waits for a path for ever.
 */

import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { TincanError } from '../../errors.ts'
import { createIceAgent } from '../../ice/agent.ts'
import { readCandidate, writeCandidate } from '../../ice/candidate.ts'
import type { Candidate } from '../../ice/candidate.ts'
import type { IceAgent, IceRole, IceServers } from '../../ice/ice.ts'
import { steadyClock, systemClock } from '../../lib/clock.ts'
import { makeLog } from '../../lib/log.ts'
import { jittered, systemRandom } from '../../lib/random.ts'
import type {
  MediaPath,
  MediaSession,
  MediaSessionEvents,
  MediaSessionOptions,
  RtpPacket,
  SessionStats,
} from '../session.ts'
import { readDescription, writeDescription } from './description.ts'
import type { Description, KeyDescription } from './description.ts'
import { DtlsKeying } from './dtls-keying.ts'
import { drop } from './drops.ts'
import { installHardening } from './harden.ts'
import { SealedKeying } from './keying.ts'
import type { KeyingEvents, MediaKeying } from './keying.ts'
import { REPORT_INTERVAL_MS, Reports } from './reports.ts'
import { isMedia, isRtcp } from './srtp.ts'
import type { SecureMedia } from './srtp.ts'

const OPUS_PAYLOAD_TYPE = 111
/** Before there is an agent to take them: as many as an honest peer has. */
const EARLY_CANDIDATES_MAX = 32

const log = makeLog('media')

export function createWeriftSession(options: MediaSessionOptions): MediaSession {
  installHardening()
  return new WeriftSession(options)
}

interface OwnDescription {
  text: string
  keying: KeyDescription
  payloadType: number
}

class WeriftSession extends EventEmitter<MediaSessionEvents> implements MediaSession {
  readonly #options: MediaSessionOptions
  readonly #keying: MediaKeying
  readonly #ssrc = randomBytes(4).readUInt32BE(0)
  readonly #reports = new Reports(this.#ssrc)
  #servers: IceServers | undefined
  #earlyCandidates: Candidate[] = []
  #agent: IceAgent | undefined
  #own: OwnDescription | undefined
  #remote: Description | undefined
  #media: SecureMedia | undefined
  #tail: Promise<unknown> = Promise.resolve()
  #cancelReport = (): void => {}
  #isConnected = false
  #stopping: Promise<void> | undefined
  #path: MediaPath | undefined
  #relays: string[] = []
  #packetsSent = 0
  #packetsReceived = 0
  #lastPacketAtMs: number | undefined
  #longestGapMs = 0

  constructor(options: MediaSessionOptions) {
    super()
    this.#options = options
    this.#servers = options.servers
    const events: KeyingEvents = {
      keyed: (media) => {
        this.#media = media
        this.#connect()
      },
      failed: (reason) => {
        if (!this.#isConnected) this.#fail(reason)
      },
      send: (data) => this.#agent?.send(data),
    }
    this.#keying = options.keying === 'dtls' ? new DtlsKeying(events) : new SealedKeying(events)
  }

  createOffer(): Promise<string> {
    return this.#inTurn(async () => {
      if (this.#own !== undefined) throw describedAlready()
      const keying = await this.#keying.describe()
      this.#assertRunning()
      return this.#describe('controlling', { mid: '0', keying, payloadType: OPUS_PAYLOAD_TYPE })
    })
  }

  createAnswer(offer: string): Promise<string> {
    return this.#inTurn(async () => {
      if (this.#own !== undefined) throw describedAlready()
      const remote = read(offer)
      const keying = await this.#keying.describe(remote.keying)
      this.#assertRunning()
      const answer = this.#describe('controlled', { mid: remote.mid, keying, payloadType: remote.payloadType })
      this.#begin(remote, { role: 'answerer', offer, answer })
      return answer
    })
  }

  setAnswer(answer: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#own === undefined || this.#remote !== undefined) {
        throw new TincanError('CALL_FAILED', 'The peer answered what was not offered. Call again.')
      }
      this.#begin(read(answer), { role: 'offerer', offer: this.#own.text, answer })
    })
  }

  addCandidate(text: string): void {
    if (this.#stopping !== undefined) return
    const candidate = readCandidate(text)
    if (candidate === undefined) drop('candidate-nonsense')
    else if (this.#agent !== undefined) this.#agent.addCandidate(candidate)
    else if (this.#earlyCandidates.length < EARLY_CANDIDATES_MAX) this.#earlyCandidates.push(candidate)
    else drop('candidate-too-many')
  }

  setServers(servers: IceServers): void {
    if (this.#stopping !== undefined) return
    this.#servers = servers
    this.#agent?.setServers(servers)
  }

  refresh(): void {
    if (this.#stopping === undefined) this.#agent?.refresh()
  }

  send(packet: RtpPacket): void {
    if (!this.#isConnected || this.#stopping !== undefined || this.#agent?.path === undefined) return
    const sealed = this.#media?.sealRtp(packet, this.#ssrc, this.#remote?.payloadType ?? OPUS_PAYLOAD_TYPE)
    if (sealed === undefined) return
    this.#packetsSent++
    this.#reports.sent(packet, steadyClock.now())
    this.#agent.send(sealed)
  }

  stats(): SessionStats {
    return {
      path: this.#path,
      relays: this.#relays,
      packetsSent: this.#packetsSent,
      packetsReceived: this.#packetsReceived,
      rttMs: this.#reports.rttMs,
      remoteLossPercent: this.#reports.lossPercent,
      longestGapMs: this.#stopping === undefined ? this.#gapUntil(steadyClock.now()) : this.#longestGapMs,
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

  /** Makes the agent, which gathers once whoever called has the description in hand. */
  #describe(role: IceRole, what: Pick<Description, 'mid' | 'keying' | 'payloadType'>): string {
    const { hostAddresses, relayOnly, isUdpBlocked } = this.#options
    const agent = createIceAgent({
      role,
      ...(hostAddresses !== undefined && { hostAddresses }),
      ...(this.#servers !== undefined && { servers: this.#servers }),
      ...(relayOnly !== undefined && { relayOnly }),
      ...(isUdpBlocked !== undefined && { isUdpBlocked }),
    })
    this.#agent = agent
    agent.on('candidate', (candidate) => {
      if (this.#stopping === undefined) this.emit('candidate', writeCandidate(candidate))
    })
    agent.on('path', (path) => {
      if (path !== undefined) this.#keying.pathStands()
      this.#connect()
      this.#updatePath()
    })
    agent.on('data', (data) => this.#take(data))
    for (const candidate of this.#earlyCandidates) agent.addCandidate(candidate)
    this.#earlyCandidates = []

    const text = writeDescription({ ...what, ...agent.credentials, ssrc: this.#ssrc, candidates: [] })
    this.#own = { text, keying: what.keying, payloadType: what.payloadType }
    setImmediate(() => {
      if (this.#stopping === undefined) agent.gather()
    })
    return text
  }

  /** Both descriptions are known: checks begin, and so does the time for set-up. */
  #begin(remote: Description, negotiated: { role: 'offerer' | 'answerer'; offer: string; answer: string }): void {
    const [agent, own] = [this.#agent, this.#own]
    if (agent === undefined || own === undefined) throw new Error('nothing was described')
    this.#remote = remote
    try {
      this.#keying.begin({ ...negotiated, own: own.keying, peer: remote.keying })
    } catch (error) {
      this.#remote = undefined
      throw error
    }
    agent.setRemote({ ufrag: remote.ufrag, password: remote.password })
    for (const candidate of remote.candidates) agent.addCandidate(candidate)
  }

  #connect(): void {
    if (this.#isConnected || this.#stopping !== undefined) return
    if (this.#media === undefined || this.#agent?.path === undefined) return
    this.#isConnected = true
    log('connected')
    this.emit('connected')
    this.#updatePath()
    this.#reportLater(REPORT_INTERVAL_MS / 2)
  }

  #updatePath(): void {
    if (!this.#isConnected || this.#stopping !== undefined) return
    const { kind, relays = [] } = this.#agent?.path ?? {}
    this.#relays = relays
    if (kind === this.#path) return
    this.#path = kind
    log('path', { path: kind ?? 'none' })
    this.emit('path', kind)
  }

  #take(data: Buffer): void {
    if (this.#stopping !== undefined || data.length < 2) return
    if (!isMedia(data)) {
      if (data[0]! >= 20 && data[0]! <= 63) this.#keying.take(data)
      else drop('packet-unknown')
    } else if (isRtcp(data)) this.#takeReport(data)
    else this.#takeVoice(data)
  }

  #takeVoice(data: Buffer): void {
    const { ssrc } = this.#remote ?? {}
    // what is of another source is not worth opening
    if (ssrc !== undefined && (data.length < 12 || data.readUInt32BE(8) !== ssrc)) return drop('rtp-unwanted')
    const opened = this.#media?.openRtp(data)
    if (opened === undefined) return
    const { header, payload } = opened
    if (header.payloadType !== this.#own?.payloadType) return drop('rtp-unwanted')
    const { sequenceNumber, timestamp, marker } = header
    const packet = { sequenceNumber, timestamp, marker, payload }
    const nowMs = steadyClock.now()
    this.#packetsReceived++
    this.#longestGapMs = this.#gapUntil(nowMs)
    this.#lastPacketAtMs = nowMs
    this.#reports.received(header.ssrc, packet, nowMs)
    this.emit('packet', packet, systemClock.now())
  }

  #takeReport(data: Buffer): void {
    const compound = this.#media?.openRtcp(data)
    if (compound !== undefined) this.#reports.read(compound, steadyClock.now())
  }

  #gapUntil(nowMs: number): number {
    return this.#lastPacketAtMs === undefined ? 0 : Math.max(this.#longestGapMs, nowMs - this.#lastPacketAtMs)
  }

  #reportLater(afterMs = jittered(REPORT_INTERVAL_MS, 0.5, systemRandom)): void {
    this.#cancelReport = steadyClock.after(afterMs, () => {
      if (this.#agent?.path !== undefined && this.#media !== undefined) {
        this.#agent.send(this.#media.sealRtcp(this.#reports.write(steadyClock.now())))
      }
      this.#reportLater()
    })
  }

  #fail(reason: string): void {
    if (this.#stopping !== undefined) return
    log('failed', { reason })
    this.#stopping = this.#close()
    this.emit('failed', reason)
  }

  async #close(): Promise<void> {
    this.#longestGapMs = this.#gapUntil(steadyClock.now())
    this.#cancelReport()
    this.#keying.stop()
    await this.#agent?.stop()
  }
}

function read(sdp: string): Description {
  const remote = readDescription(sdp)
  if (remote === undefined) throw new TincanError('CALL_FAILED', 'The peer described no audio session. Call again.')
  return remote
}

const describedAlready = (): TincanError =>
  new TincanError('CALL_FAILED', 'The media session has been described. Make another one.')
