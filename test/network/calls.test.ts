import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Call, testnet } from '../../src/index.ts'
import { addressesOf, childNodes } from '../support/children.ts'
import { codeOf, until } from '../support/wait.ts'

const calls = suite('calls in a real network')

calls('alice calls bob by name and both hear each other', async () => {
  await using net = await testnet(8, { names: ['alice', 'bob'] })
  const [alice, bob] = net.nodes
  const states: string[] = []
  bob?.once('call', (call) => {
    assert.is(call.peer.address, alice?.address)
    assert.ok(call.peer.verified)
    void call.accept({ source: 'tone' })
  })
  const call = (await alice?.call('bob', { source: 'tone' })) as Call
  call.on('state', (state) => states.push(state))
  await call.active
  await until('both directions carry sound', () => call.stats().packetsReceived > 20 && call.stats().packetsSent > 20)
  call.hangup()
  const summary = await call.ended
  assert.is(summary.reason, 'hangup')
  assert.is(summary.media.path, 'direct')
  assert.ok((summary.setup.acceptToAudioMs ?? 0) > 0)
  assert.is(states.at(-1), 'ended')
  await until('bob has no call any more', () => bob?.status().calls.length === 0)
})

calls('unknown, offline, declined, busy and calling oneself are told apart', async () => {
  await using net = await testnet(7, { names: ['alice', 'bob', 'carol'] })
  const [alice, bob, carol] = net.nodes
  assert.is(await codeOf(alice?.call('nobody') as Promise<Call>), 'NO_SUCH_USER')
  assert.is(await codeOf(alice?.call('alice') as Promise<Call>), 'BAD_USERNAME')
  assert.is(await codeOf(net.nodes[6]?.call('bob') as Promise<Call>), 'NO_USERNAME')
  assert.is(await codeOf(alice?.call('bob', { source: '/no/such/file.wav' }) as Promise<Call>), 'BAD_MEDIA')

  bob?.once('call', (call) => call.decline())
  const declined = (await alice?.call('bob')) as Call
  assert.is(await codeOf(declined.active), 'DECLINED')
  assert.is((await declined.ended).reason, 'declined')

  bob?.once('call', (call) => void call.accept())
  const talk = (await carol?.call('bob')) as Call
  await talk.active
  const second = (await alice?.call('bob')) as Call
  assert.is(await codeOf(second.active), 'BUSY')
  talk.hangup()
  await talk.ended

  await bob?.stop()
  await until(
    'the lease lapses or delivery fails',
    async () => (await codeOf(alice?.call('bob') as Promise<Call>)) === 'OFFLINE',
  )
})

calls('a caller who gives up, or whose signal fires, stops the ringing', async () => {
  await using net = await testnet(5, { names: ['alice', 'bob'] })
  const [alice, bob] = net.nodes
  const ringing = new Promise<Call>((done) => bob?.once('call', done))
  const abort = new AbortController()
  const call = (await alice?.call('bob', { signal: abort.signal })) as Call
  const heard = await ringing
  abort.abort()
  assert.is(await codeOf(call.active), 'ABORTED')
  assert.is((await heard.ended).reason, 'cancelled')
})

calls('two who call each other at the same moment are in one call', async () => {
  await using net = await testnet(5, { names: ['alice', 'bob'] })
  const [alice, bob] = net.nodes
  const rang: Call[] = []
  for (const node of [alice, bob]) node?.on('call', (call) => rang.push(call))
  const [one, other] = (await Promise.all([alice?.call('bob'), bob?.call('alice')])) as [Call, Call]
  for (const call of rang) if (call.state === 'ringing') void call.accept()
  await Promise.all([one.active, other.active])
  assert.is(one.id, other.id)
  one.hangup()
  assert.is((await other.ended).reason, 'remote-hangup')
})

calls('a call goes on, and the next one works, when a home is killed in the middle', async () => {
  await using doomed = await childNodes('mid-call', 4, [])
  await using net = await testnet(6, { network: 'mid-call', names: ['alice', 'bob'], bootstrap: addressesOf(doomed) })
  const [alice, bob] = net.nodes
  bob?.on('call', (call) => void call.accept({ source: 'tone' }))
  const first = (await alice?.call('bob', { source: 'tone' })) as Call
  await first.active
  doomed.kill('SIGKILL')
  const received = first.stats().packetsReceived
  await until('sound goes on', () => first.stats().packetsReceived > received + 50)
  first.hangup()
  assert.is((await first.ended).reason, 'hangup')
  await until('bob is free', () => bob?.status().calls.length === 0)
  let next: Call | undefined
  await until('the next call gets through', async () => {
    next = await alice?.call('bob').catch(() => undefined)
    return next !== undefined
  })
  await next?.active
  next?.hangup()
  assert.is((await next?.ended)?.reason, 'hangup')
})

calls('stopping a node ends its calls with a word to the other side', async () => {
  await using net = await testnet(5, { names: ['alice', 'bob'] })
  const [alice, bob] = net.nodes
  bob?.once('call', (call) => void call.accept())
  const call = (await alice?.call('bob')) as Call
  await call.active
  await bob?.stop()
  assert.is((await call.ended).reason, 'remote-hangup')
  assert.is(await codeOf(bob?.call('alice') as Promise<Call>), 'STOPPED')
})

calls.run()
