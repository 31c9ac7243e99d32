// Generated from relay.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface Borrow {
    callTag: Uint8Array;
}
export declare namespace Borrow {
    const codec: () => Codec<Borrow>;
    interface BorrowCallTagFieldEvent {
        field: '$.callTag';
        value: Uint8Array;
    }
    function encode(obj: Partial<Borrow>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Borrow>): Borrow;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Borrow>): Generator<BorrowCallTagFieldEvent>;
}
export interface BorrowReply {
    udp: TransportAddress[];
    tcp: TransportAddress[];
    otherUdp: TransportAddress[];
    isRelay: boolean;
    username: string;
    credential: string;
    realm: string;
    nonce: string;
    expiresMs: number;
}
export declare namespace BorrowReply {
    const codec: () => Codec<BorrowReply>;
    interface BorrowReplyUdpIpFieldEvent {
        field: '$.udp[].ip';
        value: Uint8Array;
        index: number;
    }
    interface BorrowReplyUdpPortFieldEvent {
        field: '$.udp[].port';
        value: number;
        index: number;
    }
    interface BorrowReplyTcpIpFieldEvent {
        field: '$.tcp[].ip';
        value: Uint8Array;
        index: number;
    }
    interface BorrowReplyTcpPortFieldEvent {
        field: '$.tcp[].port';
        value: number;
        index: number;
    }
    interface BorrowReplyOtherUdpIpFieldEvent {
        field: '$.otherUdp[].ip';
        value: Uint8Array;
        index: number;
    }
    interface BorrowReplyOtherUdpPortFieldEvent {
        field: '$.otherUdp[].port';
        value: number;
        index: number;
    }
    interface BorrowReplyIsRelayFieldEvent {
        field: '$.isRelay';
        value: boolean;
    }
    interface BorrowReplyUsernameFieldEvent {
        field: '$.username';
        value: string;
    }
    interface BorrowReplyCredentialFieldEvent {
        field: '$.credential';
        value: string;
    }
    interface BorrowReplyRealmFieldEvent {
        field: '$.realm';
        value: string;
    }
    interface BorrowReplyNonceFieldEvent {
        field: '$.nonce';
        value: string;
    }
    interface BorrowReplyExpiresMsFieldEvent {
        field: '$.expiresMs';
        value: number;
    }
    function encode(obj: Partial<BorrowReply>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BorrowReply>): BorrowReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BorrowReply>): Generator<BorrowReplyUdpIpFieldEvent | BorrowReplyUdpPortFieldEvent | BorrowReplyTcpIpFieldEvent | BorrowReplyTcpPortFieldEvent | BorrowReplyOtherUdpIpFieldEvent | BorrowReplyOtherUdpPortFieldEvent | BorrowReplyIsRelayFieldEvent | BorrowReplyUsernameFieldEvent | BorrowReplyCredentialFieldEvent | BorrowReplyRealmFieldEvent | BorrowReplyNonceFieldEvent | BorrowReplyExpiresMsFieldEvent>;
}
export interface TransportAddress {
    ip: Uint8Array;
    port: number;
}
export declare namespace TransportAddress {
    const codec: () => Codec<TransportAddress>;
    interface TransportAddressIpFieldEvent {
        field: '$.ip';
        value: Uint8Array;
    }
    interface TransportAddressPortFieldEvent {
        field: '$.port';
        value: number;
    }
    function encode(obj: Partial<TransportAddress>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TransportAddress>): TransportAddress;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TransportAddress>): Generator<TransportAddressIpFieldEvent | TransportAddressPortFieldEvent>;
}
export interface RelayHints {
    relays: RelayHint[];
}
export declare namespace RelayHints {
    const codec: () => Codec<RelayHints>;
    interface RelayHintsRelaysPeerKeyFieldEvent {
        field: '$.relays[].peerKey';
        value: Uint8Array;
        index: number;
    }
    interface RelayHintsRelaysRttMsFieldEvent {
        field: '$.relays[].rttMs';
        value: number;
        index: number;
    }
    interface RelayHintsRelaysAddressesFieldEvent {
        field: '$.relays[].addresses[]';
        index: number;
        value: Uint8Array;
    }
    function encode(obj: Partial<RelayHints>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayHints>): RelayHints;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayHints>): Generator<RelayHintsRelaysPeerKeyFieldEvent | RelayHintsRelaysRttMsFieldEvent | RelayHintsRelaysAddressesFieldEvent>;
}
export interface RelayHint {
    peerKey: Uint8Array;
    rttMs: number;
    addresses: Uint8Array[];
}
export declare namespace RelayHint {
    const codec: () => Codec<RelayHint>;
    interface RelayHintPeerKeyFieldEvent {
        field: '$.peerKey';
        value: Uint8Array;
    }
    interface RelayHintRttMsFieldEvent {
        field: '$.rttMs';
        value: number;
    }
    interface RelayHintAddressesFieldEvent {
        field: '$.addresses[]';
        index: number;
        value: Uint8Array;
    }
    function encode(obj: Partial<RelayHint>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayHint>): RelayHint;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayHint>): Generator<RelayHintPeerKeyFieldEvent | RelayHintRttMsFieldEvent | RelayHintAddressesFieldEvent>;
}
