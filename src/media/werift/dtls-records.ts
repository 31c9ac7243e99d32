/**
 * DTLS records that nobody authenticated must not change anything (RFC 6347 §4.1.2.7). werift closes on a plaintext alert,
 * takes a record of unknown type for an alert, and starts a new handshake on any ClientHello: one packet of 15 bytes ended
 * a call. Dropped here: alerts that do not decrypt, unknown types, ClientHello after the handshake, Finished in clear, and
 * application data, of which an audio session has none. Handshake records are counted, because the library keeps fragments
 * until their last one comes.
 */

import { drop } from './drops.ts'
import type { DtlsSocket } from './internals.ts'

const CHANGE_CIPHER_SPEC = 20
const ALERT = 21
const HANDSHAKE = 22
const HEADER_BYTES = 13
const CLIENT_HELLO = 1
const FINISHED = 20
/** Fifteen make a handshake; each may be repeated as often as flights are. */
const HANDSHAKE_RECORDS_MAX = 256

export function filterRecords(socket: DtlsSocket): void {
  const wire = socket.transport.socket
  const take = wire.onData
  let handshakes = 0
  wire.onData = (datagram) => {
    for (const record of recordsOf(datagram)) {
      if (record[0] === HANDSHAKE && ++handshakes > HANDSHAKE_RECORDS_MAX) drop('dtls-record')
      else if (isWanted(socket, record)) take(record)
      else drop('dtls-record')
    }
  }
}

/** Whole records only; what follows a wrong length is left out. */
function* recordsOf(datagram: Buffer): Generator<Buffer> {
  for (let start = 0; start + HEADER_BYTES <= datagram.length;) {
    const end = start + HEADER_BYTES + datagram.readUInt16BE(start + 11)
    if (end > datagram.length) return
    yield datagram.subarray(start, end)
    start = end
  }
}

function isWanted(socket: DtlsSocket, record: Buffer): boolean {
  const epoch = record.readUInt16BE(3)
  switch (record[0]) {
    case CHANGE_CIPHER_SPEC:
      return true
    case HANDSHAKE:
      if (epoch > 0) return true
      if (record.length === HEADER_BYTES || record[HEADER_BYTES] === FINISHED) return false
      return !(socket.connected && record[HEADER_BYTES] === CLIENT_HELLO)
    case ALERT:
      return epoch > 0 && socket.connected && isAuthentic(socket, record)
    default:
      return false
  }
}

function isAuthentic(socket: DtlsSocket, record: Buffer): boolean {
  try {
    socket.cipher.decryptPacket({
      recordLayerHeader: {
        contentType: record[0],
        protocolVersion: { major: record[1], minor: record[2] },
        epoch: record.readUInt16BE(3),
        sequenceNumber: record.readUIntBE(5, 6),
        contentLen: record.readUInt16BE(11),
      },
      fragment: Buffer.from(record.subarray(HEADER_BYTES)),
    })
    return true
  } catch {
    return false
  }
}
