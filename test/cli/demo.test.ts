import { existsSync, readdirSync, readFileSync } from 'node:fs'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { type Event, eventsOf, Homes, Tincan, tincan } from './tincan.ts'

const demo = suite('cli demo')

/** Processes whose command line has this text in it; Linux only, elsewhere none are found. */
function processesWith(text: string): string[] {
  if (!existsSync('/proc/self/cmdline')) return []
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text)
      } catch {
        return false
      }
    })
}

demo('the demo makes a network, carries two voices and proves it', async () => {
  using homes = new Homes()
  const keep = homes.path('kept')
  const { code, stdout, stderr } = await tincan(['demo', '--json', '--nodes', '12', '--seconds', '4', '--keep', keep])
  assert.is(code, 0, stderr)
  const [report, ...rest] = eventsOf(stdout) as [
    { v: number; nodes: number; supernodes: number; call: Event },
    ...Event[],
  ]
  assert.is(rest.length, 0)
  assert.equal(Object.keys(report), ['v', 'nodes', 'supernodes', 'call'])
  assert.is(report.nodes, 12)
  assert.ok(report.supernodes > 0)
  const { call } = report
  for (const key of ['resolveMs', 'ringMs', 'setupMs', 'firstAudioMs', 'packetsSent', 'packetsLost', 'mos']) {
    assert.type(call[key], 'number', key)
  }
  assert.ok((call['setupMs'] as number) <= (call['firstAudioMs'] as number) + 1000)
  assert.ok((call['packetsSent'] as number) > 100)
  assert.equal([call['path'], call['codec']], ['direct', 'opus'])
  for (const path of [...(call['sources'] as string[]), ...(call['recordings'] as string[])])
    assert.ok(existsSync(path), path)
  for (const likeness of call['likeness'] as number[]) assert.ok(likeness > 0.7, `${likeness}`)
  assert.equal(processesWith(keep), [])
})

demo('Ctrl-C in the demo leaves no process behind', async () => {
  using homes = new Homes()
  const keep = homes.path('kept')
  await using running = new Tincan(['demo', '--nodes', '12', '--keep', keep])
  await running.until(() => existsSync(`${keep}/alice-home`))
  running.kill('SIGINT')
  const { code } = await running.ended
  assert.is(code, 130)
  assert.equal(processesWith(keep), [])
})

demo('nodes of a demo that was killed leave by themselves', async () => {
  using homes = new Homes()
  const keep = homes.path('kept')
  await using running = new Tincan(['demo', '--nodes', '12', '--keep', keep])
  await running.until(() => existsSync(`${keep}/alice-home/config.json`))
  assert.ok(processesWith(`${keep}/alice-home`).length > 0 || !existsSync('/proc/self/cmdline'))
  running.kill('SIGKILL')
  await running.ended
  const deadline = performance.now() + 30_000
  while (processesWith(keep).length > 0 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 100))
  assert.equal(processesWith(keep), [])
})

demo.run()
