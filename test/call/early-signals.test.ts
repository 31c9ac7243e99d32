import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import {
  EARLY_AGE_MS,
  EARLY_CALLS_MAX,
  EARLY_CALLS_PER_DEVICE_MAX,
  EARLY_SIGNALS_MAX,
  EarlySignals,
} from '../../src/call/early-signals.ts'
import type { SignalBody } from '../../src/call/signal.ts'

const early = suite('early signals')

const candidate = (text: string): SignalBody => ({ type: 'candidates', candidates: [text] })

early('what came before the invite is played back in its order, once', () => {
  const signals = new EarlySignals()
  signals.keep('x', 'a1', candidate('1'), 0)
  signals.keep('x', 'a1', { type: 'cancel', reason: 'gave-up' }, 0)
  assert.equal(signals.take('x', 'a1', 1), [candidate('1'), { type: 'cancel', reason: 'gave-up' }])
  assert.equal(signals.take('x', 'a1', 1), [])
})

early('another device does not speak for the call', () => {
  const signals = new EarlySignals()
  signals.keep('x', 'a1', candidate('1'), 0)
  signals.keep('x', 'c1', candidate('2'), 0)
  assert.equal(signals.take('x', 'a1', 0), [candidate('1')])
  signals.keep('y', 'c1', candidate('2'), 0)
  assert.equal(signals.take('y', 'a1', 0), [])
})

early('they are kept for 15 s and not a moment longer', () => {
  const signals = new EarlySignals()
  signals.keep('x', 'a1', candidate('1'), 0)
  assert.is(signals.take('x', 'a1', EARLY_AGE_MS).length, 1)
  signals.keep('x', 'a1', candidate('1'), 0)
  assert.equal(signals.take('x', 'a1', EARLY_AGE_MS + 1), [])
})

early('nothing large is kept', () => {
  const signals = new EarlySignals()
  signals.keep('x', 'a1', { type: 'ringing', answer: 'v=0' }, 0)
  signals.keep('x', 'a1', { type: 'accept', answer: 'v=0' }, 0)
  assert.is(signals.size, 0)
})

early('one device has room for a few calls, all together for some, each for so many signals', () => {
  const signals = new EarlySignals()
  for (let i = 0; i < 20; i++) signals.keep(`mallory-${i}`, 'mallory', candidate('1'), 0)
  assert.is(signals.size, EARLY_CALLS_PER_DEVICE_MAX)
  assert.is(signals.take('mallory-19', 'mallory', 0).length, 1, 'the newest are kept')
  for (let i = 0; i < 100; i++) signals.keep(`call-${i}`, `device-${i}`, candidate('1'), 0)
  assert.is(signals.size, EARLY_CALLS_MAX)
  for (let i = 0; i < 100; i++) signals.keep('call-99', 'device-99', candidate('1'), 0)
  assert.is(signals.take('call-99', 'device-99', 0).length, EARLY_SIGNALS_MAX)
})

early('however many candidates come before it, the goodbye is kept', () => {
  const signals = new EarlySignals()
  for (let i = 0; i < 100; i++) signals.keep('x', 'a1', candidate(`${i}`), 0)
  signals.keep('x', 'a1', { type: 'cancel', reason: 'gave-up' }, 0)
  const kept = signals.take('x', 'a1', 0)
  assert.is(kept.length, EARLY_SIGNALS_MAX)
  assert.equal(kept.at(-1), { type: 'cancel', reason: 'gave-up' })
})

early.run()
