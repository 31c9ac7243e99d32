/** Runs as a process of its own: `node child-nodes.ts NETWORK COUNT BOOTSTRAP…`. Prints one JSON line when ready. */

import { testnet } from '../../src/index.ts'

const [network, count, ...bootstrap] = process.argv.slice(2)
const net = await testnet(Number(count), { network, bootstrap })
process.stdout.write(`${JSON.stringify({ peers: net.nodes.map(({ peerId, listen }) => ({ peerId, listen })) })}\n`)
process.stdin.resume() // ends with its parent
process.stdin.on('end', () => process.exit(0))
