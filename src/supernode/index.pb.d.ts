// Generated from index.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface IndexRequest {
    grant?: Grant;
    lookup?: Lookup;
}
export declare namespace IndexRequest {
    const codec: () => Codec<IndexRequest>;
    interface IndexRequestGrantKeyFieldEvent {
        field: '$.grant.key';
        value: Uint8Array;
    }
    interface IndexRequestGrantClaimFieldEvent {
        field: '$.grant.claim';
        value: Uint8Array;
    }
    interface IndexRequestGrantLeaseFieldEvent {
        field: '$.grant.lease';
        value: Uint8Array;
    }
    interface IndexRequestLookupKeyFieldEvent {
        field: '$.lookup.key';
        value: Uint8Array;
    }
    function encode(obj: Partial<IndexRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<IndexRequest>): IndexRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<IndexRequest>): Generator<IndexRequestGrantKeyFieldEvent | IndexRequestGrantClaimFieldEvent | IndexRequestGrantLeaseFieldEvent | IndexRequestLookupKeyFieldEvent>;
}
export interface Grant {
    key: Uint8Array;
    claim: Uint8Array;
    lease: Uint8Array;
}
export declare namespace Grant {
    const codec: () => Codec<Grant>;
    interface GrantKeyFieldEvent {
        field: '$.key';
        value: Uint8Array;
    }
    interface GrantClaimFieldEvent {
        field: '$.claim';
        value: Uint8Array;
    }
    interface GrantLeaseFieldEvent {
        field: '$.lease';
        value: Uint8Array;
    }
    function encode(obj: Partial<Grant>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Grant>): Grant;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Grant>): Generator<GrantKeyFieldEvent | GrantClaimFieldEvent | GrantLeaseFieldEvent>;
}
export declare enum GrantOutcome {
    INVALID = "INVALID",
    GRANTED = "GRANTED",
    TAKEN = "TAKEN",
    STALE = "STALE",
    EXPIRED = "EXPIRED",
    FULL = "FULL"
}
export declare namespace GrantOutcome {
    const codec: () => Codec<GrantOutcome>;
}
export interface GrantReply {
    outcome: GrantOutcome;
    claim: Uint8Array;
}
export declare namespace GrantReply {
    const codec: () => Codec<GrantReply>;
    interface GrantReplyOutcomeFieldEvent {
        field: '$.outcome';
        value: GrantOutcome;
    }
    interface GrantReplyClaimFieldEvent {
        field: '$.claim';
        value: Uint8Array;
    }
    function encode(obj: Partial<GrantReply>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GrantReply>): GrantReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GrantReply>): Generator<GrantReplyOutcomeFieldEvent | GrantReplyClaimFieldEvent>;
}
export interface Lookup {
    key: Uint8Array;
}
export declare namespace Lookup {
    const codec: () => Codec<Lookup>;
    interface LookupKeyFieldEvent {
        field: '$.key';
        value: Uint8Array;
    }
    function encode(obj: Partial<Lookup>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Lookup>): Lookup;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Lookup>): Generator<LookupKeyFieldEvent>;
}
export interface LookupReply {
    claim: Uint8Array;
    leases: Uint8Array[];
}
export declare namespace LookupReply {
    const codec: () => Codec<LookupReply>;
    interface LookupReplyClaimFieldEvent {
        field: '$.claim';
        value: Uint8Array;
    }
    interface LookupReplyLeasesFieldEvent {
        field: '$.leases[]';
        index: number;
        value: Uint8Array;
    }
    function encode(obj: Partial<LookupReply>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupReply>): LookupReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupReply>): Generator<LookupReplyClaimFieldEvent | LookupReplyLeasesFieldEvent>;
}
