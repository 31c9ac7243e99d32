import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { type Admission, type KnownCall, admit } from '../../src/call/admission.ts'

const admission = suite('admission of invites')

const withBob: KnownCall = { callId: 'x', accountKey: 'bob', isUnanswered: false }
const toBob: KnownCall = { callId: 'x', accountKey: 'bob', isUnanswered: true }

const cases: [string, string, KnownCall[], number, Admission][] = [
  ['an idle node rings', 'bob', [], 1, { type: 'ring' }],
  ['a node in a call is busy', 'carol', [withBob], 1, { type: 'busy' }],
  ['also for the person it talks to', 'bob', [withBob], 1, { type: 'busy' }],
  ['and while it dials somebody else', 'carol', [toBob], 1, { type: 'busy' }],
  ['an invite from the person we are dialling meets our own', 'bob', [toBob], 1, { type: 'meet', callId: 'x' }],
  ['with room for more, others ring', 'carol', [withBob], 2, { type: 'ring' }],
]

for (const [name, accountKey, calls, callsMax, expected] of cases) {
  admission(name, () => assert.equal(admit(accountKey, calls, callsMax), expected))
}

admission.run()
