// Generated from signed-envelope.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface SignedEnvelope {
    publicKey: Uint8Array;
    payloadType: Uint8Array;
    payload: Uint8Array;
    signature: Uint8Array;
}
export declare namespace SignedEnvelope {
    const codec: () => Codec<SignedEnvelope>;
    interface SignedEnvelopePublicKeyFieldEvent {
        field: '$.publicKey';
        value: Uint8Array;
    }
    interface SignedEnvelopePayloadTypeFieldEvent {
        field: '$.payloadType';
        value: Uint8Array;
    }
    interface SignedEnvelopePayloadFieldEvent {
        field: '$.payload';
        value: Uint8Array;
    }
    interface SignedEnvelopeSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array;
    }
    function encode(obj: Partial<SignedEnvelope>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedEnvelope>): SignedEnvelope;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedEnvelope>): Generator<SignedEnvelopePublicKeyFieldEvent | SignedEnvelopePayloadTypeFieldEvent | SignedEnvelopePayloadFieldEvent | SignedEnvelopeSignatureFieldEvent>;
}
