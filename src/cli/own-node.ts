/** A node started by a command, holding the home's control socket while it lives; or the one that runs already. */

import type { Node, NodeOptions } from '../index.ts'
import { holdConnections, serveControl } from './control-server.ts'
import { claimControl } from './control-socket.ts'
import { UsageError } from './failure.ts'
import { type Line, localLine } from './line.ts'
import { findRunning } from './remote-line.ts'
import type { GlobalFlags, Settings } from './settings.ts'

export interface OwnNode {
  node: Node
  line: Line
  stop(): Promise<void>
}

/** What a node is made with, but for its name. */
export const nodeOptions = ({
  bootstrap,
  listen,
  home,
  network,
  profile,
  supernode,
  metered,
  portMapping,
  relayOnly,
  relay,
  relayMegabits,
}: Settings): NodeOptions => ({
  ...(bootstrap === undefined ? {} : { bootstrap }),
  ...(listen === undefined ? {} : { listen }),
  home,
  network,
  profile,
  supernode,
  metered,
  ...(portMapping === undefined ? {} : { portMapping }),
  relayOnly,
  relay,
  ...(relayMegabits === undefined ? {} : { relayBytesPerSecondMax: (relayMegabits * 1e6) / 8 }),
})

/** Throws TincanError: ALREADY_RUNNING, and whatever `createNode` throws. */
export async function startNode(
  settings: Settings,
  username: string | undefined,
  signal: AbortSignal,
): Promise<OwnNode> {
  const server = await claimControl(settings.home)
  const waiting = holdConnections(server)
  let node: Node
  try {
    // Not before it is needed: a command that talks to the running node does without libp2p, and starts at once.
    const { createNode } = await import('../index.ts')
    node = await createNode({
      username: username ?? false,
      ...nodeOptions(settings),
      signal,
    })
  } catch (error) {
    server.close()
    for (const socket of waiting) socket.destroy()
    throw error
  }
  const line = localLine(node)
  const control = serveControl(server, waiting, line, settings.network)
  return {
    node,
    line,
    async stop() {
      await node.stop()
      control.stop()
    },
  }
}

/**
 * The running node of this home, or else one of our own for the length of the command. `username` is what our own node
 * goes by; it rings nowhere, so its calls in are declined, for this machine alone.
 */
export async function reachLine(
  settings: Settings,
  flags: GlobalFlags,
  username: string | undefined,
  signal: AbortSignal,
): Promise<Line> {
  const running = await findRunning(settings.home)
  if (running === undefined) {
    const own = await startNode({ ...settings, supernode: false }, username, signal)
    own.node.on('call', (call) => {
      call.active.catch(() => {})
      call.decline({ isHereOnly: true })
    })
    return { ...own.line, stop: () => own.stop() }
  }
  if (flags.network !== undefined && flags.network !== running.network) {
    throw new UsageError(
      `The node running in ${settings.home} is on the network “${running.network}”, not “${flags.network}”.`,
    )
  }
  return running.line
}
