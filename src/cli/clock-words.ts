/** What is said of a clock that is wrong. */

const UNITS: [name: string, ms: number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
]

/** `offsetMs`: how far this machine's clock is ahead of the network's. */
export function clockLine(offsetMs: number): string {
  const [name, ms] = UNITS.find(([, unitMs]) => Math.abs(offsetMs) >= 0.95 * unitMs) ?? ['second', 1_000]
  const count = Math.round(Math.abs(offsetMs) / ms)
  const direction = offsetMs > 0 ? 'ahead of' : 'behind'
  return `This machine’s clock is ${count} ${name}${count === 1 ? '' : 's'} ${direction} the network’s. It goes by the network’s; set it right.`
}
