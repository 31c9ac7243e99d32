/** The command line. `bin/tincan.js` starts it, after a look at the version of Node. */

import { enableCompileCache } from 'node:module'

// half of a cold start is compiling what was compiled before
enableCompileCache()
const { main } = await import('./cli/program.ts')
await main(process.argv.slice(2))
