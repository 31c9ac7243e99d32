// Generated from device.proto by npm run generate.
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var DeviceRequest;
(function (DeviceRequest) {
    let _codec;
    DeviceRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                obj = { ...obj };
                if (obj.leave != null) {
                    obj.push = undefined;
                }
                if (obj.push != null) {
                    obj.leave = undefined;
                }
                if (obj.push != null) {
                    w.uint32(10);
                    Push.codec().encode(obj.push, w);
                }
                if (obj.leave != null) {
                    w.uint32(18);
                    Leave.codec().encode(obj.leave, w);
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
                            obj.push = Push.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.push
                            });
                            break;
                        }
                        case 2: {
                            obj.leave = Leave.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.leave
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                if (obj.leave != null) {
                    delete obj.push;
                }
                if (obj.push != null) {
                    delete obj.leave;
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* Push.codec().stream(reader, reader.uint32(), `${prefix}.push`, {
                                limits: opts.limits?.push
                            });
                            break;
                        }
                        case 2: {
                            yield* Leave.codec().stream(reader, reader.uint32(), `${prefix}.leave`, {
                                limits: opts.limits?.leave
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
        return encodeMessage(obj, DeviceRequest.codec());
    }
    DeviceRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DeviceRequest.codec(), opts);
    }
    DeviceRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DeviceRequest.codec(), opts);
    }
    DeviceRequest.stream = stream;
})(DeviceRequest || (DeviceRequest = {}));
export var Push;
(function (Push) {
    let _codec;
    Push.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.envelope != null && obj.envelope.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.envelope);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    envelope: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.envelope = reader.bytes();
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
                                field: `${prefix}.envelope`,
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
        return encodeMessage(obj, Push.codec());
    }
    Push.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Push.codec(), opts);
    }
    Push.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Push.codec(), opts);
    }
    Push.stream = stream;
})(Push || (Push = {}));
export var Leave;
(function (Leave) {
    let _codec;
    Leave.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.supernodes != null && obj.supernodes.length > 0) {
                    for (const value of obj.supernodes) {
                        w.uint32(10);
                        Elsewhere.codec().encode(value, w);
                    }
                }
                if ((obj.retryAfterMs != null && obj.retryAfterMs !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.retryAfterMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    supernodes: [],
                    retryAfterMs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.supernodes != null && obj.supernodes.length === opts.limits.supernodes) {
                                throw new MaxLengthError('Decode error - repeated field "supernodes" had too many elements');
                            }
                            obj.supernodes.push(Elsewhere.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.supernodes$
                            }));
                            break;
                        }
                        case 2: {
                            obj.retryAfterMs = reader.uint32();
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
                    supernodes: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.supernodes != null && obj.supernodes === opts.limits.supernodes) {
                                throw new MaxLengthError('Streaming decode error - repeated field "supernodes" had too many elements');
                            }
                            for (const evt of Elsewhere.codec().stream(reader, reader.uint32(), `${prefix}.supernodes[]`, {
                                limits: opts.limits?.supernodes$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.supernodes
                                };
                            }
                            obj.supernodes++;
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.retryAfterMs`,
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
        return encodeMessage(obj, Leave.codec());
    }
    Leave.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Leave.codec(), opts);
    }
    Leave.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Leave.codec(), opts);
    }
    Leave.stream = stream;
})(Leave || (Leave = {}));
export var Elsewhere;
(function (Elsewhere) {
    let _codec;
    Elsewhere.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.peerKey != null && obj.peerKey.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.peerKey);
                }
                if (obj.addresses != null && obj.addresses.length > 0) {
                    for (const value of obj.addresses) {
                        w.uint32(18);
                        w.string(value);
                    }
                }
                if (obj.clients != null) {
                    w.uint32(24);
                    w.uint32(obj.clients);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    peerKey: uint8ArrayAlloc(0),
                    addresses: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.peerKey = reader.bytes();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements');
                            }
                            obj.addresses.push(reader.string());
                            break;
                        }
                        case 3: {
                            obj.clients = reader.uint32();
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
                            yield {
                                field: `${prefix}.peerKey`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
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
                        case 3: {
                            yield {
                                field: `${prefix}.clients`,
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
        return encodeMessage(obj, Elsewhere.codec());
    }
    Elsewhere.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Elsewhere.codec(), opts);
    }
    Elsewhere.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Elsewhere.codec(), opts);
    }
    Elsewhere.stream = stream;
})(Elsewhere || (Elsewhere = {}));
export var DeviceReply;
(function (DeviceReply) {
    let _codec;
    DeviceReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.isTaken != null && obj.isTaken !== false)) {
                    w.uint32(8);
                    w.bool(obj.isTaken);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    isTaken: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.isTaken = reader.bool();
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
                                field: `${prefix}.isTaken`,
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
        return encodeMessage(obj, DeviceReply.codec());
    }
    DeviceReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DeviceReply.codec(), opts);
    }
    DeviceReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DeviceReply.codec(), opts);
    }
    DeviceReply.stream = stream;
})(DeviceReply || (DeviceReply = {}));
