/** Remote calls over one stream between two processes: TCP, noise, yamux and our frames. */

import { randomBytes } from 'node:crypto'

import { generateSeed, signingKey } from '../src/overlay/keys.ts'
import { startOverlay } from '../src/overlay/libp2p.ts'
import type { AnsweringOverlay } from '../test/support/actors/answering-overlay.ts'
import { hire } from '../test/support/actor.ts'
import type { Benchmark } from './figures.ts'
import { perSecond } from './throughput.ts'

const NETWORK = 'bench-rpc'
/** About a resolve. */
const BODY_BYTES = 100
/** Half of what one peer may have unanswered. */
const AT_ONCE = 128
const WARM_UP_MS = 1_000
const MEASURED_MS = 4_000
const DEADLINE_MS = 5_000

export const rpc: Benchmark = {
  names: ['rpcPerSecond'],
  async measure({ note }) {
    note('remote calls over one stream')
    await using answering = hire<AnsweringOverlay>('answering-overlay')
    const to = await answering.ask('start', NETWORK)
    const key = signingKey(generateSeed())
    await using overlay = await startOverlay({
      key,
      network: NETWORK,
      profile: 'local',
      listen: ['/ip4/127.0.0.1/tcp/0'],
    })
    const body = new Uint8Array(randomBytes(BODY_BYTES))
    const callOne = async () => {
      const answer = await overlay.call(to, 'device', body, { deadlineMs: DEADLINE_MS })
      if (answer.length !== BODY_BYTES) throw new Error('an answer to something else')
    }
    const value = await perSecond(callOne, { atOnce: AT_ONCE, warmUpMs: WARM_UP_MS, measuredMs: MEASURED_MS })
    const how = `calls of ${BODY_BYTES} bytes and as long an answer, one stream between two processes, ${AT_ONCE} at a time`
    return { rpcPerSecond: { value, unit: '/s', how } }
  },
}
