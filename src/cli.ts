/** The command line. `bin/tincan.js` starts it, after a look at the version of Node. */

import { main } from './cli/program.ts'

await main(process.argv.slice(2))
