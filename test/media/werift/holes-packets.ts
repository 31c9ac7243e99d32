/** Attacks with packets, by strangers and by somebody in the path; each tells whether it works. */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Message, RTCCertificate, classes, createSelfSignedCertificate, methods, parseMessage } from 'werift'
import type { RTCPeerConnection } from 'werift'
import type { MediaSession } from '../../../src/media/session.ts'
import { makeConnection } from '../../../src/media/werift/connection.ts'
import { dropped } from '../../../src/media/werift/drops.ts'
import { installHardening } from '../../../src/media/werift/harden.ts'
import type { PatchName } from '../../../src/media/werift/harden.ts'
import { original, prototypes } from '../../../src/media/werift/internals.ts'
import { createWeriftSession } from '../../../src/media/werift/session.ts'
import { LOOPBACK, connectOverWire, connectPair, eventually, isRtp, listen, makePair, packet } from './pair.ts'
import type { Pair } from './pair.ts'
import { openWire } from './wire.ts'
import type { Wire } from './wire.ts'

export interface Hole {
  patch: PatchName
  /** @param patienceMs how long to wait for what should not, or should, come. */
  isOpen: (patienceMs: number) => Promise<boolean>
}

const signatureHash = { signature: 3, hash: 4 } as const

/** The certificate of `certPem`, with a key that is not its own. */
async function steal(certPem?: string): Promise<RTCCertificate> {
  const [victim, thief] = await Promise.all([
    createSelfSignedCertificate(signatureHash, 23),
    createSelfSignedCertificate(signatureHash, 23),
  ])
  return new RTCCertificate(thief.keyPem, certPem ?? victim.certPem, signatureHash)
}

function join(session: MediaSession, connection: RTCPeerConnection): void {
  session.on('candidate', (text) => void connection.addIceCandidate(JSON.parse(text)).catch(() => {}))
  connection.onIceCandidate.subscribe((candidate) => {
    if (candidate !== undefined) session.addCandidate(JSON.stringify(candidate.toJSON()))
  })
}

async function offerTo(session: MediaSession, connection: RTCPeerConnection): Promise<void> {
  join(session, connection)
  connection.addTransceiver('audio', { direction: 'sendrecv' })
  const offer = await connection.createOffer()
  await connection.setLocalDescription(offer)
  const answer = await session.createAnswer(offer.sdp)
  await connection.setRemoteDescription({ type: 'answer', sdp: answer })
}

async function answerTo(session: MediaSession, connection: RTCPeerConnection, offer: string): Promise<void> {
  join(session, connection)
  await connection.setRemoteDescription({ type: 'offer', sdp: offer })
  connection.getTransceivers()[0]!.setDirection('sendrecv')
  const answer = await connection.createAnswer()
  await connection.setLocalDescription(answer)
  await session.setAnswer(answer.sdp)
}

const outcome = (session: MediaSession): Promise<boolean> =>
  Promise.race([once(session, 'connected').then(() => true), once(session, 'failed').then(() => false)])

async function foolAsClient(): Promise<boolean> {
  const session = createWeriftSession(LOOPBACK)
  const isFooled = outcome(session)
  const thief = makeConnection(LOOPBACK, await steal())
  await answerTo(session, thief, await session.createOffer())
  const result = await isFooled
  await Promise.all([session.stop(), thief.close()])
  return result
}

async function foolAsServer(): Promise<boolean> {
  const session = createWeriftSession(LOOPBACK)
  const isFooled = outcome(session)
  const thief = makeConnection(LOOPBACK, await steal())
  await offerTo(session, thief)
  const result = await isFooled
  await Promise.all([session.stop(), thief.close()])
  return result
}

const certificateOf = (connection: unknown): string =>
  (connection as { secureManager: { certificate: { certPem: string } } }).secureManager.certificate.certPem

/** A man in the middle who shows each end the certificate of the other: connected, but the channels differ. */
export async function bindingsDifferUnderMiddleman(): Promise<boolean> {
  const seen: string[] = []
  for (const name of ['createOffer', 'createAnswer'] as const) {
    const create = original(prototypes.peerConnection as unknown as RTCPeerConnection, name)
    Object.assign(prototypes.peerConnection, {
      async [name](this: unknown) {
        const description = await create.call(this)
        seen.push(certificateOf(this))
        return description
      },
    })
  }
  const [a, b] = [createWeriftSession(LOOPBACK), createWeriftSession(LOOPBACK)]
  const fooled = Promise.all([outcome(a), outcome(b)])
  const offer = await a.createOffer()
  const towardsB = makeConnection(LOOPBACK, await steal(seen[0]))
  await offerTo(b, towardsB)
  const towardsA = makeConnection(LOOPBACK, await steal(seen.at(-1)))
  await answerTo(a, towardsA, offer)
  const isConnected = (await fooled).every(Boolean)
  const differ = isConnected && !Buffer.from(a.channelBinding()).equals(Buffer.from(b.channelBinding()))
  await Promise.all([a.stop(), b.stop(), towardsA.close(), towardsB.close()])
  return differ
}

/** 145 bytes that claim an extension of 40 kB. */
async function freeze(patienceMs: number): Promise<boolean> {
  const { a, b, wire, stop } = await connectOverWire()
  const heard = listen(a)
  const bomb = Buffer.alloc(145)
  bomb.set([0x90, 111, 0, 1])
  bomb.writeUInt16BE(0xbede, 12)
  bomb.writeUInt16BE(10_000, 14)
  const before = process.cpuUsage()
  wire.inject('a', bomb)
  b.send(packet(1))
  await eventually(() => heard.length > 0, patienceMs)
  const usedMs = process.cpuUsage(before).user / 1000
  await stop()
  return dropped('rtp-header') === 0 && usedMs > 300
}

const record = (type: number, ...fragment: number[]): Buffer =>
  Buffer.from([type, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, fragment.length, ...fragment])

/** Whether the session `a` breaks when this comes over the wire: it fails, or goes silent, or forgets its keys. */
async function breaks(forge: (shown: Buffer[]) => Buffer, patienceMs: number): Promise<boolean> {
  const wire = await openWire()
  const shown: Buffer[] = []
  wire.inspect = (to, data) => to !== 'a' || shown.push(data) > 0
  const { a, b, stop } = await connectPair({ carry: wire.rewrite })
  const binding = Buffer.from(a.channelBinding())
  let isBroken = false
  a.once('failed', () => (isBroken = true))
  const [atA, atB] = [listen(a), listen(b)]
  wire.inject('a', forge(shown))
  b.send(packet(1))
  const heard = await eventually(() => {
    a.send(packet(atB.length + 1))
    return isBroken || (atA.length > 0 && atB.length > 0)
  }, patienceMs)
  isBroken ||= !heard || !hasBinding(a, binding)
  await stop()
  await wire.stop()
  return isBroken
}

function hasBinding(session: MediaSession, binding: Buffer): boolean {
  try {
    return binding.equals(session.channelBinding())
  } catch {
    return false
  }
}

/** The peer's own ClientHello, numbered as the message that would come next. */
function laterHello(shown: Buffer[]): Buffer {
  const hello = Buffer.from(shown.find((data) => data[0] === 22 && data[13] === 1)!)
  hello.writeUInt16BE(6, 13 + 4)
  return hello
}

async function answersStrangers(): Promise<boolean> {
  const wire = await openWire()
  const { a, b, connected, stop } = makePair({ carry: wire.rewrite })
  const offer = await a.createOffer()
  const answer = await b.createAnswer(offer)
  await a.setAnswer(answer)
  await connected
  const [ufrag, password, peer] = [/ice-ufrag:(.*)/, /ice-pwd:(.*)/]
    .map((line) => line.exec(offer)![1]!)
    .concat(/ice-ufrag:(.*)/.exec(answer)![1]!)
  const ask = () =>
    new Message(methods.BINDING, classes.REQUEST)
      .setAttribute('USERNAME', `${ufrag}:${peer}`)
      .setAttribute('PRIORITY', 1)
      .setAttribute('ICE-CONTROLLED', 1n)
  const forged = ask().addMessageIntegrity(Buffer.from('a guess')).addFingerprint()
  const honest = ask().addMessageIntegrity(Buffer.from(password!)).addFingerprint()
  const stranger = createSocket('udp4')
  const reply = once(stranger, 'message') as Promise<[Buffer]>
  stranger.send(forged.bytes, wire.portOf('a'), '127.0.0.1')
  stranger.send(honest.bytes, wire.portOf('a'), '127.0.0.1')
  const [first] = await reply
  stranger.close()
  await stop()
  await wire.stop()
  return parseMessage(first)?.transactionIdHex === forged.transactionIdHex
}

/** A genuine packet, held back and sent on from elsewhere, is the strongest that a foreign source has. */
async function takesFromForeign(patienceMs: number): Promise<boolean> {
  return tamper(
    (wire, data) => {
      const stranger = createSocket('udp4')
      stranger.send(data, wire.portOf('a'), '127.0.0.1', () => stranger.close())
      return false
    },
    (heard) => heard.includes('frame 1'),
    patienceMs,
  )
}

const takesTwice = (patienceMs: number): Promise<boolean> =>
  tamper(
    (wire, data) => {
      for (let copies = 0; copies < 4; copies++) wire.inject('a', data)
      return true
    },
    (heard) => heard.filter((text) => text === 'frame 1').length > 1,
    patienceMs,
  )

/** `meddle` gets the first media packet on its way to a; a second one, sent only then, comes through untouched. */
async function tamper(
  meddle: (wire: Wire, data: Buffer) => boolean,
  works: (heard: string[]) => boolean,
  patienceMs: number,
): Promise<boolean> {
  const { a, b, wire, stop } = await connectOverWire()
  const heard = listen(a)
  let meddled = 0
  wire.inspect = (to, data) => to !== 'a' || !isRtp(data) || meddled++ > 0 || meddle(wire, data)
  b.send(packet(1))
  await eventually(() => meddled > 0, patienceMs)
  for (let number = 2; number < 12; number++) b.send(packet(number))
  await eventually(() => heard.includes('frame 11'), patienceMs)
  await stop()
  return works(heard)
}

async function losesRollover(patienceMs: number): Promise<boolean> {
  const { a, b, wire, stop } = await connectOverWire()
  const heard = listen(a)
  for (let number = 65_300; number < 65_400; number++) b.send(packet(number))
  await eventually(() => heard.length === 100)
  let lost = 0
  wire.inspect = (to, data) => !(to === 'a' && isRtp(data) && lost++ >= 0)
  for (let number = 65_400; number < 65_640; number++) b.send(packet(number))
  await eventually(() => lost === 240)
  wire.inspect = () => true
  for (let number = 65_640; number < 65_700; number++) b.send(packet(number))
  const isHeard = await eventually(() => heard.includes('frame 65699'), patienceMs)
  await stop()
  return !isHeard
}

async function keepsKeysAsBytes(): Promise<boolean> {
  installHardening()
  let key: unknown
  const update = original(prototypes.dtlsTransport, 'updateSrtpSession')
  prototypes.dtlsTransport.updateSrtpSession = function () {
    update.call(this)
    key = this.srtp.remoteContext.cipher.srtpSessionKey
  }
  const pair: Pair = await connectPair()
  await pair.stop()
  prototypes.dtlsTransport.updateSrtpSession = update
  return Buffer.isBuffer(key)
}

export const packetHoles: Record<string, Hole> = {
  'a thief of the certificate passes for the answering peer': { patch: 'dtls-possession', isOpen: foolAsClient },
  'a thief of the certificate passes for the offering peer': { patch: 'dtls-possession', isOpen: foolAsServer },
  'one packet freezes the process': { patch: 'packet-firewall', isOpen: freeze },
  'a plaintext alert ends the session': {
    patch: 'dtls-records',
    isOpen: (patienceMs) => breaks(() => record(21, 1, 0), patienceMs),
  },
  'a record of unknown type ends the session': {
    patch: 'dtls-records',
    isOpen: (patienceMs) => breaks(() => record(30, 1, 0), patienceMs),
  },
  'a late ClientHello makes the session forget its keys': {
    patch: 'dtls-records',
    isOpen: (patienceMs) => breaks(laterHello, patienceMs),
  },
  'a stranger gets answers to forged STUN': { patch: 'stun-authentication', isOpen: answersStrangers },
  'media is taken from a foreign source': { patch: 'source-filter', isOpen: takesFromForeign },
  'a recorded packet is taken again': { patch: 'srtp-replay', isOpen: takesTwice },
  'an outage across the wrap silences the rest': { patch: 'rollover', isOpen: losesRollover },
  'keys are checked anew for each packet': { patch: 'session-keys', isOpen: keepsKeysAsBytes },
}
