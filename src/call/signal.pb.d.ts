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
    candidate?: Candidate;
    bye?: Bye;
    binding?: Binding;
    restart?: Restart;
    restartAnswer?: RestartAnswer;
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
    interface SignalAcceptAnswerFieldEvent {
        field: '$.accept.answer';
        value: string;
    }
    interface SignalDeclineIsHereOnlyFieldEvent {
        field: '$.decline.isHereOnly';
        value: boolean;
    }
    interface SignalCancelReasonFieldEvent {
        field: '$.cancel.reason';
        value: CancelReason;
    }
    interface SignalCandidateTextFieldEvent {
        field: '$.candidate.text';
        value: string;
    }
    interface SignalByeReasonFieldEvent {
        field: '$.bye.reason';
        value: ByeReason;
    }
    interface SignalBindingTagFieldEvent {
        field: '$.binding.tag';
        value: Uint8Array;
    }
    interface SignalRestartOfferFieldEvent {
        field: '$.restart.offer';
        value: string;
    }
    interface SignalRestartAnswerAnswerFieldEvent {
        field: '$.restartAnswer.answer';
        value: string;
    }
    function encode(obj: Partial<Signal>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Signal>): Signal;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Signal>): Generator<SignalCallIdFieldEvent | SignalInviteOfferFieldEvent | SignalAcceptAnswerFieldEvent | SignalDeclineIsHereOnlyFieldEvent | SignalCancelReasonFieldEvent | SignalCandidateTextFieldEvent | SignalByeReasonFieldEvent | SignalBindingTagFieldEvent | SignalRestartOfferFieldEvent | SignalRestartAnswerAnswerFieldEvent>;
}
export interface Invite {
    offer: string;
}
export declare namespace Invite {
    const codec: () => Codec<Invite>;
    interface InviteOfferFieldEvent {
        field: '$.offer';
        value: string;
    }
    function encode(obj: Partial<Invite>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invite>): Invite;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invite>): Generator<InviteOfferFieldEvent>;
}
export interface Ringing {
}
export declare namespace Ringing {
    const codec: () => Codec<Ringing>;
    function encode(obj: Partial<Ringing>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ringing>): Ringing;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ringing>): Generator<{}>;
}
export interface Accept {
    answer: string;
}
export declare namespace Accept {
    const codec: () => Codec<Accept>;
    interface AcceptAnswerFieldEvent {
        field: '$.answer';
        value: string;
    }
    function encode(obj: Partial<Accept>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Accept>): Accept;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Accept>): Generator<AcceptAnswerFieldEvent>;
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
export interface Candidate {
    text: string;
}
export declare namespace Candidate {
    const codec: () => Codec<Candidate>;
    interface CandidateTextFieldEvent {
        field: '$.text';
        value: string;
    }
    function encode(obj: Partial<Candidate>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Candidate>): Candidate;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Candidate>): Generator<CandidateTextFieldEvent>;
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
export interface Binding {
    tag: Uint8Array;
}
export declare namespace Binding {
    const codec: () => Codec<Binding>;
    interface BindingTagFieldEvent {
        field: '$.tag';
        value: Uint8Array;
    }
    function encode(obj: Partial<Binding>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Binding>): Binding;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Binding>): Generator<BindingTagFieldEvent>;
}
export interface Restart {
    offer: string;
}
export declare namespace Restart {
    const codec: () => Codec<Restart>;
    interface RestartOfferFieldEvent {
        field: '$.offer';
        value: string;
    }
    function encode(obj: Partial<Restart>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Restart>): Restart;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Restart>): Generator<RestartOfferFieldEvent>;
}
export interface RestartAnswer {
    answer: string;
}
export declare namespace RestartAnswer {
    const codec: () => Codec<RestartAnswer>;
    interface RestartAnswerAnswerFieldEvent {
        field: '$.answer';
        value: string;
    }
    function encode(obj: Partial<RestartAnswer>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RestartAnswer>): RestartAnswer;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RestartAnswer>): Generator<RestartAnswerAnswerFieldEvent>;
}
