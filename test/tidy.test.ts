/** Rules about the sources themselves, kept by machine. */

import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { judge, ROOT } from './support/test-file.ts'

const LINES_MAX = 400
const README_LINES_MAX = 150

const tidy = suite('tidy')

const list = (pattern: string) => globSync(pattern, { cwd: ROOT }).sort()
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const sources = list('src/**/*.ts').filter((file) => !file.endsWith('.d.ts'))
const code = [...sources, ...list('{test,bench,scripts,sim}/**/*.ts')]

tidy('every suite that a test file makes is run', () => {
  for (const file of list('test/**/*.test.ts')) {
    const text = read(file)
    const made = [...text.matchAll(/^(?:export )?const (\w+) = suite(?:<.*>)?\(/gm)].map((found) => found[1])
    assert.ok(made.length > 0, `${file} makes no suite`)
    for (const name of made)
      assert.ok(new RegExp(`^${name}\\.run\\(\\)$`, 'm').test(text), `${file}: ${name}.run() is missing`)
    assert.not.match(text, /^\s*\w+\.only\(/m, `${file}: .only() leaves tests out`)
  }
})

tidy('a skipped test says why', () => {
  for (const file of list('test/**/*.test.ts')) {
    const lines = read(file).split('\n')
    lines.forEach((line, at) => {
      if (!/^\s*\w+\.skip\(/.test(line)) return
      assert.match(lines[at - 1] ?? '', /^\s*(\/\/|\*)/, `${file}:${at + 1}: say above it why it is skipped`)
    })
  }
})

tidy(`no source file is longer than ${LINES_MAX} lines`, () => {
  for (const file of sources) {
    const lines = read(file).split('\n').length - 1
    assert.ok(lines <= LINES_MAX, `${file} has ${lines} lines: split it by noun`)
  }
})

tidy('each source file opens by saying what it is', () => {
  for (const file of sources) assert.match(read(file), /^(#!.*\n)?\/\*\*/, `${file} opens without a comment`)
})

tidy('files are named in kebab-case', () => {
  for (const file of code) assert.match(file, /^([a-z0-9-]+\/)*[a-z0-9-]+(\.test)?\.ts$/, file)
})

tidy('nothing is left for later or exported by default', () => {
  for (const file of code) {
    const text = read(file)
    assert.not.match(text, /\b(TO[D]O|FIX[M]E)\b/, `${file} has an open end`)
    assert.not.match(text, /^export default /m, `${file} has a default export`)
  }
})

tidy('the sources run as they are on Node 22, which cannot read a using declaration', () => {
  for (const file of sources) assert.not.match(read(file), /^\s*(await )?using \w+ =/m, file)
})

tidy(`the README has at most ${README_LINES_MAX} lines`, () => {
  if (!existsSync(join(ROOT, 'README.md'))) return
  assert.ok(read('README.md').split('\n').length - 1 <= README_LINES_MAX)
})

tidy('the generated code is what the .proto files make now', () => {
  const out = mkdtempSync(join(tmpdir(), 'tincan-tidy-'))
  try {
    const protos = list('src/**/*.proto')
    for (const proto of protos) mkdirSync(join(out, dirname(proto)), { recursive: true })
    execFileSync(process.execPath, [join(ROOT, 'scripts/generate.ts'), out])
    for (const proto of protos) {
      for (const ending of ['.pb.js', '.pb.d.ts']) {
        const file = proto.replace(/\.proto$/, ending)
        assert.is(read(file), readFileSync(join(out, file), 'utf8'), `${file} is stale: npm run generate`)
      }
    }
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
})

tidy('the linter refuses an import across layers, a cycle and a clock in the core', () => {
  const planted: [file: string, text: string, rule: RegExp][] = [
    ['src/lib/planted.ts', `import '../errors.ts'\n`, /no-restricted-imports/],
    ['src/overlay/planted.ts', `import '../call/state.ts'\n`, /no-restricted-imports/],
    ['src/overlay/planted2.ts', `import '@libp2p/tcp'\n`, /no-restricted-imports/],
    ['src/supernode/planted.ts', `import '../overlay/libp2p.ts'\n`, /no-restricted-imports/],
    ['src/envelope/planted.ts', `import '../supernode/index-table.ts'\n`, /no-restricted-imports/],
    ['src/contacts/planted.ts', `import '../supernode/homes.ts'\n`, /no-restricted-imports/],
    ['src/devices/planted.ts', `import '../call/state.ts'\n`, /no-restricted-imports/],
    ['src/devices/link-offer.ts', `export const at = () => Date.now()\n`, /no-restricted-properties/],
    ['src/media/planted.ts', `import 'werift'\n`, /no-restricted-imports/],
    ['src/call/planted.ts', `import { x } from '../overlay/overlay.ts'\nexport { x }\n`, /no-restricted-imports/],
    ['src/cli/planted.ts', `import '../node.ts'\n`, /no-restricted-imports/],
    ['src/node.ts', `import './cli/up.ts'\n`, /no-restricted-imports/],
    ['src/call/state.ts', `export const at = () => Date.now()\n`, /no-restricted-properties/],
    ['src/supernode/promotion.ts', `export const coin = () => Math.random()\n`, /no-restricted-properties/],
    ['src/media/jitter-buffer.ts', `setTimeout(() => {}, 1)\n`, /no-restricted-globals/],
    ['src/media/cycle.ts', `export { b } from './cycle-b.ts'\nexport const a = 1\n`, /no-cycle/],
    ['src/media/cycle-b.ts', `export { a } from './cycle.ts'\nexport const b = 1\n`, /no-cycle/],
    ['src/media/planted-default.ts', `export default 1\n`, /no-default-export/],
  ]
  const out = mkdtempSync(join(tmpdir(), 'tincan-tidy-'))
  try {
    for (const file of ['.oxlintrc.json', 'tsconfig.json']) cpSync(join(ROOT, file), join(out, file))
    for (const [file, text] of planted) {
      mkdirSync(join(out, dirname(file)), { recursive: true })
      writeFileSync(join(out, file), text)
    }
    // Not type-aware: fast, and these rules need no types.
    const config = join(out, '.oxlintrc.json')
    writeFileSync(config, readFileSync(config, 'utf8').replace('"typeAware": true', '"typeAware": false'))
    const lint = spawnSync(join(ROOT, 'node_modules/.bin/oxlint'), ['-f', 'unix', 'src'], {
      cwd: out,
      encoding: 'utf8',
    })
    for (const [file, , rule] of planted) {
      const lines = lint.stdout.split('\n').filter((line) => line.startsWith(`${file}:`))
      assert.ok(
        lines.some((line) => rule.test(line)),
        `the fault planted in ${file} passed\n${lint.stdout}${lint.stderr}`,
      )
    }
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
})

tidy('a test file counts as passed only when it ran tests, passed them and ended', () => {
  const totals = (total: number, passed: number, skipped = 0) =>
    `\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   ${skipped}\n  Duration:  1ms\n`
  const table: [output: string, exit: string | number, hung: string | undefined, passed: number, failed: number][] = [
    [totals(3, 3), 0, undefined, 3, 0],
    [totals(3, 2), 1, undefined, 2, 1],
    [totals(0, 0), 0, undefined, 0, 1],
    [totals(0, 0, 2), 0, undefined, 0, 0],
    [totals(3, 3), 1, undefined, 3, 1],
    [totals(3, 3), 'SIGKILL', 'still running', 3, 1],
    ['', 0, undefined, 0, 1],
    ['', 'SIGSEGV', undefined, 0, 1],
  ]
  for (const [output, exit, hung, passed, failed] of table) {
    const judged = judge(output, exit, hung)
    assert.equal([judged.passed, judged.failed], [passed, failed], `${exit} ${hung} ${output}`)
  }
})

tidy.run()
