import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { isOnBattery, isRunningDown, type PowerSupply } from '../../src/lib/power.ts'

const power = suite('power')

const mains = (online: string): PowerSupply => ({ type: 'Mains', online })
const battery = (status: string, more: PowerSupply = {}): PowerSupply => ({ type: 'Battery', status, ...more })

const table: [what: string, supplies: PowerSupply[], isOnBattery: boolean | undefined][] = [
  ['a machine without any supply', [], undefined],
  ['a laptop that is unplugged', [mains('0'), battery('Discharging')], true],
  ['a laptop that charges', [mains('1'), battery('Charging')], false],
  ['a laptop whose battery is full', [mains('1'), battery('Full')], false],
  ['a laptop that takes more than its charger gives', [{ type: 'USB', online: '1' }, battery('Discharging')], false],
  [
    'a laptop that charges by USB with other ports empty',
    [{ type: 'USB', online: '0' }, { type: 'USB', online: '1' }, battery('Charging')],
    false,
  ],
  ['a tablet that has only a battery', [battery('Discharging')], true],
  ['a desktop with a wireless mouse', [mains('1'), battery('Discharging', { scope: 'Device' })], false],
  ['a desktop of which only the mouse is known', [battery('Discharging', { scope: 'Device' })], undefined],
  ['a server on its UPS when the mains have failed', [{ type: 'UPS', status: 'Discharging' }], true],
  ['a server whose UPS is charged', [{ type: 'UPS', status: 'Full' }], false],
  ['two batteries, one of which is used', [mains('0'), battery('Unknown'), battery('Discharging')], true],
  ['a battery that does not know', [battery('Unknown')], false],
  ['nonsense', [{ type: 'Teapot' }, {}], undefined],
]
for (const [what, supplies, expected] of table)
  power(`${what}: ${expected ?? 'unknown'}`, () => assert.is(isRunningDown(supplies), expected))

power('it is read from files, of which some may be missing', () => {
  const directory = mkdtempSync(join(tmpdir(), 'power-'))
  try {
    assert.is(isOnBattery(directory), undefined)
    for (const [name, attributes] of Object.entries({ AC: mains('0'), BAT0: battery('Discharging') })) {
      mkdirSync(join(directory, name))
      for (const [attribute, value] of Object.entries(attributes))
        writeFileSync(join(directory, name, attribute), `${value}\n`)
    }
    assert.is(isOnBattery(directory), true)
    assert.is(isOnBattery(join(directory, 'missing')), undefined)
  } finally {
    rmSync(directory, { recursive: true })
  }
})

power.run()
