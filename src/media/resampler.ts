/**
 * Any sampling rate to another, in pieces: a windowed sinc (Kaiser, 32 zero crossings) read at 512 phases with linear
 * interpolation between them. Position is kept in whole numbers, so it does not drift. Pure.
 * Tried first: Speex's resampler for WebAssembly; it takes over the whole process's handlers of uncaught errors.
 */

const PHASES = 512
/** Zero crossings on each side; with β = 9 the stop band lies some 90 dB down. */
const CROSSINGS = 16
const KAISER_BETA = 9
/** Leaves the filter's slope below half the lower rate. */
const PASS = 0.92

export class Resampler {
  readonly #fromRate: number
  readonly #toRate: number
  readonly #half: number
  readonly #table: Float32Array
  /** Input not used up yet; begins with `half` samples before the next position. */
  #input: Float32Array
  /** Next output's position in `#input`: whole samples, and a rest in 1/toRate. */
  #at: number
  #rest = 0
  #taken = 0
  #made = 0

  constructor(fromRate: number, toRate: number) {
    this.#fromRate = fromRate
    this.#toRate = toRate
    const cutoff = Math.min(1, toRate / fromRate) * PASS
    this.#half = Math.ceil(CROSSINGS / cutoff)
    this.#table = makeTable(this.#half, cutoff)
    this.#input = new Float32Array(this.#half)
    this.#at = this.#half
  }

  /** Takes samples, gives those that can be made by now. */
  push(samples: Float32Array): Float32Array {
    const joined = new Float32Array(this.#input.length + samples.length)
    joined.set(this.#input)
    joined.set(samples, this.#input.length)
    this.#taken += samples.length
    return this.#make(joined)
  }

  /** The rest: input of n samples makes round(n × toRate / fromRate) in all. */
  end(): Float32Array {
    const wanted = Math.round((this.#taken * this.#toRate) / this.#fromRate) - this.#made
    const tail = new Float32Array(this.#input.length + 2 * this.#half + 1)
    tail.set(this.#input)
    return this.#make(tail).subarray(0, Math.max(0, wanted))
  }

  #make(input: Float32Array): Float32Array {
    const half = this.#half
    const taps = 2 * half
    const room = Math.max(0, input.length - half - this.#at)
    const output = new Float32Array(Math.ceil((room * this.#toRate) / this.#fromRate) + 1)
    let made = 0
    while (this.#at + half < input.length) {
      const phase = (this.#rest / this.#toRate) * PHASES
      const row = Math.floor(phase)
      const between = phase - row
      const low = row * taps
      const high = low + taps
      const start = this.#at - half + 1
      let sum = 0
      for (let tap = 0; tap < taps; tap += 1) {
        const near = this.#table[low + tap] as number
        sum += (input[start + tap] as number) * (near + between * ((this.#table[high + tap] as number) - near))
      }
      output[made] = sum
      made += 1
      this.#rest += this.#fromRate
      this.#at += Math.floor(this.#rest / this.#toRate)
      this.#rest %= this.#toRate
    }
    const used = Math.min(input.length, Math.max(0, this.#at - half))
    this.#input = input.slice(used)
    this.#at -= used
    this.#made += made
    return output.subarray(0, made)
  }
}

/** Rows of 2·half taps, one per phase and one more to interpolate towards. */
function makeTable(half: number, cutoff: number): Float32Array {
  const taps = 2 * half
  const table = new Float32Array((PHASES + 1) * taps)
  const whole = bessel(KAISER_BETA)
  for (let phase = 0; phase <= PHASES; phase += 1) {
    for (let tap = 0; tap < taps; tap += 1) {
      const distance = tap - half + 1 - phase / PHASES
      const share = distance / half
      const window = Math.abs(share) > 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - share * share)) / whole
      const angle = Math.PI * distance * cutoff
      table[phase * taps + tap] = window * cutoff * (distance === 0 ? 1 : Math.sin(angle) / angle)
    }
  }
  return table
}

/** Modified Bessel function of the first kind, order 0, by its series. */
function bessel(x: number): number {
  let sum = 1
  let term = 1
  for (let k = 1; term > sum * 1e-10; k += 1) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}
