/**
 * `npm run bench`: measures real nodes on loopback and prints a table; `-- --json` one object on stdout, `-- --only
 * NAME…` some figures only. Nothing here passes or fails: a number is looked at, and compared with the last one. What could not be measured is said, and the exit code is 1.
 */

import { parseArgs } from 'node:util'

import { callCpu } from './call-cpu.ts'
import { callSetup } from './call-setup.ts'
import { connection } from './connection.ts'
import { envelopes } from './envelopes.ts'
import { asJson, asTable, type Benchmark, type Figures } from './figures.ts'
import { far } from './far.ts'
import { home } from './home.ts'
import { idleNetwork } from './idle-network.ts'
import { idleNode } from './idle-node.ts'
import { keying } from './keying.ts'
import { registrar } from './registrar.ts'
import { resolve } from './resolve.ts'
import { rpc } from './rpc.ts'
import { start } from './start.ts'
import { turn } from './turn.ts'

// those in the town of 24 side by side: it is built once
const BENCHMARKS: Benchmark[] = [
  envelopes,
  rpc,
  turn,
  registrar,
  home,
  start,
  keying,
  idleNode,
  idleNetwork,
  connection,
  resolve,
  callSetup,
  callCpu,
  far,
]

/** Prints usage and throws nothing: undefined when the arguments make no sense. */
function readArguments(): { json: boolean; wanted: Set<string> } | undefined {
  const all = BENCHMARKS.flatMap(({ names }) => names)
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
    })
    // --only A B, --only A --only B and --only A,B alike
    const named = [...(values.only ?? []), ...positionals].flatMap((name) => name.split(','))
    const unknown = named.find((name) => !all.includes(name))
    if (unknown !== undefined) throw new Error(`“${unknown}” is not measured.`)
    return { json: values.json, wanted: new Set(named.length > 0 ? named : all) }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nbench [--json] [--only NAME…], of: ${all.join(' ')}\n`)
    return undefined
  }
}

async function measure(wanted: Set<string>): Promise<Figures> {
  await using held = new AsyncDisposableStack()
  const startedMs = performance.now()
  const note = (text: string) => {
    process.stderr.write(`${((performance.now() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${text}\n`)
  }
  const measured: Figures = {}
  for (const benchmark of BENCHMARKS) {
    if (!benchmark.names.some((name) => wanted.has(name))) continue
    try {
      Object.assign(measured, await benchmark.measure({ run: held, note, keep: (each) => held.use(each) }))
    } catch (error) {
      // the others are worth having without it
      note(`not measured: ${benchmark.names.join(' ')}: ${(error as Error).message}`)
      process.exitCode = 1
    }
  }
  note('done')
  return Object.fromEntries(Object.entries(measured).filter(([name]) => wanted.has(name)))
}

const request = readArguments()
if (request === undefined) process.exitCode = 2
else {
  const figures = await measure(request.wanted)
  process.stdout.write(`${request.json ? asJson(figures) : asTable(figures)}\n`)
}
