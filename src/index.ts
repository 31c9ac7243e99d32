/** tincan as a library: everything that is public. */

export type { Call, CallEvents, CallState, CallStats, CallSummary, EndReason } from './call/call.ts'
export { TincanError, type TincanErrorCode } from './errors.ts'
export { defaultHome } from './home-directory.ts'
export type { AudioSink, AudioSource, PlayedFrame, SinkSpec, SourceSpec } from './media/specs.ts'
export { similarity } from './media/similarity.ts'
export { voicePath } from './media/voices.ts'
export { createNode, type Lookup, type Node, type NodeEvents, type NodeOptions, type NodeStatus } from './node.ts'
export type { DialOptions } from './phone.ts'
export { parseUsername } from './supernode/username.ts'
export { testnet, type Testnet, type TestnetOptions } from './testnet.ts'
