// Generated from signal.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface Signal {
    callId: Uint8Array;
    invite?: Invite;
    ringing?: Ringing;
    accept?: Accept;
    decline?: Decline;
    busy?: Busy;
    cancel?: Cancel;
    candidates?: Candidates;
    bye?: Bye;
}
export declare namespace Signal {
    const codec: () => Codec<Signal>;
    interface SignalCallIdFieldEvent {
        field: '$.callId';
        value: Uint8Array;
    }
    interface SignalInviteOfferFieldEvent {
        field: '$.invite.offer';
        value: string;
    }
    interface SignalInviteRelaysFieldEvent {
        field: '$.invite.relays';
        value: Uint8Array;
    }
    interface SignalRingingAnswerFieldEvent {
        field: '$.ringing.answer';
        value: string;
    }
    interface SignalRingingRelaysFieldEvent {
        field: '$.ringing.relays';
        value: Uint8Array;
    }
    interface SignalAcceptAnswerFieldEvent {
        field: '$.accept.answer';
        value: string;
    }
    interface SignalAcceptRelaysFieldEvent {
        field: '$.accept.relays';
        value: Uint8Array;
    }
    interface SignalDeclineIsHereOnlyFieldEvent {
        field: '$.decline.isHereOnly';
        value: boolean;
    }
    interface SignalCancelReasonFieldEvent {
        field: '$.cancel.reason';
        value: CancelReason;
    }
    interface SignalCandidatesTextFieldEvent {
        field: '$.candidates.text[]';
        index: number;
        value: string;
    }
    interface SignalByeReasonFieldEvent {
        field: '$.bye.reason';
        value: ByeReason;
    }
    function encode(obj: Partial<Signal>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Signal>): Signal;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Signal>): Generator<SignalCallIdFieldEvent | SignalInviteOfferFieldEvent | SignalInviteRelaysFieldEvent | SignalRingingAnswerFieldEvent | SignalRingingRelaysFieldEvent | SignalAcceptAnswerFieldEvent | SignalAcceptRelaysFieldEvent | SignalDeclineIsHereOnlyFieldEvent | SignalCancelReasonFieldEvent | SignalCandidatesTextFieldEvent | SignalByeReasonFieldEvent>;
}
export interface Invite {
    offer: string;
    relays: Uint8Array;
}
export declare namespace Invite {
    const codec: () => Codec<Invite>;
    interface InviteOfferFieldEvent {
        field: '$.offer';
        value: string;
    }
    interface InviteRelaysFieldEvent {
        field: '$.relays';
        value: Uint8Array;
    }
    function encode(obj: Partial<Invite>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invite>): Invite;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invite>): Generator<InviteOfferFieldEvent | InviteRelaysFieldEvent>;
}
export interface Ringing {
    answer: string;
    relays: Uint8Array;
}
export declare namespace Ringing {
    const codec: () => Codec<Ringing>;
    interface RingingAnswerFieldEvent {
        field: '$.answer';
        value: string;
    }
    interface RingingRelaysFieldEvent {
        field: '$.relays';
        value: Uint8Array;
    }
    function encode(obj: Partial<Ringing>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ringing>): Ringing;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ringing>): Generator<RingingAnswerFieldEvent | RingingRelaysFieldEvent>;
}
export interface Accept {
    answer: string;
    relays: Uint8Array;
}
export declare namespace Accept {
    const codec: () => Codec<Accept>;
    interface AcceptAnswerFieldEvent {
        field: '$.answer';
        value: string;
    }
    interface AcceptRelaysFieldEvent {
        field: '$.relays';
        value: Uint8Array;
    }
    function encode(obj: Partial<Accept>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Accept>): Accept;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Accept>): Generator<AcceptAnswerFieldEvent | AcceptRelaysFieldEvent>;
}
export interface Decline {
    isHereOnly: boolean;
}
export declare namespace Decline {
    const codec: () => Codec<Decline>;
    interface DeclineIsHereOnlyFieldEvent {
        field: '$.isHereOnly';
        value: boolean;
    }
    function encode(obj: Partial<Decline>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Decline>): Decline;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Decline>): Generator<DeclineIsHereOnlyFieldEvent>;
}
export interface Busy {
}
export declare namespace Busy {
    const codec: () => Codec<Busy>;
    function encode(obj: Partial<Busy>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Busy>): Busy;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Busy>): Generator<{}>;
}
export declare enum CancelReason {
    GAVE_UP = "GAVE_UP",
    ANSWERED_ELSEWHERE = "ANSWERED_ELSEWHERE",
    NO_ANSWER = "NO_ANSWER",
    DECLINED_ELSEWHERE = "DECLINED_ELSEWHERE"
}
export declare namespace CancelReason {
    const codec: () => Codec<CancelReason>;
}
export interface Cancel {
    reason: CancelReason;
}
export declare namespace Cancel {
    const codec: () => Codec<Cancel>;
    interface CancelReasonFieldEvent {
        field: '$.reason';
        value: CancelReason;
    }
    function encode(obj: Partial<Cancel>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Cancel>): Cancel;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Cancel>): Generator<CancelReasonFieldEvent>;
}
export interface Candidates {
    text: string[];
}
export declare namespace Candidates {
    const codec: () => Codec<Candidates>;
    interface CandidatesTextFieldEvent {
        field: '$.text[]';
        index: number;
        value: string;
    }
    function encode(obj: Partial<Candidates>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Candidates>): Candidates;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Candidates>): Generator<CandidatesTextFieldEvent>;
}
export declare enum ByeReason {
    HANGUP = "HANGUP",
    FAILED = "FAILED",
    LOST = "LOST",
    STOPPED = "STOPPED"
}
export declare namespace ByeReason {
    const codec: () => Codec<ByeReason>;
}
export interface Bye {
    reason: ByeReason;
}
export declare namespace Bye {
    const codec: () => Codec<Bye>;
    interface ByeReasonFieldEvent {
        field: '$.reason';
        value: ByeReason;
    }
    function encode(obj: Partial<Bye>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Bye>): Bye;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Bye>): Generator<ByeReasonFieldEvent>;
}
