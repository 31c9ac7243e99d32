/** tincan as a library: everything that is public. */

export type { Call, CallEvents, CallState, CallStats, CallSummary, EndReason } from './call/call.ts'
export { TincanError, type TincanErrorCode } from './errors.ts'
export { defaultHome } from './home-directory.ts'
export { similarity } from './media/similarity.ts'
export { readSamples } from './media/sources/file-frames.ts'
export type { AudioSink, PlayedFrame, SinkSpec } from './media/sinks/sink.ts'
export type { AudioSource, SourceSpec } from './media/sources/source.ts'
export { voicePath } from './media/voices.ts'
export { createNode, type Lookup, type Node, type NodeEvents, type NodeOptions, type NodeStatus } from './node.ts'
export type { DialOptions } from './phone.ts'
export { parseAddress, parseUsername } from './supernode/username.ts'
export { testnet, type Testnet, type TestnetOptions } from './testnet.ts'
