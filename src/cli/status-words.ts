/** What `tincan status` says of a node as a supernode: why it is one or not, and what it carries. */

import type { NodeStatus } from '../index.ts'

type Facts = Pick<
  NodeStatus,
  | 'role'
  | 'reason'
  | 'score'
  | 'bars'
  | 'networkSize'
  | 'supernodes'
  | 'supernodesWanted'
  | 'namesHeld'
  | 'leasesHeld'
  | 'attached'
  | 'links'
  | 'work'
>

/** Label and text; a text of several lines has one for each fact. */
export function supernodeRows(now: Facts): [string, string[]][] {
  const { role, reason, score, networkSize, supernodes, supernodesWanted } = now
  return [
    ['role', [reason === '' ? role : `${role} (${reason})`]],
    [
      'fitness',
      [`score ${score.toFixed(2)} of 1`, ...now.bars.map(({ isMet, says }) => `${isMet ? '+' : '-'} ${says}`)],
    ],
    ['network', [`about ${networkSize} nodes; ${supernodes} supernodes seen, ${supernodesWanted} wanted`]],
    [
      'serves',
      [
        [
          counted(now.namesHeld, 'name'),
          counted(now.leasesHeld, 'lease'),
          counted(now.attached, 'client'),
          counted(now.links, 'link'),
        ].join(', '),
      ],
    ],
    ['asked', workLines(now.work)],
  ]
}

/** Roles of which nothing was asked are left out. */
function workLines(work: NodeStatus['work']): string[] {
  const lines = Object.entries(work).flatMap(([role, { perSecond, served, refused }]) => {
    if (served + refused === 0) return []
    return [`${role}: ${perSecond.toFixed(1)}/s, ${served} served${refused === 0 ? '' : `, ${refused} refused`}`]
  })
  return lines.length === 0 ? ['nothing yet'] : lines
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
