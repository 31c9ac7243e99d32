// Generated from link.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface Link {
    request?: LinkRequest;
    grant?: LinkGrant;
    refusal?: LinkRefusal;
}
export declare namespace Link {
    const codec: () => Codec<Link>;
    interface LinkRequestLabelFieldEvent {
        field: '$.request.label';
        value: string;
    }
    interface LinkRequestTagFieldEvent {
        field: '$.request.tag';
        value: Uint8Array;
    }
    interface LinkGrantCertificateFieldEvent {
        field: '$.grant.certificate';
        value: Uint8Array;
    }
    interface LinkGrantClaimFieldEvent {
        field: '$.grant.claim';
        value: Uint8Array;
    }
    interface LinkGrantAccountKeyFieldEvent {
        field: '$.grant.accountKey';
        value: Uint8Array;
    }
    interface LinkGrantTagFieldEvent {
        field: '$.grant.tag';
        value: Uint8Array;
    }
    interface LinkRefusalReasonFieldEvent {
        field: '$.refusal.reason';
        value: LinkRefusal.Reason;
    }
    function encode(obj: Partial<Link>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Link>): Link;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Link>): Generator<LinkRequestLabelFieldEvent | LinkRequestTagFieldEvent | LinkGrantCertificateFieldEvent | LinkGrantClaimFieldEvent | LinkGrantAccountKeyFieldEvent | LinkGrantTagFieldEvent | LinkRefusalReasonFieldEvent>;
}
export interface LinkRequest {
    label: string;
    tag: Uint8Array;
}
export declare namespace LinkRequest {
    const codec: () => Codec<LinkRequest>;
    interface LinkRequestLabelFieldEvent {
        field: '$.label';
        value: string;
    }
    interface LinkRequestTagFieldEvent {
        field: '$.tag';
        value: Uint8Array;
    }
    function encode(obj: Partial<LinkRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LinkRequest>): LinkRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LinkRequest>): Generator<LinkRequestLabelFieldEvent | LinkRequestTagFieldEvent>;
}
export interface LinkGrant {
    certificate: Uint8Array;
    claim: Uint8Array;
    accountKey: Uint8Array;
    tag: Uint8Array;
}
export declare namespace LinkGrant {
    const codec: () => Codec<LinkGrant>;
    interface LinkGrantCertificateFieldEvent {
        field: '$.certificate';
        value: Uint8Array;
    }
    interface LinkGrantClaimFieldEvent {
        field: '$.claim';
        value: Uint8Array;
    }
    interface LinkGrantAccountKeyFieldEvent {
        field: '$.accountKey';
        value: Uint8Array;
    }
    interface LinkGrantTagFieldEvent {
        field: '$.tag';
        value: Uint8Array;
    }
    function encode(obj: Partial<LinkGrant>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LinkGrant>): LinkGrant;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LinkGrant>): Generator<LinkGrantCertificateFieldEvent | LinkGrantClaimFieldEvent | LinkGrantAccountKeyFieldEvent | LinkGrantTagFieldEvent>;
}
export interface LinkRefusal {
    reason: LinkRefusal.Reason;
}
export declare namespace LinkRefusal {
    enum Reason {
        NO_CODE = "NO_CODE",
        WRONG_CODE = "WRONG_CODE",
        SPENT = "SPENT"
    }
    namespace Reason {
        const codec: () => Codec<Reason>;
    }
    const codec: () => Codec<LinkRefusal>;
    interface LinkRefusalReasonFieldEvent {
        field: '$.reason';
        value: LinkRefusal.Reason;
    }
    function encode(obj: Partial<LinkRefusal>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LinkRefusal>): LinkRefusal;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LinkRefusal>): Generator<LinkRefusalReasonFieldEvent>;
}
