// Generated from device.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface Push {
    envelope: Uint8Array;
}
export declare namespace Push {
    const codec: () => Codec<Push>;
    interface PushEnvelopeFieldEvent {
        field: '$.envelope';
        value: Uint8Array;
    }
    function encode(obj: Partial<Push>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Push>): Push;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Push>): Generator<PushEnvelopeFieldEvent>;
}
export interface PushReply {
    isTaken: boolean;
}
export declare namespace PushReply {
    const codec: () => Codec<PushReply>;
    interface PushReplyIsTakenFieldEvent {
        field: '$.isTaken';
        value: boolean;
    }
    function encode(obj: Partial<PushReply>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PushReply>): PushReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PushReply>): Generator<PushReplyIsTakenFieldEvent>;
}
