/** Our server and a client that others wrote. */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { openTcp, REALM, relayServer, startPeer, startServer } from './relay-site.ts'

const UCLIENT = 'turnutils_uclient'

const thirdParty = suite('turn by others')

/** Runs coturn's client: two messages through the relay to a peer and back, of 100 bytes each. */
async function uclient(transport: string[], port: number, username: string, credential: string, peerPort: number) {
  const options = ['-u', username, '-w', credential, '-e', '127.0.0.1', '-r', `${peerPort}`, '-p', `${port}`]
  const child = spawn(UCLIENT, [...transport, ...options, '-c', '-n', '2', '-m', '1', '-l', '100', '127.0.0.1'])
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)))
  const [code] = (await once(child, 'exit')) as [number]
  return { code, output }
}

if (spawnSync(UCLIENT, ['-h']).error !== undefined) {
  console.error(`skipped: there is no ${UCLIENT} (Debian: apt install coturn)`)
  // it runs where coturn's tools are on the PATH
  thirdParty.skip('coturn’s client relays through our server', () => {})
} else {
  thirdParty('coturn’s client relays through our server, over TCP by channels and by indications', async () => {
    await using server = await startServer()
    await using door = await openTcp(server)
    await using peer = await startPeer({ echoes: true })
    for (const how of [[], ['-s']]) {
      const { username, credential, realm } = relayServer(server)
      assert.is(realm, REALM)
      const transport = ['-t', ...how]
      const { code, output } = await uclient(transport, door.address.port, username, credential, peer.address.port)
      assert.is(code, 0, output)
      assert.match(output, /tot_send_msgs=2, tot_recv_msgs=2|Total lost packets 0 /, output)
    }
  })
}

thirdParty.run()
