/**
 * The members of werift that our patches touch and its declarations hide, as shapes. The version is pinned in package.json;
 * `assertInternals` compares what is loaded with what was read when the patches were written, so that an update of werift
 * fails at start instead of running unhardened.
 */

import { readFileSync } from 'node:fs'
import {
  Connection,
  DtlsClient,
  DtlsServer,
  RTCDtlsTransport,
  RTCPeerConnection,
  SrtcpSession,
  SrtpSession,
  StunOverTurnProtocol,
  StunProtocol,
  TurnProtocol,
  UdpTransport,
} from 'werift'
import type { Candidate, Message } from 'werift'
import { TincanError } from '../../errors.ts'

export const WERIFT_VERSION = '0.25.2'

export type Address = readonly [host: string, port: number]

export interface StunTransaction {
  cancel(): void
  fail(error: Error): void
}

/** A socket as ICE sees it: a UDP port, or a relayed address at a TURN server. */
export interface IceProtocol {
  type: string
  localCandidate?: Candidate
  onRequestReceived: { execute: (message: Message, from: Address, data: Buffer) => void }
  onDataReceived: { execute: (data: Buffer) => void }
  transactions?: Record<string, StunTransaction>
  handleStunMessage?: (data: Buffer, from: Address) => void
  sendStun(message: Message, to: Address): Promise<void>
  sendData(data: Buffer, to: Address): Promise<void>
  close(): Promise<void>
}

export interface IcePair {
  protocol: IceProtocol
  localCandidate: Candidate
  remoteCandidate: Candidate
  remoteAddr: Address
  handle?: unknown
  state: number
  rtt?: number
}

/** werift's CandidatePairState. */
export const PAIR_IN_PROGRESS = 2
export const PAIR_SUCCEEDED = 3

export interface IceConnection {
  options: { stunServer?: unknown; additionalHostAddresses?: string[] }
  stunServer?: unknown
  state: string
  generation: number
  localUsername: string
  remoteUsername: string
  userHistory: Record<string, string>
  nominated?: IcePair | undefined
  checkList: IcePair[]
  protocols: IceProtocol[]
  onData: { subscribe(listener: (data: Buffer) => void): unknown }
  send: (data: Buffer) => Promise<void>
  applyStunTurnServersFromOptions(): void
  ensureProtocol(protocol: IceProtocol): void
  appendLocalCandidate(candidate: Candidate): void
  pairLocalProtocol(protocol: IceProtocol): void
  sortCheckList(): void
  checkIncoming(message: Message, from: Address, protocol: IceProtocol): void
  checkStart(pair: IcePair): unknown
  gatherCandidates(): Promise<void>
  restart(): Promise<void>
  setState(state: string): void
  close(): Promise<void>
}

export interface IceTransport {
  state: string
  connection: IceConnection
  onStateChange: { subscribe(listener: (state: string) => void): unknown }
  start(): Promise<void>
}

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

export interface DtlsSocket {
  connected: boolean
  dtls: DtlsContext
  cipher: DtlsCipher
  transport: { socket: { onData: (data: Buffer) => void } }
  flight5?: DtlsFlight
  flight6?: DtlsFlight
  onHandleHandshakes: (messages: Handshake[]) => Promise<void>
  exportKeyingMaterial(label: string, length: number): Buffer
  /** Clients only. */
  connect?(): Promise<void>
}

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

export interface DtlsTransport {
  state: string
  dtls?: DtlsSocket
  srtp: SecureSession
  srtcp: SecureSession
  iceTransport: IceTransport
  onRtp: { subscribe(listener: (packet: ReceivedRtp) => void): unknown }
  onStateChange: { subscribe(listener: (state: string) => void): unknown }
  start(): Promise<void>
  verifyRemoteCertificateFingerprint(): void
  updateSrtpSession(): void
}

export interface ReceivedRtp {
  header: { sequenceNumber: number; timestamp: number; marker: boolean; payloadType: number; ssrc: number }
  payload: Buffer
}

export interface RtpSender {
  ssrc: number
  packetCount: number
  rtt?: number
  remoteFractionLost?: number
  sendRtp(packet: unknown): Promise<void>
}

export interface PeerConnection {
  dtlsTransports: DtlsTransport[]
  secureManager: { setConnectionState(state: string): void }
  connect(): Promise<void>
  gatherCandidates(): Promise<void>
}

export interface TurnClient {
  relayedAddress?: Address
  server: Address
  transactions: Record<string, StunTransaction>
  transport: { closed: boolean; close(): Promise<void> }
  requestWithRetry(request: Message, to: Address): Promise<unknown>
  connectionMade(): Promise<void>
  close(): Promise<void>
}

export interface UdpSocket {
  socket: { on(event: 'error', listener: (error: Error) => void): unknown }
  init(): Promise<void>
  close(): Promise<void>
}

/** werift's own objects, seen through the shapes above. */
export const prototypes = {
  connection: Connection.prototype as unknown as IceConnection,
  stunProtocol: StunProtocol.prototype as unknown as {
    datagramReceived(this: IceProtocol, data: Buffer, from: Address): void
    close(this: IceProtocol): Promise<void>
  },
  dtlsTransport: RTCDtlsTransport.prototype as unknown as DtlsTransport,
  peerConnection: RTCPeerConnection.prototype as unknown as PeerConnection,
  turnClient: TurnProtocol.prototype as unknown as TurnClient,
  udpSocket: UdpTransport.prototype as unknown as UdpSocket,
}

const PROTOTYPE_MEMBERS: Record<keyof typeof prototypes, string[]> = {
  connection: [
    'applyStunTurnServersFromOptions',
    'ensureProtocol',
    'appendLocalCandidate',
    'pairLocalProtocol',
    'sortCheckList',
    'checkIncoming',
    'gatherCandidates',
    'restart',
    'setState',
    'close',
  ],
  stunProtocol: ['datagramReceived', 'close'],
  dtlsTransport: ['start', 'verifyRemoteCertificateFingerprint', 'updateSrtpSession'],
  peerConnection: ['connect', 'gatherCandidates'],
  turnClient: ['requestWithRetry', 'connectionMade', 'close'],
  udpSocket: ['init'],
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
  const turn = { onData: { subscribe: () => ({ disposer: () => {} }) } } as unknown as TurnProtocol
  const socket = ['connected', 'dtls', 'cipher', 'transport', 'onHandleHandshakes', 'exportKeyingMaterial']
  const connection = new Connection(false, { stunServer: ['192.0.2.1', 9] })
  const members = ['checkStart', 'send', 'userHistory', 'checkList', 'protocols', 'generation', 'localUsername']
  return {
    Connection: { object: connection, members },
    StunProtocol: { object: new StunProtocol(), members: ['onRequestReceived', 'onDataReceived', 'transactions'] },
    StunOverTurnProtocol: { object: new StunOverTurnProtocol(turn), members: ['handleStunMessage', 'onDataReceived'] },
    DtlsClient: { object: new DtlsClient(dtls), members: [...socket, 'connect'] },
    DtlsServer: { object: new DtlsServer(dtls), members: socket },
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
  for (const [owner, members] of Object.entries(PROTOTYPE_MEMBERS)) {
    const object: object = prototypes[owner as keyof typeof prototypes]
    for (const member of members) if (!(member in object)) throw moved(`werift's ${owner}.${member} is gone`)
  }
  for (const [owner, { object, members }] of Object.entries(specimens())) {
    for (const member of members) if (!(member in object)) throw moved(`werift's ${owner}.${member} is gone`)
  }
}

/** A method about to be replaced, to be called with its object as `this`. */
export function original<Owner, Name extends keyof Owner>(
  owner: Owner,
  name: Name,
): Owner[Name] extends (...parameters: infer Parameters) => infer Result
  ? (this: unknown, ...parameters: Parameters) => Result
  : never {
  return owner[name] as never
}
