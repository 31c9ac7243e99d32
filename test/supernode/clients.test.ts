import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { Clients } from '../../src/supernode/clients.ts'

const attached = suite('clients of a home')

const BEAT_MS = 30_000

attached('a client that sends heartbeats stays; one that is silent for six of them has gone', () => {
  const clients = new Clients(BEAT_MS)
  clients.hear('silent', undefined, 0)
  for (let beat = 0; beat <= 8; beat++) {
    clients.hear('alive', undefined, beat * BEAT_MS)
    assert.is(clients.has('silent'), beat <= 6, `${beat}`)
  }
  assert.ok(clients.has('alive'))
  assert.is(clients.size, 1)
})

attached('supernodes among the clients tell their load, and are not the ones to be sent away', () => {
  const clients = new Clients(BEAT_MS)
  clients.hear('supernode', 12, 0)
  clients.hear('client', undefined, 0)
  assert.is(clients.loadOf('supernode'), 12)
  assert.is(clients.loadOf('client'), undefined)
  assert.is(clients.loadOf('stranger'), undefined)
  assert.equal(clients.ordinary(), ['client'])
  assert.equal(clients.all(), ['supernode', 'client'])
  clients.delete('supernode')
  assert.equal(clients.all(), ['client'])
})

attached.run()
