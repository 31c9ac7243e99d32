/** Why libp2p could not listen, in our words. */

import { TincanError } from '../errors.ts'

export function listenError(error: unknown, listen: string[]): TincanError {
  const text = errorChain(error)
  if (text.includes('EADDRINUSE'))
    return new TincanError(
      'PORT_IN_USE',
      `A port of ${listen.join(', ')} is in use. Stop the other program or choose another with --listen.`,
      { cause: error },
    )
  return new TincanError('BAD_ADDRESS', `Cannot listen on ${listen.join(', ')}: ${(error as Error).message}`, {
    cause: error,
  })
}

/** libp2p wraps the system's error in one of its own, sometimes in a list. */
function errorChain(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const inner = error instanceof AggregateError ? error.errors : [error.cause]
  return [error.message, (error as NodeJS.ErrnoException).code ?? '', ...inner.map(errorChain)].join(' ')
}
