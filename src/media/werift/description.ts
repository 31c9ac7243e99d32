/**
 * The little of SDP (RFC 8866, RFC 9429) that an audio session says, read from the peer's text and written anew: no other
 * parser ever sees it. One audio section, Opus, BUNDLE and rtcp-mux implied, trickled candidates; keyed by one SHA-256
 * fingerprint (RFC 8122), or by an attribute of ours that holds the X25519 key of a sealed description.
 */

import { readAttribute } from '../../ice/candidate.ts'
import type { Candidate } from '../../ice/candidate.ts'
import { SHARE_BYTES } from '../sealed-keys.ts'

const SDP_MAX_CHARACTERS = 16_384
const LINES_MAX = 512
/** RFC 3264 §5.1, and what nodes of ours have in common with a browser. */
const PROFILES = { sealed: 'RTP/SAVPF', dtls: 'UDP/TLS/RTP/SAVPF' } as const

export type SetupRole = 'actpass' | 'active' | 'passive'

export interface SealedDescription {
  kind: 'sealed'
  /** 32 bytes. */
  share: Buffer
}

export interface DtlsDescription {
  kind: 'dtls'
  /** Upper-case hex octets with colons, of SHA-256. */
  fingerprint: string
  setup: SetupRole
}

export type KeyDescription = SealedDescription | DtlsDescription

export interface Description {
  mid: string
  ufrag: string
  password: string
  keying: KeyDescription
  payloadType: number
  /** Always there in a sealed description. */
  ssrc: number | undefined
  /** Candidates that the text already held; kept out of what is written. */
  candidates: Candidate[]
}

/** Undefined when it is anything but what a session of ours, or a browser with one microphone, would say. */
export function readDescription(sdp: string): Description | undefined {
  if (sdp.length > SDP_MAX_CHARACTERS) return undefined
  const lines = sdp.split(/\r?\n/)
  if (lines.length > LINES_MAX || lines[0] !== 'v=0') return undefined

  const sections = lines.filter((line) => line.startsWith('m='))
  const media = /^m=audio (\d{1,5}) ((?:UDP\/TLS\/)?RTP\/SAVPF)((?: \d{1,3}){1,64})$/.exec(sections[0] ?? '')
  if (sections.length !== 1 || media === null || Number(media[1]) === 0 || lines.includes('a=ice-lite'))
    return undefined

  const one = oneOf(lines)
  const mid = one(/^a=mid:([\w.-]{1,16})$/)
  const ufrag = one(/^a=ice-ufrag:([\w+/]{4,256})$/)
  const password = one(/^a=ice-pwd:([\w+/]{22,256})$/)
  const keying = media[2] === PROFILES.sealed ? readSealed(lines) : readDtls(lines)
  const offered = (media[3] ?? '').trim().split(' ').map(Number)
  const opus = lines
    .map((line) => Number(/^a=rtpmap:(\d{1,3}) opus\/48000\/2$/i.exec(line)?.[1] ?? NaN))
    .find((payloadType) => payloadType <= 127 && offered.includes(payloadType))
  if (mid === undefined || ufrag === undefined || password === undefined) return undefined
  if (keying === undefined || opus === undefined) return undefined

  const ssrc = /^a=ssrc:(\d{1,10}) /m.exec(sdp)?.[1]
  if (ssrc === undefined ? keying.kind === 'sealed' : Number(ssrc) > 0xffffffff) return undefined
  return {
    mid,
    ufrag,
    password,
    keying,
    payloadType: opus,
    ssrc: ssrc === undefined ? undefined : Number(ssrc),
    candidates: lines
      .filter((line) => line.startsWith('a=candidate:'))
      .flatMap((line) => readAttribute(line, ufrag) ?? []),
  }
}

/** What the lines say of it, once or alike. */
const oneOf =
  (lines: string[]) =>
  (pattern: RegExp): string | undefined => {
    const found = new Set(lines.flatMap((line) => pattern.exec(line)?.[1] ?? []))
    return found.size === 1 ? [...found][0] : undefined
  }

const isOfDtls = (line: string): boolean => line.startsWith('a=fingerprint:') || line.startsWith('a=setup:')
const isOfSeal = (line: string): boolean => line.startsWith('a=tincan-key:')

function readSealed(lines: string[]): SealedDescription | undefined {
  const text = oneOf(lines)(/^a=tincan-key:([A-Za-z0-9+/]{43}=)$/)
  if (text === undefined || lines.some(isOfDtls) || lines.filter(isOfSeal).length !== 1) return undefined
  const share = Buffer.from(text, 'base64')
  return share.length === SHARE_BYTES ? { kind: 'sealed', share } : undefined
}

function readDtls(lines: string[]): DtlsDescription | undefined {
  const one = oneOf(lines)
  const setup = one(/^a=setup:(actpass|active|passive)$/)
  const fingerprints = lines.filter((line) => line.startsWith('a=fingerprint:'))
  const fingerprint = one(/^a=fingerprint:sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i)
  if (setup === undefined || fingerprint === undefined || new Set(fingerprints).size !== 1) return undefined
  if (lines.some(isOfSeal)) return undefined
  return { kind: 'dtls', fingerprint: fingerprint.toUpperCase(), setup: setup as SetupRole }
}

export function writeDescription({ mid, ufrag, password, keying, payloadType, ssrc }: Description): string {
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mid}`,
    `m=audio 9 ${PROFILES[keying.kind]} ${payloadType}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${password}`,
    'a=ice-options:trickle',
    ...(keying.kind === 'sealed'
      ? [`a=tincan-key:${keying.share.toString('base64')}`]
      : [`a=fingerprint:sha-256 ${keying.fingerprint}`, `a=setup:${keying.setup}`]),
    'a=sendrecv',
    'a=rtcp-mux',
    `a=rtpmap:${payloadType} opus/48000/2`,
    `a=fmtp:${payloadType} minptime=10;useinbandfec=1`,
    ...(ssrc === undefined ? [] : [`a=ssrc:${ssrc} cname:tincan`]),
  ]
  return lines.map((line) => `${line}\r\n`).join('')
}
