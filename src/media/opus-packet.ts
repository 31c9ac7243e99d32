/** What can be read from an Opus packet without decoding it (RFC 6716 §3.1, §4.2.4). Pure; eats arbitrary bytes. */

/** CELT, full band, 20 ms, mono, one frame: what to conceal with when nothing has been heard yet. */
const SILENT_TOC = 0xf8

/**
 * True when a mono packet carries redundancy (LBRR) for the packet before it, so that a lost frame can be had back.
 * Only SILK and hybrid packets can; of a packet with several frames the first one's flag is what counts.
 */
export function hasFec(packet: Uint8Array): boolean {
  const toc = packet[0]
  if (toc === undefined || packet.length < 2) return false
  const config = toc >> 3
  if (config >= 16) return false // CELT only
  const frameMs = config < 12 ? ([10, 20, 40, 60][config & 3] ?? 20) : ([10, 20][config & 1] ?? 20)
  const silkFrames = frameMs > 20 ? frameMs / 20 : 1
  const code = toc & 3
  // Where the first frame's bytes begin: after the TOC, and in code 2 after the length of the first of two frames.
  if (code === 3) return false
  const at = code < 2 ? 1 : (packet[1] ?? 0) < 252 ? 2 : 3
  const header = packet[at]
  if (header === undefined) return false
  // SILK's header: one voice activity bit per 20 ms, then the LBRR flag, most significant bit first.
  return ((header >> (7 - silkFrames)) & 1) === 1
}

/**
 * A packet of one byte, which every decoder takes for a lost frame and conceals: it fills the place of one that never
 * came. Built after the last packet heard, so that the decoder keeps its mode.
 */
export function lostPacket(previous: Uint8Array | undefined): Uint8Array {
  return Uint8Array.of((previous?.[0] ?? SILENT_TOC) & 0xfc)
}
