/** What a peer says through signalling, read by our own grammar: descriptions and candidates. */

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isReachable, readAttribute, readCandidate, writeCandidate } from '../../../src/ice/candidate.ts'
import { readDescription, writeDescription } from '../../../src/media/werift/description.ts'
import type { Description } from '../../../src/media/werift/description.ts'
import { dropped } from '../../../src/media/werift/drops.ts'
import type { DropReason } from '../../../src/media/werift/drops.ts'
import { createWeriftSession } from '../../../src/media/werift/session.ts'
import { holds } from '../../support/property.ts'
import { LOOPBACK } from './pair.ts'

const signalling = suite('media signalling')

const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':')
const description: Description = {
  mid: '0',
  ufrag: 'abcd',
  password: 'p'.repeat(22),
  keying: { kind: 'dtls', fingerprint, setup: 'actpass' },
  payloadType: 111,
  ssrc: 7,
  candidates: [],
}
const sealed: Description = { ...description, keying: { kind: 'sealed', share: Buffer.alloc(32, 9) } }
const offer = writeDescription(description)
const sealedOffer = writeDescription(sealed)
const line = 'candidate:1 1 udp 2116026367 192.0.2.7 40000 typ host generation 0 ufrag abcd'
const json = (candidate: string, more: object = {}): string => JSON.stringify({ candidate, sdpMid: '0', ...more })

signalling('a description is read back as it was written', () => {
  assert.equal(readDescription(offer), description)
  assert.equal(readDescription(offer.replaceAll('\r\n', '\n')), description)
  const without = { ...description, ssrc: undefined }
  assert.equal(readDescription(writeDescription(without)), without)
  assert.equal(readDescription(sealedOffer), sealed)
})

signalling('a sealed description holds one key, one source, and nothing of a handshake', () => {
  assert.match(sealedOffer, /^m=audio 9 RTP\/SAVPF 111\r$/m)
  assert.match(sealedOffer, /^a=tincan-key:CQkJ[\w+/]{39}=\r$/m)
  const wrong = [
    sealedOffer.replace('RTP/SAVPF', 'UDP/TLS/RTP/SAVPF'),
    offer.replace('UDP/TLS/RTP/SAVPF', 'RTP/SAVPF'),
    `${sealedOffer}a=setup:actpass\r\n`,
    `${sealedOffer}a=fingerprint:sha-256 ${fingerprint}\r\n`,
    `${sealedOffer}a=tincan-key:${Buffer.alloc(32, 8).toString('base64')}\r\n`,
    `${sealedOffer}a=tincan-key:${Buffer.alloc(32, 9).toString('base64')}\r\n`,
    `${offer}a=tincan-key:${Buffer.alloc(32, 9).toString('base64')}\r\n`,
    sealedOffer.replace(/a=tincan-key:.*\r\n/, ''),
    sealedOffer.replace(/(a=tincan-key:)..../, '$1'),
    sealedOffer.replace(/(a=tincan-key:)./, '$1-'),
    sealedOffer.replace(/a=ssrc.*\r\n/, ''),
  ]
  for (const sdp of wrong) assert.is(readDescription(sdp), undefined, sdp)
})

signalling("a browser's description is understood, with the candidates in it", () => {
  const browser = [
    'v=0',
    'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'a=extmap-allow-mixed',
    'a=msid-semantic: WMS stream',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126',
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    'a=candidate:1 1 udp 2122260223 192.0.2.1 54400 typ host generation 0',
    'a=candidate:2 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active generation 0',
    'a=ice-ufrag:EsAw',
    'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1',
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${fingerprint}`,
    'a=setup:actpass',
    'a=mid:0',
    'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    'a=rtcp-fb:111 transport-cc',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:63 red/48000/2',
    'a=ssrc:3735928559 cname:x',
    '',
  ].join('\r\n')
  const read = readDescription(browser)
  assert.is(read?.ufrag, 'EsAw')
  assert.is(read?.payloadType, 111)
  assert.is(read?.ssrc, 3735928559)
  assert.equal(
    read?.candidates.map(({ host, port, ufrag }) => [host, port, ufrag]),
    [['192.0.2.1', 54400, 'EsAw']],
  )
  const written = writeDescription(read!)
  assert.not.match(written, 'transport-cc')
  assert.not.match(written, 'extmap')
})

signalling('a description with anything missing, doubled, contradictory or oversized is none', () => {
  const wrong = [
    '',
    offer.slice(0, 200),
    offer.replace('v=0', 'v=1'),
    offer.replace('m=audio 9', 'm=audio 0'),
    offer.replace('m=audio', 'm=video'),
    `${offer}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n`,
    offer.replace('a=ice-ufrag:abcd', 'a=ice-ufrag:abcd\r\na=ice-ufrag:efgh'),
    offer.replace('sha-256', 'sha-1'),
    `${offer}a=fingerprint:sha-1 ${fingerprint}\r\n`,
    offer.replace('AB:AB', 'AB'),
    offer.replace('actpass', 'holdconn'),
    offer.replace('opus/48000/2', 'opus/48000/1'),
    offer.replace('a=rtpmap:111', 'a=rtpmap:112'),
    `${offer}${'a=x\r\n'.repeat(600)}`,
    `${offer}a=${'x'.repeat(20_000)}`,
    `${offer}a=ice-lite\r\n`,
  ]
  for (const sdp of wrong) assert.is(readDescription(sdp), undefined, sdp.slice(0, 300))
})

signalling('arbitrary and mutated descriptions and candidates never throw, and what is read is bounded', () => {
  const change = fc.record({ at: fc.nat(offer.length), cut: fc.nat(30), put: fc.string({ maxLength: 30 }) })
  holds(
    fc.property(change, fc.string(), fc.jsonValue(), ({ at, cut, put }, text, value) => {
      for (const real of [offer, sealedOffer]) {
        const read = readDescription(real.slice(0, at) + put + real.slice(at + cut))
        if (read !== undefined) assert.equal(readDescription(writeDescription(read)), { ...read, candidates: [] })
      }
      const candidate = readCandidate(
        json(line.slice(0, at % line.length) + put + line.slice((at % line.length) + cut)),
      )
      if (candidate !== undefined) assert.ok(candidate.port > 0 && candidate.port < 65_536)
      readDescription(text)
      readCandidate(text)
      readCandidate(JSON.stringify(value))
    }),
  )
})

signalling('a candidate is read whole, or not at all', () => {
  assert.equal(readCandidate(json(line)), {
    foundation: '1',
    priority: 2116026367,
    host: '192.0.2.7',
    port: 40000,
    type: 'host',
    ufrag: 'abcd',
  })
  assert.is(readCandidate(json(line, { usernameFragment: 'wxyz' }))?.ufrag, 'wxyz')
  assert.is(readAttribute('candidate:1 1 UDP 1 2001:db8::7 9 typ relay raddr :: rport 0')?.type, 'relay')
  const read = readCandidate(json(line))!
  assert.equal(readCandidate(writeCandidate(read)), read)
  const wrong = [
    'candidate:1 1 udp 1 laptop.local 9 typ host',
    'candidate:1 1 udp 1 7a4c0b9e-0c1f-4a52-b1c1-000000000000.local 9 typ host',
    'candidate:1 1 udp 1 example.org 9 typ host',
    'candidate:1 1 udp 1 192.0.2.300 9 typ host',
    'candidate:1 1 udp 1 192.0.2.7 0 typ host',
    'candidate:1 1 udp 1 192.0.2.7 65536 typ host',
    'candidate:1 2 udp 1 192.0.2.7 9 typ host',
    'candidate:1 1 tcp 1 192.0.2.7 9 typ host tcptype active',
    'candidate:1 1 udp 99999999999 192.0.2.7 9 typ host',
    'candidate:1 1 udp 1 192.0.2.7 9 typ gateway',
    '',
  ]
  for (const candidate of wrong) assert.is(readCandidate(json(candidate)), undefined, candidate)
  for (const text of ['', '{', 'null', '[]', '7', '{"candidate":7}', json('x'.repeat(2000))]) {
    assert.is(readCandidate(text), undefined, text)
  }
})

signalling('a peer cannot make us knock where no peer is', () => {
  const at = (host: string) => readAttribute(`candidate:1 1 udp 1 ${host} 9 typ host`)!
  const nowhere = ['0.0.0.0', '0.1.2.3', '224.0.0.1', '255.255.255.255', '::', 'ff02::1', 'fe80::1', '::ffff:192.0.2.7']
  for (const host of nowhere) assert.not(isReachable(at(host), true), host)
  for (const host of ['127.0.0.1', '127.9.9.9', '::1']) {
    assert.not(isReachable(at(host), false), host)
    assert.ok(isReachable(at(host), true), host)
  }
  for (const host of ['192.168.1.7', '203.0.113.7', '2001:db8::7']) assert.ok(isReachable(at(host), false), host)
})

signalling('what a session is told in vain is counted', async () => {
  const session = createWeriftSession(LOOPBACK)
  const counted = (reason: DropReason, text: string) => {
    const before = dropped(reason)
    session.addCandidate(text)
    assert.is(dropped(reason), before + 1, reason)
  }
  counted('candidate-nonsense', 'not json')
  counted('candidate-nonsense', json('candidate:1 1 udp 1 laptop.local 9 typ host'))
  // before there is a description, and an agent
  for (let port = 1; port <= 32; port++) session.addCandidate(json(line.replace('40000', String(port))))
  counted('candidate-too-many', json(line))
  await session.stop()
})

signalling.run()
