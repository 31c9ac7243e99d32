import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { seededRandom } from '../../src/lib/random.ts'
import { AudioEngine } from '../../src/media/engine.ts'
import type { EngineMessage } from '../../src/media/engine.ts'
import { fixedJitterBuffer } from '../../src/media/jitter-buffer.ts'
import { VoiceDecoder, VoiceEncoder } from '../../src/media/opus.ts'
import { estimateQuality } from '../../src/media/quality.ts'
import type { RtpPacket } from '../../src/media/session.ts'
import { similarity } from '../../src/media/similarity.ts'
import type { AudioSink, PlayedFrame } from '../../src/media/sinks/sink.ts'
import { nullSink } from '../../src/media/sinks/null.ts'
import { echoSource } from '../../src/media/sources/echo.ts'
import { readSamples } from '../../src/media/sources/file-frames.ts'
import { silenceSource } from '../../src/media/sources/silence.ts'
import type { AudioSource } from '../../src/media/sources/source.ts'
import { toneSource } from '../../src/media/sources/tone.ts'
import { voicePath } from '../../src/media/voices.ts'
import { holds } from '../support/property.ts'

const engine = suite('audio engine')

interface Phone {
  engine: AudioEngine
  messages: EngineMessage[]
  /** Packets sent since the last call. */
  sent(): RtpPacket[]
  kinds(): string[]
}

interface PhoneParts {
  source?: AudioSource
  sink?: AudioSink
  sequenceNumber?: number
  timestamp?: number
}

async function phone(parts: PhoneParts = {}): Promise<Phone> {
  const messages: EngineMessage[] = []
  let from = 0
  return {
    engine: new AudioEngine({
      source: parts.source ?? silenceSource(),
      sink: parts.sink ?? nullSink(),
      encoder: await VoiceEncoder.create(),
      decoder: await VoiceDecoder.create(),
      jitterBuffer: fixedJitterBuffer({ delayMs: 60 }),
      sequenceNumber: parts.sequenceNumber ?? 1,
      timestamp: parts.timestamp ?? 1,
      emit: (message) => messages.push(message),
    }),
    messages,
    sent() {
      const packets = messages.slice(from).flatMap((message) => (message.kind === 'packet' ? [message.packet] : []))
      from = messages.length
      return packets
    },
    kinds: () => messages.map(({ kind }) => kind).filter((kind) => kind !== 'packet'),
  }
}

/** A sink that keeps all it hears, and the packets. */
function memory(): { sink: AudioSink; heard: () => Int16Array; packets: (Uint8Array | undefined)[] } {
  const frames: Int16Array[] = []
  const packets: (Uint8Array | undefined)[] = []
  return {
    sink: {
      write(frame: PlayedFrame) {
        frames.push(frame.samples.slice())
        packets.push(frame.packet)
      },
      stop: async () => {},
    },
    heard: () => Int16Array.from(frames.flatMap((samples) => [...samples])),
    packets,
  }
}

/** Plays samples once. */
function samplesSource(samples: Int16Array): AudioSource {
  let at = 0
  return {
    read() {
      const frame = samples.subarray(at, at + 960)
      at += 960
      return frame.length === 960 ? frame : undefined
    },
    stop: async () => {},
  }
}

const alice = await readSamples(voicePath('alice'))

engine('numbers go up by one and timestamps by 960, both wrap, and only the first packet has the marker', async () => {
  const one = await phone({ source: toneSource(), sequenceNumber: 65_534, timestamp: 2 ** 32 - 1000 })
  for (let tick = 0; tick < 4; tick += 1) one.engine.tick(tick * 20)
  assert.equal(
    one.sent().map(({ sequenceNumber, timestamp, marker }) => [sequenceNumber, timestamp, marker]),
    [
      [65_534, 2 ** 32 - 1000, true],
      [65_535, 2 ** 32 - 40, false],
      [0, 920, false],
      [1, 1880, false],
    ],
  )
  assert.is(one.engine.stats().packetsSent, 4)
})

engine('what one says the other hears, 60 ms later, with nothing concealed', async () => {
  const { sink, heard, packets } = memory()
  const one = await phone({ source: samplesSource(alice) })
  const other = await phone({ sink })
  for (let tick = 0; tick < 300; tick += 1) {
    one.engine.tick(tick * 20)
    for (const packet of one.sent()) other.engine.receive(packet, tick * 20)
    other.engine.tick(tick * 20)
  }
  assert.equal(other.kinds(), ['audio'])
  const stats = other.engine.stats()
  assert.is(stats.packetsReceived, 300)
  assert.is(stats.packetsLost, 0)
  assert.is(stats.concealedPercent, 0)
  assert.is(Math.round(stats.delayMs), 60)
  assert.equal(
    packets.slice(0, 4).map((packet) => packet !== undefined),
    [false, false, false, true],
  )
  const { delayMs, correlation } = similarity(alice.subarray(0, 300 * 960), heard())
  assert.ok(correlation > 0.95, String(correlation))
  assert.ok(Math.abs(delayMs - 66.5) <= 10, String(delayMs)) // and 6.5 ms of the codec
})

engine('at 10 % loss FEC has most lost frames of speech back, and the speech is still the same', async () => {
  const random = seededRandom(7)
  const { sink, heard } = memory()
  const one = await phone({ source: samplesSource(alice) })
  const other = await phone({ sink })
  let dropped = 0
  const ticks = alice.length / 960
  for (let tick = 0; tick < ticks; tick += 1) {
    one.engine.tick(tick * 20)
    for (const packet of one.sent()) {
      if (tick > 0 && random() < 0.1) dropped += 1
      else other.engine.receive(packet, tick * 20)
    }
    other.engine.tick(tick * 20)
  }
  const stats = other.engine.stats()
  assert.ok(dropped > 80, String(dropped))
  assert.is(stats.packetsLost, dropped)
  assert.ok(stats.fecRecovered > 0.5 * dropped, `${stats.fecRecovered} of ${dropped}`)
  assert.ok(stats.concealedPercent > 0 && stats.concealedPercent < 6, String(stats.concealedPercent))
  const { correlation } = similarity(alice, heard())
  assert.ok(correlation > 0.93, String(correlation))
  const { mos } = estimateQuality({
    lossPercent: stats.concealedPercent,
    oneWayDelayMs: 100,
    burstRatio: stats.burstRatio,
  })
  assert.ok(mos > 3.5 && mos < 4.4, String(mos))
})

engine('an echo answers in the tick in which it hears', async () => {
  const { sink, heard } = memory()
  const one = await phone({ source: samplesSource(alice), sink })
  const other = await phone({ source: echoSource() })
  for (let tick = 0; tick < 300; tick += 1) {
    one.engine.tick(tick * 20)
    for (const packet of one.sent()) other.engine.receive(packet, tick * 20)
    other.engine.tick(tick * 20)
    for (const packet of other.sent()) one.engine.receive(packet, tick * 20)
  }
  const { delayMs, correlation } = similarity(alice.subarray(0, 300 * 960), heard())
  assert.ok(correlation > 0.9, String(correlation))
  assert.ok(Math.abs(delayMs - 150) <= 20, String(delayMs))
})

engine('a source that ends says so once, and silence is sent from there on', async () => {
  const one = await phone({ source: samplesSource(alice.subarray(48_000, 48_000 + 960 * 3)) })
  for (let tick = 0; tick < 10; tick += 1) one.engine.tick(tick * 20)
  assert.equal(one.kinds(), ['source-ended'])
  assert.is(one.sent().length, 10)
})

engine('a peer that falls silent is concealed, then silence, and counted', async () => {
  const one = await phone({ source: toneSource() })
  const { sink, heard } = memory()
  const other = await phone({ sink })
  for (let tick = 0; tick < 100; tick += 1) {
    one.engine.tick(tick * 20)
    for (const packet of one.sent()) if (tick < 50) other.engine.receive(packet, tick * 20)
    other.engine.tick(tick * 20)
  }
  assert.ok(
    heard()
      .subarray(-40 * 960)
      .every((sample) => sample === 0),
  )
  assert.ok(Math.abs(other.engine.stats().concealedPercent - (100 * 47) / 97) < 0.1)
})

const broken: [name: string, parts: PhoneParts, part: string][] = [
  [
    'a source that throws',
    {
      source: {
        read: () => {
          throw new Error('no')
        },
        stop: async () => {},
      },
    },
    'source',
  ],
  ['a source of short frames', { source: { read: () => new Int16Array(480), stop: async () => {} } }, 'source'],
  [
    'a source that cannot hear',
    {
      source: {
        ...silenceSource(),
        hear: () => {
          throw new Error('no')
        },
      },
    },
    'source',
  ],
  [
    'a sink that throws',
    {
      sink: {
        write: () => {
          throw new Error('no')
        },
        stop: async () => {},
      },
    },
    'sink',
  ],
]
for (const [name, parts, part] of broken) {
  engine(`${name} is told once and left alone, and the call goes on`, async () => {
    const one = await phone(parts)
    for (let tick = 0; tick < 5; tick += 1) one.engine.tick(tick * 20)
    const told = one.messages.filter((message) => message.kind === 'broken')
    assert.equal(
      told.map((message) => message.part),
      [part],
    )
    assert.is(one.sent().length, 5)
  })
}

engine('packets that are not Opus are concealed and counted, and never recorded', async () => {
  const { sink, packets } = memory()
  const one = await phone({ sink })
  const any = fc.record({
    number: fc.nat(100),
    timestamp: fc.nat(0xffff_ffff),
    payload: fc.uint8Array({ maxLength: 300 }),
  })
  let nowMs = 0
  holds(
    fc.property(fc.array(any, { maxLength: 20 }), (sent) => {
      for (const { number, timestamp, payload } of sent) {
        one.engine.receive({ sequenceNumber: number, timestamp, marker: false, payload }, nowMs)
        one.engine.tick((nowMs += 20))
      }
    }),
  )
  assert.ok(one.engine.stats().corrupt > 0)
  using decoder = await VoiceDecoder.create()
  for (const packet of packets) if (packet !== undefined) assert.is(decoder.decode(packet)?.length, 960)
})

engine.run()
