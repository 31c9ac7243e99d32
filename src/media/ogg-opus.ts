/**
 * Opus packets to the bytes of an Ogg file (RFC 3533 §6, RFC 7845), a page at a time and nothing transcoded. Pages
 * stand by themselves: a file cut off between two of them plays up to there. Pure.
 */

import { FRAME_SAMPLES, SAMPLE_RATE } from './frame.ts'

/** What libopus's encoder looks ahead at 48 kHz: players drop as much from the start (RFC 7845 §4.2). */
const PRE_SKIP = 312
/** A page per second: little overhead, and at most a second lost when the recorder dies. */
const PACKETS_PER_PAGE = 50
const SEGMENTS_MAX = 255
const FIRST_PAGE = 2
const LAST_PAGE = 4

export class OggOpusPages {
  readonly #serial: number
  #page = 0
  #packets: Uint8Array[] = []
  #segments = 0
  /** Frames in all pages so far and in the one being filled. */
  #frames = 0

  /** `serial`: 32 bits that tell this stream from others it may be chained with. */
  constructor(serial: number) {
    this.#serial = serial >>> 0
  }

  /** The two header pages. */
  begin(): Uint8Array {
    return Buffer.concat([this.#build([opusHead()], 0, FIRST_PAGE), this.#build([opusTags()], 0, 0)])
  }

  /** Takes one packet of 20 ms; gives a page when one has become full. The packet is kept until then. */
  add(packet: Uint8Array): Uint8Array | undefined {
    const segments = lacing(packet.length)
    const isFull = this.#packets.length === PACKETS_PER_PAGE || this.#segments + segments > SEGMENTS_MAX
    // Flushed only when another packet follows: the last page must hold one and say that it is the last.
    const page = isFull ? this.#flush(0) : undefined
    this.#packets.push(packet)
    this.#segments += segments
    this.#frames += 1
    return page
  }

  /** The last page. */
  end(): Uint8Array {
    return this.#flush(LAST_PAGE)
  }

  #flush(flags: number): Uint8Array {
    const page = this.#build(this.#packets, this.#frames * FRAME_SAMPLES, flags)
    this.#packets = []
    this.#segments = 0
    return page
  }

  #build(packets: Uint8Array[], granule: number, flags: number): Uint8Array {
    const lengths = packets.flatMap((packet) => {
      const full = Math.floor(packet.length / 255)
      return [...Array<number>(full).fill(255), packet.length % 255]
    })
    const header = Buffer.alloc(27 + lengths.length)
    header.write('OggS', 0, 'latin1')
    header[5] = flags
    header.writeBigUInt64LE(BigInt(granule), 6)
    header.writeUInt32LE(this.#serial, 14)
    header.writeUInt32LE(this.#page, 18)
    header[26] = lengths.length
    header.set(lengths, 27)
    this.#page += 1
    const page = Buffer.concat([header, ...packets])
    page.writeUInt32LE(oggChecksum(page), 22)
    return page
  }
}

const lacing = (length: number): number => Math.floor(length / 255) + 1

/** RFC 7845 §5.1. */
function opusHead(): Uint8Array {
  const head = Buffer.alloc(19)
  head.write('OpusHead', 0, 'latin1')
  head[8] = 1 // version
  head[9] = 1 // channels
  head.writeUInt16LE(PRE_SKIP, 10)
  head.writeUInt32LE(SAMPLE_RATE, 12)
  return head // gain 0, mapping family 0
}

/** RFC 7845 §5.2, without any comment: a recording should not say more than was said in it. */
function opusTags(): Uint8Array {
  const vendor = 'tincan'
  const tags = Buffer.alloc(16 + vendor.length)
  tags.write('OpusTags', 0, 'latin1')
  tags.writeUInt32LE(vendor.length, 8)
  tags.write(vendor, 12, 'latin1')
  return tags
}

const CHECKSUMS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24
  for (let bit = 0; bit < 8; bit += 1) value = value & 0x8000_0000 ? (value << 1) ^ 0x04c1_1db7 : value << 1
  return value >>> 0
})

/** Ogg's own CRC-32: polynomial 0x04c11db7, nothing reflected, nothing inverted. */
function oggChecksum(bytes: Uint8Array): number {
  let sum = 0
  for (const byte of bytes) sum = ((sum << 8) ^ (CHECKSUMS[(sum >>> 24) ^ byte] as number)) >>> 0
  return sum
}
