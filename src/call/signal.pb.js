// Generated from signal.proto by npm run generate.
/* eslint-disable require-yield */
import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var Signal;
(function (Signal) {
    let _codec;
    Signal.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                obj = { ...obj };
                if (obj.bye != null) {
                    obj.candidates = undefined;
                    obj.cancel = undefined;
                    obj.busy = undefined;
                    obj.decline = undefined;
                    obj.accept = undefined;
                    obj.ringing = undefined;
                    obj.invite = undefined;
                }
                if (obj.candidates != null) {
                    obj.bye = undefined;
                    obj.cancel = undefined;
                    obj.busy = undefined;
                    obj.decline = undefined;
                    obj.accept = undefined;
                    obj.ringing = undefined;
                    obj.invite = undefined;
                }
                if (obj.cancel != null) {
                    obj.bye = undefined;
                    obj.candidates = undefined;
                    obj.busy = undefined;
                    obj.decline = undefined;
                    obj.accept = undefined;
                    obj.ringing = undefined;
                    obj.invite = undefined;
                }
                if (obj.busy != null) {
                    obj.bye = undefined;
                    obj.candidates = undefined;
                    obj.cancel = undefined;
                    obj.decline = undefined;
                    obj.accept = undefined;
                    obj.ringing = undefined;
                    obj.invite = undefined;
                }
                if (obj.decline != null) {
                    obj.bye = undefined;
                    obj.candidates = undefined;
                    obj.cancel = undefined;
                    obj.busy = undefined;
                    obj.accept = undefined;
                    obj.ringing = undefined;
                    obj.invite = undefined;
                }
                if (obj.accept != null) {
                    obj.bye = undefined;
                    obj.candidates = undefined;
                    obj.cancel = undefined;
                    obj.busy = undefined;
                    obj.decline = undefined;
                    obj.ringing = undefined;
                    obj.invite = undefined;
                }
                if (obj.ringing != null) {
                    obj.bye = undefined;
                    obj.candidates = undefined;
                    obj.cancel = undefined;
                    obj.busy = undefined;
                    obj.decline = undefined;
                    obj.accept = undefined;
                    obj.invite = undefined;
                }
                if (obj.invite != null) {
                    obj.bye = undefined;
                    obj.candidates = undefined;
                    obj.cancel = undefined;
                    obj.busy = undefined;
                    obj.decline = undefined;
                    obj.accept = undefined;
                    obj.ringing = undefined;
                }
                if ((obj.callId != null && obj.callId.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.callId);
                }
                if (obj.invite != null) {
                    w.uint32(18);
                    Invite.codec().encode(obj.invite, w);
                }
                if (obj.ringing != null) {
                    w.uint32(26);
                    Ringing.codec().encode(obj.ringing, w);
                }
                if (obj.accept != null) {
                    w.uint32(34);
                    Accept.codec().encode(obj.accept, w);
                }
                if (obj.decline != null) {
                    w.uint32(42);
                    Decline.codec().encode(obj.decline, w);
                }
                if (obj.busy != null) {
                    w.uint32(50);
                    Busy.codec().encode(obj.busy, w);
                }
                if (obj.cancel != null) {
                    w.uint32(58);
                    Cancel.codec().encode(obj.cancel, w);
                }
                if (obj.candidates != null) {
                    w.uint32(66);
                    Candidates.codec().encode(obj.candidates, w);
                }
                if (obj.bye != null) {
                    w.uint32(74);
                    Bye.codec().encode(obj.bye, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    callId: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.callId = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.invite = Invite.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.invite
                            });
                            break;
                        }
                        case 3: {
                            obj.ringing = Ringing.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.ringing
                            });
                            break;
                        }
                        case 4: {
                            obj.accept = Accept.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.accept
                            });
                            break;
                        }
                        case 5: {
                            obj.decline = Decline.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.decline
                            });
                            break;
                        }
                        case 6: {
                            obj.busy = Busy.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.busy
                            });
                            break;
                        }
                        case 7: {
                            obj.cancel = Cancel.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.cancel
                            });
                            break;
                        }
                        case 8: {
                            obj.candidates = Candidates.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.candidates
                            });
                            break;
                        }
                        case 9: {
                            obj.bye = Bye.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.bye
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                if (obj.bye != null) {
                    delete obj.candidates;
                    delete obj.cancel;
                    delete obj.busy;
                    delete obj.decline;
                    delete obj.accept;
                    delete obj.ringing;
                    delete obj.invite;
                }
                if (obj.candidates != null) {
                    delete obj.bye;
                    delete obj.cancel;
                    delete obj.busy;
                    delete obj.decline;
                    delete obj.accept;
                    delete obj.ringing;
                    delete obj.invite;
                }
                if (obj.cancel != null) {
                    delete obj.bye;
                    delete obj.candidates;
                    delete obj.busy;
                    delete obj.decline;
                    delete obj.accept;
                    delete obj.ringing;
                    delete obj.invite;
                }
                if (obj.busy != null) {
                    delete obj.bye;
                    delete obj.candidates;
                    delete obj.cancel;
                    delete obj.decline;
                    delete obj.accept;
                    delete obj.ringing;
                    delete obj.invite;
                }
                if (obj.decline != null) {
                    delete obj.bye;
                    delete obj.candidates;
                    delete obj.cancel;
                    delete obj.busy;
                    delete obj.accept;
                    delete obj.ringing;
                    delete obj.invite;
                }
                if (obj.accept != null) {
                    delete obj.bye;
                    delete obj.candidates;
                    delete obj.cancel;
                    delete obj.busy;
                    delete obj.decline;
                    delete obj.ringing;
                    delete obj.invite;
                }
                if (obj.ringing != null) {
                    delete obj.bye;
                    delete obj.candidates;
                    delete obj.cancel;
                    delete obj.busy;
                    delete obj.decline;
                    delete obj.accept;
                    delete obj.invite;
                }
                if (obj.invite != null) {
                    delete obj.bye;
                    delete obj.candidates;
                    delete obj.cancel;
                    delete obj.busy;
                    delete obj.decline;
                    delete obj.accept;
                    delete obj.ringing;
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.callId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield* Invite.codec().stream(reader, reader.uint32(), `${prefix}.invite`, {
                                limits: opts.limits?.invite
                            });
                            break;
                        }
                        case 3: {
                            yield* Ringing.codec().stream(reader, reader.uint32(), `${prefix}.ringing`, {
                                limits: opts.limits?.ringing
                            });
                            break;
                        }
                        case 4: {
                            yield* Accept.codec().stream(reader, reader.uint32(), `${prefix}.accept`, {
                                limits: opts.limits?.accept
                            });
                            break;
                        }
                        case 5: {
                            yield* Decline.codec().stream(reader, reader.uint32(), `${prefix}.decline`, {
                                limits: opts.limits?.decline
                            });
                            break;
                        }
                        case 6: {
                            yield* Busy.codec().stream(reader, reader.uint32(), `${prefix}.busy`, {
                                limits: opts.limits?.busy
                            });
                            break;
                        }
                        case 7: {
                            yield* Cancel.codec().stream(reader, reader.uint32(), `${prefix}.cancel`, {
                                limits: opts.limits?.cancel
                            });
                            break;
                        }
                        case 8: {
                            yield* Candidates.codec().stream(reader, reader.uint32(), `${prefix}.candidates`, {
                                limits: opts.limits?.candidates
                            });
                            break;
                        }
                        case 9: {
                            yield* Bye.codec().stream(reader, reader.uint32(), `${prefix}.bye`, {
                                limits: opts.limits?.bye
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Signal.codec());
    }
    Signal.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Signal.codec(), opts);
    }
    Signal.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Signal.codec(), opts);
    }
    Signal.stream = stream;
})(Signal || (Signal = {}));
export var Invite;
(function (Invite) {
    let _codec;
    Invite.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.offer != null && obj.offer !== '')) {
                    w.uint32(10);
                    w.string(obj.offer);
                }
                if ((obj.relays != null && obj.relays.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.relays);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    offer: '',
                    relays: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.offer = reader.string();
                            break;
                        }
                        case 2: {
                            obj.relays = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.offer`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.relays`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Invite.codec());
    }
    Invite.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Invite.codec(), opts);
    }
    Invite.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Invite.codec(), opts);
    }
    Invite.stream = stream;
})(Invite || (Invite = {}));
export var Ringing;
(function (Ringing) {
    let _codec;
    Ringing.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.answer != null && obj.answer !== '')) {
                    w.uint32(10);
                    w.string(obj.answer);
                }
                if ((obj.relays != null && obj.relays.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.relays);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    answer: '',
                    relays: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.answer = reader.string();
                            break;
                        }
                        case 2: {
                            obj.relays = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.answer`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.relays`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Ringing.codec());
    }
    Ringing.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Ringing.codec(), opts);
    }
    Ringing.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Ringing.codec(), opts);
    }
    Ringing.stream = stream;
})(Ringing || (Ringing = {}));
export var Accept;
(function (Accept) {
    let _codec;
    Accept.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.answer != null && obj.answer !== '')) {
                    w.uint32(10);
                    w.string(obj.answer);
                }
                if ((obj.relays != null && obj.relays.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.relays);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    answer: '',
                    relays: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.answer = reader.string();
                            break;
                        }
                        case 2: {
                            obj.relays = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.answer`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.relays`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Accept.codec());
    }
    Accept.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Accept.codec(), opts);
    }
    Accept.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Accept.codec(), opts);
    }
    Accept.stream = stream;
})(Accept || (Accept = {}));
export var Decline;
(function (Decline) {
    let _codec;
    Decline.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.isHereOnly != null && obj.isHereOnly !== false)) {
                    w.uint32(8);
                    w.bool(obj.isHereOnly);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    isHereOnly: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.isHereOnly = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.isHereOnly`,
                                value: reader.bool()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Decline.codec());
    }
    Decline.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Decline.codec(), opts);
    }
    Decline.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Decline.codec(), opts);
    }
    Decline.stream = stream;
})(Decline || (Decline = {}));
export var Busy;
(function (Busy) {
    let _codec;
    Busy.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Busy.codec());
    }
    Busy.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Busy.codec(), opts);
    }
    Busy.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Busy.codec(), opts);
    }
    Busy.stream = stream;
})(Busy || (Busy = {}));
export var CancelReason;
(function (CancelReason) {
    CancelReason["GAVE_UP"] = "GAVE_UP";
    CancelReason["ANSWERED_ELSEWHERE"] = "ANSWERED_ELSEWHERE";
    CancelReason["NO_ANSWER"] = "NO_ANSWER";
    CancelReason["DECLINED_ELSEWHERE"] = "DECLINED_ELSEWHERE";
})(CancelReason || (CancelReason = {}));
var __CancelReasonValues;
(function (__CancelReasonValues) {
    __CancelReasonValues[__CancelReasonValues["GAVE_UP"] = 0] = "GAVE_UP";
    __CancelReasonValues[__CancelReasonValues["ANSWERED_ELSEWHERE"] = 1] = "ANSWERED_ELSEWHERE";
    __CancelReasonValues[__CancelReasonValues["NO_ANSWER"] = 2] = "NO_ANSWER";
    __CancelReasonValues[__CancelReasonValues["DECLINED_ELSEWHERE"] = 3] = "DECLINED_ELSEWHERE";
})(__CancelReasonValues || (__CancelReasonValues = {}));
(function (CancelReason) {
    CancelReason.codec = () => {
        return enumeration(__CancelReasonValues);
    };
})(CancelReason || (CancelReason = {}));
export var Cancel;
(function (Cancel) {
    let _codec;
    Cancel.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.reason != null && __CancelReasonValues[obj.reason] !== 0) {
                    w.uint32(8);
                    CancelReason.codec().encode(obj.reason, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    reason: CancelReason.GAVE_UP
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.reason = CancelReason.codec().decode(reader);
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.reason`,
                                value: CancelReason.codec().decode(reader)
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Cancel.codec());
    }
    Cancel.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Cancel.codec(), opts);
    }
    Cancel.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Cancel.codec(), opts);
    }
    Cancel.stream = stream;
})(Cancel || (Cancel = {}));
export var Candidates;
(function (Candidates) {
    let _codec;
    Candidates.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.text != null && obj.text.length > 0) {
                    for (const value of obj.text) {
                        w.uint32(10);
                        w.string(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    text: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.text != null && obj.text.length === opts.limits.text) {
                                throw new MaxLengthError('Decode error - repeated field "text" had too many elements');
                            }
                            obj.text.push(reader.string());
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    text: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.text != null && obj.text === opts.limits.text) {
                                throw new MaxLengthError('Streaming decode error - repeated field "text" had too many elements');
                            }
                            yield {
                                field: `${prefix}.text[]`,
                                index: obj.text,
                                value: reader.string()
                            };
                            obj.text++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Candidates.codec());
    }
    Candidates.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Candidates.codec(), opts);
    }
    Candidates.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Candidates.codec(), opts);
    }
    Candidates.stream = stream;
})(Candidates || (Candidates = {}));
export var ByeReason;
(function (ByeReason) {
    ByeReason["HANGUP"] = "HANGUP";
    ByeReason["FAILED"] = "FAILED";
    ByeReason["LOST"] = "LOST";
    ByeReason["STOPPED"] = "STOPPED";
})(ByeReason || (ByeReason = {}));
var __ByeReasonValues;
(function (__ByeReasonValues) {
    __ByeReasonValues[__ByeReasonValues["HANGUP"] = 0] = "HANGUP";
    __ByeReasonValues[__ByeReasonValues["FAILED"] = 1] = "FAILED";
    __ByeReasonValues[__ByeReasonValues["LOST"] = 2] = "LOST";
    __ByeReasonValues[__ByeReasonValues["STOPPED"] = 3] = "STOPPED";
})(__ByeReasonValues || (__ByeReasonValues = {}));
(function (ByeReason) {
    ByeReason.codec = () => {
        return enumeration(__ByeReasonValues);
    };
})(ByeReason || (ByeReason = {}));
export var Bye;
(function (Bye) {
    let _codec;
    Bye.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.reason != null && __ByeReasonValues[obj.reason] !== 0) {
                    w.uint32(8);
                    ByeReason.codec().encode(obj.reason, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    reason: ByeReason.HANGUP
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.reason = ByeReason.codec().decode(reader);
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.reason`,
                                value: ByeReason.codec().decode(reader)
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Bye.codec());
    }
    Bye.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Bye.codec(), opts);
    }
    Bye.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Bye.codec(), opts);
    }
    Bye.stream = stream;
})(Bye || (Bye = {}));
