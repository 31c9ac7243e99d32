/** The other end of a session without a session: an ICE agent and keys, to send whatever a hostile peer would. */

import { createIceAgent } from '../../../src/ice/agent.ts'
import { readCandidate, writeCandidate } from '../../../src/ice/candidate.ts'
import type { MediaSession } from '../../../src/media/session.ts'
import { readDescription, writeDescription } from '../../../src/media/werift/description.ts'
import type { KeyDescription } from '../../../src/media/werift/description.ts'
import type { KeyingEvents, MediaKeying } from '../../../src/media/werift/keying.ts'
import type { SecureMedia } from '../../../src/media/werift/srtp.ts'

export const PEER_SSRC = 7

export interface Peer {
  /** Exchanges descriptions and candidates. */
  meet: (session: MediaSession) => Promise<void>
  /** Once both ends have keys. */
  media: () => SecureMedia | undefined
  hasPath: () => boolean
  /** The source of what the session sends. */
  sessionSsrc: () => number
  send: (data: Uint8Array) => void
  stop: () => Promise<void>
}

export function openPeer(role: 'offerer' | 'answerer', makeKeying: (events: KeyingEvents) => MediaKeying): Peer {
  const agent = createIceAgent({
    role: role === 'offerer' ? 'controlling' : 'controlled',
    hostAddresses: ['127.0.0.1'],
  })
  let media: SecureMedia | undefined
  let sessionSsrc = 0
  const keying = makeKeying({
    keyed: (made) => (media = made),
    failed: () => {},
    send: (data) => agent.send(data),
  })
  agent.on('path', (path) => {
    if (path !== undefined) keying.pathStands()
  })
  agent.on('data', (data) => {
    if (data[0]! >= 20 && data[0]! <= 63) keying.take(data)
  })
  const write = (own: KeyDescription) =>
    writeDescription({
      mid: '0',
      ...agent.credentials,
      keying: own,
      payloadType: 111,
      ssrc: PEER_SSRC,
      candidates: [],
    })
  const begin = (offer: string, answer: string, own: KeyDescription) => {
    const theirs = readDescription(role === 'offerer' ? answer : offer)!
    sessionSsrc = theirs.ssrc!
    keying.begin({ role, offer, answer, own, peer: theirs.keying })
    agent.setRemote({ ufrag: theirs.ufrag, password: theirs.password })
  }
  return {
    async meet(session) {
      session.on('candidate', (text) => agent.addCandidate(readCandidate(text)!))
      agent.on('candidate', (candidate) => session.addCandidate(writeCandidate(candidate)))
      if (role === 'offerer') {
        const own = await keying.describe()
        const offer = write(own)
        begin(offer, await session.createAnswer(offer), own)
      } else {
        const offer = await session.createOffer()
        const own = await keying.describe(readDescription(offer)!.keying)
        const answer = write(own)
        await session.setAnswer(answer)
        begin(offer, answer, own)
      }
      agent.gather()
    },
    media: () => media,
    hasPath: () => agent.path !== undefined,
    sessionSsrc: () => sessionSsrc,
    send: (data) => agent.send(data),
    async stop() {
      keying.stop()
      await agent.stop()
    },
  }
}
