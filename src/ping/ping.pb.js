// Generated from ping.proto by npm run generate.
/* eslint-disable require-yield */
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var PingSignal;
(function (PingSignal) {
    let _codec;
    PingSignal.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                obj = { ...obj };
                if (obj.end != null) {
                    obj.more = undefined;
                    obj.answer = undefined;
                    obj.ask = undefined;
                }
                if (obj.more != null) {
                    obj.end = undefined;
                    obj.answer = undefined;
                    obj.ask = undefined;
                }
                if (obj.answer != null) {
                    obj.end = undefined;
                    obj.more = undefined;
                    obj.ask = undefined;
                }
                if (obj.ask != null) {
                    obj.end = undefined;
                    obj.more = undefined;
                    obj.answer = undefined;
                }
                if ((obj.id != null && obj.id.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.id);
                }
                if (obj.ask != null) {
                    w.uint32(18);
                    PingPath.codec().encode(obj.ask, w);
                }
                if (obj.answer != null) {
                    w.uint32(26);
                    PingPath.codec().encode(obj.answer, w);
                }
                if (obj.more != null) {
                    w.uint32(34);
                    PingCandidates.codec().encode(obj.more, w);
                }
                if (obj.end != null) {
                    w.uint32(42);
                    PingEnd.codec().encode(obj.end, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    id: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.id = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.ask = PingPath.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.ask
                            });
                            break;
                        }
                        case 3: {
                            obj.answer = PingPath.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.answer
                            });
                            break;
                        }
                        case 4: {
                            obj.more = PingCandidates.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.more
                            });
                            break;
                        }
                        case 5: {
                            obj.end = PingEnd.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.end
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                if (obj.end != null) {
                    delete obj.more;
                    delete obj.answer;
                    delete obj.ask;
                }
                if (obj.more != null) {
                    delete obj.end;
                    delete obj.answer;
                    delete obj.ask;
                }
                if (obj.answer != null) {
                    delete obj.end;
                    delete obj.more;
                    delete obj.ask;
                }
                if (obj.ask != null) {
                    delete obj.end;
                    delete obj.more;
                    delete obj.answer;
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.id`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield* PingPath.codec().stream(reader, reader.uint32(), `${prefix}.ask`, {
                                limits: opts.limits?.ask
                            });
                            break;
                        }
                        case 3: {
                            yield* PingPath.codec().stream(reader, reader.uint32(), `${prefix}.answer`, {
                                limits: opts.limits?.answer
                            });
                            break;
                        }
                        case 4: {
                            yield* PingCandidates.codec().stream(reader, reader.uint32(), `${prefix}.more`, {
                                limits: opts.limits?.more
                            });
                            break;
                        }
                        case 5: {
                            yield* PingEnd.codec().stream(reader, reader.uint32(), `${prefix}.end`, {
                                limits: opts.limits?.end
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
        return encodeMessage(obj, PingSignal.codec());
    }
    PingSignal.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PingSignal.codec(), opts);
    }
    PingSignal.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PingSignal.codec(), opts);
    }
    PingSignal.stream = stream;
})(PingSignal || (PingSignal = {}));
export var PingPath;
(function (PingPath) {
    let _codec;
    PingPath.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.ufrag != null && obj.ufrag !== '')) {
                    w.uint32(10);
                    w.string(obj.ufrag);
                }
                if ((obj.password != null && obj.password !== '')) {
                    w.uint32(18);
                    w.string(obj.password);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    ufrag: '',
                    password: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.ufrag = reader.string();
                            break;
                        }
                        case 2: {
                            obj.password = reader.string();
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
                                field: `${prefix}.ufrag`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.password`,
                                value: reader.string()
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
        return encodeMessage(obj, PingPath.codec());
    }
    PingPath.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PingPath.codec(), opts);
    }
    PingPath.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PingPath.codec(), opts);
    }
    PingPath.stream = stream;
})(PingPath || (PingPath = {}));
export var PingCandidates;
(function (PingCandidates) {
    let _codec;
    PingCandidates.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.candidates != null && obj.candidates.length > 0) {
                    for (const value of obj.candidates) {
                        w.uint32(10);
                        w.string(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    candidates: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.candidates != null && obj.candidates.length === opts.limits.candidates) {
                                throw new MaxLengthError('Decode error - repeated field "candidates" had too many elements');
                            }
                            obj.candidates.push(reader.string());
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
                    candidates: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.candidates != null && obj.candidates === opts.limits.candidates) {
                                throw new MaxLengthError('Streaming decode error - repeated field "candidates" had too many elements');
                            }
                            yield {
                                field: `${prefix}.candidates[]`,
                                index: obj.candidates,
                                value: reader.string()
                            };
                            obj.candidates++;
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
        return encodeMessage(obj, PingCandidates.codec());
    }
    PingCandidates.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PingCandidates.codec(), opts);
    }
    PingCandidates.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PingCandidates.codec(), opts);
    }
    PingCandidates.stream = stream;
})(PingCandidates || (PingCandidates = {}));
export var PingEnd;
(function (PingEnd) {
    let _codec;
    PingEnd.codec = () => {
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
        return encodeMessage(obj, PingEnd.codec());
    }
    PingEnd.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PingEnd.codec(), opts);
    }
    PingEnd.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PingEnd.codec(), opts);
    }
    PingEnd.stream = stream;
})(PingEnd || (PingEnd = {}));
