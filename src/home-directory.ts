/** Where a node keeps what it must not lose: keys, the peer cache and its settings. */

import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** TINCAN_HOME if set, else `tincan` in the XDG data directory (XDG Base Directory Specification 0.8). */
export function defaultHome(env: NodeJS.ProcessEnv = process.env): string {
  if (env.TINCAN_HOME) return resolve(env.TINCAN_HOME)
  // the specification has relative paths ignored
  const data = env.XDG_DATA_HOME?.startsWith('/') ? env.XDG_DATA_HOME : join(homedir(), '.local', 'share')
  return join(data, 'tincan')
}
