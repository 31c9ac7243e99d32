import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { type Node, type Pong, testnet } from '../../src/index.ts'
import { codeOf, until } from '../support/wait.ts'

const check = suite('netcheck and ping in a real network')

check('on one machine everybody is open, UDP passes, and what is not there is not claimed', async () => {
  await using net = await testnet(5, { names: ['alice'] })
  const [alice] = net.nodes as [Node]
  // a supernode that has just been promoted has its STUN a moment later
  let report = await alice.netcheck()
  await until('supernodes have been asked', async () => {
    if (report.udp === 'passes' && report.ports.length > 0) return true
    report = await alice.netcheck()
    return false
  })
  assert.is(report.isOnline, true)
  assert.is(report.ipv4?.mapping, 'none')
  assert.equal(report.ipv4?.publicHosts, ['127.0.0.1'])
  assert.is(report.ipv6, undefined)
  assert.is(report.portMapping.state, 'off')
  assert.ok(report.ports.every(({ family, isReached }) => family === 'ipv4' && isReached))
  assert.ok(report.supernodes.some(({ over }) => over === 'udp'))
  assert.equal(JSON.parse(JSON.stringify(report)).isOnline, true)
})

check('a node that is alone is offline', async () => {
  await using net = await testnet(1)
  const [lone] = net.nodes as [Node]
  await using far = await net.add({ bootstrap: [], network: 'elsewhere' })
  assert.ok(lone)
  const report = await far.netcheck()
  assert.equal(
    [report.isOnline, report.kind, report.directCalls, report.advice],
    [false, 'offline', 'nobody', ['connect']],
  )
})

check('a ping that no contact sends is not answered; one of a contact finds its way without ringing', async () => {
  await using net = await testnet(5, { names: ['alice', 'bob'] })
  const [alice, bob] = net.nodes as [Node, Node]
  bob.on('call', () => assert.unreachable('it rang'))
  assert.is(await codeOf(alice.ping('bob').next()), 'NO_ANSWER')
  await bob.contacts.add(alice.address as string)
  const seen: Pong[] = []
  for await (const pong of alice.ping('bob', { count: 5 })) {
    seen.push(pong)
    if (pong.path === 'direct' && pong.rttMs !== undefined) break
  }
  const last = seen.at(-1)
  assert.equal([last?.path, last?.from], ['direct', bob.address])
  assert.match(last?.remote ?? '', /^127\.0\.0\.1:\d+$/)
})

check.run()
