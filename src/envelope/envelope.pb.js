// Generated from envelope.proto by npm run generate.
import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var Sealed;
(function (Sealed) {
    let _codec;
    Sealed.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.encapsulated != null && obj.encapsulated.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.encapsulated);
                }
                if ((obj.ciphertext != null && obj.ciphertext.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.ciphertext);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    encapsulated: uint8ArrayAlloc(0),
                    ciphertext: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.encapsulated = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.ciphertext = reader.bytes();
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
                                field: `${prefix}.encapsulated`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.ciphertext`,
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
        return encodeMessage(obj, Sealed.codec());
    }
    Sealed.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Sealed.codec(), opts);
    }
    Sealed.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Sealed.codec(), opts);
    }
    Sealed.stream = stream;
})(Sealed || (Sealed = {}));
export var Message;
(function (Message) {
    let _codec;
    Message.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                obj = { ...obj };
                if (obj.ping != null) {
                    obj.link = undefined;
                    obj.signal = undefined;
                }
                if (obj.link != null) {
                    obj.ping = undefined;
                    obj.signal = undefined;
                }
                if (obj.signal != null) {
                    obj.ping = undefined;
                    obj.link = undefined;
                }
                if ((obj.network != null && obj.network !== '')) {
                    w.uint32(10);
                    w.string(obj.network);
                }
                if ((obj.to != null && obj.to.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.to);
                }
                if ((obj.lease != null && obj.lease.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.lease);
                }
                if ((obj.id != null && obj.id.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.id);
                }
                if ((obj.sentMs != null && obj.sentMs !== 0)) {
                    w.uint32(40);
                    w.uint64Number(obj.sentMs);
                }
                if (obj.signal != null) {
                    w.uint32(50);
                    w.bytes(obj.signal);
                }
                if (obj.link != null) {
                    w.uint32(58);
                    w.bytes(obj.link);
                }
                if (obj.ping != null) {
                    w.uint32(66);
                    w.bytes(obj.ping);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    network: '',
                    to: uint8ArrayAlloc(0),
                    lease: uint8ArrayAlloc(0),
                    id: uint8ArrayAlloc(0),
                    sentMs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.network = reader.string();
                            break;
                        }
                        case 2: {
                            obj.to = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.lease = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.id = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.sentMs = reader.uint64Number();
                            break;
                        }
                        case 6: {
                            obj.signal = reader.bytes();
                            break;
                        }
                        case 7: {
                            obj.link = reader.bytes();
                            break;
                        }
                        case 8: {
                            obj.ping = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                if (obj.ping != null) {
                    delete obj.link;
                    delete obj.signal;
                }
                if (obj.link != null) {
                    delete obj.ping;
                    delete obj.signal;
                }
                if (obj.signal != null) {
                    delete obj.ping;
                    delete obj.link;
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.network`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.to`,
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
                            yield {
                                field: `${prefix}.id`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.sentMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.signal`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.link`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.ping`,
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
        return encodeMessage(obj, Message.codec());
    }
    Message.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Message.codec(), opts);
    }
    Message.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Message.codec(), opts);
    }
    Message.stream = stream;
})(Message || (Message = {}));
