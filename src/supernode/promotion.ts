/**
 * When a node becomes a supernode and when it stops being one. Pure: the caller brings the clock, the measurements
 * and a random number, and keeps the small state between decisions.
 *
 * A node that meets every bar tosses a coin that closes the gap between the supernodes wanted and seen; a better one
 * tosses a better coin. Hysteresis: demotion needs a bar missed for a while, or clearly more supernodes than wanted for
 * a while and a lost toss, except that a supernode nobody can reach goes at once.
 */

import type { ProfileName } from '../overlay/overlay.ts'

export interface PromotionThresholds {
  /** Dial-backs from this many different networks (peers, in a local network) make us reachable; see `witnessesNeeded`. */
  dialBacksMin: number
  upMsMin: number
  /** The same after sleep, or when our addresses have changed: whoever does that does it again. */
  unsettledMsMin: number
  /** A supernode that was gone for no longer than this need not prove its age again. */
  servedLatelyMs: number
  /** Two laptops on one Wi-Fi are a network too. */
  servesOnBattery: boolean
  /** Share of one core, 0 to 1. */
  cpuMax: number
  /** How long a supernode may miss the bar before it steps down. */
  belowBarMsMax: number
  /** Supernodes a network wants at least, and one for each so many users. */
  supernodesMin: number
  usersPerSupernode: number
  /** With so many times more supernodes than wanted for so long, some step down, but none that has just begun. */
  surplusFactor: number
  surplusMsMin: number
  roleMsMin: number
  /** Of the nodes that are not supernodes, the share that could be: spreads the coin toss over them. */
  eligibleShare: number
  /** Time between decisions; jittered, so that nodes started together do not decide together. */
  intervalMs: number
  emergencyIntervalMs: number
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export const PROMOTION: Record<ProfileName, PromotionThresholds> = {
  local: {
    dialBacksMin: 1,
    upMsMin: 2_500, // time to hear of the supernodes there are; the very first need not wait
    unsettledMsMin: 7_500,
    servedLatelyMs: 10 * MINUTE_MS,
    servesOnBattery: true,
    cpuMax: Infinity, // many nodes share one machine
    belowBarMsMax: 10_000,
    supernodesMin: 8,
    usersPerSupernode: 100,
    surplusFactor: 2,
    surplusMsMin: 10_000,
    roleMsMin: 20_000,
    eligibleShare: 1,
    intervalMs: 2_500,
    emergencyIntervalMs: 1_500, // others hear of a promotion within a second
  },
  internet: {
    dialBacksMin: 3,
    upMsMin: 20 * MINUTE_MS,
    unsettledMsMin: HOUR_MS,
    servedLatelyMs: 10 * MINUTE_MS,
    servesOnBattery: false,
    cpuMax: 0.5,
    belowBarMsMax: 10 * MINUTE_MS,
    supernodesMin: 8,
    usersPerSupernode: 100,
    surplusFactor: 2,
    surplusMsMin: 30 * MINUTE_MS,
    roleMsMin: 30 * MINUTE_MS,
    eligibleShare: 0.1, // publicly reachable, long-lived and willing: of the order of one in ten
    intervalMs: 5 * MINUTE_MS,
    emergencyIntervalMs: 30_000,
  },
}

export interface PromotionInputs {
  role: 'client' | 'supernode'
  isWilling: boolean
  isMetered: boolean
  isOnBattery: boolean
  /** Distinct networks that dialled us back lately. */
  dialBacks: number
  /** Since the start; when unsettled, since we woke or our addresses changed. */
  upMs: number
  isUnsettled: boolean
  /** Was a supernode shortly before this process began. */
  servedLately: boolean
  /** In the role it has now. */
  roleMs: number
  /** As a supernode, altogether. */
  servedMs: number
  cpu: number
  /** Estimates of the network: all nodes, and supernodes (with us, if we are one). */
  networkSize: number
  supernodes: number
}

/** What to remember from one decision to the next. */
export interface PromotionState {
  /** When the bar was first missed. */
  belowBarSinceMs?: number | undefined
  /** Since when there are clearly more supernodes than wanted. */
  surplusSinceMs?: number | undefined
}

export interface PromotionDecision extends PromotionState {
  role: 'client' | 'supernode'
  /** In words, for `status`. */
  reason: string
  nextInMs: number
}

/** One condition, for `status`. */
export interface Bar {
  isMet: boolean
  /** What was measured, and what is needed where that says more. */
  says: string
}

export const supernodesWanted = (networkSize: number, thresholds: PromotionThresholds): number =>
  Math.max(thresholds.supernodesMin, Math.ceil(networkSize / thresholds.usersPerSupernode))

export function decidePromotion(
  inputs: PromotionInputs,
  thresholds: PromotionThresholds,
  state: PromotionState,
  nowMs: number,
  random: number,
): PromotionDecision {
  const wanted = supernodesWanted(inputs.networkSize, thresholds)
  const isEmergency = inputs.supernodes < wanted / 2
  const nextInMs = isEmergency ? thresholds.emergencyIntervalMs : thresholds.intervalMs
  const missed = bars(inputs, thresholds).find(({ isMet }) => !isMet)?.says
  const hasAndWants = `the network has ${counted(inputs.supernodes, 'supernode')} and wants ${wanted}`

  if (inputs.role === 'supernode') {
    const stepDown = (reason: string): PromotionDecision => ({ role: 'client', reason, nextInMs })
    const surplusSinceMs = isSurplus(inputs, wanted, thresholds) ? (state.surplusSinceMs ?? nowMs) : undefined
    const goOn = (more: Partial<PromotionDecision>): PromotionDecision => ({
      role: 'supernode',
      reason: 'serving',
      surplusSinceMs,
      nextInMs,
      ...more,
    })
    if (missed !== undefined) {
      const belowBarSinceMs = state.belowBarSinceMs ?? nowMs
      const isAtOnce = !inputs.isWilling || inputs.dialBacks === 0
      if (isAtOnce || nowMs - belowBarSinceMs >= thresholds.belowBarMsMax) return stepDown(missed)
      return goOn({ reason: `serving, but ${missed}`, belowBarSinceMs })
    }
    if (surplusSinceMs === undefined || nowMs - surplusSinceMs < thresholds.surplusMsMin) return goOn({})
    if (inputs.roleMs < thresholds.roleMsMin) return goOn({})
    return random < stepDownShare(inputs, wanted, thresholds) ? stepDown(hasAndWants) : goOn({})
  }

  const stay = (reason: string): PromotionDecision => ({ role: 'client', reason, nextInMs })
  if (missed !== undefined) return stay(missed)
  const gap = wanted - inputs.supernodes
  if (gap <= 0) return stay(hasAndWants)
  const others = Math.max(1, (inputs.networkSize - inputs.supernodes) * thresholds.eligibleShare)
  const weight = weightOf(scoreOf(inputs, thresholds))
  // in an emergency even the worst of the fit toss as good a coin as the middling
  if (random >= ((isEmergency ? Math.max(1, weight) : weight) * gap) / others) return stay(WAITING)
  return { role: 'supernode', reason: hasAndWants, nextInMs }
}

const WAITING = 'eligible, waiting for its turn'

/**
 * How good a supernode this node would make, 0 to 1: reached from more networks than needed, long up, idle, and tried
 * before. Past service is what best foretells future service: of Skype's supernodes those with several sessions lived
 * forty times as long as the others (Bremler-Barr & Goldschmidt 2011).
 */
export function scoreOf(inputs: PromotionInputs, thresholds: PromotionThresholds): number {
  const needed = witnessesNeeded(inputs, thresholds)
  const reached = within(0, (inputs.dialBacks - needed) / Math.max(2, needed), 1)
  // each doubling counts the same, up to two days
  const up = within(0, Math.log2(Math.max(1, inputs.upMs / thresholds.upMsMin)) / Math.log2(UP_SCALE), 1)
  const idle = 1 - within(0, inputs.cpu / Math.min(1, thresholds.cpuMax), 1)
  const served = within(0, Math.log2(1 + inputs.servedMs / thresholds.roleMsMin) / Math.log2(1 + SERVED_SCALE), 1)
  return 0.2 * reached + 0.3 * up + 0.2 * idle + 0.3 * served
}

/** Of the time that must be spent up: two days on the internet. And of the least time in the role: a week. */
const UP_SCALE = 144
const SERVED_SCALE = 336

/** Half the chance for the worst, half as much again for the best. */
const weightOf = (score: number): number => 0.5 + score

const isSurplus = ({ supernodes }: PromotionInputs, wanted: number, { surplusFactor }: PromotionThresholds): boolean =>
  supernodes > surplusFactor * wanted

/** Half of the surplus goes in one round, the worse first; what is left is well above what is wanted. */
function stepDownShare(inputs: PromotionInputs, wanted: number, thresholds: PromotionThresholds): number {
  const surplus = inputs.supernodes - thresholds.surplusFactor * wanted
  return (0.5 * surplus * (2 - weightOf(scoreOf(inputs, thresholds)))) / inputs.supernodes
}

/** Everything a supernode must be, in the order of what counts most. */
export function bars(inputs: PromotionInputs, thresholds: PromotionThresholds): Bar[] {
  const witnesses = witnessesNeeded(inputs, thresholds)
  const reachable = `reachable from ${counted(inputs.dialBacks, 'network')}`
  const needed = inputs.isUnsettled ? thresholds.unsettledMsMin : thresholds.upMsMin
  const up = inputs.isUnsettled ? 'awake at these addresses' : 'up'
  const isOld = isOldEnough(inputs, thresholds)
  return [
    { isMet: inputs.isWilling, says: inputs.isWilling ? 'willing' : 'told not to be a supernode' },
    { isMet: !inputs.isMetered, says: inputs.isMetered ? 'on a metered connection' : 'not on a metered connection' },
    {
      isMet: !inputs.isOnBattery || thresholds.servesOnBattery || isAlone(inputs),
      says: inputs.isOnBattery ? 'on battery' : 'not on battery',
    },
    inputs.dialBacks < witnesses
      ? { isMet: false, says: `${reachable}, ${witnesses} needed` }
      : { isMet: true, says: reachable },
    inputs.cpu > thresholds.cpuMax
      ? { isMet: false, says: `busy: ${Math.round(inputs.cpu * 100)} % of a core` }
      : { isMet: true, says: `${Math.round(inputs.cpu * 100)} % of a core in use` },
    isOld
      ? { isMet: true, says: `${up} for ${seconds(inputs.upMs)} s` }
      : { isMet: false, says: `${up} for ${seconds(inputs.upMs)} s, ${seconds(needed)} s needed` },
  ]
}

/** Where there is no other supernode, a young one is better than none, and so is one on battery. */
const isAlone = ({ role, supernodes }: PromotionInputs): boolean => supernodes - (role === 'supernode' ? 1 : 0) <= 0

function isOldEnough(inputs: PromotionInputs, thresholds: PromotionThresholds): boolean {
  const { role, isUnsettled, servedLately, upMs, supernodes } = inputs
  if (isAlone(inputs)) return true
  if (upMs >= (isUnsettled ? thresholds.unsettledMsMin : thresholds.upMsMin)) return true
  // one that serves need not step down for its youth; one that slept or moved should, where others can do without it
  if (role === 'supernode') return !isUnsettled || supernodes <= supernodesWanted(inputs.networkSize, thresholds)
  return servedLately && !isUnsettled
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
const seconds = (ms: number): number => Math.round(ms / 1000)
const within = (min: number, value: number, max: number): number => Math.min(max, Math.max(min, value))
