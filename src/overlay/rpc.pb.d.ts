// Generated from rpc.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface Frame {
    id: number;
    kind: Frame.Kind;
    body: Uint8Array;
    retryAfterMs: number;
}
export declare namespace Frame {
    enum Kind {
        REQUEST = "REQUEST",
        RESPONSE = "RESPONSE",
        REFUSED = "REFUSED",
        FAILED = "FAILED"
    }
    namespace Kind {
        const codec: () => Codec<Kind>;
    }
    const codec: () => Codec<Frame>;
    interface FrameIdFieldEvent {
        field: '$.id';
        value: number;
    }
    interface FrameKindFieldEvent {
        field: '$.kind';
        value: Frame.Kind;
    }
    interface FrameBodyFieldEvent {
        field: '$.body';
        value: Uint8Array;
    }
    interface FrameRetryAfterMsFieldEvent {
        field: '$.retryAfterMs';
        value: number;
    }
    function encode(obj: Partial<Frame>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Frame>): Frame;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Frame>): Generator<FrameIdFieldEvent | FrameKindFieldEvent | FrameBodyFieldEvent | FrameRetryAfterMsFieldEvent>;
}
