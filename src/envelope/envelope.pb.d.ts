// Generated from envelope.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface Sealed {
    encapsulated: Uint8Array;
    ciphertext: Uint8Array;
}
export declare namespace Sealed {
    const codec: () => Codec<Sealed>;
    interface SealedEncapsulatedFieldEvent {
        field: '$.encapsulated';
        value: Uint8Array;
    }
    interface SealedCiphertextFieldEvent {
        field: '$.ciphertext';
        value: Uint8Array;
    }
    function encode(obj: Partial<Sealed>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Sealed>): Sealed;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Sealed>): Generator<SealedEncapsulatedFieldEvent | SealedCiphertextFieldEvent>;
}
export interface Message {
    network: string;
    to: Uint8Array;
    lease: Uint8Array;
    id: Uint8Array;
    sentMs: number;
    signal?: Uint8Array;
    link?: Uint8Array;
    ping?: Uint8Array;
}
export declare namespace Message {
    const codec: () => Codec<Message>;
    interface MessageNetworkFieldEvent {
        field: '$.network';
        value: string;
    }
    interface MessageToFieldEvent {
        field: '$.to';
        value: Uint8Array;
    }
    interface MessageLeaseFieldEvent {
        field: '$.lease';
        value: Uint8Array;
    }
    interface MessageIdFieldEvent {
        field: '$.id';
        value: Uint8Array;
    }
    interface MessageSentMsFieldEvent {
        field: '$.sentMs';
        value: number;
    }
    interface MessageSignalFieldEvent {
        field: '$.signal';
        value: Uint8Array;
    }
    interface MessageLinkFieldEvent {
        field: '$.link';
        value: Uint8Array;
    }
    interface MessagePingFieldEvent {
        field: '$.ping';
        value: Uint8Array;
    }
    function encode(obj: Partial<Message>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Message>): Message;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Message>): Generator<MessageNetworkFieldEvent | MessageToFieldEvent | MessageLeaseFieldEvent | MessageIdFieldEvent | MessageSentMsFieldEvent | MessageSignalFieldEvent | MessageLinkFieldEvent | MessagePingFieldEvent>;
}
