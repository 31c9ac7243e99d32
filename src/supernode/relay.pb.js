// Generated from relay.proto by npm run generate.
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var Borrow;
(function (Borrow) {
    let _codec;
    Borrow.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.callTag != null && obj.callTag.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.callTag);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    callTag: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.callTag = reader.bytes();
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
                                field: `${prefix}.callTag`,
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
        return encodeMessage(obj, Borrow.codec());
    }
    Borrow.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Borrow.codec(), opts);
    }
    Borrow.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Borrow.codec(), opts);
    }
    Borrow.stream = stream;
})(Borrow || (Borrow = {}));
export var BorrowReply;
(function (BorrowReply) {
    let _codec;
    BorrowReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.udp != null && obj.udp.length > 0) {
                    for (const value of obj.udp) {
                        w.uint32(10);
                        TransportAddress.codec().encode(value, w);
                    }
                }
                if (obj.tcp != null && obj.tcp.length > 0) {
                    for (const value of obj.tcp) {
                        w.uint32(18);
                        TransportAddress.codec().encode(value, w);
                    }
                }
                if (obj.otherUdp != null && obj.otherUdp.length > 0) {
                    for (const value of obj.otherUdp) {
                        w.uint32(26);
                        TransportAddress.codec().encode(value, w);
                    }
                }
                if ((obj.isRelay != null && obj.isRelay !== false)) {
                    w.uint32(32);
                    w.bool(obj.isRelay);
                }
                if ((obj.username != null && obj.username !== '')) {
                    w.uint32(42);
                    w.string(obj.username);
                }
                if ((obj.credential != null && obj.credential !== '')) {
                    w.uint32(50);
                    w.string(obj.credential);
                }
                if ((obj.realm != null && obj.realm !== '')) {
                    w.uint32(58);
                    w.string(obj.realm);
                }
                if ((obj.nonce != null && obj.nonce !== '')) {
                    w.uint32(66);
                    w.string(obj.nonce);
                }
                if ((obj.expiresMs != null && obj.expiresMs !== 0)) {
                    w.uint32(72);
                    w.uint64Number(obj.expiresMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    udp: [],
                    tcp: [],
                    otherUdp: [],
                    isRelay: false,
                    username: '',
                    credential: '',
                    realm: '',
                    nonce: '',
                    expiresMs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.udp != null && obj.udp.length === opts.limits.udp) {
                                throw new MaxLengthError('Decode error - repeated field "udp" had too many elements');
                            }
                            obj.udp.push(TransportAddress.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.udp$
                            }));
                            break;
                        }
                        case 2: {
                            if (opts.limits?.tcp != null && obj.tcp.length === opts.limits.tcp) {
                                throw new MaxLengthError('Decode error - repeated field "tcp" had too many elements');
                            }
                            obj.tcp.push(TransportAddress.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.tcp$
                            }));
                            break;
                        }
                        case 3: {
                            if (opts.limits?.otherUdp != null && obj.otherUdp.length === opts.limits.otherUdp) {
                                throw new MaxLengthError('Decode error - repeated field "otherUdp" had too many elements');
                            }
                            obj.otherUdp.push(TransportAddress.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.otherUdp$
                            }));
                            break;
                        }
                        case 4: {
                            obj.isRelay = reader.bool();
                            break;
                        }
                        case 5: {
                            obj.username = reader.string();
                            break;
                        }
                        case 6: {
                            obj.credential = reader.string();
                            break;
                        }
                        case 7: {
                            obj.realm = reader.string();
                            break;
                        }
                        case 8: {
                            obj.nonce = reader.string();
                            break;
                        }
                        case 9: {
                            obj.expiresMs = reader.uint64Number();
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
                    udp: 0,
                    tcp: 0,
                    otherUdp: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.udp != null && obj.udp === opts.limits.udp) {
                                throw new MaxLengthError('Streaming decode error - repeated field "udp" had too many elements');
                            }
                            for (const evt of TransportAddress.codec().stream(reader, reader.uint32(), `${prefix}.udp[]`, {
                                limits: opts.limits?.udp$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.udp
                                };
                            }
                            obj.udp++;
                            break;
                        }
                        case 2: {
                            if (opts.limits?.tcp != null && obj.tcp === opts.limits.tcp) {
                                throw new MaxLengthError('Streaming decode error - repeated field "tcp" had too many elements');
                            }
                            for (const evt of TransportAddress.codec().stream(reader, reader.uint32(), `${prefix}.tcp[]`, {
                                limits: opts.limits?.tcp$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.tcp
                                };
                            }
                            obj.tcp++;
                            break;
                        }
                        case 3: {
                            if (opts.limits?.otherUdp != null && obj.otherUdp === opts.limits.otherUdp) {
                                throw new MaxLengthError('Streaming decode error - repeated field "otherUdp" had too many elements');
                            }
                            for (const evt of TransportAddress.codec().stream(reader, reader.uint32(), `${prefix}.otherUdp[]`, {
                                limits: opts.limits?.otherUdp$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.otherUdp
                                };
                            }
                            obj.otherUdp++;
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.isRelay`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.username`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.credential`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.realm`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.nonce`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.expiresMs`,
                                value: reader.uint64Number()
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
        return encodeMessage(obj, BorrowReply.codec());
    }
    BorrowReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, BorrowReply.codec(), opts);
    }
    BorrowReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, BorrowReply.codec(), opts);
    }
    BorrowReply.stream = stream;
})(BorrowReply || (BorrowReply = {}));
export var TransportAddress;
(function (TransportAddress) {
    let _codec;
    TransportAddress.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.ip != null && obj.ip.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.ip);
                }
                if ((obj.port != null && obj.port !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.port);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    ip: uint8ArrayAlloc(0),
                    port: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.ip = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.port = reader.uint32();
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
                                field: `${prefix}.ip`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.port`,
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
        return encodeMessage(obj, TransportAddress.codec());
    }
    TransportAddress.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, TransportAddress.codec(), opts);
    }
    TransportAddress.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, TransportAddress.codec(), opts);
    }
    TransportAddress.stream = stream;
})(TransportAddress || (TransportAddress = {}));
export var RelayHints;
(function (RelayHints) {
    let _codec;
    RelayHints.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.relays != null && obj.relays.length > 0) {
                    for (const value of obj.relays) {
                        w.uint32(10);
                        RelayHint.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    relays: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.relays != null && obj.relays.length === opts.limits.relays) {
                                throw new MaxLengthError('Decode error - repeated field "relays" had too many elements');
                            }
                            obj.relays.push(RelayHint.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.relays$
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
                    relays: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.relays != null && obj.relays === opts.limits.relays) {
                                throw new MaxLengthError('Streaming decode error - repeated field "relays" had too many elements');
                            }
                            for (const evt of RelayHint.codec().stream(reader, reader.uint32(), `${prefix}.relays[]`, {
                                limits: opts.limits?.relays$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.relays
                                };
                            }
                            obj.relays++;
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
        return encodeMessage(obj, RelayHints.codec());
    }
    RelayHints.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RelayHints.codec(), opts);
    }
    RelayHints.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RelayHints.codec(), opts);
    }
    RelayHints.stream = stream;
})(RelayHints || (RelayHints = {}));
export var RelayHint;
(function (RelayHint) {
    let _codec;
    RelayHint.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.peerKey != null && obj.peerKey.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.peerKey);
                }
                if ((obj.rttMs != null && obj.rttMs !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.rttMs);
                }
                if (obj.addresses != null && obj.addresses.length > 0) {
                    for (const value of obj.addresses) {
                        w.uint32(26);
                        w.bytes(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    peerKey: uint8ArrayAlloc(0),
                    rttMs: 0,
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
                            obj.rttMs = reader.uint32();
                            break;
                        }
                        case 3: {
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
                            yield {
                                field: `${prefix}.rttMs`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
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
        return encodeMessage(obj, RelayHint.codec());
    }
    RelayHint.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RelayHint.codec(), opts);
    }
    RelayHint.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RelayHint.codec(), opts);
    }
    RelayHint.stream = stream;
})(RelayHint || (RelayHint = {}));
