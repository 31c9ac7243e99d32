/**
 * Linux network namespaces, made by a test and gone with it: they are removed at the end of the process, and what a
 * killed one left behind by the next. Needs root and `ip` of iproute2.
 */

import { execFileSync, spawnSync } from 'node:child_process'

/** The process that made a namespace is in its name, so that a later run can clear away what a killed one left. */
const PREFIX = 'tincan-'

let made = 0
const nextName = (word: string): string => `${PREFIX}${process.pid}-${++made}-${word}`

/** Why namespaces cannot be made here, or undefined when they can. Clears away what dead processes left behind. */
export function whyNoNamespaces(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const list = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' })
  if (list.error !== undefined) return 'network namespaces need `ip`: install iproute2'
  for (const [name, pid] of list.stdout.matchAll(new RegExp(`^${PREFIX}(\\d+)-\\S+`, 'gm'))) {
    if (!isRunning(Number(pid))) clear(name)
  }
  const name = nextName('try')
  const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' })
  if (made.status !== 0) return `network namespaces are not permitted here: ${made.stderr.trim()}`
  const linked = spawnSync('ip', ['-n', name, 'link', 'add', 'br0', 'type', 'bridge'], { encoding: 'utf8' })
  spawnSync('ip', ['netns', 'del', name])
  return linked.status === 0 ? undefined : `no bridges here: ${linked.stderr.trim()}`
}

/** What to put in front of a command to run it in a namespace. */
export const within = (namespace: string): string[] => ['ip', 'netns', 'exec', namespace]

/** A set of namespaces that end together. */
export class Namespaces implements Disposable {
  readonly #names: string[] = []
  readonly #remove = () => this[Symbol.dispose]()

  constructor() {
    process.on('exit', this.#remove)
  }

  /** A new one, with its loopback up; its name. */
  add(word: string): string {
    const name = nextName(word)
    execFileSync('ip', ['netns', 'add', name])
    this.#names.push(name)
    ip(name, 'link set lo up')
    return name
  }

  /** The processes in a namespace have ended by then, or keep it alive until they do. */
  [Symbol.dispose](): void {
    for (const name of this.#names.splice(0)) spawnSync('ip', ['netns', 'del', name])
    process.off('exit', this.#remove)
  }
}

/** Runs `ip` in a namespace, once for all commands; their words hold no spaces. Throws what it says. */
export function ip(namespace: string, ...commands: string[]): void {
  const input = commands.join('\n')
  execFileSync('ip', ['-n', namespace, '-batch', '-'], { input, stdio: ['pipe', 'ignore', 'pipe'] })
}

/** Writes `value` to files under /proc/sys/net as a namespace sees them. */
export function setSysctls(namespace: string, settings: Record<string, string | number>): void {
  const script = Object.entries(settings).map(([path, value]) => `echo ${value} > /proc/sys/net/${path}`)
  const [command, ...rest] = [...within(namespace), 'sh', '-ec', script.join('\n')]
  execFileSync(command, rest)
}

/** Whoever runs in a namespace that a dead process made has lost its parent. */
function clear(name: string): void {
  const { stdout } = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' })
  for (const pid of stdout.split('\n').filter((line) => line !== '')) {
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // it has ended meanwhile
    }
  }
  spawnSync('ip', ['netns', 'del', name])
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
