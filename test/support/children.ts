/** Nodes in a process that can be killed or frozen without a word of good-bye, as a machine that loses power would. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface ChildNodes extends AsyncDisposable {
  peers: { peerId: string; listen: string[] }[]
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
}

/** What others join them through. */
export const addressesOf = ({ peers }: ChildNodes): string[] => peers.flatMap(({ listen }) => listen.slice(0, 1))

export async function childNodes(network: string, count: number, bootstrap: string[]): Promise<ChildNodes> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'child-nodes.ts'), network, String(count), ...bootstrap],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const exited = once(child, 'exit')
  const line = createInterface(child.stdout)
  const [first] = (await Promise.race([once(line, 'line'), exited.then(() => [''])])) as [string]
  if (first === '') throw new Error('the child process ended before its nodes were up')
  return {
    ...(JSON.parse(first) as { peers: ChildNodes['peers'] }),
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGCONT')
      child.kill('SIGKILL')
      await exited
    },
  }
}
