/**
 * The wires of a world that are not ideal, all in this process: each frame is held back, lost or queued as its wire's
 * impairment says. A wire's two ends are VXLAN devices (RFC 7348) whose frames come here by UDP: end 2n
 * and end 2n + 1, by VXLAN network identifier, are one wire. One line of JSON on stdin sets a wire:
 * {"wire":3,"delayMs":50,"jitterMs":10,"lossPercent":2,"kilobits":1000}, each way; `isReordering` lets jitter reorder.
 */

import { createSocket } from 'node:dgram'
import { createInterface } from 'node:readline'

import { fillChecksum } from './checksum.ts'
import { DEVICES, HUB, type Impairment } from './wire.ts'

const VXLAN_BYTES = 8
/** Frames that wait at a bottleneck; more are dropped, as by a router. */
const QUEUE_MAX = 200
/** Bursts of 32 nodes that join at once. */
const RECEIVE_BUFFER_BYTES = 8 << 20

interface Direction {
  /** When the last frame leaves the bottleneck, and when it arrives. */
  freeMs: number
  arrivesMs: number
  waiting: number
}

const impairments = new Map<number, Impairment>()
const directions = new Map<number, Direction>()
const socket = createSocket('udp4')

socket.on('message', (datagram) => {
  if (datagram.length < VXLAN_BYTES + 14) return
  const end = datagram.readUIntBE(4, 3)
  const impairment = impairments.get(end >> 1)
  const direction = directions.get(end) ?? { freeMs: 0, arrivesMs: 0, waiting: 0 }
  directions.set(end, direction)
  fillChecksum(datagram, VXLAN_BYTES)
  datagram.writeUIntBE(end ^ 1, 4, 3)
  const delayMs = impairment === undefined ? 0 : holdBack(datagram.length, impairment, direction)
  if (delayMs === undefined) return
  if (delayMs < 0.5) socket.send(datagram, DEVICES.port, DEVICES.address)
  else {
    direction.waiting++
    setTimeout(() => {
      direction.waiting--
      socket.send(datagram, DEVICES.port, DEVICES.address)
    }, delayMs)
  }
})

/** How long a frame takes; undefined when it is lost. */
function holdBack(bytes: number, impairment: Impairment, direction: Direction): number | undefined {
  const { delayMs = 0, jitterMs = 0, lossPercent = 0, kilobits, isReordering = false } = impairment
  if (Math.random() * 100 < lossPercent) return undefined
  const nowMs = performance.now()
  let atMs = nowMs
  if (kilobits !== undefined) {
    if (direction.waiting >= QUEUE_MAX) return undefined
    direction.freeMs = Math.max(direction.freeMs, nowMs) + (bytes * 8) / kilobits
    atMs = direction.freeMs
  }
  atMs += Math.max(0, delayMs + (Math.random() * 2 - 1) * jitterMs)
  if (!isReordering) atMs = direction.arrivesMs = Math.max(atMs, direction.arrivesMs)
  return atMs - nowMs
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { wire, ...impairment } = JSON.parse(line) as Impairment & { wire: number }
    impairments.set(wire, impairment)
  })
  // whoever started this has ended
  .on('close', () => process.exit())

socket.bind(HUB.port, HUB.address, () => {
  socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES)
  process.stdout.write('ready\n')
})
