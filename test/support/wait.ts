/** Waiting for a condition instead of for a time: generous, so that a slow machine fails no test. */

const POLL_MS = 25

export async function until(what: string, isTrue: () => boolean | Promise<boolean>, maxMs = 30_000): Promise<void> {
  const giveUpMs = performance.now() + maxMs
  while (!(await isTrue())) {
    if (performance.now() > giveUpMs) throw new Error(`waited ${maxMs / 1000} s in vain: ${what}`)
    await new Promise((done) => setTimeout(done, POLL_MS))
  }
}

/** The code of the TincanError that `act` rejects with; `none` when it does not. */
export async function codeOf(act: Promise<unknown>): Promise<string> {
  try {
    await act
    return 'none'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}
