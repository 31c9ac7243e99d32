import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { groupsOf, matchesCode, safetyNumber } from '../../src/contacts/safety-number.ts'
import { holds } from '../support/property.ts'

const numbers = suite('safety numbers')

const key = (byte: number) => new Uint8Array(32).fill(byte)
const keys = fc.uint8Array({ minLength: 32, maxLength: 32 })

numbers('golden: the same two keys have this number for ever', () => {
  const { digits, words } = safetyNumber(key(1), key(2))
  assert.is(digits, '143886041563484731211871641370941428579569714881397734251149')
  assert.is(words.join(' '), 'river need album narrow margin city rival hole bridge still dove embody')
})

numbers('both sides see the same, whoever comes first, and another key makes another number', () => {
  holds(
    fc.property(keys, keys, fc.nat(31), fc.integer({ min: 1, max: 255 }), (a, b, at, flip) => {
      const number = safetyNumber(a, b)
      assert.equal(number, safetyNumber(b, a))
      assert.match(number.digits, /^\d{60}$/)
      assert.is(number.words.length, 12)
      const other = Uint8Array.from(b)
      other[at] = (other[at] as number) ^ flip
      const changed = safetyNumber(a, other)
      assert.is.not(number.digits, changed.digits)
      assert.is.not(number.words.join(), changed.words.join())
    }),
  )
})

numbers('each account has its half, the smaller one first', () => {
  const half = (n: number) => safetyNumber(key(n), key(n)).digits.slice(0, 30)
  assert.is(safetyNumber(key(1), key(2)).digits, [half(1), half(2)].sort().join(''))
})

numbers('what somebody reads out is compared however it is spaced, and nothing else will do', () => {
  const number = safetyNumber(key(1), key(2))
  const { digits, words } = number
  const [first, ...others] = words as [string, ...string[]]
  const table: [code: string, matches: boolean][] = [
    [digits, true],
    [groupsOf(number).join(' '), true],
    [` ${groupsOf(number).join('-')}\n`, true],
    [words.join(' '), true],
    [words.join(', ').toUpperCase(), true],
    [digits.slice(0, 59), false],
    [`${digits}0`, false],
    [(digits[0] === '0' ? '1' : '0') + digits.slice(1), false],
    [others.join(' '), false],
    [[...others, first].join(' '), others.every((word) => word === first)],
    ['', false],
    [' ', false],
  ]
  for (const [code, matches] of table) assert.is(matchesCode(number, code), matches, code)
})

numbers('groups are twelve of five', () => {
  const groups = groupsOf(safetyNumber(key(1), key(2)))
  assert.is(groups.length, 12)
  for (const group of groups) assert.match(group, /^\d{5}$/)
})

numbers('any text may be compared', () => {
  const number = safetyNumber(key(1), key(2))
  holds(fc.property(fc.string({ unit: 'binary' }), (code) => assert.not(matchesCode(number, code))))
})

numbers.run()
