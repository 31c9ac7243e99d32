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
    interface DeviceRequestLeaveSupernodesPeerKeyFieldEvent {
        field: '$.leave.supernodes[].peerKey';
        value: Uint8Array;
        index: number;
    }
    interface DeviceRequestLeaveSupernodesAddressesFieldEvent {
        field: '$.leave.supernodes[].addresses[]';
        index: number;
        value: string;
    }
    interface DeviceRequestLeaveSupernodesClientsFieldEvent {
        field: '$.leave.supernodes[].clients';
        value: number;
        index: number;
    }
    interface DeviceRequestLeaveRetryAfterMsFieldEvent {
        field: '$.leave.retryAfterMs';
        value: number;
    }
    function encode(obj: Partial<DeviceRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceRequest>): DeviceRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceRequest>): Generator<DeviceRequestPushEnvelopeFieldEvent | DeviceRequestLeaveSupernodesPeerKeyFieldEvent | DeviceRequestLeaveSupernodesAddressesFieldEvent | DeviceRequestLeaveSupernodesClientsFieldEvent | DeviceRequestLeaveRetryAfterMsFieldEvent>;
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
    supernodes: Elsewhere[];
    retryAfterMs: number;
}
export declare namespace Leave {
    const codec: () => Codec<Leave>;
    interface LeaveSupernodesPeerKeyFieldEvent {
        field: '$.supernodes[].peerKey';
        value: Uint8Array;
        index: number;
    }
    interface LeaveSupernodesAddressesFieldEvent {
        field: '$.supernodes[].addresses[]';
        index: number;
        value: string;
    }
    interface LeaveSupernodesClientsFieldEvent {
        field: '$.supernodes[].clients';
        value: number;
        index: number;
    }
    interface LeaveRetryAfterMsFieldEvent {
        field: '$.retryAfterMs';
        value: number;
    }
    function encode(obj: Partial<Leave>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Leave>): Leave;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Leave>): Generator<LeaveSupernodesPeerKeyFieldEvent | LeaveSupernodesAddressesFieldEvent | LeaveSupernodesClientsFieldEvent | LeaveRetryAfterMsFieldEvent>;
}
export interface Elsewhere {
    peerKey: Uint8Array;
    addresses: string[];
    clients?: number;
}
export declare namespace Elsewhere {
    const codec: () => Codec<Elsewhere>;
    interface ElsewherePeerKeyFieldEvent {
        field: '$.peerKey';
        value: Uint8Array;
    }
    interface ElsewhereAddressesFieldEvent {
        field: '$.addresses[]';
        index: number;
        value: string;
    }
    interface ElsewhereClientsFieldEvent {
        field: '$.clients';
        value: number;
    }
    function encode(obj: Partial<Elsewhere>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Elsewhere>): Elsewhere;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Elsewhere>): Generator<ElsewherePeerKeyFieldEvent | ElsewhereAddressesFieldEvent | ElsewhereClientsFieldEvent>;
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
