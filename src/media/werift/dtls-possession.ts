/**
 * Proof that the peer holds the key of the certificate whose fingerprint signalling gave us. werift 0.25.2 compares only the
 * certificate, which DTLS 1.2 sends in clear, and skips the signatures and Finished: anybody in the path could pass for the
 * peer. Checked here, in place of what the library leaves out, before a single SRTP key is made:
 * - the certificate that was compared is the one of the handshake, and its key signed the exchange: ServerKeyExchange at the
 *   client (RFC 8422 §5.4), CertificateVerify at the server (RFC 5246 §7.4.8);
 * - the master secret in use comes from that exchange, bound to the transcript (RFC 7627 §4; both ends must speak it);
 * - the peer's Finished matches the transcript (RFC 5246 §7.4.9).
 */

import { X509Certificate, createECDH, createHash, createHmac, createPrivateKey, createPublicKey } from 'node:crypto'
import { diffieHellman, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { isClient } from './internals.ts'
import type { DtlsSocket, Handshake } from './internals.ts'

const CERTIFICATE = 11
const SERVER_KEY_EXCHANGE = 12
const CERTIFICATE_VERIFY = 15
const CLIENT_KEY_EXCHANGE = 16
const FINISHED = 20

/** SignatureAndHashAlgorithm, RFC 5246 §7.4.1.4.1; SHA-1 is not among them. */
const HASHES = new Map([
  [4, 'sha256'],
  [5, 'sha384'],
  [6, 'sha512'],
])
const KEY_TYPES = new Map([
  [1, 'rsa'],
  [3, 'ec'],
])

const SECP256R1 = 23
const X25519 = 29
const X25519_PRIVATE_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')
const X25519_PUBLIC_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')

/** What werift overwrites before we look: the keys of the exchange that made the master secret, and the peer's Finished. */
interface Witness {
  localPrivate: Buffer
  remotePublic: Buffer
  peerFinished: Buffer | undefined
}

export function requirePossession(socket: DtlsSocket): void {
  const witness = watch(socket)
  const extractSessionKeys = socket.extractSessionKeys.bind(socket)
  socket.extractSessionKeys = (keyBytes, saltBytes) => {
    auditHandshake(socket, witness)
    return extractSessionKeys(keyBytes, saltBytes)
  }
}

function watch(socket: DtlsSocket): Witness {
  const witness: Witness = { localPrivate: Buffer.alloc(0), remotePublic: Buffer.alloc(0), peerFinished: undefined }
  const { cipher } = socket
  let masterSecret = cipher.masterSecret
  Object.defineProperty(cipher, 'masterSecret', {
    configurable: true,
    get: () => masterSecret,
    set: (secret: Buffer) => {
      masterSecret = secret
      witness.localPrivate = Buffer.from(cipher.localKeyPair.privateKey)
      witness.remotePublic = Buffer.from(cipher.remoteKeyPair.publicKey)
    },
  })
  const { onHandleHandshakes } = socket
  socket.onHandleHandshakes = (messages) => {
    const finished = messages.find((message) => message.msg_type === FINISHED)
    if (finished !== undefined) witness.peerFinished ??= Buffer.from(finished.fragment)
    return onHandleHandshakes(messages)
  }
  return witness
}

const failed = (what: string): Error => new Error(`dtls possession: ${what}`)

/** @throws Error when anything of the list above does not hold. */
function auditHandshake(socket: DtlsSocket, witness: Witness): void {
  const { dtls, cipher } = socket
  const transcript = dtls.sortedHandshakeCache
  const fromPeer = dtls.handshakeCache[isClient(socket) ? 4 : 5]?.data ?? []

  const certificate = readCertificate(only(fromPeer, CERTIFICATE).fragment)
  if (cipher.remoteCertificate === undefined || !certificate.equals(cipher.remoteCertificate)) {
    throw failed('another certificate was compared')
  }
  const key = new X509Certificate(certificate).publicKey
  const exchange = isClient(socket) ? signedByServer(socket, fromPeer, key) : signedByClient(socket, fromPeer, key)

  if (!dtls.remoteExtendedMasterSecret) throw failed('no extended master secret')
  if (!witness.remotePublic.equals(exchange.remotePublic)) throw failed('another key exchange was used')
  const premaster = agree(exchange.curve, witness.localPrivate, exchange.remotePublic)
  const exchanged = transcript.findIndex((message) => message.msg_type === CLIENT_KEY_EXCHANGE)
  const sessionHash = sha256(transcript.slice(0, exchanged + 1))
  if (!prf(premaster, 'extended master secret', sessionHash, 48).equals(cipher.masterSecret)) {
    throw failed('the master secret is not of this exchange')
  }

  const peer = isClient(socket) ? 'server' : 'client'
  const at = transcript.findIndex((message) => message.msg_type === FINISHED)
  const before = isClient(socket) ? transcript : transcript.slice(0, at)
  const expected = prf(cipher.masterSecret, `${peer} finished`, sha256(before), 12)
  if (witness.peerFinished === undefined || !expected.equals(witness.peerFinished)) throw failed('wrong Finished')
}

interface Exchange {
  curve: number
  remotePublic: Buffer
}

function signedByServer({ cipher }: DtlsSocket, fromPeer: Handshake[], key: KeyObject): Exchange {
  const message = only(fromPeer, SERVER_KEY_EXCHANGE).fragment
  const end = 4 + message[3]!
  const randoms = [cipher.localRandom.serialize(), cipher.remoteRandom.serialize()]
  checkSignature(Buffer.concat([...randoms, message.subarray(0, end)]), message.subarray(end), key)
  return { curve: message.readUInt16BE(1), remotePublic: message.subarray(4, end) }
}

function signedByClient({ dtls, cipher }: DtlsSocket, fromPeer: Handshake[], key: KeyObject): Exchange {
  const transcript = dtls.sortedHandshakeCache
  const proof = only(fromPeer, CERTIFICATE_VERIFY)
  const signed = transcript.slice(0, transcript.indexOf(proof)).map((message) => message.serialize())
  checkSignature(Buffer.concat(signed), proof.fragment, key)
  const message = only(fromPeer, CLIENT_KEY_EXCHANGE).fragment
  return { curve: cipher.namedCurve, remotePublic: message.subarray(1, 1 + message[0]!) }
}

/** `proof`: hash, signature algorithm, length, signature. */
function checkSignature(signed: Buffer, proof: Buffer, key: KeyObject): void {
  const hash = HASHES.get(proof[0]!)
  if (hash === undefined || KEY_TYPES.get(proof[1]!) !== key.asymmetricKeyType) throw failed('unknown signature kind')
  const signature = proof.subarray(4, 4 + proof.readUInt16BE(2))
  if (!verify(hash, signed, key, signature)) throw failed('the peer does not hold the key of its certificate')
}

function only(messages: Handshake[], type: number): Handshake {
  const found = messages.filter((message) => message.msg_type === type)
  if (found.length !== 1) throw failed(`${found.length} handshake messages of type ${type}`)
  return found[0]!
}

/** The first of the list: its own certificate (RFC 5246 §7.4.2). */
const readCertificate = (body: Buffer): Buffer => body.subarray(6, 6 + body.readUIntBE(3, 3))

function agree(curve: number, localPrivate: Buffer, remotePublic: Buffer): Buffer {
  if (curve === SECP256R1) {
    const ecdh = createECDH('prime256v1')
    ecdh.setPrivateKey(localPrivate)
    return ecdh.computeSecret(remotePublic)
  }
  if (curve !== X25519) throw failed(`unknown curve ${curve}`)
  const own = Buffer.concat([X25519_PRIVATE_PREFIX, localPrivate])
  const theirs = Buffer.concat([X25519_PUBLIC_PREFIX, remotePublic])
  return diffieHellman({
    privateKey: createPrivateKey({ key: own, format: 'der', type: 'pkcs8' }),
    publicKey: createPublicKey({ key: theirs, format: 'der', type: 'spki' }),
  })
}

function sha256(messages: Handshake[]): Buffer {
  const hash = createHash('sha256')
  for (const message of messages) hash.update(message.serialize())
  return hash.digest()
}

/** P_SHA256, RFC 5246 §5. */
function prf(secret: Buffer, label: string, seed: Buffer, length: number): Buffer {
  const labelled = Buffer.concat([Buffer.from(label), seed])
  const hmac = (...parts: Buffer[]): Buffer => createHmac('sha256', secret).update(Buffer.concat(parts)).digest()
  const blocks: Buffer[] = []
  for (let a = hmac(labelled); blocks.length * 32 < length; a = hmac(a)) blocks.push(hmac(a, labelled))
  return Buffer.concat(blocks).subarray(0, length)
}
