import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { loadMembership } from '../../src/devices/membership.ts'
import { type Call, type Node, rotateAccount, testnet, type Testnet, TincanError } from '../../src/index.ts'
import { publicKeyOf } from '../../src/overlay/peer-id.ts'
import { openClaim } from '../../src/supernode/records.ts'
import { codeOf, until } from '../support/wait.ts'

interface Context {
  net: Testnet
  directory: string
  bob: Node
  /** The first machine of alice's account, and two that were added. */
  desk: Node
  laptop: Node
  phone: Node
}

const devices = suite<Context>('several devices of one account')

const at = ({ directory }: Pick<Context, 'directory'>, name: string) => join(directory, name)

/** A new device joins by a code that the first machine gives out, and starts as one of the account. */
async function link({ net, directory, desk }: Context, label: string): Promise<Node> {
  const home = join(directory, label)
  const given = desk.devices.add()
  const fresh = await net.add({ home })
  const { address } = await fresh.devices.join(given.code, { label })
  assert.is(address, desk.address)
  assert.is((await given.joined).label, label)
  await fresh.stop()
  return net.add({ home })
}

const keyOf = ({ peerId }: Node) => publicKeyOf(peerId) as Uint8Array

const nextCall = (node: Node) => new Promise<Call>((resolve) => node.once('call', resolve))

devices.before(async (context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'tincan-devices-'))
  context.net = await testnet(5, { names: ['bob'], network: 'devices' })
  context.bob = context.net.nodes[0] as Node
  context.desk = await context.net.add({ username: 'alice', home: at(context, 'desk') })
  context.laptop = await link(context, 'laptop')
  context.phone = await link(context, 'phone')
  await until('bob sees three devices', async () => (await context.bob.lookup('alice')).devices.length === 3)
})

devices.after(async ({ net, directory }) => {
  await net.stop()
  rmSync(directory, { recursive: true })
})

devices(
  'an added device goes by the account’s name, with a key of its own and without the account’s',
  async (context) => {
    const { desk, laptop, phone } = context
    assert.equal([laptop.username, laptop.address], ['alice', desk.address])
    assert.is(new Set([desk, laptop, phone].map(({ peerId }) => peerId)).size, 3)
    assert.ok(laptop.online && phone.online)
    assert.not(existsSync(join(at(context, 'laptop'), 'account.key')))
    assert.ok(existsSync(join(at(context, 'laptop'), 'membership.json')))
    const secret = readFileSync(join(at(context, 'desk'), 'account.key'), 'utf8').split('\n')[1] as string
    assert.not(readFileSync(join(at(context, 'laptop'), 'membership.json'), 'utf8').includes(secret))
  },
)

devices(
  'the machine with the account’s key knows all by name, the others only themselves',
  async ({ desk, laptop }) => {
    const all = await desk.devices.list()
    assert.equal(
      all.slice(1).map(({ label }) => label),
      ['laptop', 'phone'],
    )
    assert.ok(all[0]?.isOwn && all.every(({ isOnline, letters }) => isOnline && /^[a-z2-7]{5}$/.test(letters)))
    const seen = await laptop.devices.list()
    assert.is(seen.length, 3)
    assert.equal(
      seen.filter(({ label }) => label !== undefined).map(({ label, isOwn }) => [label, isOwn]),
      [['laptop', true]],
    )
    await desk.devices.rename('PHONE', 'pocket')
    assert.is((await desk.devices.list())[2]?.label, 'pocket')
    await desk.devices.rename('pocket', 'phone')
  },
)

devices('only the machine with the account’s key gives out codes and removes devices', async ({ laptop, bob, net }) => {
  assert.throws(() => laptop.devices.add(), /was added to “alice” itself/)
  assert.is(await codeOf(laptop.devices.revoke('phone')), 'BAD_DEVICE')
  assert.is(await codeOf(laptop.devices.rename('phone', 'x')), 'BAD_DEVICE')
  assert.throws(() => net.nodes[1]?.devices.add(), /no username/)
  assert.is(await codeOf(bob.devices.join('alice-aaaa-aaaa-aaaa-aaaa', { label: 'x' })), 'BAD_DEVICE')
})

devices(
  'a call rings all three, the first to answer has it, and the others stop',
  async ({ bob, desk, laptop, phone }) => {
    const ringing = Promise.all([desk, laptop, phone].map(nextCall))
    const call = await bob.call('alice')
    const [atDesk, atLaptop, atPhone] = (await ringing) as [Call, Call, Call]
    await atLaptop.accept({ source: 'tone' })
    await Promise.all([call.active, atLaptop.active])
    assert.equal(
      [(await atDesk.ended).reason, (await atPhone.ended).reason],
      ['answered-elsewhere', 'answered-elsewhere'],
    )

    // the laptop is busy now, which does not end the ringing of the others
    const carol = nextCall(desk)
    const other = nextCall(phone)
    const second = await laptop.call('bob').then(
      () => 'called',
      (error: TincanError) => error.code,
    )
    assert.is(second, 'BUSY', 'one call at a time')
    call.hangup()
    await atLaptop.ended
    const third = await bob.call('alice')
    const [nowAtDesk, nowAtPhone] = await Promise.all([carol, other])
    nowAtPhone.decline()
    assert.is(await codeOf(third.active), 'DECLINED')
    assert.equal([(await nowAtDesk.ended).reason, (await nowAtPhone.ended).reason], ['declined', 'declined'])
  },
)

devices('an added device calls, and whoever it calls sees the account', async ({ bob, phone, desk }) => {
  const ringing = nextCall(bob)
  const call = await phone.call('bob')
  const heard = await ringing
  assert.equal([heard.peer.address, heard.peer.verified], [desk.address, true])
  await heard.accept()
  await call.active
  call.hangup()
  assert.is((await heard.ended).reason, 'remote-hangup')
})

devices('calling oneself rings one’s other devices', async ({ desk, laptop, phone }) => {
  const ringing = Promise.all([desk, phone].map(nextCall))
  const call = await laptop.call('alice')
  const [atDesk, atPhone] = (await ringing) as [Call, Call]
  await atPhone.accept()
  await call.active
  assert.is((await atDesk.ended).reason, 'answered-elsewhere')
  call.hangup()
  await atPhone.ended
})

devices('two devices called from both sides at once end in one call', async ({ bob, desk, laptop, phone }) => {
  const [hers, his] = await Promise.all([phone.call('bob'), bob.call('alice')])
  await Promise.all([hers.active, his.active])
  assert.is(hers.id, his.id)
  await until('nobody else rings', () => [desk, laptop].every((node) => node.status().calls.length === 0))
  hers.hangup()
  await his.ended
})

devices(
  'a wrong code joins nothing, five of them spend the right one, and an old one holds no longer',
  async (context) => {
    const { net, desk } = context
    const given = desk.devices.add()
    const fresh = await net.add({ home: at(context, 'tablet') })
    const wrong = given.code.slice(0, -1) + (given.code.endsWith('a') ? 'b' : 'a')
    for (let i = 0; i < 5; i++) assert.is(await codeOf(fresh.devices.join(wrong, { label: 'tablet' })), 'BAD_CODE')
    assert.is(await codeOf(given.joined), 'BAD_CODE')
    assert.is(await codeOf(fresh.devices.join(given.code, { label: 'tablet' })), 'BAD_CODE')

    const old = desk.devices.add()
    const newer = desk.devices.add()
    assert.is(await codeOf(old.joined), 'BAD_CODE')
    assert.is(await codeOf(fresh.devices.join(old.code, { label: 'tablet' })), 'BAD_CODE')
    newer.cancel()
    assert.is(await codeOf(newer.joined), 'ABORTED')
    assert.is(await codeOf(fresh.devices.join(newer.code, { label: 'tablet' })), 'BAD_CODE')
    assert.is(await codeOf(fresh.devices.join('nobody-aaaa-aaaa-aaaa-aaaa', { label: 'tablet' })), 'NO_SUCH_USER')
    assert.is(await codeOf(fresh.devices.join('what?', { label: 'tablet' })), 'BAD_CODE')
    assert.not(existsSync(join(at(context, 'tablet'), 'membership.json')))
    assert.is((await desk.devices.list()).length, 3)
    await fresh.stop()
  },
)

devices(
  'a home of an added device is refused under another name or network, and when its membership is corrupt',
  async (context) => {
    const { net, phone } = context
    const home = at(context, 'phone')
    await phone.stop()
    assert.is(await codeOf(net.add({ home, username: 'carol' })), 'BAD_USERNAME')
    assert.is(await codeOf(net.add({ home, network: 'another' })), 'BAD_USERNAME')
    const path = join(home, 'membership.json')
    const whole = readFileSync(path)
    writeFileSync(path, whole.subarray(0, 100))
    assert.is(await codeOf(net.add({ home })), 'BAD_KEY')
    assert.equal(readFileSync(path), whole.subarray(0, 100))
    writeFileSync(path, whole)
    const looking = await net.add({ home, username: false })
    assert.is(looking.username, undefined)
    await looking.stop()
    context.phone = await net.add({ home })
    assert.is(context.phone.username, 'alice')
  },
)

devices(
  'a device that was removed is told, rings no more and is not heard, and its home stays refused',
  async (context) => {
    const { net, desk, laptop, phone, bob } = context
    const told = new Promise<TincanError>((resolve) => phone.once('refused', resolve))
    const removed = await desk.devices.revoke('phone')
    assert.ok(removed.isPlaced)
    assert.is((await told).code, 'DEVICE_REVOKED')
    assert.not(phone.online)
    assert.is(await codeOf(desk.devices.revoke(desk.peerId)), 'BAD_DEVICE')
    await until('bob sees two devices', async () => (await bob.lookup('alice')).devices.length === 2)

    // what the phone still sends is dropped, once bob knows
    let rang = 0
    bob.on('call', () => rang++)
    const dropped = () => bob.status().dropped['revoked'] ?? 0
    const before = dropped()
    const call = await phone.call('bob').catch((error: TincanError) => error)
    if (!(call instanceof TincanError)) await call.ended
    await until('bob drops what it sends', async () => {
      if (dropped() > before) return true
      const again = await phone.call('bob').catch((error: TincanError) => error)
      if (!(again instanceof TincanError)) await again.ended
      return dropped() > before
    })
    assert.is(rang, 0)

    const [atDesk, atLaptop] = [nextCall(desk), nextCall(laptop)]
    const ringing = await bob.call('alice')
    const [one] = await Promise.all([atDesk, atLaptop])
    one.decline()
    await ringing.ended
    assert.is(phone.status().calls.length, 0)

    // a device that was not removed takes over the account's newer claim, and keeps it for its next start
    const kept = () => loadMembership(at(context, 'laptop'), keyOf(laptop))?.claim as Uint8Array
    await until('the laptop has the newer claim', () => openClaim(kept(), net.network)?.revokedDevices.size === 1)
    assert.ok(openClaim(kept(), net.network)?.revokedDevices.has(phone.peerId))
    await until('it is still online with it', async () => {
      const found = (await bob.lookup('alice')).devices.find(({ peerId }) => peerId === laptop.peerId)
      return laptop.online && found?.online === true
    })

    await phone.stop()
    assert.is(await codeOf(net.add({ home: at(context, 'phone') })), 'DEVICE_REVOKED')
    const [, , last] = await desk.devices.list()
    assert.equal([last?.label, last?.isOnline, last?.revokedMs !== undefined], ['phone', false, true])
    // and after a restart of the first machine too
    await desk.stop()
    context.desk = await net.add({ username: 'alice', home: at(context, 'desk') })
    assert.is((await context.desk.devices.list()).at(-1)?.label, 'phone')
    assert.is(await codeOf(net.add({ home: at(context, 'phone') })), 'DEVICE_REVOKED')
  },
)

devices('when the account’s key changes a device that was added is told, and joins anew', async (context) => {
  const { net, laptop } = context
  const told = new Promise<TincanError>((resolve) => laptop.once('refused', resolve))
  await context.desk.stop()
  const { to } = rotateAccount({ username: 'alice', home: at(context, 'desk'), network: net.network })
  context.desk = await net.add({ username: 'alice', home: at(context, 'desk') })
  assert.match((await told).message, /new key.*tincan device join/)
  await laptop.stop()

  const home = at(context, 'laptop')
  const again = await net.add({ home, username: false })
  assert.is(await codeOf(again.devices.join('bob-aaaa-aaaa-aaaa-aaaa', { label: 'x' })), 'BAD_DEVICE')
  const given = context.desk.devices.add()
  assert.is((await again.devices.join(given.code, { label: 'laptop' })).address, to)
  await given.joined
  await again.stop()
  context.laptop = await net.add({ home })
  assert.equal([context.laptop.address, context.laptop.online], [to, true])
})

devices.run()
