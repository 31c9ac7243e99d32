// Generated from index-entry.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface StoredEntry {
    holdings: StoredHolding[];
    heir?: StoredHolding;
}
export declare namespace StoredEntry {
    const codec: () => Codec<StoredEntry>;
    interface StoredEntryHoldingsClaimFieldEvent {
        field: '$.holdings[].claim';
        value: Uint8Array;
        index: number;
    }
    interface StoredEntryHoldingsLeasesFieldEvent {
        field: '$.holdings[].leases[]';
        index: number;
        value: Uint8Array;
    }
    interface StoredEntryHoldingsSinceMsFieldEvent {
        field: '$.holdings[].sinceMs';
        value: number;
        index: number;
    }
    interface StoredEntryHoldingsRenewedMsFieldEvent {
        field: '$.holdings[].renewedMs';
        value: number;
        index: number;
    }
    interface StoredEntryHeirClaimFieldEvent {
        field: '$.heir.claim';
        value: Uint8Array;
    }
    interface StoredEntryHeirLeasesFieldEvent {
        field: '$.heir.leases[]';
        index: number;
        value: Uint8Array;
    }
    interface StoredEntryHeirSinceMsFieldEvent {
        field: '$.heir.sinceMs';
        value: number;
    }
    interface StoredEntryHeirRenewedMsFieldEvent {
        field: '$.heir.renewedMs';
        value: number;
    }
    function encode(obj: Partial<StoredEntry>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredEntry>): StoredEntry;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredEntry>): Generator<StoredEntryHoldingsClaimFieldEvent | StoredEntryHoldingsLeasesFieldEvent | StoredEntryHoldingsSinceMsFieldEvent | StoredEntryHoldingsRenewedMsFieldEvent | StoredEntryHeirClaimFieldEvent | StoredEntryHeirLeasesFieldEvent | StoredEntryHeirSinceMsFieldEvent | StoredEntryHeirRenewedMsFieldEvent>;
}
export interface StoredHolding {
    claim: Uint8Array;
    leases: Uint8Array[];
    sinceMs: number;
    renewedMs: number;
}
export declare namespace StoredHolding {
    const codec: () => Codec<StoredHolding>;
    interface StoredHoldingClaimFieldEvent {
        field: '$.claim';
        value: Uint8Array;
    }
    interface StoredHoldingLeasesFieldEvent {
        field: '$.leases[]';
        index: number;
        value: Uint8Array;
    }
    interface StoredHoldingSinceMsFieldEvent {
        field: '$.sinceMs';
        value: number;
    }
    interface StoredHoldingRenewedMsFieldEvent {
        field: '$.renewedMs';
        value: number;
    }
    function encode(obj: Partial<StoredHolding>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredHolding>): StoredHolding;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredHolding>): Generator<StoredHoldingClaimFieldEvent | StoredHoldingLeasesFieldEvent | StoredHoldingSinceMsFieldEvent | StoredHoldingRenewedMsFieldEvent>;
}
