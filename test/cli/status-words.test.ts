import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { supernodeRows } from '../../src/cli/status-words.ts'

const words = suite('words of status')

const idle = { perSecond: 0, served: 0, refused: 0 }
const client = {
  role: 'client' as const,
  reason: 'on battery',
  score: 0.4321,
  bars: [
    { isMet: true, says: 'willing' },
    { isMet: false, says: 'on battery' },
  ],
  networkSize: 1_000,
  supernodes: 8,
  supernodesWanted: 10,
  namesHeld: 0,
  leasesHeld: 0,
  attached: 0,
  links: 0,
  work: { index: idle, home: idle, forward: idle, probe: idle, relay: idle },
}

words('a client reads which bar it misses, and how many supernodes there should be', () => {
  assert.equal(supernodeRows(client), [
    ['role', ['client (on battery)']],
    ['fitness', ['score 0.43 of 1', '+ willing', '- on battery']],
    ['network', ['about 1000 nodes; 8 supernodes seen, 10 wanted']],
    ['serves', ['0 names, 0 leases, 0 clients, 0 links']],
    ['asked', ['nothing yet']],
  ])
})

words('a supernode reads what it carries, what it is asked and what it refused', () => {
  const work = {
    ...client.work,
    index: { perSecond: 12.34, served: 500, refused: 0 },
    forward: { perSecond: 0, served: 1, refused: 7 },
  }
  const serving = { role: 'supernode' as const, reason: '', namesHeld: 1, leasesHeld: 2, attached: 1, links: 16, work }
  const rows = new Map(supernodeRows({ ...client, ...serving }))
  assert.equal(rows.get('role'), ['supernode'])
  assert.equal(rows.get('serves'), ['1 name, 2 leases, 1 client, 16 links'])
  assert.equal(rows.get('asked'), ['index: 12.3/s, 500 served', 'forward: 0.0/s, 1 served, 7 refused'])
})

words.run()
