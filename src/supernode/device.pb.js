// Generated from device.proto by npm run generate.
/* eslint-disable require-yield */
import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime';
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
