// Generated from index.proto by npm run generate.
import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var IndexRequest;
(function (IndexRequest) {
    let _codec;
    IndexRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                obj = { ...obj };
                if (obj.lookup != null) {
                    obj.grant = undefined;
                }
                if (obj.grant != null) {
                    obj.lookup = undefined;
                }
                if (obj.grant != null) {
                    w.uint32(10);
                    Grant.codec().encode(obj.grant, w);
                }
                if (obj.lookup != null) {
                    w.uint32(18);
                    Lookup.codec().encode(obj.lookup, w);
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
                        case 1: {
                            obj.grant = Grant.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.grant
                            });
                            break;
                        }
                        case 2: {
                            obj.lookup = Lookup.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.lookup
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                if (obj.lookup != null) {
                    delete obj.grant;
                }
                if (obj.grant != null) {
                    delete obj.lookup;
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* Grant.codec().stream(reader, reader.uint32(), `${prefix}.grant`, {
                                limits: opts.limits?.grant
                            });
                            break;
                        }
                        case 2: {
                            yield* Lookup.codec().stream(reader, reader.uint32(), `${prefix}.lookup`, {
                                limits: opts.limits?.lookup
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
        return encodeMessage(obj, IndexRequest.codec());
    }
    IndexRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, IndexRequest.codec(), opts);
    }
    IndexRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, IndexRequest.codec(), opts);
    }
    IndexRequest.stream = stream;
})(IndexRequest || (IndexRequest = {}));
export var Grant;
(function (Grant) {
    let _codec;
    Grant.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.key != null && obj.key.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.key);
                }
                if ((obj.claim != null && obj.claim.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.claim);
                }
                if ((obj.lease != null && obj.lease.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.lease);
                }
                if (obj.witnesses != null && obj.witnesses.length > 0) {
                    for (const value of obj.witnesses) {
                        w.uint32(34);
                        w.bytes(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    key: uint8ArrayAlloc(0),
                    claim: uint8ArrayAlloc(0),
                    lease: uint8ArrayAlloc(0),
                    witnesses: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.key = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.claim = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.lease = reader.bytes();
                            break;
                        }
                        case 4: {
                            if (opts.limits?.witnesses != null && obj.witnesses.length === opts.limits.witnesses) {
                                throw new MaxLengthError('Decode error - repeated field "witnesses" had too many elements');
                            }
                            obj.witnesses.push(reader.bytes());
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
                    witnesses: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.key`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.claim`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.lease`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            if (opts.limits?.witnesses != null && obj.witnesses === opts.limits.witnesses) {
                                throw new MaxLengthError('Streaming decode error - repeated field "witnesses" had too many elements');
                            }
                            yield {
                                field: `${prefix}.witnesses[]`,
                                index: obj.witnesses,
                                value: reader.bytes()
                            };
                            obj.witnesses++;
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
        return encodeMessage(obj, Grant.codec());
    }
    Grant.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Grant.codec(), opts);
    }
    Grant.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Grant.codec(), opts);
    }
    Grant.stream = stream;
})(Grant || (Grant = {}));
export var GrantOutcome;
(function (GrantOutcome) {
    GrantOutcome["INVALID"] = "INVALID";
    GrantOutcome["GRANTED"] = "GRANTED";
    GrantOutcome["TAKEN"] = "TAKEN";
    GrantOutcome["STALE"] = "STALE";
    GrantOutcome["EXPIRED"] = "EXPIRED";
    GrantOutcome["FULL"] = "FULL";
    GrantOutcome["PENDING"] = "PENDING";
    GrantOutcome["CONTESTED"] = "CONTESTED";
})(GrantOutcome || (GrantOutcome = {}));
var __GrantOutcomeValues;
(function (__GrantOutcomeValues) {
    __GrantOutcomeValues[__GrantOutcomeValues["INVALID"] = 0] = "INVALID";
    __GrantOutcomeValues[__GrantOutcomeValues["GRANTED"] = 1] = "GRANTED";
    __GrantOutcomeValues[__GrantOutcomeValues["TAKEN"] = 2] = "TAKEN";
    __GrantOutcomeValues[__GrantOutcomeValues["STALE"] = 3] = "STALE";
    __GrantOutcomeValues[__GrantOutcomeValues["EXPIRED"] = 4] = "EXPIRED";
    __GrantOutcomeValues[__GrantOutcomeValues["FULL"] = 5] = "FULL";
    __GrantOutcomeValues[__GrantOutcomeValues["PENDING"] = 6] = "PENDING";
    __GrantOutcomeValues[__GrantOutcomeValues["CONTESTED"] = 7] = "CONTESTED";
})(__GrantOutcomeValues || (__GrantOutcomeValues = {}));
(function (GrantOutcome) {
    GrantOutcome.codec = () => {
        return enumeration(__GrantOutcomeValues);
    };
})(GrantOutcome || (GrantOutcome = {}));
export var GrantReply;
(function (GrantReply) {
    let _codec;
    GrantReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.outcome != null && __GrantOutcomeValues[obj.outcome] !== 0) {
                    w.uint32(8);
                    GrantOutcome.codec().encode(obj.outcome, w);
                }
                if ((obj.claim != null && obj.claim.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.claim);
                }
                if ((obj.witness != null && obj.witness.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.witness);
                }
                if ((obj.pendingUntilMs != null && obj.pendingUntilMs !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.pendingUntilMs);
                }
                if ((obj.heir != null && obj.heir.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.heir);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    outcome: GrantOutcome.INVALID,
                    claim: uint8ArrayAlloc(0),
                    witness: uint8ArrayAlloc(0),
                    pendingUntilMs: 0,
                    heir: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.outcome = GrantOutcome.codec().decode(reader);
                            break;
                        }
                        case 2: {
                            obj.claim = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.witness = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.pendingUntilMs = reader.uint64Number();
                            break;
                        }
                        case 5: {
                            obj.heir = reader.bytes();
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
                                field: `${prefix}.outcome`,
                                value: GrantOutcome.codec().decode(reader)
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.claim`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.witness`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.pendingUntilMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.heir`,
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
        return encodeMessage(obj, GrantReply.codec());
    }
    GrantReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, GrantReply.codec(), opts);
    }
    GrantReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, GrantReply.codec(), opts);
    }
    GrantReply.stream = stream;
})(GrantReply || (GrantReply = {}));
export var Lookup;
(function (Lookup) {
    let _codec;
    Lookup.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.key != null && obj.key.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.key);
                }
                if ((obj.hops != null && obj.hops !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.hops);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    key: uint8ArrayAlloc(0),
                    hops: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.key = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.hops = reader.uint32();
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
                                field: `${prefix}.key`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.hops`,
                                value: reader.uint32()
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
        return encodeMessage(obj, Lookup.codec());
    }
    Lookup.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Lookup.codec(), opts);
    }
    Lookup.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Lookup.codec(), opts);
    }
    Lookup.stream = stream;
})(Lookup || (Lookup = {}));
export var LookupReply;
(function (LookupReply) {
    let _codec;
    LookupReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.holders != null && obj.holders.length > 0) {
                    for (const value of obj.holders) {
                        w.uint32(10);
                        Holder.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    holders: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.holders != null && obj.holders.length === opts.limits.holders) {
                                throw new MaxLengthError('Decode error - repeated field "holders" had too many elements');
                            }
                            obj.holders.push(Holder.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.holders$
                            }));
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
                    holders: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.holders != null && obj.holders === opts.limits.holders) {
                                throw new MaxLengthError('Streaming decode error - repeated field "holders" had too many elements');
                            }
                            for (const evt of Holder.codec().stream(reader, reader.uint32(), `${prefix}.holders[]`, {
                                limits: opts.limits?.holders$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.holders
                                };
                            }
                            obj.holders++;
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
        return encodeMessage(obj, LookupReply.codec());
    }
    LookupReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LookupReply.codec(), opts);
    }
    LookupReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LookupReply.codec(), opts);
    }
    LookupReply.stream = stream;
})(LookupReply || (LookupReply = {}));
export var Holder;
(function (Holder) {
    let _codec;
    Holder.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.claim != null && obj.claim.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.claim);
                }
                if (obj.leases != null && obj.leases.length > 0) {
                    for (const value of obj.leases) {
                        w.uint32(18);
                        w.bytes(value);
                    }
                }
                if (obj.lapsed != null && obj.lapsed.length > 0) {
                    for (const value of obj.lapsed) {
                        w.uint32(26);
                        w.bytes(value);
                    }
                }
                if ((obj.sinceMs != null && obj.sinceMs !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.sinceMs);
                }
                if ((obj.registrars != null && obj.registrars !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.registrars);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    claim: uint8ArrayAlloc(0),
                    leases: [],
                    lapsed: [],
                    sinceMs: 0,
                    registrars: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.claim = reader.bytes();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.leases != null && obj.leases.length === opts.limits.leases) {
                                throw new MaxLengthError('Decode error - repeated field "leases" had too many elements');
                            }
                            obj.leases.push(reader.bytes());
                            break;
                        }
                        case 3: {
                            if (opts.limits?.lapsed != null && obj.lapsed.length === opts.limits.lapsed) {
                                throw new MaxLengthError('Decode error - repeated field "lapsed" had too many elements');
                            }
                            obj.lapsed.push(reader.bytes());
                            break;
                        }
                        case 4: {
                            obj.sinceMs = reader.uint64Number();
                            break;
                        }
                        case 5: {
                            obj.registrars = reader.uint32();
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
                    leases: 0,
                    lapsed: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.claim`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            if (opts.limits?.leases != null && obj.leases === opts.limits.leases) {
                                throw new MaxLengthError('Streaming decode error - repeated field "leases" had too many elements');
                            }
                            yield {
                                field: `${prefix}.leases[]`,
                                index: obj.leases,
                                value: reader.bytes()
                            };
                            obj.leases++;
                            break;
                        }
                        case 3: {
                            if (opts.limits?.lapsed != null && obj.lapsed === opts.limits.lapsed) {
                                throw new MaxLengthError('Streaming decode error - repeated field "lapsed" had too many elements');
                            }
                            yield {
                                field: `${prefix}.lapsed[]`,
                                index: obj.lapsed,
                                value: reader.bytes()
                            };
                            obj.lapsed++;
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.sinceMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.registrars`,
                                value: reader.uint32()
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
        return encodeMessage(obj, Holder.codec());
    }
    Holder.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Holder.codec(), opts);
    }
    Holder.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Holder.codec(), opts);
    }
    Holder.stream = stream;
})(Holder || (Holder = {}));
