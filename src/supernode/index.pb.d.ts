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
    interface IndexRequestGrantWitnessesFieldEvent {
        field: '$.grant.witnesses[]';
        index: number;
        value: Uint8Array;
    }
    interface IndexRequestLookupKeyFieldEvent {
        field: '$.lookup.key';
        value: Uint8Array;
    }
    interface IndexRequestLookupHopsFieldEvent {
        field: '$.lookup.hops';
        value: number;
    }
    function encode(obj: Partial<IndexRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<IndexRequest>): IndexRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<IndexRequest>): Generator<IndexRequestGrantKeyFieldEvent | IndexRequestGrantClaimFieldEvent | IndexRequestGrantLeaseFieldEvent | IndexRequestGrantWitnessesFieldEvent | IndexRequestLookupKeyFieldEvent | IndexRequestLookupHopsFieldEvent>;
}
export interface Grant {
    key: Uint8Array;
    claim: Uint8Array;
    lease: Uint8Array;
    witnesses: Uint8Array[];
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
    interface GrantWitnessesFieldEvent {
        field: '$.witnesses[]';
        index: number;
        value: Uint8Array;
    }
    function encode(obj: Partial<Grant>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Grant>): Grant;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Grant>): Generator<GrantKeyFieldEvent | GrantClaimFieldEvent | GrantLeaseFieldEvent | GrantWitnessesFieldEvent>;
}
export declare enum GrantOutcome {
    INVALID = "INVALID",
    GRANTED = "GRANTED",
    TAKEN = "TAKEN",
    STALE = "STALE",
    EXPIRED = "EXPIRED",
    FULL = "FULL",
    PENDING = "PENDING",
    CONTESTED = "CONTESTED"
}
export declare namespace GrantOutcome {
    const codec: () => Codec<GrantOutcome>;
}
export interface GrantReply {
    outcome: GrantOutcome;
    claim: Uint8Array;
    witness: Uint8Array;
    pendingUntilMs: number;
    heir: Uint8Array;
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
    interface GrantReplyWitnessFieldEvent {
        field: '$.witness';
        value: Uint8Array;
    }
    interface GrantReplyPendingUntilMsFieldEvent {
        field: '$.pendingUntilMs';
        value: number;
    }
    interface GrantReplyHeirFieldEvent {
        field: '$.heir';
        value: Uint8Array;
    }
    function encode(obj: Partial<GrantReply>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GrantReply>): GrantReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GrantReply>): Generator<GrantReplyOutcomeFieldEvent | GrantReplyClaimFieldEvent | GrantReplyWitnessFieldEvent | GrantReplyPendingUntilMsFieldEvent | GrantReplyHeirFieldEvent>;
}
export interface Lookup {
    key: Uint8Array;
    hops: number;
}
export declare namespace Lookup {
    const codec: () => Codec<Lookup>;
    interface LookupKeyFieldEvent {
        field: '$.key';
        value: Uint8Array;
    }
    interface LookupHopsFieldEvent {
        field: '$.hops';
        value: number;
    }
    function encode(obj: Partial<Lookup>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Lookup>): Lookup;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Lookup>): Generator<LookupKeyFieldEvent | LookupHopsFieldEvent>;
}
export interface LookupReply {
    holders: Holder[];
}
export declare namespace LookupReply {
    const codec: () => Codec<LookupReply>;
    interface LookupReplyHoldersClaimFieldEvent {
        field: '$.holders[].claim';
        value: Uint8Array;
        index: number;
    }
    interface LookupReplyHoldersLeasesFieldEvent {
        field: '$.holders[].leases[]';
        index: number;
        value: Uint8Array;
    }
    interface LookupReplyHoldersLapsedFieldEvent {
        field: '$.holders[].lapsed[]';
        index: number;
        value: Uint8Array;
    }
    interface LookupReplyHoldersSinceMsFieldEvent {
        field: '$.holders[].sinceMs';
        value: number;
        index: number;
    }
    interface LookupReplyHoldersRegistrarsFieldEvent {
        field: '$.holders[].registrars';
        value: number;
        index: number;
    }
    function encode(obj: Partial<LookupReply>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupReply>): LookupReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupReply>): Generator<LookupReplyHoldersClaimFieldEvent | LookupReplyHoldersLeasesFieldEvent | LookupReplyHoldersLapsedFieldEvent | LookupReplyHoldersSinceMsFieldEvent | LookupReplyHoldersRegistrarsFieldEvent>;
}
export interface Holder {
    claim: Uint8Array;
    leases: Uint8Array[];
    lapsed: Uint8Array[];
    sinceMs: number;
    registrars: number;
}
export declare namespace Holder {
    const codec: () => Codec<Holder>;
    interface HolderClaimFieldEvent {
        field: '$.claim';
        value: Uint8Array;
    }
    interface HolderLeasesFieldEvent {
        field: '$.leases[]';
        index: number;
        value: Uint8Array;
    }
    interface HolderLapsedFieldEvent {
        field: '$.lapsed[]';
        index: number;
        value: Uint8Array;
    }
    interface HolderSinceMsFieldEvent {
        field: '$.sinceMs';
        value: number;
    }
    interface HolderRegistrarsFieldEvent {
        field: '$.registrars';
        value: number;
    }
    function encode(obj: Partial<Holder>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Holder>): Holder;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Holder>): Generator<HolderClaimFieldEvent | HolderLeasesFieldEvent | HolderLapsedFieldEvent | HolderSinceMsFieldEvent | HolderRegistrarsFieldEvent>;
}
