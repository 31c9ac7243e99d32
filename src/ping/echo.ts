/** The packets that measure a media path: 12 bytes, of a kind that is neither STUN, DTLS, TURN nor RTP (RFC 7983 §7). Pure. */

const FIRST_BYTE = 0xf0
const KIND = { ping: 1, pong: 2 } as const
export const ECHO_BYTES = 12

export interface Echo {
  kind: keyof typeof KIND
  /** Of the ping; its pong repeats it. */
  sequence: number
  /** 8 bytes that only the sender of the ping knows: a pong that was not asked for is none. */
  word: Uint8Array
}

export function writeEcho({ kind, sequence, word }: Echo): Buffer {
  const bytes = Buffer.alloc(ECHO_BYTES)
  bytes[0] = FIRST_BYTE
  bytes[1] = KIND[kind]
  bytes.writeUInt16BE(sequence, 2)
  bytes.set(word.subarray(0, 8), 4)
  return bytes
}

/** Undefined for anything else. */
export function readEcho(data: Buffer): Echo | undefined {
  if (data.length !== ECHO_BYTES || data[0] !== FIRST_BYTE) return undefined
  const kind = (['ping', 'pong'] as const).find((each) => KIND[each] === data[1])
  return kind && { kind, sequence: data.readUInt16BE(2), word: Uint8Array.from(data.subarray(4)) }
}
