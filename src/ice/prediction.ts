/** Which port a NAT will use next that gives each destination another: some count (RFC 4787 §4.2 calls it a bad idea). */

const STEP_MAX = 1_024
/** The peer opened some of them already for others, and opens 256 for us. */
const AHEAD = [12, 40, 24, 80, 56, 120, 100, 160, 200, 8, 16, 32, 48, 64, 96, 140, 180, 220, 240, 256, 4, 2, 1]
const PORT_MIN = 1_024
const PORT_MAX = 65_535

/** By how much it counts, from ports met in this order; undefined when it does not. */
function stepOf(ports: readonly number[]): number | undefined {
  if (ports.length < 2) return undefined
  const sorted = ports.toSorted((a, b) => a - b)
  const gaps = sorted.slice(1).map((port, i) => port - sorted[i]!)
  const least = Math.min(...gaps)
  if (least < 1 || least > STEP_MAX || gaps.some((gap) => gap % least !== 0 || gap > 16 * least)) return undefined
  // two random ports seldom lie so near
  return ports.length > 2 || least <= 16 || least % 256 === 0 ? least : undefined
}

/** Likely ones, the likeliest to be met first; none when it does not count. */
export function predictedPorts(ports: readonly number[]): number[] {
  const step = stepOf(ports)
  if (step === undefined) return []
  const last = Math.max(...ports)
  const span = PORT_MAX - PORT_MIN + 1
  const ahead = AHEAD.map((count) => PORT_MIN + ((((last + step * count - PORT_MIN) % span) + span) % span))
  return [...new Set(ahead)]
}
