/**
 * When a node becomes a supernode and when it stops being one. Pure: the caller brings the clock, the measurements
 * and a random number, and keeps the small state between decisions.
 *
 * Hysteresis: promotion needs every condition at once and a won coin toss; demotion needs the bar missed for a while,
 * except that a supernode nobody can reach goes at once.
 */

import type { ProfileName } from '../overlay/overlay.ts'

export interface PromotionThresholds {
  /** Dial-backs from this many different networks (peers, in a local network) make us reachable; see `witnessesNeeded`. */
  dialBacksMin: number
  upMsMin: number
  /** Share of one core, 0 to 1. */
  cpuMax: number
  /** How long a supernode may miss the bar before it steps down. */
  belowBarMsMax: number
  /** Supernodes a network wants at least, and one for each so many users. */
  supernodesMin: number
  usersPerSupernode: number
  /** Of the nodes that are not supernodes, the share that could be: spreads the coin toss over them. */
  eligibleShare: number
  /** Time between decisions; jittered, so that nodes started together do not decide together. */
  intervalMs: number
  emergencyIntervalMs: number
}

export const PROMOTION: Record<ProfileName, PromotionThresholds> = {
  local: {
    dialBacksMin: 1,
    upMsMin: 2_500, // time to hear of the supernodes there are; the very first need not wait
    cpuMax: Infinity, // many nodes share one machine
    belowBarMsMax: 10_000,
    supernodesMin: 8,
    usersPerSupernode: 100,
    eligibleShare: 1,
    intervalMs: 2_500,
    emergencyIntervalMs: 1_500, // others hear of a promotion within a second
  },
  internet: {
    dialBacksMin: 3,
    upMsMin: 20 * 60_000,
    cpuMax: 0.5,
    belowBarMsMax: 10 * 60_000,
    supernodesMin: 8,
    usersPerSupernode: 100,
    eligibleShare: 0.1, // publicly reachable, long-lived and willing: of the order of one in ten
    intervalMs: 5 * 60_000,
    emergencyIntervalMs: 30_000,
  },
}

export interface PromotionInputs {
  role: 'client' | 'supernode'
  isWilling: boolean
  /** Distinct networks that dialled us back lately. */
  dialBacks: number
  upMs: number
  cpu: number
  /** Estimates of the network: all nodes, and supernodes (with us, if we are one). */
  networkSize: number
  supernodes: number
}

export interface PromotionDecision {
  role: 'client' | 'supernode'
  /** In words, for `status`. */
  reason: string
  /** When the bar was first missed; hand it back with the next decision. */
  belowBarSinceMs: number | undefined
  nextInMs: number
}

export function decidePromotion(
  inputs: PromotionInputs,
  thresholds: PromotionThresholds,
  belowBarSinceMs: number | undefined,
  nowMs: number,
  random: number,
): PromotionDecision {
  const wanted = Math.max(thresholds.supernodesMin, Math.ceil(inputs.networkSize / thresholds.usersPerSupernode))
  const isEmergency = inputs.supernodes < wanted / 2
  const nextInMs = isEmergency ? thresholds.emergencyIntervalMs : thresholds.intervalMs
  const missed = missedBar(inputs, thresholds)

  if (inputs.role === 'supernode') {
    if (missed === undefined) return { role: 'supernode', reason: 'serving', belowBarSinceMs: undefined, nextInMs }
    const sinceMs = belowBarSinceMs ?? nowMs
    const isAtOnce = !inputs.isWilling || inputs.dialBacks === 0
    if (isAtOnce || nowMs - sinceMs >= thresholds.belowBarMsMax)
      return { role: 'client', reason: missed, belowBarSinceMs: undefined, nextInMs }
    return { role: 'supernode', reason: `serving, but ${missed}`, belowBarSinceMs: sinceMs, nextInMs }
  }

  const stay = (reason: string): PromotionDecision => ({ role: 'client', reason, belowBarSinceMs: undefined, nextInMs })
  if (missed !== undefined) return stay(missed)
  const gap = wanted - inputs.supernodes
  if (gap <= 0) return stay(`the network has ${counted(inputs.supernodes, 'supernode')} and wants ${wanted}`)
  const others = Math.max(1, (inputs.networkSize - inputs.supernodes) * thresholds.eligibleShare)
  if (random >= gap / others) return stay('eligible, waiting for its turn')
  return {
    role: 'supernode',
    reason: `the network has ${counted(inputs.supernodes, 'supernode')} and wants ${wanted}`,
    belowBarSinceMs: undefined,
    nextInMs,
  }
}

function missedBar(inputs: PromotionInputs, thresholds: PromotionThresholds): string | undefined {
  if (!inputs.isWilling) return 'told not to be a supernode'
  const witnesses = witnessesNeeded(inputs, thresholds)
  if (inputs.dialBacks < witnesses) return `reachable from ${counted(inputs.dialBacks, 'network')}, ${witnesses} needed`
  if (inputs.cpu > thresholds.cpuMax) return `busy: ${Math.round(inputs.cpu * 100)} % of a core`
  // where there is no supernode at all, a young one is better than none, and it need not step down for its youth
  const isYoung = inputs.role === 'client' && inputs.upMs < thresholds.upMsMin
  if (isYoung && inputs.supernodes > 0)
    return `up for ${Math.round(inputs.upMs / 1000)} s, ${thresholds.upMsMin / 1000} s needed`
  return undefined
}

/**
 * A client meets hardly anybody but supernodes: where there are fewer of them than dial-backs are wanted, each of them
 * is enough. Without that a network with one supernode would never get a second.
 */
function witnessesNeeded({ role, supernodes }: PromotionInputs, { dialBacksMin }: PromotionThresholds): number {
  const others = role === 'supernode' ? supernodes - 1 : supernodes
  return Math.min(dialBacksMin, Math.max(1, others))
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
