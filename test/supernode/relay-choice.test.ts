/** Which relays a call takes, and what the two ends tell each other of them. */

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { chooseRelays, HINTS_MAX, type KnownRelay } from '../../src/supernode/relay-choice.ts'
import { decodeHints, encodeHints, HINTS_BYTES_MAX } from '../../src/supernode/relay-hints.ts'
import { holds } from '../support/property.ts'

const relays = suite('relay choice')

const relay = (nth: number, rttMs: number, network = `45.${nth}`): KnownRelay => ({
  peerId: peerIdOf(new Uint8Array(32).fill(nth)),
  addresses: [`/ip4/${network}.0.1/tcp/4001`],
  rttMs,
})
const peerIds = (list: { peerId: string }[]) => list.map(({ peerId }) => peerId)

relays('with nothing known of the peer the nearest comes first', () => {
  const [far, near, between] = [relay(1, 80), relay(2, 10), relay(3, 30)]
  assert.equal(peerIds(chooseRelays([far, near, between], [])), peerIds([near, between, far]))
  assert.equal(chooseRelays([], []), [])
})

relays('the sum of both legs decides, not our own alone', () => {
  const [ours, shared, theirs] = [relay(1, 10), relay(2, 40), relay(3, 20)]
  const chosen = chooseRelays([ours, shared], [{ ...shared, rttMs: 30 }, theirs])
  assert.is(chosen[0]?.peerId, shared.peerId)
})

relays('the standby is in another network where there is one', () => {
  const [first, same, elsewhere] = [relay(1, 10, '45.9'), relay(2, 11, '45.9'), relay(3, 90, '52.1')]
  assert.equal(peerIds(chooseRelays([first, same, elsewhere], [])), peerIds([first, elsewhere, same]))
  assert.equal(peerIds(chooseRelays([first, same], [])), peerIds([first, same]))
})

relays('hints survive the way, at most eight of them in two kilobytes', () => {
  const list = Array.from({ length: 12 }, (_, nth) => relay(nth + 1, nth * 10))
  const bytes = encodeHints(list)
  assert.ok(bytes.length <= HINTS_BYTES_MAX)
  assert.equal(decodeHints(bytes), list.slice(0, HINTS_MAX))
})

relays('whatever a stranger sends as hints is read or ignored', () => {
  holds(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
      for (const { rttMs, addresses } of decodeHints(bytes)) assert.ok(rttMs <= 10_000 && addresses.length <= 2)
    }),
  )
  const real = encodeHints([relay(1, 10), relay(2, 20)])
  holds(
    fc.property(fc.nat(real.length - 1), fc.nat(255), (at, value) => {
      const bytes = Uint8Array.from(real)
      bytes[at] = value
      decodeHints(bytes)
    }),
  )
})

relays.run()
