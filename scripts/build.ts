/** Builds dist/ for publishing: Node never strips types under node_modules. Generated code is copied as it is. */

import { execFileSync } from 'node:child_process'
import { cpSync, globSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'src'], { cwd: root, stdio: 'inherit' })
for (const file of globSync('**/*.pb.{js,d.ts}', { cwd: join(root, 'src') })) {
  cpSync(join(root, 'src', file), join(dist, file))
}
