/**
 * ChannelData, and how TURN's messages follow each other on a stream (RFC 8656 §3.5, §12.4, §12.5): each says its own
 * length, ChannelData is padded to four bytes. Read bounded: a stream that is none is given up.
 */

/** Larger than any datagram that crosses the internet; the same as for STUN messages. */
export const FRAME_BYTES_MAX = 2048
const CHANNEL_HEADER_BYTES = 4
const STUN_HEADER_BYTES = 20

/** The numbers that a channel may have. Above 0x4fff those of RFC 5766, which RFC 8656 §12 gave up; clients use them. */
export const CHANNEL_MIN = 0x4000
export const CHANNEL_MAX = 0x7fff

export const isChannelData = (data: Uint8Array): boolean => (data[0]! & 0xc0) === 0x40

/** A ChannelData message; padded for streams. */
export function channelData(channel: number, data: Uint8Array, isPadded: boolean): Buffer {
  const { length } = data
  const size = CHANNEL_HEADER_BYTES + (isPadded ? (length + 3) & ~3 : length)
  const frame = Buffer.allocUnsafe(size)
  frame[0] = channel >> 8
  frame[1] = channel & 0xff
  frame[2] = length >> 8
  frame[3] = length & 0xff
  frame.set(data, CHANNEL_HEADER_BYTES)
  if (isPadded) frame.fill(0, CHANNEL_HEADER_BYTES + length)
  return frame
}

export const channelOf = (frame: Uint8Array): number => (frame[0]! << 8) | frame[1]!

/** What a ChannelData message carries; undefined when it says more than is there. */
export function channelPayload(frame: Buffer): Buffer | undefined {
  if (frame.length < CHANNEL_HEADER_BYTES) return undefined
  const end = CHANNEL_HEADER_BYTES + ((frame[2]! << 8) | frame[3]!)
  return end > frame.length ? undefined : frame.subarray(CHANNEL_HEADER_BYTES, end)
}

/** Takes a stream's bytes as they come and gives whole messages. */
export class Framer {
  #held: Buffer | undefined

  /** Calls `take` for each message that is whole now; false when this is no stream of TURN, or one too large. */
  push(bytes: Buffer, take: (frame: Buffer) => void): boolean {
    let data = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes])
    while (data.length >= CHANNEL_HEADER_BYTES) {
      const size = sizeOf(data)
      if (size === undefined) return false
      if (data.length < size) break
      take(data.subarray(0, size))
      data = data.subarray(size)
    }
    // a copy: whatever was received is not kept for a few bytes of it
    this.#held = data.length === 0 ? undefined : Buffer.from(data)
    return true
  }
}

function sizeOf(data: Buffer): number | undefined {
  const length = (data[2]! << 8) | data[3]!
  const size = isChannelData(data)
    ? CHANNEL_HEADER_BYTES + ((length + 3) & ~3)
    : data[0]! < 4 && length % 4 === 0
      ? STUN_HEADER_BYTES + length
      : undefined
  return size === undefined || size > FRAME_BYTES_MAX ? undefined : size
}
