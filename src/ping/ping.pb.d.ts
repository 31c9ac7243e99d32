// Generated from ping.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface PingSignal {
    id: Uint8Array;
    ask?: PingPath;
    answer?: PingPath;
    more?: PingCandidates;
    end?: PingEnd;
}
export declare namespace PingSignal {
    const codec: () => Codec<PingSignal>;
    interface PingSignalIdFieldEvent {
        field: '$.id';
        value: Uint8Array;
    }
    interface PingSignalAskUfragFieldEvent {
        field: '$.ask.ufrag';
        value: string;
    }
    interface PingSignalAskPasswordFieldEvent {
        field: '$.ask.password';
        value: string;
    }
    interface PingSignalAnswerUfragFieldEvent {
        field: '$.answer.ufrag';
        value: string;
    }
    interface PingSignalAnswerPasswordFieldEvent {
        field: '$.answer.password';
        value: string;
    }
    interface PingSignalMoreCandidatesFieldEvent {
        field: '$.more.candidates[]';
        index: number;
        value: string;
    }
    function encode(obj: Partial<PingSignal>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PingSignal>): PingSignal;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PingSignal>): Generator<PingSignalIdFieldEvent | PingSignalAskUfragFieldEvent | PingSignalAskPasswordFieldEvent | PingSignalAnswerUfragFieldEvent | PingSignalAnswerPasswordFieldEvent | PingSignalMoreCandidatesFieldEvent>;
}
export interface PingPath {
    ufrag: string;
    password: string;
}
export declare namespace PingPath {
    const codec: () => Codec<PingPath>;
    interface PingPathUfragFieldEvent {
        field: '$.ufrag';
        value: string;
    }
    interface PingPathPasswordFieldEvent {
        field: '$.password';
        value: string;
    }
    function encode(obj: Partial<PingPath>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PingPath>): PingPath;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PingPath>): Generator<PingPathUfragFieldEvent | PingPathPasswordFieldEvent>;
}
export interface PingCandidates {
    candidates: string[];
}
export declare namespace PingCandidates {
    const codec: () => Codec<PingCandidates>;
    interface PingCandidatesCandidatesFieldEvent {
        field: '$.candidates[]';
        index: number;
        value: string;
    }
    function encode(obj: Partial<PingCandidates>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PingCandidates>): PingCandidates;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PingCandidates>): Generator<PingCandidatesCandidatesFieldEvent>;
}
export interface PingEnd {
}
export declare namespace PingEnd {
    const codec: () => Codec<PingEnd>;
    function encode(obj: Partial<PingEnd>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PingEnd>): PingEnd;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PingEnd>): Generator<{}>;
}
