/**
 * Frames over a libp2p stream, each behind its length as an unsigned varint. What is sent within one turn of the
 * event loop leaves as one write: noise encrypts and the kernel sends once instead of once a frame.
 */

import type { Stream } from '@libp2p/interface'
import { LengthPrefixedDecoder } from '@libp2p/utils'
import { Uint8ArrayList } from 'uint8arraylist'
import { FRAME_BYTES_MAX, type FrameStream } from './rpc.ts'

/** What may wait for a slow reader before the stream is given up. */
const UNSENT_BYTES_MAX = 4 * 1024 * 1024
const NEVER_MS = 0x7fffffff

export function frameStream(stream: Stream): FrameStream {
  stream.inactivityTimeout = NEVER_MS // warm streams are idle most of the time
  const decoder = new LengthPrefixedDecoder({ maxDataLength: FRAME_BYTES_MAX, maxBufferSize: 4 * FRAME_BYTES_MAX })
  let unsent: Uint8ArrayList | undefined
  let isBlocked = false

  const abort = (reason: string) => stream.abort(new Error(reason))
  const flush = () => {
    const batch = unsent
    if (isBlocked || batch === undefined || stream.status !== 'open') return
    unsent = undefined
    try {
      if (!stream.send(batch)) {
        isBlocked = true
        stream.onDrain().then(
          () => {
            isBlocked = false
            flush()
          },
          () => {}, // closed: onClose says so
        )
      }
    } catch (error) {
      abort((error as Error).message)
    }
  }

  return {
    send(frame) {
      if (unsent === undefined) {
        unsent = new Uint8ArrayList()
        queueMicrotask(flush)
      }
      unsent.append(lengthPrefix(frame.length))
      unsent.append(frame)
      if (unsent.byteLength > UNSENT_BYTES_MAX) abort('the peer reads too slowly')
    },
    onFrame(take, dropped) {
      stream.addEventListener('message', (event) => {
        try {
          for (const piece of piecesOf(event.data)) {
            for (const frame of decoder.decode(piece)) {
              if (stream.status !== 'open') return // given up: nothing more from there
              take(frame.subarray())
            }
          }
        } catch (error) {
          dropped?.()
          abort((error as Error).message)
        }
      })
    },
    onClose(act) {
      let isClosed = false
      const once = () => {
        if (!isClosed) act()
        isClosed = true
      }
      stream.addEventListener('close', once)
      // a stream half closed by the peer answers nothing any more
      stream.addEventListener('remoteCloseWrite', () => {
        once()
        stream.close().catch(() => {})
      })
    },
    abort,
  }
}

/** After a pause one read brings a megabyte; the decoder bounds what it holds, not what it is given at a time. */
function* piecesOf(data: Uint8Array | Uint8ArrayList): Generator<Uint8ArrayList> {
  const list = data instanceof Uint8Array ? new Uint8ArrayList(data) : data
  for (let at = 0; at < list.byteLength; at += FRAME_BYTES_MAX)
    yield list.sublist(at, Math.min(at + FRAME_BYTES_MAX, list.byteLength))
}

function lengthPrefix(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  if (length < 0x4000) return Uint8Array.of((length & 0x7f) | 0x80, length >>> 7)
  return Uint8Array.of((length & 0x7f) | 0x80, ((length >>> 7) & 0x7f) | 0x80, length >>> 14)
}
