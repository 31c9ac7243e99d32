/**
 * ICE candidates as signalling carries them: JSON in the shape of RTCIceCandidateInit, with a candidate-attribute of
 * RFC 8839 §5.1 inside. Those of the peer are hostile text: whatever is not a UDP candidate with a plain unicast address is
 * refused, host names above all, because looking them up tells a stranger who is calling.
 */

import { BlockList, isIP } from 'node:net'
import { isLoopback } from './host-addresses.ts'

const TEXT_MAX_CHARACTERS = 1024

export type CandidateType = 'host' | 'srflx' | 'prflx' | 'relay'

export interface RemoteCandidate {
  foundation: string
  priority: number
  host: string
  port: number
  type: CandidateType
  /** The ICE generation it belongs to, when it says so. */
  ufrag: string | undefined
}

const ATTRIBUTE =
  /^(?:a=)?(?:candidate:)?([\w+/]{1,32}) 1 udp (\d{1,10}) ([0-9a-fA-F.:]{2,45}) (\d{1,5}) typ (host|srflx|prflx|relay)(?: (.*))?$/i

/** Undefined when it is not a candidate we could use. */
export function readCandidate(text: string): RemoteCandidate | undefined {
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

export function readAttribute(attribute: string, generation?: string): RemoteCandidate | undefined {
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

/** The attribute again, with nothing in it that we did not read. */
export const writeAttribute = ({ foundation, priority, host, port, type }: RemoteCandidate): string =>
  `candidate:${foundation} 1 udp ${priority} ${host} ${port} typ ${type}`

/** Where no peer is: unspecified, broadcast, multicast and link-local without a zone. */
const nowhere = new BlockList()
nowhere.addSubnet('0.0.0.0', 8, 'ipv4')
nowhere.addSubnet('224.0.0.0', 3, 'ipv4')
nowhere.addAddress('::', 'ipv6')
nowhere.addSubnet('ff00::', 8, 'ipv6')
nowhere.addSubnet('fe80::', 10, 'ipv6')

/** Whether we would send a check there. Our own loopback is nobody's business unless this session lives on it. */
export function isReachable({ host }: RemoteCandidate, loopback: boolean): boolean {
  const isV6 = isIP(host) === 6
  if (nowhere.check(host, isV6 ? 'ipv6' : 'ipv4')) return false
  const mapped = /^::ffff:/i.test(host)
  return !mapped && (loopback || !isLoopback(host))
}
