// Generated from probe.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface DialBack {
    addresses: string[];
    udp?: UdpProbe;
}
export declare namespace DialBack {
    const codec: () => Codec<DialBack>;
    interface DialBackAddressesFieldEvent {
        field: '$.addresses[]';
        index: number;
        value: string;
    }
    interface DialBackUdpPortFieldEvent {
        field: '$.udp.port';
        value: number;
    }
    interface DialBackUdpTokenFieldEvent {
        field: '$.udp.token';
        value: Uint8Array;
    }
    function encode(obj: Partial<DialBack>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialBack>): DialBack;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialBack>): Generator<DialBackAddressesFieldEvent | DialBackUdpPortFieldEvent | DialBackUdpTokenFieldEvent>;
}
export interface UdpProbe {
    port: number;
    token: Uint8Array;
}
export declare namespace UdpProbe {
    const codec: () => Codec<UdpProbe>;
    interface UdpProbePortFieldEvent {
        field: '$.port';
        value: number;
    }
    interface UdpProbeTokenFieldEvent {
        field: '$.token';
        value: Uint8Array;
    }
    function encode(obj: Partial<UdpProbe>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<UdpProbe>): UdpProbe;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<UdpProbe>): Generator<UdpProbePortFieldEvent | UdpProbeTokenFieldEvent>;
}
export interface DialBackReply {
    reachedAt: string;
    seenAt: string;
    isSent: boolean;
}
export declare namespace DialBackReply {
    const codec: () => Codec<DialBackReply>;
    interface DialBackReplyReachedAtFieldEvent {
        field: '$.reachedAt';
        value: string;
    }
    interface DialBackReplySeenAtFieldEvent {
        field: '$.seenAt';
        value: string;
    }
    interface DialBackReplyIsSentFieldEvent {
        field: '$.isSent';
        value: boolean;
    }
    function encode(obj: Partial<DialBackReply>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialBackReply>): DialBackReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialBackReply>): Generator<DialBackReplyReachedAtFieldEvent | DialBackReplySeenAtFieldEvent | DialBackReplyIsSentFieldEvent>;
}
