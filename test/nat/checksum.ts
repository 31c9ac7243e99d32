/**
 * The checksums of TCP and UDP in an Ethernet frame (RFC 1071). The kernel leaves them to the network card, and where
 * there is none, nobody fills them in.
 */

const ETHERNET_BYTES = 14
const [TCP, UDP] = [6, 17]

/** Fills in the checksum of the segment in the frame that begins at `at`; other frames are left alone. */
export function fillChecksum(frame: Buffer, at: number): void {
  const ip = at + ETHERNET_BYTES
  const type = frame.readUInt16BE(at + 12)
  if (type === 0x0800 && frame.length >= ip + 20) fillIpv4(frame, ip)
  else if (type === 0x86dd && frame.length >= ip + 40) {
    const segment = ip + 40
    const end = segment + frame.readUInt16BE(ip + 4)
    fill(frame, { addresses: ip + 8, segment, end, protocol: frame[ip + 6] as number })
  }
}

function fillIpv4(frame: Buffer, ip: number): void {
  const isFragment = (frame.readUInt16BE(ip + 6) & 0x3fff) !== 0
  if (isFragment) return
  const segment = ip + ((frame[ip] as number) & 0x0f) * 4
  fill(frame, {
    addresses: ip + 12,
    segment,
    end: ip + frame.readUInt16BE(ip + 2),
    protocol: frame[ip + 9] as number,
  })
}

interface Segment {
  /** Where the two addresses begin. */
  addresses: number
  segment: number
  end: number
  protocol: number
}

function fill(frame: Buffer, { addresses, segment, end, protocol }: Segment): void {
  const offset = protocol === TCP ? 16 : protocol === UDP ? 6 : undefined
  if (offset === undefined || end > frame.length || segment + offset + 2 > end) return
  frame.writeUInt16BE(0, segment + offset)
  // the header ends with the addresses, but for options of IPv4, which nobody uses
  let sum = protocol + (end - segment)
  for (let i = addresses; i < segment; i += 2) sum += frame.readUInt16BE(i)
  for (let i = segment; i + 1 < end; i += 2) sum += frame.readUInt16BE(i)
  if ((end - segment) % 2 === 1) sum += (frame[end - 1] as number) << 8
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  const checksum = ~sum & 0xffff
  frame.writeUInt16BE(protocol === UDP && checksum === 0 ? 0xffff : checksum, segment + offset)
}
