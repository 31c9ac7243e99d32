/**
 * The members of werift that our patches touch and its declarations hide, as shapes. The version is pinned in package.json;
 * `assertInternals` compares what is loaded with what was read when the patches were written, so that an update of werift
 * fails at start instead of running unhardened.
 */

import { readFileSync } from 'node:fs'
import { DtlsClient, DtlsServer, SrtcpSession, SrtpSession } from 'werift'
import { TincanError } from '../../errors.ts'

export const WERIFT_VERSION = '0.25.2'

/** One DTLS handshake message (RFC 6347 §4.2.2), already put together from its fragments. */
export interface Handshake {
  msg_type: number
  message_seq: number
  fragment: Buffer
  serialize(): Buffer
}

export interface DtlsFlight {
  dtls: DtlsContext
  nextFlight?: number
  exec(): Promise<void>
  send(datagrams: Buffer[]): Promise<unknown>
  transmit(datagrams: Buffer[]): Promise<void>
}

export interface DtlsContext {
  flight: number
  remoteExtendedMasterSecret: boolean
  handshakeCache: Record<number, { data: Handshake[] }>
  readonly sortedHandshakeCache: Handshake[]
}

export interface DtlsCipher {
  masterSecret: Buffer
  namedCurve: number
  localKeyPair: { curve: number; publicKey: Buffer; privateKey: Buffer }
  remoteKeyPair: { curve: number; publicKey: Buffer }
  localRandom: { serialize(): Buffer }
  remoteRandom: { serialize(): Buffer }
  remoteCertificate?: Buffer
  decryptPacket(packet: unknown): Buffer
}

interface Event<Value> {
  once(listener: (value: Value) => void): unknown
}

export interface SessionKeys {
  localKey: Buffer
  localSalt: Buffer
  remoteKey: Buffer
  remoteSalt: Buffer
}

export interface DtlsSocket {
  connected: boolean
  dtls: DtlsContext
  cipher: DtlsCipher
  srtp: { srtpProfile?: number }
  transport: { socket: { onData: (data: Buffer) => void } }
  flight5?: DtlsFlight
  flight6?: DtlsFlight
  onConnect: Event<void>
  onClose: Event<void>
  onHandleHandshakes: (messages: Handshake[]) => Promise<void>
  extractSessionKeys(keyBytes: number, saltBytes: number): SessionKeys
  /** Clients only. */
  connect?(): Promise<void>
}

/** Clients are told from servers by the one method that only they have. */
export const isClient = (socket: DtlsSocket): boolean => socket.connect !== undefined

export interface SrtpCipher {
  srtpSessionKey: unknown
  srtcpSessionKey: unknown
}

export interface SrtpState {
  rolloverHasProcessed?: boolean
  rolloverCounter: number
  lastSequenceNumber: number
}

export interface SrtpContext {
  profile: number
  cipher: SrtpCipher
  srtpSSRCStates: Record<number, SrtpState>
  updateRolloverCount(sequenceNumber: number, state: SrtpState): void
}

/** An SRTP or SRTCP session: `decrypt` throws when a packet is not authentic. */
export interface SecureSession {
  localContext: SrtpContext
  remoteContext: SrtpContext
  decrypt: (packet: Buffer) => Buffer
}

/** What protects one media session. */
export interface SecureSessions {
  srtp: SecureSession
  srtcp: SecureSession
}

const silentTransport = { type: 'none', address: {}, onData: () => {}, send: async () => {}, close: async () => {} }

/** One of each thing whose members appear only in its constructor; none of them opens a socket. */
function specimens(): Record<string, { object: object; members: string[] }> {
  const keys = { localMasterKey: 16, localMasterSalt: 12, remoteMasterKey: 16, remoteMasterSalt: 12 }
  const srtp = {
    keys: Object.fromEntries(Object.entries(keys).map(([name, length]) => [name, Buffer.alloc(length)])),
    profile: 7,
  } as unknown as ConstructorParameters<typeof SrtpSession>[0]
  const dtls = { transport: silentTransport, srtpProfiles: [] } as unknown as ConstructorParameters<
    typeof DtlsClient
  >[0]
  const srtpSession = new SrtpSession(srtp) as unknown as SecureSession
  const client = new DtlsClient(dtls)
  const socket = ['connected', 'dtls', 'cipher', 'srtp', 'transport', 'onConnect', 'onClose', 'onHandleHandshakes']
  return {
    DtlsClient: { object: client, members: [...socket, 'extractSessionKeys', 'connect'] },
    DtlsServer: { object: new DtlsServer(dtls), members: [...socket, 'extractSessionKeys'] },
    DtlsContext: { object: client.dtls, members: ['flight', 'handshakeCache', 'sortedHandshakeCache'] },
    SrtpSession: { object: srtpSession, members: ['decrypt', 'localContext', 'remoteContext'] },
    SrtcpSession: { object: new SrtcpSession(srtp), members: ['decrypt', 'localContext', 'remoteContext'] },
    SrtpContext: { object: srtpSession.remoteContext, members: ['updateRolloverCount', 'cipher', 'srtpSSRCStates'] },
    SrtpCipher: { object: srtpSession.remoteContext.cipher, members: ['srtpSessionKey', 'srtcpSessionKey'] },
  }
}

const moved = (what: string): TincanError =>
  new TincanError(
    'CALL_FAILED',
    `${what}, and the hardening of media was written for werift ${WERIFT_VERSION}. Calls are refused: run npm ci.`,
  )

export function installedVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.resolve('werift')), 'utf8')
  return String((JSON.parse(text) as { version?: unknown }).version)
}

/** @throws TincanError CALL_FAILED when werift is another version, or lacks a member that a patch replaces or reads. */
export function assertInternals(version = installedVersion()): void {
  if (version !== WERIFT_VERSION) throw moved(`werift ${version} is installed`)
  for (const [owner, { object, members }] of Object.entries(specimens())) {
    for (const member of members) if (!(member in object)) throw moved(`werift's ${owner}.${member} is gone`)
  }
}
