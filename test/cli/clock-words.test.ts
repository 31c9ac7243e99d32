import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { clockLine } from '../../src/cli/clock-words.ts'

const words = suite('the words for a clock that is wrong')

words('it is off by a count of the largest unit that fits, ahead or behind', () => {
  const cases: [offsetMs: number, said: string][] = [
    [86_400_000, '1 day ahead of'],
    [-86_390_000, '1 day behind'],
    [-400 * 86_400_000, '400 days behind'],
    [3 * 3_600_000 + 5_000, '3 hours ahead of'],
    [-95_000, '2 minutes behind'],
    [31_000, '31 seconds ahead of'],
  ]
  for (const [offsetMs, said] of cases) assert.match(clockLine(offsetMs), `clock is ${said} the network’s`)
})

words.run()
