/**
 * ICE candidates: a candidate-attribute of RFC 8839 §5.1, inside JSON of the shape of RTCIceCandidateInit when signalled.
 * Those of the peer are hostile text: whatever is not a UDP candidate with a plain address is refused, host names above
 * all, because looking them up tells a stranger who is calling.
 */

import { isIP } from 'node:net'
import { type Address, isLoopback, isNowhere } from '../lib/ip.ts'

const TEXT_MAX_CHARACTERS = 1024

export type CandidateType = 'host' | 'srflx' | 'prflx' | 'relay'

export interface Candidate extends Address {
  foundation: string
  priority: number
  type: CandidateType
  /** The ICE generation it belongs to, when it says so. */
  ufrag?: string | undefined
}

const ATTRIBUTE =
  /^(?:a=)?(?:candidate:)?([\w+/]{1,32}) 1 udp (\d{1,10}) ([0-9a-fA-F.:]{2,45}) (\d{1,5}) typ (host|srflx|prflx|relay)(?: (.*))?$/i

/** Undefined when it is not a candidate we could use. */
export function readCandidate(text: string): Candidate | undefined {
  if (text.length > TEXT_MAX_CHARACTERS) return undefined
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof json !== 'object' || json === null) return undefined
  const { candidate, usernameFragment } = json as Record<string, unknown>
  if (typeof candidate !== 'string') return undefined
  return readAttribute(candidate, typeof usernameFragment === 'string' ? usernameFragment : undefined)
}

export function readAttribute(attribute: string, generation?: string): Candidate | undefined {
  const match = ATTRIBUTE.exec(attribute)
  if (match === null) return undefined
  const [, foundation = '', priority = '', host = '', port = '', type = '', rest = ''] = match
  const ufrag = generation ?? /(?:^| )ufrag ([\w+/]{1,256})(?: |$)/.exec(rest)?.[1]
  const candidate = { foundation, priority: Number(priority), host, port: Number(port), ufrag }
  if (isIP(host) === 0 || candidate.port < 1 || candidate.port > 0xffff || candidate.priority > 0x7fffffff)
    return undefined
  if (ufrag !== undefined && !/^[\w+/]{1,256}$/.test(ufrag)) return undefined
  return { ...candidate, type: type.toLowerCase() as CandidateType }
}

/** As it is signalled: nothing in it says more than where to send a check. */
export function writeCandidate({ foundation, priority, host, port, type, ufrag }: Candidate): string {
  // RFC 8839 wants a related address for all but host candidates; ours is nobody's business
  const related = type === 'host' ? '' : ' raddr 0.0.0.0 rport 9'
  const candidate = `candidate:${foundation} 1 udp ${priority} ${host} ${port} typ ${type}${related}`
  return JSON.stringify({ candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: ufrag })
}

/** Whether we would send a check there. Our own loopback is nobody's business unless this session lives on it. */
export const isReachable = ({ host }: Address, loopback: boolean): boolean =>
  !isNowhere(host) && (loopback || !isLoopback(host))
