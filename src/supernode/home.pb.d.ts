// Generated from home.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface HomeRequest {
    attach?: Attach;
    place?: Place;
    resolve?: Resolve;
    forward?: Forward;
    deliver?: Deliver;
    detach?: Detach;
}
export declare namespace HomeRequest {
    const codec: () => Codec<HomeRequest>;
    interface HomeRequestAttachClientsFieldEvent {
        field: '$.attach.clients';
        value: number;
    }
    interface HomeRequestAttachHomesPeerKeyFieldEvent {
        field: '$.attach.homes[].peerKey';
        value: Uint8Array;
        index: number;
    }
    interface HomeRequestAttachHomesAddressesFieldEvent {
        field: '$.attach.homes[].addresses[]';
        index: number;
        value: string;
    }
    interface HomeRequestAttachHomesClientsFieldEvent {
        field: '$.attach.homes[].clients';
        value: number;
        index: number;
    }
    interface HomeRequestPlaceKeysFieldEvent {
        field: '$.place.keys[]';
        index: number;
        value: Uint8Array;
    }
    interface HomeRequestPlaceClaimFieldEvent {
        field: '$.place.claim';
        value: Uint8Array;
    }
    interface HomeRequestPlaceLeaseFieldEvent {
        field: '$.place.lease';
        value: Uint8Array;
    }
    interface HomeRequestPlaceWitnessesFieldEvent {
        field: '$.place.witnesses[]';
        index: number;
        value: Uint8Array;
    }
    interface HomeRequestResolveKeyFieldEvent {
        field: '$.resolve.key';
        value: Uint8Array;
    }
    interface HomeRequestResolveIsThoroughFieldEvent {
        field: '$.resolve.isThorough';
        value: boolean;
    }
    interface HomeRequestForwardDeviceKeyFieldEvent {
        field: '$.forward.deviceKey';
        value: Uint8Array;
    }
    interface HomeRequestForwardHomeKeysFieldEvent {
        field: '$.forward.homeKeys[]';
        index: number;
        value: Uint8Array;
    }
    interface HomeRequestForwardEnvelopeFieldEvent {
        field: '$.forward.envelope';
        value: Uint8Array;
    }
    interface HomeRequestDeliverDeviceKeyFieldEvent {
        field: '$.deliver.deviceKey';
        value: Uint8Array;
    }
    interface HomeRequestDeliverEnvelopeFieldEvent {
        field: '$.deliver.envelope';
        value: Uint8Array;
    }
    function encode(obj: Partial<HomeRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HomeRequest>): HomeRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HomeRequest>): Generator<HomeRequestAttachClientsFieldEvent | HomeRequestAttachHomesPeerKeyFieldEvent | HomeRequestAttachHomesAddressesFieldEvent | HomeRequestAttachHomesClientsFieldEvent | HomeRequestPlaceKeysFieldEvent | HomeRequestPlaceClaimFieldEvent | HomeRequestPlaceLeaseFieldEvent | HomeRequestPlaceWitnessesFieldEvent | HomeRequestResolveKeyFieldEvent | HomeRequestResolveIsThoroughFieldEvent | HomeRequestForwardDeviceKeyFieldEvent | HomeRequestForwardHomeKeysFieldEvent | HomeRequestForwardEnvelopeFieldEvent | HomeRequestDeliverDeviceKeyFieldEvent | HomeRequestDeliverEnvelopeFieldEvent>;
}
export interface Attach {
    clients?: number;
    homes: KnownSupernode[];
}
export declare namespace Attach {
    const codec: () => Codec<Attach>;
    interface AttachClientsFieldEvent {
        field: '$.clients';
        value: number;
    }
    interface AttachHomesPeerKeyFieldEvent {
        field: '$.homes[].peerKey';
        value: Uint8Array;
        index: number;
    }
    interface AttachHomesAddressesFieldEvent {
        field: '$.homes[].addresses[]';
        index: number;
        value: string;
    }
    interface AttachHomesClientsFieldEvent {
        field: '$.homes[].clients';
        value: number;
        index: number;
    }
    function encode(obj: Partial<Attach>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Attach>): Attach;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Attach>): Generator<AttachClientsFieldEvent | AttachHomesPeerKeyFieldEvent | AttachHomesAddressesFieldEvent | AttachHomesClientsFieldEvent>;
}
export interface Detach {
}
export declare namespace Detach {
    const codec: () => Codec<Detach>;
    function encode(obj: Partial<Detach>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Detach>): Detach;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Detach>): Generator<{}>;
}
export interface AttachReply {
    isAccepted: boolean;
    retryAfterMs: number;
    clients: number;
    addresses: string[];
    supernodes: KnownSupernode[];
    supernodeCount: number;
    nowMs: number;
}
export declare namespace AttachReply {
    const codec: () => Codec<AttachReply>;
    interface AttachReplyIsAcceptedFieldEvent {
        field: '$.isAccepted';
        value: boolean;
    }
    interface AttachReplyRetryAfterMsFieldEvent {
        field: '$.retryAfterMs';
        value: number;
    }
    interface AttachReplyClientsFieldEvent {
        field: '$.clients';
        value: number;
    }
    interface AttachReplyAddressesFieldEvent {
        field: '$.addresses[]';
        index: number;
        value: string;
    }
    interface AttachReplySupernodesPeerKeyFieldEvent {
        field: '$.supernodes[].peerKey';
        value: Uint8Array;
        index: number;
    }
    interface AttachReplySupernodesAddressesFieldEvent {
        field: '$.supernodes[].addresses[]';
        index: number;
        value: string;
    }
    interface AttachReplySupernodesClientsFieldEvent {
        field: '$.supernodes[].clients';
        value: number;
        index: number;
    }
    interface AttachReplySupernodeCountFieldEvent {
        field: '$.supernodeCount';
        value: number;
    }
    interface AttachReplyNowMsFieldEvent {
        field: '$.nowMs';
        value: number;
    }
    function encode(obj: Partial<AttachReply>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AttachReply>): AttachReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AttachReply>): Generator<AttachReplyIsAcceptedFieldEvent | AttachReplyRetryAfterMsFieldEvent | AttachReplyClientsFieldEvent | AttachReplyAddressesFieldEvent | AttachReplySupernodesPeerKeyFieldEvent | AttachReplySupernodesAddressesFieldEvent | AttachReplySupernodesClientsFieldEvent | AttachReplySupernodeCountFieldEvent | AttachReplyNowMsFieldEvent>;
}
export interface KnownSupernode {
    peerKey: Uint8Array;
    addresses: string[];
    clients?: number;
}
export declare namespace KnownSupernode {
    const codec: () => Codec<KnownSupernode>;
    interface KnownSupernodePeerKeyFieldEvent {
        field: '$.peerKey';
        value: Uint8Array;
    }
    interface KnownSupernodeAddressesFieldEvent {
        field: '$.addresses[]';
        index: number;
        value: string;
    }
    interface KnownSupernodeClientsFieldEvent {
        field: '$.clients';
        value: number;
    }
    function encode(obj: Partial<KnownSupernode>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KnownSupernode>): KnownSupernode;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KnownSupernode>): Generator<KnownSupernodePeerKeyFieldEvent | KnownSupernodeAddressesFieldEvent | KnownSupernodeClientsFieldEvent>;
}
export interface Place {
    keys: Uint8Array[];
    claim: Uint8Array;
    lease: Uint8Array;
    witnesses: Uint8Array[];
}
export declare namespace Place {
    const codec: () => Codec<Place>;
    interface PlaceKeysFieldEvent {
        field: '$.keys[]';
        index: number;
        value: Uint8Array;
    }
    interface PlaceClaimFieldEvent {
        field: '$.claim';
        value: Uint8Array;
    }
    interface PlaceLeaseFieldEvent {
        field: '$.lease';
        value: Uint8Array;
    }
    interface PlaceWitnessesFieldEvent {
        field: '$.witnesses[]';
        index: number;
        value: Uint8Array;
    }
    function encode(obj: Partial<Place>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Place>): Place;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Place>): Generator<PlaceKeysFieldEvent | PlaceClaimFieldEvent | PlaceLeaseFieldEvent | PlaceWitnessesFieldEvent>;
}
export interface PlaceReply {
    granted: number;
    failed: number;
    takenBy: Uint8Array;
    witnesses: Uint8Array[];
    contestedBy: Uint8Array;
    pendingUntilMs: number;
    heir: Uint8Array;
    pending: number;
    stale: number;
}
export declare namespace PlaceReply {
    const codec: () => Codec<PlaceReply>;
    interface PlaceReplyGrantedFieldEvent {
        field: '$.granted';
        value: number;
    }
    interface PlaceReplyFailedFieldEvent {
        field: '$.failed';
        value: number;
    }
    interface PlaceReplyTakenByFieldEvent {
        field: '$.takenBy';
        value: Uint8Array;
    }
    interface PlaceReplyWitnessesFieldEvent {
        field: '$.witnesses[]';
        index: number;
        value: Uint8Array;
    }
    interface PlaceReplyContestedByFieldEvent {
        field: '$.contestedBy';
        value: Uint8Array;
    }
    interface PlaceReplyPendingUntilMsFieldEvent {
        field: '$.pendingUntilMs';
        value: number;
    }
    interface PlaceReplyHeirFieldEvent {
        field: '$.heir';
        value: Uint8Array;
    }
    interface PlaceReplyPendingFieldEvent {
        field: '$.pending';
        value: number;
    }
    interface PlaceReplyStaleFieldEvent {
        field: '$.stale';
        value: number;
    }
    function encode(obj: Partial<PlaceReply>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PlaceReply>): PlaceReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PlaceReply>): Generator<PlaceReplyGrantedFieldEvent | PlaceReplyFailedFieldEvent | PlaceReplyTakenByFieldEvent | PlaceReplyWitnessesFieldEvent | PlaceReplyContestedByFieldEvent | PlaceReplyPendingUntilMsFieldEvent | PlaceReplyHeirFieldEvent | PlaceReplyPendingFieldEvent | PlaceReplyStaleFieldEvent>;
}
export interface Resolve {
    key: Uint8Array;
    isThorough: boolean;
}
export declare namespace Resolve {
    const codec: () => Codec<Resolve>;
    interface ResolveKeyFieldEvent {
        field: '$.key';
        value: Uint8Array;
    }
    interface ResolveIsThoroughFieldEvent {
        field: '$.isThorough';
        value: boolean;
    }
    function encode(obj: Partial<Resolve>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Resolve>): Resolve;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Resolve>): Generator<ResolveKeyFieldEvent | ResolveIsThoroughFieldEvent>;
}
export interface ResolveReply {
    lookupReply: Uint8Array;
}
export declare namespace ResolveReply {
    const codec: () => Codec<ResolveReply>;
    interface ResolveReplyLookupReplyFieldEvent {
        field: '$.lookupReply';
        value: Uint8Array;
    }
    function encode(obj: Partial<ResolveReply>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ResolveReply>): ResolveReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ResolveReply>): Generator<ResolveReplyLookupReplyFieldEvent>;
}
export interface Forward {
    deviceKey: Uint8Array;
    homeKeys: Uint8Array[];
    envelope: Uint8Array;
}
export declare namespace Forward {
    const codec: () => Codec<Forward>;
    interface ForwardDeviceKeyFieldEvent {
        field: '$.deviceKey';
        value: Uint8Array;
    }
    interface ForwardHomeKeysFieldEvent {
        field: '$.homeKeys[]';
        index: number;
        value: Uint8Array;
    }
    interface ForwardEnvelopeFieldEvent {
        field: '$.envelope';
        value: Uint8Array;
    }
    function encode(obj: Partial<Forward>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Forward>): Forward;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Forward>): Generator<ForwardDeviceKeyFieldEvent | ForwardHomeKeysFieldEvent | ForwardEnvelopeFieldEvent>;
}
export interface Deliver {
    deviceKey: Uint8Array;
    envelope: Uint8Array;
}
export declare namespace Deliver {
    const codec: () => Codec<Deliver>;
    interface DeliverDeviceKeyFieldEvent {
        field: '$.deviceKey';
        value: Uint8Array;
    }
    interface DeliverEnvelopeFieldEvent {
        field: '$.envelope';
        value: Uint8Array;
    }
    function encode(obj: Partial<Deliver>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Deliver>): Deliver;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Deliver>): Generator<DeliverDeviceKeyFieldEvent | DeliverEnvelopeFieldEvent>;
}
export declare enum Delivery {
    UNREACHABLE = "UNREACHABLE",
    TAKEN = "TAKEN",
    REJECTED = "REJECTED"
}
export declare namespace Delivery {
    const codec: () => Codec<Delivery>;
}
export interface DeliveryReply {
    delivery: Delivery;
}
export declare namespace DeliveryReply {
    const codec: () => Codec<DeliveryReply>;
    interface DeliveryReplyDeliveryFieldEvent {
        field: '$.delivery';
        value: Delivery;
    }
    function encode(obj: Partial<DeliveryReply>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeliveryReply>): DeliveryReply;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeliveryReply>): Generator<DeliveryReplyDeliveryFieldEvent>;
}
