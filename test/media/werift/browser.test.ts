/** A peer connection as browsers have it, with ICE and DTLS of another make, in both roles. */

import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket } from 'werift'
import type { MediaSession } from '../../../src/media/session.ts'
import { createWeriftSession } from '../../../src/media/werift/session.ts'
import { LOOPBACK_DTLS, eventually, listen, packet } from './pair.ts'

const browser = suite('a peer connection as browsers have it')

/** werift's own, unhardened: it speaks RTCPeerConnection's side of RFC 8829. */
function openConnection(): RTCPeerConnection {
  const opus = new RTCRtpCodecParameters({ mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: 111 })
  return new RTCPeerConnection({
    bundlePolicy: 'max-bundle',
    codecs: { audio: [opus], video: [] },
    headerExtensions: { audio: [], video: [] },
    // without a server it would ask a public one
    iceServers: [{ urls: 'stun:127.0.0.1:9' }],
    iceStunGatherTimeout: 0.1,
    iceUseIpv4: false,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
    iceInterfaceAddresses: { udp4: '127.0.0.1' },
  })
}

function join(session: MediaSession, connection: RTCPeerConnection): void {
  session.on('candidate', (text) => void connection.addIceCandidate(JSON.parse(text)).catch(() => {}))
  connection.onIceCandidate.subscribe((candidate) => {
    if (candidate !== undefined) session.addCandidate(JSON.stringify(candidate.toJSON()))
  })
}

for (const role of ['offers', 'answers'] as const) {
  browser(`that ${role} is met, and both hear each other`, async () => {
    const session = createWeriftSession(LOOPBACK_DTLS)
    const connection = openConnection()
    const track = new MediaStreamTrack({ kind: 'audio' })
    const [atSession, atBrowser] = [listen(session), [] as string[]]
    connection.onTrack.subscribe((remote) => {
      remote.onReceiveRtp.subscribe(({ payload }) => atBrowser.push(payload.toString()))
    })
    join(session, connection)
    const connected = once(session, 'connected')
    if (role === 'offers') {
      connection.addTransceiver(track, { direction: 'sendrecv' })
      await connection.setLocalDescription(await connection.createOffer())
      const answer = await session.createAnswer(connection.localDescription!.sdp)
      await connection.setRemoteDescription({ type: 'answer', sdp: answer })
    } else {
      await connection.setRemoteDescription({ type: 'offer', sdp: await session.createOffer() })
      const [transceiver] = connection.getTransceivers()
      await transceiver!.sender.replaceTrack(track)
      transceiver!.setDirection('sendrecv')
      await connection.setLocalDescription(await connection.createAnswer())
      await session.setAnswer(connection.localDescription!.sdp)
    }
    await connected
    let number = 100
    assert.ok(
      await eventually(() => {
        session.send(packet(++number))
        const header = new RtpHeader({ version: 2, payloadType: 111, sequenceNumber: number, timestamp: number * 960 })
        track.writeRtp(new RtpPacket(header, Buffer.from(`sung ${number}`)))
        return atSession.length > 20 && atBrowser.length > 20 && session.stats().rttMs !== undefined
      }),
      `${atSession.length} ${atBrowser.length} ${session.stats().rttMs}`,
    )
    assert.match(atSession.at(-1)!, /^sung \d+$/)
    assert.match(atBrowser.at(-1)!, /^frame \d+$/)
    await Promise.all([session.stop(), connection.close()])
  })
}

browser.run()
