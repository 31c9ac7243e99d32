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
    interface StoredEntryHoldingsLeasesLeaseFieldEvent {
        field: '$.holdings[].leases[].lease';
        value: Uint8Array;
        index: number;
    }
    interface StoredEntryHoldingsLeasesExpiresMsFieldEvent {
        field: '$.holdings[].leases[].expiresMs';
        value: number;
        index: number;
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
    interface StoredEntryHeirLeasesLeaseFieldEvent {
        field: '$.heir.leases[].lease';
        value: Uint8Array;
        index: number;
    }
    interface StoredEntryHeirLeasesExpiresMsFieldEvent {
        field: '$.heir.leases[].expiresMs';
        value: number;
        index: number;
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
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredEntry>): Generator<StoredEntryHoldingsClaimFieldEvent | StoredEntryHoldingsLeasesLeaseFieldEvent | StoredEntryHoldingsLeasesExpiresMsFieldEvent | StoredEntryHoldingsSinceMsFieldEvent | StoredEntryHoldingsRenewedMsFieldEvent | StoredEntryHeirClaimFieldEvent | StoredEntryHeirLeasesLeaseFieldEvent | StoredEntryHeirLeasesExpiresMsFieldEvent | StoredEntryHeirSinceMsFieldEvent | StoredEntryHeirRenewedMsFieldEvent>;
}
export interface StoredHolding {
    claim: Uint8Array;
    leases: StoredLease[];
    sinceMs: number;
    renewedMs: number;
}
export declare namespace StoredHolding {
    const codec: () => Codec<StoredHolding>;
    interface StoredHoldingClaimFieldEvent {
        field: '$.claim';
        value: Uint8Array;
    }
    interface StoredHoldingLeasesLeaseFieldEvent {
        field: '$.leases[].lease';
        value: Uint8Array;
        index: number;
    }
    interface StoredHoldingLeasesExpiresMsFieldEvent {
        field: '$.leases[].expiresMs';
        value: number;
        index: number;
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
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredHolding>): Generator<StoredHoldingClaimFieldEvent | StoredHoldingLeasesLeaseFieldEvent | StoredHoldingLeasesExpiresMsFieldEvent | StoredHoldingSinceMsFieldEvent | StoredHoldingRenewedMsFieldEvent>;
}
export interface StoredLease {
    lease: Uint8Array;
    expiresMs: number;
}
export declare namespace StoredLease {
    const codec: () => Codec<StoredLease>;
    interface StoredLeaseLeaseFieldEvent {
        field: '$.lease';
        value: Uint8Array;
    }
    interface StoredLeaseExpiresMsFieldEvent {
        field: '$.expiresMs';
        value: number;
    }
    function encode(obj: Partial<StoredLease>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredLease>): StoredLease;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredLease>): Generator<StoredLeaseLeaseFieldEvent | StoredLeaseExpiresMsFieldEvent>;
}
