/** Makes werift connections the way every session wants them: audio alone, one transport, a certificate of their own. */

import { RTCCertificate, RTCPeerConnection, RTCRtpCodecParameters, createSelfSignedCertificate } from 'werift'
import { TincanError } from '../../errors.ts'
import type { MediaSessionOptions } from '../session.ts'
import { hostAddresses } from './host-addresses.ts'
import type { PeerConnection } from './internals.ts'

export const OPUS_PAYLOAD_TYPE = 111
export const OPUS_CLOCK_RATE = 48_000

/** A dead STUN server shall not hold up a restart. */
const STUN_GATHER_SECONDS = 2

const ECDSA = 3
const SHA256 = 4
const P256 = 23

const SPARE_AFTER_MS = 1000 // when the call that took the last one is set up

let spare: Promise<RTCCertificate> | undefined

/**
 * A new one for each session, so that a peer cannot tell our calls by it. Making one is 10 ms of work: after the first
 * the next is made ahead.
 */
export function takeCertificate(): Promise<RTCCertificate> {
  const taken = spare ?? makeCertificate()
  spare = undefined
  setTimeout(() => {
    spare ??= makeCertificate()
    spare.catch(() => (spare = undefined))
  }, SPARE_AFTER_MS).unref()
  return taken
}

async function makeCertificate(): Promise<RTCCertificate> {
  const { keyPem, certPem, signatureHash } = await createSelfSignedCertificate({ signature: ECDSA, hash: SHA256 }, P256)
  return new RTCCertificate(keyPem, certPem, signatureHash)
}

/** @throws TincanError CALL_FAILED when only the relay may be used and there is none. */
export function makeConnection(options: MediaSessionOptions, certificate: RTCCertificate): RTCPeerConnection {
  const { ice = {}, relayOnly = false } = options
  const { stun, turn } = ice
  if (relayOnly && turn === undefined) {
    throw new TincanError('CALL_FAILED', 'Media may use only a relay, and none is known. Try again in a moment.')
  }
  const { addresses, bind } = hostAddresses(options.hostAddresses)
  const opus = new RTCRtpCodecParameters({
    mimeType: 'audio/opus',
    clockRate: OPUS_CLOCK_RATE,
    channels: 2,
    payloadType: OPUS_PAYLOAD_TYPE,
    parameters: 'minptime=10;useinbandfec=1',
  })
  return new RTCPeerConnection({
    bundlePolicy: 'max-bundle',
    certificates: [certificate],
    codecs: { audio: [opus], video: [] },
    headerExtensions: { audio: [], video: [] },
    iceServers: [
      ...(stun === undefined ? [] : [{ urls: `stun:${stun}` }]),
      ...(turn === undefined
        ? []
        : [{ urls: `turn:${hostPort(turn)}?transport=udp`, username: turn.username, credential: turn.credential }]),
    ],
    iceTransportPolicy: relayOnly ? 'relay' : 'all',
    iceStunGatherTimeout: STUN_GATHER_SECONDS,
    // Both off: werift then takes the addresses named here and looks at no interface by itself.
    iceUseIpv4: false,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: addresses,
    iceInterfaceAddresses: bind,
    pendingRtp: false,
  })
}

/** Looks at the interfaces again, for an ICE restart after the network changed. */
export function refreshAddresses(connection: PeerConnection, options: MediaSessionOptions): void {
  for (const { iceTransport } of connection.dtlsTransports) {
    iceTransport.connection.options.additionalHostAddresses = hostAddresses(options.hostAddresses).addresses
  }
}

const hostPort = ({ host, port }: { host: string; port: number }): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
