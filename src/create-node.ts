/** Starts a node: checks what is asked for, opens its home and takes its place in the overlay. */

import { join, resolve } from 'node:path'
import type { ContactStore } from './contacts/contact-store.ts'
import { TincanError } from './errors.ts'
import { openContactStore } from './home-contacts.ts'
import { defaultHome } from './home-directory.ts'
import { openIdentity } from './identity.ts'
import { Node } from './node.ts'
import type { NodeOptions } from './node-interface.ts'
import { checkAddress } from './overlay/addresses.ts'
import { startOverlay } from './overlay/libp2p.ts'
import type { Overlay, ProfileName } from './overlay/overlay.ts'
import { ClaimFile } from './supernode/claim-file.ts'
import { parseUsername } from './supernode/username.ts'

const LISTEN: Record<ProfileName, string[]> = {
  local: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'],
  internet: ['/ip4/0.0.0.0/tcp/0', '/ip4/0.0.0.0/tcp/0/ws', '/ip6/::/tcp/0', '/ip6/::/tcp/0/ws'],
}
const NETWORK_NAME = /^[a-z0-9-]{1,32}$/

/**
 * Starts a node. Resolves when its username is registered, or, when nobody is there to register it with, as soon as
 * it listens; `online` tells the two apart, and it keeps trying. Rejects TincanError: NAME_TAKEN, BAD_USERNAME,
 * BAD_ADDRESS, BAD_KEY, ALREADY_RUNNING, PORT_IN_USE, ABORTED.
 */
export async function createNode(options: NodeOptions = {}): Promise<Node> {
  const { username, network = 'main', profile = 'internet', bootstrap = [], signal } = options
  if (typeof username === 'string') parseUsername(username)
  if (!NETWORK_NAME.test(network))
    throw new TincanError('BAD_ADDRESS', `“${network}” is no network name: use 1 to 32 of a-z, 0-9 and -.`)
  const listen = (options.listen ?? LISTEN[profile]).map(checkAddress)
  bootstrap.forEach(checkAddress)
  const home = options.home === false ? undefined : resolve(options.home ?? defaultHome())
  const identity = openIdentity(home, { username, network })
  let store: ContactStore
  let claims: ClaimFile
  let overlay: Overlay
  try {
    store = openContactStore(home)
    claims = new ClaimFile(home && join(home, 'claim.json'))
    overlay = await startOverlay({ key: identity.device, network, profile, listen })
  } catch (error) {
    identity.release()
    throw error
  }
  const node = new Node(overlay, identity, { ...options, profile, bootstrap, listen, home, store, claims })
  try {
    await node.start(signal)
    return node
  } catch (error) {
    await node.stop()
    throw error
  }
}
