/** The one shape sound has inside tincan: 48 kHz, mono, 16 bits, in frames of 20 ms. */

export const SAMPLE_RATE = 48_000
export const FRAME_MS = 20
/** 20 ms at 48 kHz; also the step of the RTP timestamp (RFC 7587 §4.1). */
export const FRAME_SAMPLES = 960
