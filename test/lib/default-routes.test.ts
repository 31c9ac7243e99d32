import { existsSync, readFileSync } from 'node:fs'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { defaultRoutes, readRoutes4, readRoutes6 } from '../../src/lib/default-routes.ts'

const routes = suite('default routes')

const TABLE_4 = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
wlan0\t00000000\tFE01A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
ppp0\t00000000\t00000000\t0001\t0\t0\t700\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
tun0\t00000000\t0100000A\t0003\t0\t0\t0\t00000080\t0\t0\t0
`

routes('of the IPv4 table, those that lead everywhere, with their gateways', () => {
  assert.equal(readRoutes4(TABLE_4), [
    { device: 'eth0', gateway: '192.0.2.1' },
    { device: 'wlan0', gateway: '192.168.1.254' },
    { device: 'ppp0', gateway: undefined },
  ])
})

const NONE = '0'.repeat(32)
const row6 = (to: string, prefix: string, hop: string, device: string) =>
  `${to} ${prefix} ${NONE} 00 ${hop} 00000400 00000002 00000000 00000003     ${device}`

routes('of the IPv6 table as well, but for the one that refuses', () => {
  const table = [
    row6('fd'.padEnd(32, '0'), '40', NONE, 'eth0'),
    row6(NONE, '00', 'fe800000000000000000000000000001', 'eth0'),
    row6(NONE, '00', NONE, 'lo'),
    row6(NONE, '00', NONE, 'tun0'),
  ].join('\n')
  assert.equal(readRoutes6(table), [
    { device: 'eth0', gateway: 'fe80:0:0:0:0:0:0:1' },
    { device: 'tun0', gateway: undefined },
  ])
})

routes('of anything else, none', () => {
  for (const text of ['', '\n\n', 'eth0', 'eth0\t00000000\tnonsense\t0003\t0\t0\t0\t00000000', TABLE_4.slice(0, 90)]) {
    assert.equal(readRoutes4(text), [])
    assert.equal(readRoutes6(text), [])
  }
})

routes('those of this machine are the ones its kernel tells', () => {
  const textOf = (path: string) => (existsSync(path) ? readFileSync(path, 'latin1') : '')
  assert.equal(defaultRoutes(), [
    ...readRoutes4(textOf('/proc/net/route')),
    ...readRoutes6(textOf('/proc/net/ipv6_route')),
  ])
})

routes.run()
