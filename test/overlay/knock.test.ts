import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { knock, knockOf, TOKEN_BYTES } from '../../src/overlay/knock.ts'
import { DialBack, DialBackReply } from '../../src/overlay/probe.pb.js'
import { Reachability } from '../../src/overlay/reachability.ts'
import { contactOf, start, until } from './loopback.ts'

const knocks = suite('a knock by UDP')

const TOKEN = Uint8Array.from({ length: TOKEN_BYTES }, (_, i) => i)

/** A socket on this machine, and what came in. */
async function door() {
  const heard: { data: Buffer; port: number }[] = []
  const socket = createSocket('udp4')
  socket.on('message', (data, { port }) => heard.push({ data, port }))
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done))
  return {
    heard,
    port: (socket.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((done) => socket.close(() => done())),
  }
}

knocks('a peer that is asked sends one packet, to where the question came from and shorter than it', async () => {
  await using pair = await start(2)
  const [asker, prober] = pair
  await using own = await door()
  const [asking, probing] = pair.map((overlay) => new Reachability(overlay, 'local', 1)) as [Reachability, Reachability]
  await probing.start({ isAsking: false })
  await asker.join(prober.addresses(), AbortSignal.timeout(10_000))
  const seenAt = await asking.askForKnock(prober.peerId, { port: own.port, token: TOKEN }, 20_000)
  assert.is(seenAt, '127.0.0.1')
  await until('it has come', () => own.heard.length > 0)
  assert.equal(own.heard[0]?.data, knockOf(TOKEN))
  assert.ok(knockOf(TOKEN).length < DialBack.encode({ udp: { port: own.port, token: TOKEN } }).length)
  assert.is(own.heard.length, 1)
})

knocks('what is sent nobody can choose', () => {
  assert.not.equal(knockOf(TOKEN), Buffer.from(TOKEN))
  assert.not.equal(knockOf(TOKEN), knockOf(new Uint8Array(TOKEN_BYTES)))
})

knocks('a port of a service, a token of another length or an address that is none is not knocked at', async () => {
  await using own = await door()
  const questions: [string, number, Uint8Array][] = [
    ['127.0.0.1', 53, TOKEN],
    ['127.0.0.1', 1023, TOKEN],
    ['127.0.0.1', 0, TOKEN],
    ['127.0.0.1', 65_536, TOKEN],
    ['127.0.0.1', own.port, TOKEN.subarray(1)],
    ['127.0.0.1', own.port, new Uint8Array(1_000)],
    ['224.0.0.1', own.port, TOKEN],
    ['localhost', own.port, TOKEN],
    ['0.0.0.0', own.port, TOKEN],
  ]
  for (const question of questions) assert.is(await knock(...question), false, question.slice(0, 2).join(' '))
  assert.is(await knock('127.0.0.1', own.port, TOKEN), true)
  await until('the good one has come', () => own.heard.length > 0)
  assert.is(own.heard.length, 1)
})

knocks('a question for a knock that cannot be is answered: nothing was sent', async () => {
  await using pair = await start(2)
  const [asker, prober] = pair
  const probe = new Reachability(prober, 'local', 1)
  await probe.start({ isAsking: false })
  const question = DialBack.encode({ udp: { port: 22, token: TOKEN } })
  const answer = await asker.call(contactOf(prober), 'probe', question, { deadlineMs: 20_000 })
  assert.equal(DialBackReply.decode(answer), { reachedAt: '', seenAt: '127.0.0.1', isSent: false })
})

knocks.run()
