/** `tincan demo-network COUNT`: part of the demo's network in a process of its own. Not for people: see `demo.ts`. */

import { Command } from 'commander'

import { type CommandContext, runCommand } from './command.ts'
import { EXIT } from './failure.ts'

export const DEMO_NETWORK = 'demo'

export function demoNetworkCommand(): Command {
  return new Command('demo-network')
    .description('Runs nodes for the demo.')
    .argument('<count>', 'how many nodes')
    .action(runCommand(runNetwork))
}

/** Tells `nodes` whenever there is one more, or one has taken another role; `ready` with where to join. */
async function runNetwork({ settings, output, interrupt }: CommandContext<object>, count: string): Promise<number> {
  const { signal } = interrupt
  const nodes: { role: string }[] = []
  const tell = () =>
    output.tell({
      event: 'nodes',
      nodes: nodes.length,
      supernodes: nodes.filter(({ role }) => role === 'supernode').length,
    })
  const { testnet } = await import('../index.ts')
  const net = await testnet(Number(count), {
    network: DEMO_NETWORK,
    bootstrap: settings.bootstrap,
    signal,
    onNode(node) {
      nodes.push(node)
      node.on('role', tell)
      tell()
    },
  })
  output.tell({ event: 'ready', bootstrap: net.bootstrap })
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await net.stop()
  return EXIT.done
}
