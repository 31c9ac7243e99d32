import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { TincanError } from '../../src/errors.ts'
import { systemClock, virtualClock } from '../../src/lib/clock.ts'
import { Frame } from '../../src/overlay/rpc.pb.js'
import { type Handler, Refusal, RpcCaller, RpcError, serveRpc } from '../../src/overlay/rpc.ts'
import { holds } from '../support/property.ts'
import { wire } from './wire.ts'

const rpc = suite('rpc')

const text = (words: string) => new Uint8Array(Buffer.from(words))
const DEADLINE = { deadlineMs: 60_000 }

/** A caller and a server of `handler`, with all that can be seen of them. */
function pair(handler: Handler, clock = systemClock) {
  const [asking, answering] = wire()
  const counters = { malformed: 0, refused: 0, failed: 0 }
  serveRpc(answering, 'the caller', handler, counters)
  return { caller: new RpcCaller(asking, clock), counters, asking, answering }
}

/** Only the answering end, and what it sends for raw frames. */
function server(handler: Handler) {
  const [raw, answering] = wire()
  const counters = { malformed: 0, refused: 0, failed: 0 }
  const sent: Frame[] = []
  raw.onFrame((bytes) => sent.push(Frame.decode(bytes)))
  serveRpc(answering, 'the caller', handler, counters)
  return { raw, sent, counters }
}

const turns = async (count = 4) => {
  for (let i = 0; i < count; i++) await new Promise((done) => setImmediate(done))
}

async function fails(promise: Promise<unknown>, kind: RpcError['kind']): Promise<RpcError> {
  const error = await promise.then(
    () => assert.unreachable(),
    (reason: unknown) => reason,
  )
  assert.instance(error, RpcError)
  assert.is((error as RpcError).kind, kind)
  return error as RpcError
}

rpc('a call is answered, and the handler knows who asks', async () => {
  const { caller } = pair((from, body) => text(`${from}: ${Buffer.from(body)}`))
  assert.equal(Buffer.from(await caller.call(text('hello'), DEADLINE)).toString(), 'the caller: hello')
})

rpc('an empty question and an empty answer are a question and an answer', async () => {
  const { caller, counters } = pair(() => new Uint8Array())
  assert.equal(await caller.call(new Uint8Array(), DEADLINE), new Uint8Array())
  assert.equal(counters, { malformed: 0, refused: 0, failed: 0 })
})

rpc('calls are pipelined: answers come in any order and find their questions', async () => {
  const waiting: (() => void)[] = []
  const { caller } = pair((_from, body) => new Promise((resolve) => waiting.push(() => resolve(body))))
  const order: number[] = []
  const calls = Array.from({ length: 100 }, async (_, i) => {
    const answer = await caller.call(Uint8Array.of(i), DEADLINE)
    order.push(i)
    return answer[0]
  })
  await turns()
  assert.is(waiting.length, 100)
  for (const answer of waiting.reverse()) answer()
  assert.equal(
    await Promise.all(calls),
    Array.from({ length: 100 }, (_, i) => i),
  )
  assert.is(order[0], 99)
})

rpc('a call without an answer ends at its deadline, and not a moment before', async () => {
  const clock = virtualClock()
  const { caller } = pair(() => new Promise(() => {}), clock)
  let isEnded = false
  const call = caller.call(text('?'), { deadlineMs: 100 })
  const ended = fails(
    call.finally(() => (isEnded = true)),
    'deadline',
  )
  clock.advance(99)
  await turns()
  assert.not(isEnded)
  clock.advance(1)
  await ended
})

rpc('an answer that comes after its deadline is let go, and the stream stays good', async () => {
  const clock = virtualClock()
  const late: ((answer: Uint8Array) => void)[] = []
  const { caller, asking } = pair(
    (_from, body) => (body.length === 0 ? new Promise((resolve) => late.push(resolve)) : body),
    clock,
  )
  const call = fails(caller.call(new Uint8Array(), { deadlineMs: 100 }), 'deadline')
  await turns()
  clock.advance(100)
  await call
  late[0]?.(text('late'))
  assert.equal(await caller.call(text('next'), DEADLINE), text('next'))
  assert.is(asking.abortedFor, undefined)
})

rpc('an aborted call rejects ABORTED at once, and one aborted before is never sent', async () => {
  let asked = 0
  const { caller } = pair(() => {
    asked++
    return new Promise(() => {})
  })
  const abort = new AbortController()
  const calls = [0, 1].map(() => caller.call(text('?'), { ...DEADLINE, signal: abort.signal }))
  await turns()
  assert.is(asked, 2)
  abort.abort()
  calls.push(caller.call(text('?'), { ...DEADLINE, signal: abort.signal }))
  for (const { reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
    assert.instance(reason, TincanError)
    assert.is((reason as TincanError).code, 'ABORTED')
  }
  await turns()
  assert.is(asked, 2)
})

rpc('a refusal says when to come back', async () => {
  const { caller, counters } = pair(() => {
    throw new Refusal(1_234)
  })
  assert.is((await fails(caller.call(text('?'), DEADLINE), 'refused')).retryAfterMs, 1_234)
  assert.equal(counters, { malformed: 0, refused: 1, failed: 0 })
})

rpc('a handler that breaks answers FAILED, tells nothing of why, and answers the next', async () => {
  const { caller, counters, answering } = pair((_from, body) => {
    if (body.length === 0) throw new Error('a secret')
    return body
  })
  assert.not.match((await fails(caller.call(new Uint8Array(), DEADLINE), 'failed')).message, /secret/)
  assert.equal(await caller.call(text('next'), DEADLINE), text('next'))
  assert.equal(counters, { malformed: 0, refused: 0, failed: 1 })
  assert.is(answering.abortedFor, undefined)
})

rpc('a question that the handler cannot read is counted and fails, alone', async () => {
  const { caller, counters } = pair((_from, body) => (body.length === 0 ? undefined : body))
  await fails(caller.call(new Uint8Array(), DEADLINE), 'failed')
  assert.equal(await caller.call(text('next'), DEADLINE), text('next'))
  assert.equal(counters, { malformed: 1, refused: 0, failed: 0 })
})

rpc('a flood beyond 256 unanswered questions is refused and costs the handler nothing', async () => {
  let asked = 0
  const answers: ((answer: Uint8Array) => void)[] = []
  const { raw, sent, counters } = server(() => {
    asked++
    return new Promise((resolve) => answers.push(resolve))
  })
  for (let id = 1; id <= 1_000; id++) raw.send(Frame.encode({ id }))
  await turns()
  assert.is(asked, 256)
  assert.is(counters.refused, 744)
  assert.equal([...new Set(sent.map(({ kind }) => kind))], [Frame.Kind.REFUSED])
  assert.ok(sent.every(({ retryAfterMs }) => retryAfterMs > 0))
  answers[0]?.(text('done'))
  await turns()
  raw.send(Frame.encode({ id: 2_000 }))
  await turns()
  assert.is(asked, 257)
  assert.is(raw.abortedFor, undefined)
})

rpc(
  'a caller does not have more than 256 calls under way, what one peer may ask, and one more when one has ended',
  async () => {
    const [asking, raw] = wire()
    const caller = new RpcCaller(asking, systemClock)
    const first = caller.call(text('?'), DEADLINE)
    const calls = Array.from({ length: 255 }, () => fails(caller.call(text('?'), DEADLINE), 'unreachable'))
    await fails(caller.call(text('?'), DEADLINE), 'refused')
    raw.send(Frame.encode({ id: 1, kind: Frame.Kind.RESPONSE, body: text('!') }))
    assert.equal(await first, text('!'))
    calls.push(fails(caller.call(text('?'), DEADLINE), 'unreachable'))
    await fails(caller.call(text('?'), DEADLINE), 'refused')
    asking.abort('gone')
    await Promise.all(calls)
  },
)

rpc('when the stream closes every call under way fails, and so does the next', async () => {
  const { caller, answering } = pair(() => new Promise(() => {}))
  const calls = [1, 2, 3].map(() => fails(caller.call(text('?'), DEADLINE), 'unreachable'))
  await turns()
  answering.abort('gone')
  await Promise.all(calls)
  assert.ok(caller.isClosed)
  await fails(caller.call(text('?'), DEADLINE), 'unreachable')
})

rpc('an answer of a handler that outlives its stream goes nowhere', async () => {
  let answer: ((body: Uint8Array) => void) | undefined
  const { raw, sent } = server(() => new Promise((resolve) => (answer = resolve)))
  raw.send(Frame.encode({ id: 1 }))
  await turns()
  raw.abort('gone')
  await turns()
  answer?.(text('late'))
  await turns()
  assert.equal(sent, [])
})

const noQuestions: [string, Uint8Array][] = [
  ['random', Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
  ['truncated', Frame.encode({ id: 1, body: text('hello') }).subarray(0, 6)],
  ['an answer', Frame.encode({ id: 1, kind: Frame.Kind.RESPONSE })],
  ['of an unknown kind', Uint8Array.of(8, 1, 16, 99)],
]
for (const [what, bytes] of noQuestions) {
  rpc(`a frame that is ${what} ends the stream of who sent it, and is counted`, async () => {
    const { raw, counters } = server((_from, body) => body)
    raw.send(bytes)
    await turns()
    assert.is(counters.malformed, 1)
    assert.is(raw.abortedFor, 'not a request')
  })
}

rpc('a server that sends a question back where an answer belongs loses the stream', async () => {
  const [asking, raw] = wire()
  const caller = new RpcCaller(asking, systemClock)
  const call = fails(caller.call(text('?'), DEADLINE), 'unreachable')
  raw.send(Frame.encode({ id: 1, kind: Frame.Kind.REQUEST }))
  await call
  assert.is(asking.abortedFor, 'not an answer')
})

rpc('an answer to a question never asked is let go', async () => {
  const { caller, answering } = pair((_from, body) => body)
  answering.send(Frame.encode({ id: 77, kind: Frame.Kind.RESPONSE, body: text('who asked?') }))
  assert.equal(await caller.call(text('hello'), DEADLINE), text('hello'))
})

rpc('an answer ends one call once: a second one with its id reaches nobody', async () => {
  const [asking, raw] = wire()
  const caller = new RpcCaller(asking, systemClock)
  const call = caller.call(text('?'), DEADLINE)
  for (const body of ['first', 'second']) raw.send(Frame.encode({ id: 1, kind: Frame.Kind.RESPONSE, body: text(body) }))
  assert.equal(await call, text('first'))
  await turns()
  assert.is(asking.abortedFor, undefined)
})

rpc('arbitrary bytes never throw, at neither end', async () => {
  await holds(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 5 }), async (frames) => {
      const { raw } = server((_from, body) => body)
      const [asking, hostile] = wire()
      const call = new RpcCaller(asking, systemClock).call(text('?'), DEADLINE).catch(() => {})
      for (const frame of frames) {
        raw.send(frame)
        hostile.send(frame)
      }
      await turns(2)
      hostile.abort('done')
      await call
    }),
  )
})

rpc.run()
