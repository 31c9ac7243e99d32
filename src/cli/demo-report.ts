/** What the demo says at its end: for programs as it is, for people as a page. */

export interface DemoReport {
  nodes: number
  supernodes: number
  call: {
    from: string
    to: string
    /** From asking to knowing where bob is. */
    resolveMs: number | undefined
    ringMs: number | undefined
    /** From dialling to the call being active. */
    setupMs: number | undefined
    /** From dialling to the first of bob's voice being played. */
    firstAudioMs: number | undefined
    seconds: number
    path: string | undefined
    codec: string
    packetsSent: number
    packetsReceived: number
    packetsLost: number
    rttMs: number | undefined
    jitterMs: number
    mos: number
    mosAtBob: number
    /** What alice said, what bob said. */
    sources: string[]
    /** What bob heard, what alice heard. */
    recordings: string[]
    /** How far each recording is what was said: 1 is the same. */
    likeness: number[]
  }
}

export function reportLines({ nodes, supernodes, call }: DemoReport): string[] {
  const ms = (value: number | undefined) => (value === undefined ? '–' : `${Math.round(value)} ms`)
  const lost = call.packetsReceived + call.packetsLost
  const loss = lost === 0 ? 0 : (100 * call.packetsLost) / lost
  const percent = (value: number | undefined) => `${Math.round(100 * (value ?? 0))} %`
  const rows: [string, string][] = [
    ['network', `${nodes} nodes, ${supernodes} of them supernodes by their own decision`],
    ['call', `${call.from} to ${call.to}, ${call.seconds.toFixed(1)} s, path ${call.path ?? 'unknown'}, ${call.codec}`],
    [
      'times',
      `found ${ms(call.resolveMs)}, ringing ${ms(call.ringMs)}, call up ${ms(call.setupMs)}, first sound ${ms(call.firstAudioMs)}`,
    ],
    [
      'packets',
      `${call.packetsSent} sent, ${call.packetsReceived} received, ${call.packetsLost} lost (${loss.toFixed(1)} %)`,
    ],
    [
      'quality',
      `rtt ${ms(call.rttMs)}, jitter ${ms(call.jitterMs)}, MOS ${call.mos.toFixed(1)} at alice, ${call.mosAtBob.toFixed(1)} at bob (estimates)`,
    ],
    ['alice', `said ${call.sources[0]}`],
    ['', `bob heard it ${percent(call.likeness[0])} alike: ${call.recordings[0]}`],
    ['bob', `said ${call.sources[1]}`],
    ['', `alice heard it ${percent(call.likeness[1])} alike: ${call.recordings[1]}`],
  ]
  return ['', ...rows.map(([name, value]) => `  ${name.padEnd(9)}${value}`), '']
}
