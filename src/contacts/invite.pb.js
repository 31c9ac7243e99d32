// Generated from invite.proto by npm run generate.
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var Invite;
(function (Invite) {
    let _codec;
    Invite.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.version != null && obj.version !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.version);
                }
                if ((obj.network != null && obj.network !== '')) {
                    w.uint32(18);
                    w.string(obj.network);
                }
                if ((obj.username != null && obj.username !== '')) {
                    w.uint32(26);
                    w.string(obj.username);
                }
                if (obj.homes != null && obj.homes.length > 0) {
                    for (const value of obj.homes) {
                        w.uint32(34);
                        InviteHome.codec().encode(value, w);
                    }
                }
                if ((obj.certificate != null && obj.certificate.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.certificate);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    version: 0,
                    network: '',
                    username: '',
                    homes: [],
                    certificate: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.version = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.network = reader.string();
                            break;
                        }
                        case 3: {
                            obj.username = reader.string();
                            break;
                        }
                        case 4: {
                            if (opts.limits?.homes != null && obj.homes.length === opts.limits.homes) {
                                throw new MaxLengthError('Decode error - repeated field "homes" had too many elements');
                            }
                            obj.homes.push(InviteHome.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.homes$
                            }));
                            break;
                        }
                        case 5: {
                            obj.certificate = reader.bytes();
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
                    homes: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.version`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.network`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.username`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 4: {
                            if (opts.limits?.homes != null && obj.homes === opts.limits.homes) {
                                throw new MaxLengthError('Streaming decode error - repeated field "homes" had too many elements');
                            }
                            for (const evt of InviteHome.codec().stream(reader, reader.uint32(), `${prefix}.homes[]`, {
                                limits: opts.limits?.homes$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.homes
                                };
                            }
                            obj.homes++;
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.certificate`,
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
export var InviteHome;
(function (InviteHome) {
    let _codec;
    InviteHome.codec = () => {
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
                        w.bytes(value);
                    }
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
                            obj.addresses.push(reader.bytes());
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
                                value: reader.bytes()
                            };
                            obj.addresses++;
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
        return encodeMessage(obj, InviteHome.codec());
    }
    InviteHome.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, InviteHome.codec(), opts);
    }
    InviteHome.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, InviteHome.codec(), opts);
    }
    InviteHome.stream = stream;
})(InviteHome || (InviteHome = {}));
