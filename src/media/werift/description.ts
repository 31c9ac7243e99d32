/**
 * The little of SDP (RFC 8866, RFC 9429) that an audio session says, read from the peer's text and written anew. werift
 * never sees the peer's own text: what is not listed here cannot reach its parser. One audio section, Opus, BUNDLE and
 * rtcp-mux implied, one SHA-256 fingerprint (RFC 8122), trickled candidates.
 */

import { readAttribute } from './candidate.ts'
import type { RemoteCandidate } from './candidate.ts'

const SDP_MAX_CHARACTERS = 16_384
const LINES_MAX = 512

export type SetupRole = 'actpass' | 'active' | 'passive'

export interface Description {
  mid: string
  ufrag: string
  password: string
  /** Upper-case hex octets with colons, of SHA-256. */
  fingerprint: string
  setup: SetupRole
  payloadType: number
  ssrc: number | undefined
  /** Candidates that the text already held; kept out of what is written. */
  candidates: RemoteCandidate[]
}

/** Undefined when it is anything but what a session of ours, or a browser with one microphone, would say. */
export function readDescription(sdp: string): Description | undefined {
  if (sdp.length > SDP_MAX_CHARACTERS) return undefined
  const lines = sdp.split(/\r?\n/)
  if (lines.length > LINES_MAX || lines[0] !== 'v=0') return undefined

  const sections = lines.filter((line) => line.startsWith('m='))
  const media = /^m=audio (\d{1,5}) UDP\/TLS\/RTP\/SAVPF((?: \d{1,3}){1,64})$/.exec(sections[0] ?? '')
  if (sections.length !== 1 || media === null || Number(media[1]) === 0 || lines.includes('a=ice-lite'))
    return undefined

  const one = (pattern: RegExp): string | undefined => {
    const found = new Set(lines.flatMap((line) => pattern.exec(line)?.[1] ?? []))
    return found.size === 1 ? [...found][0] : undefined
  }
  const mid = one(/^a=mid:([\w.-]{1,16})$/)
  const ufrag = one(/^a=ice-ufrag:([\w+/]{4,256})$/)
  const password = one(/^a=ice-pwd:([\w+/]{22,256})$/)
  const setup = one(/^a=setup:(actpass|active|passive)$/)
  const fingerprints = lines.filter((line) => line.startsWith('a=fingerprint:'))
  const fingerprint = one(/^a=fingerprint:sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i)
  const offered = (media[2] ?? '').trim().split(' ').map(Number)
  const opus = lines
    .map((line) => Number(/^a=rtpmap:(\d{1,3}) opus\/48000\/2$/i.exec(line)?.[1] ?? NaN))
    .find((payloadType) => payloadType <= 127 && offered.includes(payloadType))
  if (mid === undefined || ufrag === undefined || password === undefined || setup === undefined) return undefined
  if (fingerprint === undefined || new Set(fingerprints).size !== 1 || opus === undefined) return undefined

  const ssrc = /^a=ssrc:(\d{1,10}) /m.exec(sdp)?.[1]
  if (ssrc !== undefined && Number(ssrc) > 0xffffffff) return undefined
  return {
    mid,
    ufrag,
    password,
    fingerprint: fingerprint.toUpperCase(),
    setup: setup as SetupRole,
    payloadType: opus,
    ssrc: ssrc === undefined ? undefined : Number(ssrc),
    candidates: lines
      .filter((line) => line.startsWith('a=candidate:'))
      .flatMap((line) => readAttribute(line, ufrag) ?? []),
  }
}

export function writeDescription({ mid, ufrag, password, fingerprint, setup, payloadType, ssrc }: Description): string {
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mid}`,
    `m=audio 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${password}`,
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${fingerprint}`,
    `a=setup:${setup}`,
    'a=sendrecv',
    'a=rtcp-mux',
    `a=rtpmap:${payloadType} opus/48000/2`,
    `a=fmtp:${payloadType} minptime=10;useinbandfec=1`,
    ...(ssrc === undefined ? [] : [`a=ssrc:${ssrc} cname:tincan`]),
  ]
  return lines.map((line) => `${line}\r\n`).join('')
}
