/** What werift leaves open to strangers, to somebody in the path, and to bad luck; each tells whether it still does. */

import { setTimeout as delay } from 'node:timers/promises'
import { RTCCertificate, SrtcpSession, SrtpSession, createSelfSignedCertificate } from 'werift'
import { dropped } from '../../../src/media/werift/drops.ts'
import { hardenSessions, installHardening } from '../../../src/media/werift/harden.ts'
import type { PatchName } from '../../../src/media/werift/harden.ts'
import type { SecureSessions } from '../../../src/media/werift/internals.ts'
import { DtlsKeying } from '../../../src/media/werift/dtls-keying.ts'
import { createWeriftSession } from '../../../src/media/werift/session.ts'
import { LOOPBACK_DTLS, connectOverWire, eventually, isDtls, isRtp, listen, makePair, packet, pairOf } from './pair.ts'
import { openPeer } from './peer.ts'
import { openWire } from './wire.ts'
import type { Wire } from './wire.ts'

export interface Hole {
  patch: PatchName
  /** @param patienceMs how long to wait for what should not, or should, come. */
  isOpen: (patienceMs: number) => Promise<boolean>
}

const signatureHash = { signature: 3, hash: 4 } as const

/** A certificate with a key that is not its own. */
async function steal(): Promise<RTCCertificate> {
  const [victim, thief] = await Promise.all([
    createSelfSignedCertificate(signatureHash, 23),
    createSelfSignedCertificate(signatureHash, 23),
  ])
  return new RTCCertificate(thief.keyPem, victim.certPem, signatureHash)
}

/** Whether a session takes somebody for the peer who has only the peer's certificate, which DTLS 1.2 sends in clear. */
async function isFooledBy(thief: 'offerer' | 'answerer'): Promise<boolean> {
  installHardening()
  const session = createWeriftSession(LOOPBACK_DTLS)
  const peer = openPeer(thief, (events) => new DtlsKeying(events, steal()))
  let outcome: boolean | undefined
  session.once('connected', () => (outcome = true))
  session.once('failed', () => (outcome = false))
  await peer.meet(session)
  await eventually(() => outcome !== undefined)
  await Promise.all([session.stop(), peer.stop()])
  return outcome === true
}

/** 145 bytes that claim an extension of 40 kB, under the source that anybody in the path sees. */
async function freeze(patienceMs: number): Promise<boolean> {
  const { a, b, wire, seen, stop } = await connectOverWire()
  const heard = listen(a)
  b.send(packet(1))
  await eventually(() => heard.length === 1)
  const real = seen.a.find(isRtp)!
  const bomb = Buffer.alloc(145)
  bomb.set([0x90, 111, 0, 1])
  bomb.writeUInt32BE(real.readUInt32BE(8), 8)
  bomb.writeUInt16BE(0xbede, 12)
  bomb.writeUInt16BE(10_000, 14)
  const before = process.cpuUsage()
  wire.inject('a', bomb)
  b.send(packet(2))
  await eventually(() => heard.length > 1, patienceMs)
  const usedMs = process.cpuUsage(before).user / 1000
  await stop()
  return dropped('rtp-header') === 0 && usedMs > 300
}

const record = (type: number, ...fragment: number[]): Buffer =>
  Buffer.from([type, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, fragment.length, ...fragment])

/** Whether this, from somebody in the path, ends the handshake that it comes into. */
async function breaks(forged: Buffer): Promise<boolean> {
  const wire = await openWire()
  let shown = 0
  wire.inspect = (to, data) => {
    if (isDtls(data) && ++shown <= 2) wire.inject(to, forged)
    return true
  }
  const pair = makePair({ ...pairOf('dtls'), carry: wire.rewrite })
  let outcome: boolean | undefined
  for (const end of [pair.a, pair.b]) end.once('failed', () => (outcome = true))
  pair.connected.then(
    () => (outcome ??= false),
    () => {},
  )
  await pair.negotiate()
  await eventually(() => outcome !== undefined)
  await pair.stop()
  await wire.stop()
  return outcome === true
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

/** `meddle` gets the first media packet on its way to a; those sent only then come through untouched. */
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
  const [key, salt] = [Buffer.alloc(16), Buffer.alloc(12)]
  const keys = { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt }
  const sessions = {
    srtp: new SrtpSession({ keys, profile: 7 }),
    srtcp: new SrtcpSession({ keys, profile: 7 }),
  } as unknown as SecureSessions
  hardenSessions(sessions)
  return Buffer.isBuffer(sessions.srtp.remoteContext.cipher.srtpSessionKey)
}

async function diesOfLostVerify(patienceMs: number): Promise<boolean> {
  const wire = await openWire()
  let lost = 0
  // CertificateVerify, once: what follows it comes again, and all before it too.
  wire.inspect = (_, data) => !(data[0] === 22 && data[13] === 15 && lost++ === 0)
  const pair = makePair({ ...pairOf('dtls'), carry: wire.rewrite })
  let isConnected = false
  pair.connected.then(
    () => (isConnected = true),
    () => {},
  )
  await pair.negotiate()
  await eventually(() => isConnected, patienceMs)
  await pair.stop()
  await wire.stop()
  return !isConnected
}

async function repeatsAfterStop(patienceMs: number): Promise<boolean> {
  const wire = await openWire()
  let handshakes = 0
  wire.inspect = (_, data) => !isDtls(data) || handshakes++ < 0
  const pair = makePair({ ...pairOf('dtls'), carry: wire.rewrite })
  await pair.negotiate()
  await eventually(() => handshakes > 0)
  await pair.stop()
  await wire.stop()
  // what a stop itself takes
  await delay(400)
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  return !(await eventually(() => timers() === 0, patienceMs))
}

export const packetHoles: Record<string, Hole> = {
  'a thief of the certificate passes for the answering peer': {
    patch: 'dtls-possession',
    isOpen: () => isFooledBy('answerer'),
  },
  'a thief of the certificate passes for the offering peer': {
    patch: 'dtls-possession',
    isOpen: () => isFooledBy('offerer'),
  },
  'a plaintext alert ends the session': { patch: 'dtls-records', isOpen: () => breaks(record(21, 1, 0)) },
  'a record of unknown type ends the session': { patch: 'dtls-records', isOpen: () => breaks(record(30, 1, 0)) },
  'one lost handshake packet ruins the handshake': { patch: 'handshake-order', isOpen: diesOfLostVerify },
  'the handshake goes on after the session stopped': { patch: 'flight-timers', isOpen: repeatsAfterStop },
  'one packet freezes the process': { patch: 'packet-firewall', isOpen: freeze },
  'a recorded packet is taken again': { patch: 'srtp-replay', isOpen: takesTwice },
  'an outage across the wrap silences the rest': { patch: 'rollover', isOpen: losesRollover },
  'keys are checked anew for each packet': { patch: 'session-keys', isOpen: keepsKeysAsBytes },
}
