/** A quarter of the supernodes lie, each in its own way, together and about the same name. */

import { randomBytes } from 'node:crypto'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { testnet, type Node, type Testnet } from '../../src/index.ts'
import { generateSeed, sealingPublicKey, signingKey, type SigningKey } from '../../src/overlay/keys.ts'
import { peerIdOf, publicKeyOf, withoutPeerId } from '../../src/overlay/peer-id.ts'
import { AttachReply, HomeRequest, PlaceReply, ResolveReply } from '../../src/supernode/home.pb.js'
import { GrantOutcome, GrantReply, IndexRequest, LookupReply, type Holder } from '../../src/supernode/index.pb.js'
import { nameKey, nameKeys, nearestTo } from '../../src/supernode/placement.ts'
import { CAPABILITY_AUDIO, makeCertificate, makeClaim, makeLease } from '../../src/supernode/records.ts'
import { HostileSupernode, type Lying } from '../support/hostile-supernode.ts'
import { codeOf, until } from '../support/wait.ts'

const liars = suite('a quarter of the supernodes lie')

const NETWORK = 'liars'
const NAMES = ['popular', 'bob', 'carol', 'dave']
const ROUNDS = 8

/** Of many keys the one whose peer id is nearest to `key`: nearer than any of a small network. */
function nearestKeyTo(key: Uint8Array): SigningKey {
  const keys = Array.from({ length: 500 }, () => signingKey(generateSeed()))
  const contacts = keys.map(({ publicKey }) => ({ peerId: peerIdOf(publicKey), addresses: [] }))
  const [nearest] = nearestTo(key, contacts, 1)
  return keys[contacts.findIndex(({ peerId }) => peerId === nearest?.peerId)] as SigningKey
}

/** The liars' own claim on a name, with a device that is always online, as good as bytes can be. */
function forged(name: string, home: HostileSupernode): Holder {
  const [account, device] = [signingKey(generateSeed()), signingKey(generateSeed())]
  const nowMs = Date.now()
  const claim = makeClaim(account, { network: NETWORK, name, seq: 1_000_000, issuedMs: nowMs })
  const lease = makeLease(device, makeCertificate(account, device, NETWORK, nowMs), {
    network: NETWORK,
    name,
    homes: [{ peerId: home.peerId, addresses: home.addresses.map(withoutPeerId) }],
    sealingKey: sealingPublicKey(device),
    capabilities: CAPABILITY_AUDIO,
    seq: nowMs * 2,
    issuedMs: nowMs,
    expiresMs: nowMs + 30_000,
  })
  return { claim, leases: [lease], lapsed: [], sinceMs: 1, registrars: 5 }
}

/** What a liar says of whoever is asked for; undefined: nothing at all, for ever. */
type Lie = (key: Uint8Array) => Holder[] | undefined

/** Answers every look-up with the lie, places nothing, tells owners that their name is taken, and names only liars. */
function lying(lie: Lie, holderOf: (key: Uint8Array) => Holder | undefined, fellows: () => HostileSupernode[]): Lying {
  const answer = (key: Uint8Array): Uint8Array | Promise<never> => {
    const holders = lie(key)
    return holders === undefined ? new Promise<never>(() => {}) : LookupReply.encode({ holders })
  }
  return async (role, from, body, honest) => {
    if (role === 'index') {
      const { grant, lookup } = IndexRequest.decode(body)
      if (lookup !== undefined) return answer(lookup.key)
      const holder = grant && holderOf(grant.key)
      return holder === undefined
        ? honest(from, body)
        : GrantReply.encode({ outcome: GrantOutcome.TAKEN, claim: holder.claim })
    }
    const { resolve, place, attach } = HomeRequest.decode(body)
    if (resolve !== undefined) return ResolveReply.encode({ lookupReply: await answer(resolve.key) })
    if (place !== undefined) return PlaceReply.encode({ granted: 15 })
    const reply = await honest(from, body)
    if (attach === undefined || reply === undefined) return reply
    const supernodes = fellows().map(({ peerId, addresses }) => ({
      peerKey: publicKeyOf(peerId) as Uint8Array,
      addresses: addresses.map(withoutPeerId),
      clients: 0,
    }))
    return AttachReply.encode({ ...AttachReply.decode(reply), supernodes, clients: 0 })
  }
}

/** Tells for ever what it held when it was first asked; grants whatever comes, and keeps nothing. */
function replaying(): Lying {
  const old = new Map<string, Uint8Array | undefined>()
  return async (role, from, body, honest) => {
    const { grant, lookup } = role === 'index' ? IndexRequest.decode(body) : {}
    if (grant !== undefined) return GrantReply.encode({ outcome: GrantOutcome.GRANTED })
    if (lookup === undefined) return honest(from, body)
    const id = Buffer.from(lookup.key).toString('hex')
    if (!old.has(id)) old.set(id, await honest(from, body))
    return old.get(id)
  }
}

async function besieged(
  makeLies: (fellows: HostileSupernode[]) => { lie: Lie; holderOf: (key: Uint8Array) => Holder | undefined }[],
) {
  // each has ground out an id that is nearest to a place of the popular name
  const fellows = [0, 1].map((salt) => new HostileSupernode(nearestKeyTo(nameKey(NETWORK, 'popular', salt))))
  let net: Testnet | undefined
  const stop = async () => {
    await net?.stop()
    for (const fellow of fellows) await fellow[Symbol.asyncDispose]()
  }
  try {
    for (const fellow of fellows)
      await fellow.start(NETWORK, fellows[0] === fellow ? [] : (fellows[0]?.addresses ?? []))
    await until('the liars serve', () => fellows.every(({ role }) => role === 'supernode'))
    net = await testnet(10, {
      network: NETWORK,
      bootstrap: fellows.flatMap(({ addresses }) => addresses),
      names: NAMES,
    })
    await until('there are honest supernodes', () => (net as Testnet).supernodes().length >= 6, 60_000)
    const lies = makeLies(fellows)
    fellows.forEach((fellow, i) => {
      const { lie, holderOf } = lies[i % lies.length] as (typeof lies)[number]
      fellow.lie = lying(lie, holderOf, () => fellows)
    })
    return { net, fellows, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Looks every name up from everywhere, many times. */
async function survey(net: Testnet): Promise<{ right: number; conflicts: number; wrong: number; missing: number }> {
  const counts = { right: 0, conflicts: 0, wrong: 0, missing: 0 }
  const owners = new Map(NAMES.map((name, i) => [name, (net.nodes[i] as Node).address]))
  const askers = net.nodes.slice(NAMES.length)
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(
      askers.flatMap((asker) =>
        NAMES.map(async (name) => {
          const found = await asker.lookup(name).catch(() => undefined)
          if (found === undefined) counts.missing++
          else if (found.verdict === 'conflict') counts.conflicts++
          else if (found.address === owners.get(name)) counts.right++
          else counts.wrong++
        }),
      ),
    )
    // those who know each other only now: leases are renewed and placed anew meanwhile
    await new Promise((done) => setTimeout(done, 1_000))
  }
  return counts
}

liars('a name is not hijacked, and hardly ever in doubt, when liars agree on a holder of their own', async () => {
  const forgeries = new Map<string, Holder>()
  const holderOf = (key: Uint8Array) => forgeries.get(Buffer.from(key).toString('hex'))
  const lie: Lie = (key) => {
    const holder = holderOf(key)
    return holder === undefined ? [] : [holder]
  }
  const { net, stop } = await besieged((fellows) => {
    for (const name of NAMES) {
      const holder = forged(name, fellows[0] as HostileSupernode)
      for (const key of nameKeys(NETWORK, name)) forgeries.set(Buffer.from(key).toString('hex'), holder)
    }
    return [{ lie, holderOf }]
  })
  try {
    const { right, conflicts, wrong, missing } = await survey(net)
    const all = right + conflicts + wrong + missing
    console.error(`# ${right} of ${all} right, ${conflicts} in conflict, ${missing} missing`)
    assert.is(wrong, 0, `${wrong} of ${all} hijacked`)
    assert.ok(right / all > 0.99, `${right} of ${all} right, ${conflicts} in conflict, ${missing} missing`)
    const caller = await net.add({ username: 'caller' })
    const rang = new Promise<void>((resolve) =>
      (net.nodes[0] as Node).once('call', (call) => {
        resolve()
        call.decline()
      }),
    )
    const call = await caller.call('popular')
    await rang
    assert.is(await codeOf(call.active), 'DECLINED')
    assert.ok(
      net.nodes.every(({ online, username }) => online || username === undefined),
      'nobody lost their name',
    )
  } finally {
    await stop()
  }
})

liars('names are found when liars drop, stall, replay what is old, and talk nonsense', async () => {
  const ways: Lie[] = [
    () => [],
    () => undefined,
    () => [{ claim: randomBytes(300), leases: [randomBytes(400)], lapsed: [], sinceMs: -1, registrars: 9 }],
  ]
  let turn = 0
  const { net, fellows, stop } = await besieged(() => [
    { lie: (key) => (ways[turn++ % ways.length] as Lie)(key), holderOf: () => undefined },
  ])
  try {
    const [, second] = fellows
    if (second !== undefined) second.lie = replaying()
    for (const [i, name] of NAMES.entries()) {
      const held = (await net.nodes[9]?.lookup(name)) as Awaited<ReturnType<Node['lookup']>>
      assert.is(held.address, (net.nodes[i] as Node).address)
    }
    const { right, conflicts, wrong, missing } = await survey(net)
    const all = right + conflicts + wrong + missing
    assert.is(wrong, 0)
    assert.is(conflicts, 0)
    assert.ok(right / all > 0.99, `${right} of ${all} right, ${missing} missing`)
  } finally {
    await stop()
  }
})

liars.run()
