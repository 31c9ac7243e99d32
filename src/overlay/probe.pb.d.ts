// Generated from probe.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface DialBack {
    addresses: string[];
}
export declare namespace DialBack {
    const codec: () => Codec<DialBack>;
    interface DialBackAddressesFieldEvent {
        field: '$.addresses[]';
        index: number;
        value: string;
    }
    function encode(obj: Partial<DialBack>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialBack>): DialBack;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialBack>): Generator<DialBackAddressesFieldEvent>;
}
export interface DialBackReply {
    reachedAt: string;
}
export declare namespace DialBackReply {
    const codec: () => Codec<DialBackReply>;
    interface DialBackReplyReachedAtFieldEvent {
        field: '$.reachedAt';
        value: string;
    }
    function encode(obj: Partial<DialBackReply>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialBackReply>): DialBackReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialBackReply>): Generator<DialBackReplyReachedAtFieldEvent>;
}
