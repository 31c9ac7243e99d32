// Generated from probe.proto by npm run generate.
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var DialBack;
(function (DialBack) {
    let _codec;
    DialBack.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.addresses != null && obj.addresses.length > 0) {
                    for (const value of obj.addresses) {
                        w.uint32(10);
                        w.string(value);
                    }
                }
                if (obj.udp != null) {
                    w.uint32(18);
                    UdpProbe.codec().encode(obj.udp, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    addresses: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements');
                            }
                            obj.addresses.push(reader.string());
                            break;
                        }
                        case 2: {
                            obj.udp = UdpProbe.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.udp
                            });
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
                    addresses: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements');
                            }
                            yield {
                                field: `${prefix}.addresses[]`,
                                index: obj.addresses,
                                value: reader.string()
                            };
                            obj.addresses++;
                            break;
                        }
                        case 2: {
                            yield* UdpProbe.codec().stream(reader, reader.uint32(), `${prefix}.udp`, {
                                limits: opts.limits?.udp
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
        return encodeMessage(obj, DialBack.codec());
    }
    DialBack.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DialBack.codec(), opts);
    }
    DialBack.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DialBack.codec(), opts);
    }
    DialBack.stream = stream;
})(DialBack || (DialBack = {}));
export var UdpProbe;
(function (UdpProbe) {
    let _codec;
    UdpProbe.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.port != null && obj.port !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.port);
                }
                if ((obj.token != null && obj.token.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.token);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    port: 0,
                    token: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.port = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.token = reader.bytes();
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
                                field: `${prefix}.port`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.token`,
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
        return encodeMessage(obj, UdpProbe.codec());
    }
    UdpProbe.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, UdpProbe.codec(), opts);
    }
    UdpProbe.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, UdpProbe.codec(), opts);
    }
    UdpProbe.stream = stream;
})(UdpProbe || (UdpProbe = {}));
export var DialBackReply;
(function (DialBackReply) {
    let _codec;
    DialBackReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.reachedAt != null && obj.reachedAt !== '')) {
                    w.uint32(10);
                    w.string(obj.reachedAt);
                }
                if ((obj.seenAt != null && obj.seenAt !== '')) {
                    w.uint32(18);
                    w.string(obj.seenAt);
                }
                if ((obj.isSent != null && obj.isSent !== false)) {
                    w.uint32(24);
                    w.bool(obj.isSent);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    reachedAt: '',
                    seenAt: '',
                    isSent: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.reachedAt = reader.string();
                            break;
                        }
                        case 2: {
                            obj.seenAt = reader.string();
                            break;
                        }
                        case 3: {
                            obj.isSent = reader.bool();
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
                                field: `${prefix}.reachedAt`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.seenAt`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.isSent`,
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
        return encodeMessage(obj, DialBackReply.codec());
    }
    DialBackReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DialBackReply.codec(), opts);
    }
    DialBackReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DialBackReply.codec(), opts);
    }
    DialBackReply.stream = stream;
})(DialBackReply || (DialBackReply = {}));
