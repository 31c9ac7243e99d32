/** What a device is called: 1 to 32 characters that a terminal can show, the same for typing as for reading. Pure. */

import { TincanError } from '../errors.ts'

const LABEL_CHARACTERS_MAX = 32
/** Letters, digits, punctuation, symbols and single spaces between them; nothing that moves the cursor or hides. */
const LABEL = /^(?! )(?!.* {2})[\p{L}\p{M}\p{N}\p{P}\p{S} ]+(?<! )$/u

export const isLabel = (text: string): boolean => Array.from(text).length <= LABEL_CHARACTERS_MAX && LABEL.test(text)

/** Checks a label and returns it. Throws TincanError BAD_DEVICE. */
export function parseLabel(text: string): string {
  if (isLabel(text)) return text
  throw new TincanError(
    'BAD_DEVICE',
    `A device cannot be called “${text.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '?').slice(0, 64)}”: use 1 to ${LABEL_CHARACTERS_MAX} letters, digits and signs.`,
  )
}

/** The nearest label to any text, for names that the machine has already; `device` when nothing of it will do. */
export function labelFrom(text: string): string {
  const plain = text.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S}]+/gu, ' ').trim()
  return Array.from(plain).slice(0, LABEL_CHARACTERS_MAX).join('').trim() || 'device'
}
