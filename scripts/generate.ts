/** Turns every .proto under src/ into `<name>.pb.js` and `<name>.pb.d.ts` beside it: protons writes TypeScript
 * namespaces, which Node cannot strip, so tsc emits plain JavaScript and types from them. */

import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const bin = (name: string) => join(import.meta.dirname, '../node_modules/.bin', name)
const root = join(import.meta.dirname, '..')
const outRoot = process.argv[2] ?? root

for (const proto of globSync('src/**/*.proto', { cwd: root })) {
  const work = mkdtempSync(join(tmpdir(), 'tincan-generate-'))
  try {
    const name = basename(proto, '.proto')
    cpSync(join(root, proto), join(work, `${name}.pb.proto`))
    execFileSync(bin('protons'), [join(work, `${name}.pb.proto`)], { stdio: ['ignore', 'ignore', 'inherit'] })
    symlinkSync(join(root, 'node_modules'), join(work, 'node_modules'))
    writeFileSync(join(work, 'package.json'), '{"type":"module"}')
    execFileSync(
      bin('tsc'),
      ['--target', 'es2024', '--module', 'nodenext', '--skipLibCheck', '--declaration', '--types', '', `${name}.pb.ts`],
      { cwd: work, stdio: ['ignore', 'inherit', 'inherit'] },
    )
    for (const ending of ['js', 'd.ts']) {
      // the generator insists on ArrayBuffer where any bytes will do
      const text = readFileSync(join(work, `${name}.pb.${ending}`), 'utf8').replaceAll(
        'Uint8Array<ArrayBuffer>',
        'Uint8Array',
      )
      writeFileSync(
        join(outRoot, proto.replace(/\.proto$/, `.pb.${ending}`)),
        `// Generated from ${name}.proto by npm run generate.\n${text}`,
      )
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
