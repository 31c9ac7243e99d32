/**
 * Remote procedure calls over one persistent stream: pipelined by id, every call with a deadline, every size and
 * count bounded. Knows nothing of libp2p: a stream here is something that carries frames whole and in order.
 * Wire format: rpc.proto.
 */

import { TincanError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import { Frame } from './rpc.pb.js'

export const FRAME_BYTES_MAX = 64 * 1024
/** What one peer may have unanswered at a time; more is refused, so that a flood costs the flooder. */
const INBOUND_PENDING_MAX = 256
const OUTBOUND_PENDING_MAX = INBOUND_PENDING_MAX
const OVERLOAD_RETRY_MS = 1000

export interface FrameStream {
  send(frame: Uint8Array): void
  /** `dropped` is told of bytes that are no frames; the stream is given up. */
  onFrame(take: (frame: Uint8Array) => void, dropped?: () => void): void
  onClose(act: () => void): void
  abort(reason: string): void
}

/** Why a call came to nothing: the peer is gone or silent, or it said so itself. */
export class RpcError extends Error {
  override name = 'RpcError'
  readonly kind: 'unreachable' | 'deadline' | 'refused' | 'failed'
  readonly retryAfterMs: number

  constructor(kind: RpcError['kind'], message: string, retryAfterMs = 0) {
    super(message)
    this.kind = kind
    this.retryAfterMs = retryAfterMs
  }
}

/** Throw this from a handler to refuse new work without failing. */
export class Refusal extends Error {
  readonly retryAfterMs: number

  constructor(retryAfterMs: number) {
    super('refused')
    this.retryAfterMs = retryAfterMs
  }
}

/** Answers one request; returning undefined says that the body was no message of this role. */
export type Handler = (from: string, body: Uint8Array) => Promise<Uint8Array | undefined> | Uint8Array | undefined

interface Pending {
  resolve(body: Uint8Array): void
  reject(error: Error): void
}

/** The asking end of a stream. */
export class RpcCaller {
  readonly #stream: FrameStream
  readonly #clock: Clock
  readonly #pending = new Map<number, Pending>()
  #lastId = 0
  #closed = false

  constructor(stream: FrameStream, clock: Clock) {
    this.#stream = stream
    this.#clock = clock
    stream.onFrame((bytes) => this.#receive(bytes))
    stream.onClose(() => this.#close())
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Rejects RpcError, or TincanError ABORTED when `signal` fires. */
  call(
    body: Uint8Array,
    { deadlineMs, signal }: { deadlineMs: number; signal?: AbortSignal | undefined },
  ): Promise<Uint8Array> {
    if (this.#closed) return Promise.reject(new RpcError('unreachable', 'the stream is closed'))
    if (signal?.aborted) return Promise.reject(new TincanError('ABORTED', 'Aborted.'))
    if (this.#pending.size >= OUTBOUND_PENDING_MAX)
      return Promise.reject(new RpcError('refused', 'too many calls under way'))
    this.#lastId = (this.#lastId + 1) >>> 0
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      const cancelTimer = this.#clock.after(deadlineMs, () => {
        settle()
        reject(new RpcError('deadline', `no answer within ${deadlineMs} ms`))
      })
      const onAbort = () => {
        settle()
        reject(new TincanError('ABORTED', 'Aborted.'))
      }
      const settle = () => {
        cancelTimer()
        signal?.removeEventListener('abort', onAbort)
        this.#pending.delete(id)
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#pending.set(id, {
        resolve: (answer) => {
          settle()
          resolve(answer)
        },
        reject: (error) => {
          settle()
          reject(error)
        },
      })
      this.#stream.send(Frame.encode({ id, kind: Frame.Kind.REQUEST, body }))
    })
  }

  #receive(bytes: Uint8Array): void {
    const frame = decoded(() => Frame.decode(bytes))
    if (frame === undefined || frame.kind === Frame.Kind.REQUEST) {
      this.#stream.abort('not an answer')
      return
    }
    const pending = this.#pending.get(frame.id)
    if (pending === undefined) return // came after its deadline
    if (frame.kind === Frame.Kind.RESPONSE) pending.resolve(frame.body)
    else if (frame.kind === Frame.Kind.REFUSED)
      pending.reject(new RpcError('refused', 'the peer is busy', frame.retryAfterMs))
    else pending.reject(new RpcError('failed', 'the peer could not answer'))
  }

  #close(): void {
    this.#closed = true
    for (const pending of this.#pending.values()) pending.reject(new RpcError('unreachable', 'the connection closed'))
  }
}

/** The answering end: hands each request to `handler`. Counts what it drops in `counters`. */
export function serveRpc(stream: FrameStream, from: string, handler: Handler, counters: RpcCounters): void {
  let pending = 0
  let isOpen = true
  const answer = (frame: Partial<Frame>) => {
    if (isOpen) stream.send(Frame.encode(frame))
  }
  stream.onClose(() => {
    isOpen = false
  })
  const handle = async (id: number, body: Uint8Array): Promise<void> => {
    pending++
    try {
      const result = await handler(from, body)
      if (result === undefined) {
        counters.malformed++
        answer({ id, kind: Frame.Kind.FAILED })
      } else answer({ id, kind: Frame.Kind.RESPONSE, body: result })
    } catch (error) {
      if (error instanceof Refusal) {
        counters.refused++
        answer({ id, kind: Frame.Kind.REFUSED, retryAfterMs: error.retryAfterMs })
      } else {
        counters.failed++
        answer({ id, kind: Frame.Kind.FAILED })
      }
    } finally {
      pending--
    }
  }
  const take = (bytes: Uint8Array) => {
    const frame = decoded(() => Frame.decode(bytes))
    if (frame === undefined || frame.kind !== Frame.Kind.REQUEST) {
      counters.malformed++
      stream.abort('not a request')
    } else if (pending >= INBOUND_PENDING_MAX) {
      counters.refused++
      answer({ id: frame.id, kind: Frame.Kind.REFUSED, retryAfterMs: OVERLOAD_RETRY_MS })
    } else void handle(frame.id, frame.body) // cannot reject
  }
  stream.onFrame(take, () => {
    counters.malformed++
  })
}

export interface RpcCounters {
  malformed: number
  refused: number
  failed: number
}
