// Generated from device.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface DeviceRequest {
    push?: Push;
    leave?: Leave;
}
export declare namespace DeviceRequest {
    const codec: () => Codec<DeviceRequest>;
    interface DeviceRequestPushEnvelopeFieldEvent {
        field: '$.push.envelope';
        value: Uint8Array;
    }
    function encode(obj: Partial<DeviceRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceRequest>): DeviceRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceRequest>): Generator<DeviceRequestPushEnvelopeFieldEvent>;
}
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
export interface Leave {
}
export declare namespace Leave {
    const codec: () => Codec<Leave>;
    function encode(obj: Partial<Leave>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Leave>): Leave;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Leave>): Generator<{}>;
}
export interface DeviceReply {
    isTaken: boolean;
}
export declare namespace DeviceReply {
    const codec: () => Codec<DeviceReply>;
    interface DeviceReplyIsTakenFieldEvent {
        field: '$.isTaken';
        value: boolean;
    }
    function encode(obj: Partial<DeviceReply>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceReply>): DeviceReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceReply>): Generator<DeviceReplyIsTakenFieldEvent>;
}
