/** The header of a WAV file of 16-bit mono at 48 kHz (RIFF, Microsoft's WAVE_FORMAT_PCM). Pure. */

import { SAMPLE_RATE } from './frame.ts'

export const WAV_HEADER_BYTES = 44
/** The header's lengths have 32 bits: 12 hours. */
export const WAV_DATA_BYTES_MAX = 0xffff_ffff - WAV_HEADER_BYTES

const BYTES_PER_SAMPLE = 2

export function wavHeader(dataBytes: number): Uint8Array {
  const header = Buffer.alloc(WAV_HEADER_BYTES)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + dataBytes, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16) // bytes of this chunk
  header.writeUInt16LE(1, 20) // PCM
  header.writeUInt16LE(1, 22) // channels
  header.writeUInt32LE(SAMPLE_RATE, 24)
  header.writeUInt32LE(SAMPLE_RATE * BYTES_PER_SAMPLE, 28)
  header.writeUInt16LE(BYTES_PER_SAMPLE, 32)
  header.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(dataBytes, 40)
  return header
}
