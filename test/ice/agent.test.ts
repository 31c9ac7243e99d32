/** ICE agents on loopback sockets, with our own relays. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { createIceAgent } from '../../src/ice/agent.ts'
import type { IceAgent, IceAgentOptions } from '../../src/ice/ice.ts'
import { until } from '../support/wait.ts'

const agents = suite('ice agent')

type Options = Omit<IceAgentOptions, 'role'>

interface Two extends AsyncDisposable {
  readonly a: IceAgent
  readonly b: IceAgent
  readonly heard: { a: string[]; b: string[] }
}

/** Two that tell each other their candidates. */
function two(
  forA: Options = {},
  forB: Options = forA,
  { bRole = 'controlled' as const as IceAgentOptions['role'] } = {},
): Two {
  const a = createIceAgent({ role: 'controlling', hostAddresses: ['127.0.0.1'], ...forA })
  const b = createIceAgent({ role: bRole, hostAddresses: ['127.0.0.1'], ...forB })
  const heard = { a: [] as string[], b: [] as string[] }
  a.on('candidate', (candidate) => b.addCandidate(candidate))
  b.on('candidate', (candidate) => a.addCandidate(candidate))
  a.on('data', (data) => heard.a.push(String(data)))
  b.on('data', (data) => heard.b.push(String(data)))
  return {
    a,
    b,
    heard,
    async [Symbol.asyncDispose]() {
      await Promise.all([a.stop(), b.stop()])
    },
  }
}

function meet({ a, b }: Two): void {
  a.gather()
  b.gather()
  a.setRemote(b.credentials)
  b.setRemote(a.credentials)
}

const connected = ({ a, b }: Two) => until('both have a path', () => a.path !== undefined && b.path !== undefined)

agents('two connect, and data passes both ways', async () => {
  await using pair = two()
  meet(pair)
  await connected(pair)
  await until('both heard', () => {
    pair.a.send(Buffer.from('to b'))
    pair.b.send(Buffer.from('to a'))
    return pair.heard.a.length > 0 && pair.heard.b.length > 0
  })
  assert.is(pair.heard.a[0], 'to a')
  assert.is(pair.heard.b[0], 'to b')
  assert.is(pair.a.path!.kind, 'direct')
})

agents.run()
