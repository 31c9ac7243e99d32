/** Does this machine run on battery? Linux says so in sysfs (Documentation/ABI/testing/sysfs-class-power); elsewhere we do not know. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const POWER_SUPPLIES = '/sys/class/power_supply'
const SUPPLIES_MAX = 32
const ATTRIBUTES = ['type', 'scope', 'status', 'online'] as const

/** What a power supply says of itself; what it leaves out is missing. */
export type PowerSupply = Partial<Record<(typeof ATTRIBUTES)[number], string>>

/**
 * On battery: something that feeds the machine is being emptied, and no charger is plugged in. Undefined when there is
 * neither battery nor charger to tell by. The battery of a mouse feeds no machine.
 */
export function isRunningDown(supplies: PowerSupply[]): boolean | undefined {
  const system = supplies.filter(({ scope }) => scope !== 'Device')
  const batteries = system.filter(({ type }) => type === 'Battery' || type === 'UPS')
  const chargers = system.filter(({ type, online }) => type !== 'Battery' && type !== 'UPS' && online !== undefined)
  if (batteries.length + chargers.length === 0) return undefined
  if (chargers.some(({ online }) => Number(online) > 0)) return false
  return batteries.some(({ status }) => status === 'Discharging')
}

/** Undefined when it cannot be told. Never throws. */
export function isOnBattery(directory = POWER_SUPPLIES): boolean | undefined {
  try {
    const supplies = readdirSync(directory).slice(0, SUPPLIES_MAX)
    return isRunningDown(supplies.map((supply) => readSupply(join(directory, supply))))
  } catch {
    return undefined
  }
}

function readSupply(directory: string): PowerSupply {
  const supply: PowerSupply = {}
  for (const attribute of ATTRIBUTES) {
    try {
      supply[attribute] = readFileSync(join(directory, attribute), 'utf8').trim()
    } catch {
      // not every supply has every attribute, and a driver may fail to read one
    }
  }
  return supply
}
