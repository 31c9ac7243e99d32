// Generated from link.proto by npm run generate.
import { decodeMessage, encodeMessage, enumeration, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var Link;
(function (Link) {
    let _codec;
    Link.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                obj = { ...obj };
                if (obj.refusal != null) {
                    obj.grant = undefined;
                    obj.request = undefined;
                }
                if (obj.grant != null) {
                    obj.refusal = undefined;
                    obj.request = undefined;
                }
                if (obj.request != null) {
                    obj.refusal = undefined;
                    obj.grant = undefined;
                }
                if (obj.request != null) {
                    w.uint32(10);
                    LinkRequest.codec().encode(obj.request, w);
                }
                if (obj.grant != null) {
                    w.uint32(18);
                    LinkGrant.codec().encode(obj.grant, w);
                }
                if (obj.refusal != null) {
                    w.uint32(26);
                    LinkRefusal.codec().encode(obj.refusal, w);
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
                            obj.request = LinkRequest.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.request
                            });
                            break;
                        }
                        case 2: {
                            obj.grant = LinkGrant.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.grant
                            });
                            break;
                        }
                        case 3: {
                            obj.refusal = LinkRefusal.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.refusal
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                if (obj.refusal != null) {
                    delete obj.grant;
                    delete obj.request;
                }
                if (obj.grant != null) {
                    delete obj.refusal;
                    delete obj.request;
                }
                if (obj.request != null) {
                    delete obj.refusal;
                    delete obj.grant;
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* LinkRequest.codec().stream(reader, reader.uint32(), `${prefix}.request`, {
                                limits: opts.limits?.request
                            });
                            break;
                        }
                        case 2: {
                            yield* LinkGrant.codec().stream(reader, reader.uint32(), `${prefix}.grant`, {
                                limits: opts.limits?.grant
                            });
                            break;
                        }
                        case 3: {
                            yield* LinkRefusal.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                                limits: opts.limits?.refusal
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
        return encodeMessage(obj, Link.codec());
    }
    Link.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Link.codec(), opts);
    }
    Link.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Link.codec(), opts);
    }
    Link.stream = stream;
})(Link || (Link = {}));
export var LinkRequest;
(function (LinkRequest) {
    let _codec;
    LinkRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.label != null && obj.label !== '')) {
                    w.uint32(10);
                    w.string(obj.label);
                }
                if ((obj.tag != null && obj.tag.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.tag);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    label: '',
                    tag: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.label = reader.string();
                            break;
                        }
                        case 2: {
                            obj.tag = reader.bytes();
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
                                field: `${prefix}.label`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.tag`,
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
        return encodeMessage(obj, LinkRequest.codec());
    }
    LinkRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LinkRequest.codec(), opts);
    }
    LinkRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LinkRequest.codec(), opts);
    }
    LinkRequest.stream = stream;
})(LinkRequest || (LinkRequest = {}));
export var LinkGrant;
(function (LinkGrant) {
    let _codec;
    LinkGrant.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.certificate != null && obj.certificate.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.certificate);
                }
                if ((obj.claim != null && obj.claim.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.claim);
                }
                if ((obj.accountKey != null && obj.accountKey.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.accountKey);
                }
                if ((obj.tag != null && obj.tag.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.tag);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    certificate: uint8ArrayAlloc(0),
                    claim: uint8ArrayAlloc(0),
                    accountKey: uint8ArrayAlloc(0),
                    tag: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.certificate = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.claim = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.accountKey = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.tag = reader.bytes();
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
                                field: `${prefix}.certificate`,
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
                                field: `${prefix}.accountKey`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.tag`,
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
        return encodeMessage(obj, LinkGrant.codec());
    }
    LinkGrant.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LinkGrant.codec(), opts);
    }
    LinkGrant.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LinkGrant.codec(), opts);
    }
    LinkGrant.stream = stream;
})(LinkGrant || (LinkGrant = {}));
export var LinkRefusal;
(function (LinkRefusal) {
    let Reason;
    (function (Reason) {
        Reason["NO_CODE"] = "NO_CODE";
        Reason["WRONG_CODE"] = "WRONG_CODE";
        Reason["SPENT"] = "SPENT";
    })(Reason = LinkRefusal.Reason || (LinkRefusal.Reason = {}));
    let __ReasonValues;
    (function (__ReasonValues) {
        __ReasonValues[__ReasonValues["NO_CODE"] = 0] = "NO_CODE";
        __ReasonValues[__ReasonValues["WRONG_CODE"] = 1] = "WRONG_CODE";
        __ReasonValues[__ReasonValues["SPENT"] = 2] = "SPENT";
    })(__ReasonValues || (__ReasonValues = {}));
    (function (Reason) {
        Reason.codec = () => {
            return enumeration(__ReasonValues);
        };
    })(Reason = LinkRefusal.Reason || (LinkRefusal.Reason = {}));
    let _codec;
    LinkRefusal.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.reason != null && __ReasonValues[obj.reason] !== 0) {
                    w.uint32(8);
                    LinkRefusal.Reason.codec().encode(obj.reason, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    reason: Reason.NO_CODE
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.reason = LinkRefusal.Reason.codec().decode(reader);
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
                                value: LinkRefusal.Reason.codec().decode(reader)
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
        return encodeMessage(obj, LinkRefusal.codec());
    }
    LinkRefusal.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LinkRefusal.codec(), opts);
    }
    LinkRefusal.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LinkRefusal.codec(), opts);
    }
    LinkRefusal.stream = stream;
})(LinkRefusal || (LinkRefusal = {}));
