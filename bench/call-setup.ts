/** From the wish to talk to talking: alice dials bob by username, bob accepts, each hears the other. */

import { median, spread, type Benchmark } from './figures.ts'
import { townOf } from './town.ts'

const WARM_UP_CALLS = 2
const CALLS = 20

export const callSetup: Benchmark = {
  names: ['dialToRingingP50', 'acceptToAudioP50'],
  async measure(stage) {
    const { alice, bob } = await townOf(stage)
    stage.note(`${CALLS} calls`)
    const [ringing, audio, others]: [number[], number[], number[]] = [[], [], []]
    for (let i = -WARM_UP_CALLS; i < CALLS; i++) {
      const rangAfterMs = await alice.ask('dial', 'bob')
      const acceptedMs = await bob.ask('accept')
      const heardMs = await Promise.all([alice.ask('heard'), bob.ask('heard')])
      await alice.ask('hangUp')
      await Promise.all([alice.ask('ended'), bob.ask('ended')])
      if (i < 0) continue
      ringing.push(rangAfterMs)
      audio.push(Math.max(...heardMs) - acceptedMs)
      others.push(Math.min(...heardMs) - acceptedMs)
    }
    return {
      dialToRingingP50: {
        value: median(ringing),
        unit: 'ms',
        how: `${CALLS} calls, from call() to the callee’s “ringing” at the caller, the resolve included; ${spread(ringing)} ms`,
      },
      acceptToAudioP50: {
        value: median(audio),
        unit: 'ms',
        how: `from accept() until both have played a frame of the other; ${spread(audio)} ms; the first of the two: ${median(others).toFixed(0)} ms`,
      },
    }
  },
}
