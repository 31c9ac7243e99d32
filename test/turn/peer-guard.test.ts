/** Whom a relay may be made to send to. */

import { networkInterfaces } from 'node:os'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { type Address, isSameAddress } from '../../src/lib/ip.ts'
import { internetPeers, localPeers, PeerGuard } from '../../src/turn/peer-guard.ts'

const guards = suite('peer guard')

const PUBLIC = '93.184.216.1'
const RELAY: Address = { host: PUBLIC, port: 50_000 }
const STUN_PORT = 3478
const NEAR = [
  '127.0.0.1',
  '127.9.9.9',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.0.1',
  '100.64.0.1',
  '169.254.169.254',
  '::1',
  'fe80::1',
  'fd00::1',
]
const NOWHERE = [
  '0.0.0.0',
  '255.255.255.255',
  '224.0.0.1',
  '::',
  'ff02::1',
  '::ffff:10.0.0.1',
  '::ffff:7f00:1',
  '64:ff9b::a00:1',
]
const FAR = ['8.8.8.8', '2606:4700:4700::1111']

const guard = (isPeerAllowed: (host: string) => boolean, isOwnHostAllowed: boolean, ipv4 = PUBLIC): PeerGuard =>
  new PeerGuard({
    publicHosts: { ipv4 },
    isPeerAllowed,
    isOwnHostAllowed,
    ownPorts: () => [STUN_PORT],
    isOwnRelay: (address) => isSameAddress(address, RELAY),
  })

guards('on the internet only the open internet is reached, and our own relays', () => {
  const internet = guard(internetPeers, false)
  for (const host of [...NEAR, ...NOWHERE]) {
    assert.not.ok(internet.isHostAllowed(host), host)
    assert.not.ok(internet.isAllowed({ host, port: 4001 }), host)
  }
  for (const host of FAR) {
    assert.ok(internet.isHostAllowed(host), host)
    assert.ok(internet.isAllowed({ host, port: STUN_PORT }), host)
    for (const port of [0, 53, 1023]) assert.not.ok(internet.isAllowed({ host, port }), host)
  }
  assert.ok(internet.isHostAllowed(PUBLIC))
  assert.ok(internet.isAllowed(RELAY))
  assert.not.ok(internet.isAllowed({ host: PUBLIC, port: STUN_PORT }))
  assert.not.ok(internet.isAllowed({ host: PUBLIC, port: 22 }))
})

guards('no neighbour with IPv6 is reached, where only a firewall keeps strangers out', () => {
  const internet = new PeerGuard({
    publicHosts: { ipv6: '2606:4700:1:2::1' },
    isPeerAllowed: internetPeers,
    isOwnHostAllowed: false,
    ownPorts: () => [],
    isOwnRelay: (address) => isSameAddress(address, { host: '2606:4700:1:2::1', port: 50_000 }),
  })
  assert.not.ok(internet.isHostAllowed('2606:4700:1:2::9'))
  assert.not.ok(internet.isAllowed({ host: '2606:4700:1:2::9', port: 4001 }))
  assert.ok(internet.isAllowed({ host: '2606:4700:1:3::9', port: 4001 }))
  assert.ok(internet.isAllowed({ host: '2606:4700:1:2::1', port: 50_000 }), 'our own relay')
})

guards('no address of our own machine is reached on the internet, whatever the policy says of it', () => {
  const here = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const open = guard(() => true, false)
  for (const { address } of here) assert.not.ok(open.isAllowed({ host: address, port: 4001 }), address)
})

guards('on one machine everything is but what is nowhere, and our own ports', () => {
  const local = guard(localPeers, true, '127.0.0.1')
  for (const host of NOWHERE.filter((each) => each !== '64:ff9b::a00:1'))
    assert.not.ok(local.isAllowed({ host, port: 4001 }), host)
  for (const host of ['127.0.0.1', '10.1.2.3', '192.168.0.1', '::1']) {
    assert.ok(local.isHostAllowed(host), host)
    assert.ok(local.isAllowed({ host, port: 4001 }), host)
  }
  assert.not.ok(local.isAllowed({ host: '127.0.0.1', port: STUN_PORT }))
  assert.not.ok(local.isAllowed({ host: '::1', port: STUN_PORT }))
})

guards.run()
