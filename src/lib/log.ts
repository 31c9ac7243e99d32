/** Changes of state only, off by default (`NODE_DEBUG=tincan:*`), key=value, ids cut to 8 characters. */

import { debuglog } from 'node:util'

export type Log = (event: string, facts?: Record<string, string | number | boolean | undefined>) => void

export function makeLog(part: string): Log {
  const write = debuglog(`tincan:${part}`)
  return (event, facts = {}) => {
    if (!write.enabled) return
    const words = Object.entries(facts).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]))
    write('%s', [event, ...words].join(' '))
  }
}

/** The last 8 characters of an id: enough to follow a trace, too little to find a person. */
export const short = (id: string): string => id.slice(-8)
