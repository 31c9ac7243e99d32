/**
 * What the commands need to know before they start: flags win over the environment, the environment over
 * `config.json` in the home. The home holds keys and state: `--home`, `TINCAN_HOME`, or the XDG data directory.
 */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { defaultHome } from '../home-directory.ts'
import { UsageError } from './failure.ts'

export type Profile = 'local' | 'internet'

export interface Settings {
  home: string
  username: string | undefined
  network: string
  profile: Profile
  bootstrap: string[] | undefined
  listen: string[] | undefined
  supernode: boolean
  metered: boolean
  /** Undefined: as the node thinks fit. */
  portMapping: boolean | undefined
  /** Media takes relays only. */
  relayOnly: boolean
  /** False: media never takes a relay. */
  relay: boolean
  /** What relayed calls may take of this machine's connection while it is a supernode, in Mb/s. */
  relayMegabits: number | undefined
}

/** The flags every command takes. */
export interface GlobalFlags {
  home?: string
  network?: string
  profile?: string
  bootstrap?: string[]
  listen?: string[]
  supernode?: boolean
  metered?: boolean
  portMapping?: boolean
  relayOnly?: boolean
  relay?: boolean
  relayMegabits?: string
}

type Config = Partial<Omit<Settings, 'home'>>

export function readSettings(flags: GlobalFlags, env: NodeJS.ProcessEnv = process.env): Settings {
  const home = flags.home === undefined ? defaultHome(env) : resolve(flags.home)
  const config = readConfig(home)
  const relayOnly = flags.relayOnly ?? config.relayOnly ?? false
  const relay = flags.relay === false ? false : (config.relay ?? true)
  if (relayOnly && !relay) {
    throw new UsageError('--relay-only and --no-relay leave media no way at all: use one of them, or see config.json.')
  }
  return {
    home,
    username: env['TINCAN_USERNAME'] || config.username,
    network: networkName(flags.network ?? (env['TINCAN_NETWORK'] || config.network) ?? 'main'),
    profile: profileName(flags.profile ?? (env['TINCAN_PROFILE'] || config.profile) ?? 'internet'),
    bootstrap: flags.bootstrap ?? list(env['TINCAN_BOOTSTRAP']) ?? config.bootstrap,
    listen: flags.listen ?? list(env['TINCAN_LISTEN']) ?? config.listen,
    supernode: flags.supernode === false ? false : (config.supernode ?? true),
    metered: flags.metered ?? config.metered ?? false,
    portMapping: flags.portMapping === false ? false : config.portMapping,
    relayOnly,
    relay,
    relayMegabits: flags.relayMegabits === undefined ? config.relayMegabits : megabits(flags.relayMegabits),
  }
}

/** Keeps the username for the next `tincan up`; the rest of the file stays as it is. Replaces the file in one step. */
export function rememberUsername(home: string, username: string): void {
  const config = readConfig(home)
  if (config.username === username) return
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const path = configPath(home)
  writeFileSync(`${path}.new`, `${JSON.stringify({ ...config, username }, undefined, 2)}\n`, {
    mode: 0o600,
    flush: true,
  })
  renameSync(`${path}.new`, path)
}

const configPath = (home: string): string => join(home, 'config.json')

function readConfig(home: string): Config {
  const path = configPath(home)
  let text
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new Error(`${path} cannot be read (${(error as Error).message}). Check its owner and mode.`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(`${path} is not JSON (${(error as Error).message}). Mend it, or move it away.`)
  }
  const fault = configFault(value)
  if (fault !== undefined) throw new Error(`${path}: ${fault}. Mend it, or move it away.`)
  return value as Config
}

function configFault(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it should hold one object'
  const config = value as Record<string, unknown>
  for (const key of ['username', 'network', 'profile']) {
    if (config[key] !== undefined && typeof config[key] !== 'string') return `“${key}” should be a text`
  }
  for (const key of ['bootstrap', 'listen']) {
    const item = config[key]
    const isList = Array.isArray(item) && item.every((address) => typeof address === 'string')
    if (item !== undefined && !isList) return `“${key}” should be a list of addresses`
  }
  for (const key of ['supernode', 'metered', 'portMapping', 'relayOnly', 'relay']) {
    if (config[key] !== undefined && typeof config[key] !== 'boolean') return `“${key}” should be true or false`
  }
  const { relayMegabits } = config
  if (relayMegabits !== undefined && !(typeof relayMegabits === 'number' && relayMegabits > 0))
    return '“relayMegabits” should be a number above zero'
  return undefined
}

function networkName(text: string): string {
  if (/^[a-z0-9-]{1,32}$/.test(text)) return text
  throw new UsageError(`“${text}” cannot name a network: use 1 to 32 of a-z, 0-9 and -.`)
}

function profileName(text: string): Profile {
  if (text === 'local' || text === 'internet') return text
  throw new UsageError(`“${text}” is not a profile: use local or internet.`)
}

function megabits(text: string): number {
  const number = Number(text)
  if (number > 0 && Number.isFinite(number)) return number
  throw new UsageError(`--relay-megabits ${text}: give a number of Mb/s above zero.`)
}

function list(text: string | undefined): string[] | undefined {
  const items = text?.split(/[\s,]+/).filter((item) => item !== '')
  return items === undefined || items.length === 0 ? undefined : items
}
