// Generated from home.proto by npm run generate.
/* eslint-disable require-yield */
import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var HomeRequest;
(function (HomeRequest) {
    let _codec;
    HomeRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                obj = { ...obj };
                if (obj.detach != null) {
                    obj.deliver = undefined;
                    obj.forward = undefined;
                    obj.resolve = undefined;
                    obj.place = undefined;
                    obj.attach = undefined;
                }
                if (obj.deliver != null) {
                    obj.detach = undefined;
                    obj.forward = undefined;
                    obj.resolve = undefined;
                    obj.place = undefined;
                    obj.attach = undefined;
                }
                if (obj.forward != null) {
                    obj.detach = undefined;
                    obj.deliver = undefined;
                    obj.resolve = undefined;
                    obj.place = undefined;
                    obj.attach = undefined;
                }
                if (obj.resolve != null) {
                    obj.detach = undefined;
                    obj.deliver = undefined;
                    obj.forward = undefined;
                    obj.place = undefined;
                    obj.attach = undefined;
                }
                if (obj.place != null) {
                    obj.detach = undefined;
                    obj.deliver = undefined;
                    obj.forward = undefined;
                    obj.resolve = undefined;
                    obj.attach = undefined;
                }
                if (obj.attach != null) {
                    obj.detach = undefined;
                    obj.deliver = undefined;
                    obj.forward = undefined;
                    obj.resolve = undefined;
                    obj.place = undefined;
                }
                if (obj.attach != null) {
                    w.uint32(10);
                    Attach.codec().encode(obj.attach, w);
                }
                if (obj.place != null) {
                    w.uint32(18);
                    Place.codec().encode(obj.place, w);
                }
                if (obj.resolve != null) {
                    w.uint32(26);
                    Resolve.codec().encode(obj.resolve, w);
                }
                if (obj.forward != null) {
                    w.uint32(34);
                    Forward.codec().encode(obj.forward, w);
                }
                if (obj.deliver != null) {
                    w.uint32(42);
                    Deliver.codec().encode(obj.deliver, w);
                }
                if (obj.detach != null) {
                    w.uint32(50);
                    Detach.codec().encode(obj.detach, w);
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
                            obj.attach = Attach.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.attach
                            });
                            break;
                        }
                        case 2: {
                            obj.place = Place.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.place
                            });
                            break;
                        }
                        case 3: {
                            obj.resolve = Resolve.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.resolve
                            });
                            break;
                        }
                        case 4: {
                            obj.forward = Forward.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.forward
                            });
                            break;
                        }
                        case 5: {
                            obj.deliver = Deliver.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.deliver
                            });
                            break;
                        }
                        case 6: {
                            obj.detach = Detach.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.detach
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                if (obj.detach != null) {
                    delete obj.deliver;
                    delete obj.forward;
                    delete obj.resolve;
                    delete obj.place;
                    delete obj.attach;
                }
                if (obj.deliver != null) {
                    delete obj.detach;
                    delete obj.forward;
                    delete obj.resolve;
                    delete obj.place;
                    delete obj.attach;
                }
                if (obj.forward != null) {
                    delete obj.detach;
                    delete obj.deliver;
                    delete obj.resolve;
                    delete obj.place;
                    delete obj.attach;
                }
                if (obj.resolve != null) {
                    delete obj.detach;
                    delete obj.deliver;
                    delete obj.forward;
                    delete obj.place;
                    delete obj.attach;
                }
                if (obj.place != null) {
                    delete obj.detach;
                    delete obj.deliver;
                    delete obj.forward;
                    delete obj.resolve;
                    delete obj.attach;
                }
                if (obj.attach != null) {
                    delete obj.detach;
                    delete obj.deliver;
                    delete obj.forward;
                    delete obj.resolve;
                    delete obj.place;
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* Attach.codec().stream(reader, reader.uint32(), `${prefix}.attach`, {
                                limits: opts.limits?.attach
                            });
                            break;
                        }
                        case 2: {
                            yield* Place.codec().stream(reader, reader.uint32(), `${prefix}.place`, {
                                limits: opts.limits?.place
                            });
                            break;
                        }
                        case 3: {
                            yield* Resolve.codec().stream(reader, reader.uint32(), `${prefix}.resolve`, {
                                limits: opts.limits?.resolve
                            });
                            break;
                        }
                        case 4: {
                            yield* Forward.codec().stream(reader, reader.uint32(), `${prefix}.forward`, {
                                limits: opts.limits?.forward
                            });
                            break;
                        }
                        case 5: {
                            yield* Deliver.codec().stream(reader, reader.uint32(), `${prefix}.deliver`, {
                                limits: opts.limits?.deliver
                            });
                            break;
                        }
                        case 6: {
                            yield* Detach.codec().stream(reader, reader.uint32(), `${prefix}.detach`, {
                                limits: opts.limits?.detach
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
        return encodeMessage(obj, HomeRequest.codec());
    }
    HomeRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, HomeRequest.codec(), opts);
    }
    HomeRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, HomeRequest.codec(), opts);
    }
    HomeRequest.stream = stream;
})(HomeRequest || (HomeRequest = {}));
export var Attach;
(function (Attach) {
    let _codec;
    Attach.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.clients != null) {
                    w.uint32(8);
                    w.uint32(obj.clients);
                }
                if (obj.homes != null && obj.homes.length > 0) {
                    for (const value of obj.homes) {
                        w.uint32(18);
                        KnownSupernode.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    homes: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.clients = reader.uint32();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.homes != null && obj.homes.length === opts.limits.homes) {
                                throw new MaxLengthError('Decode error - repeated field "homes" had too many elements');
                            }
                            obj.homes.push(KnownSupernode.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.homes$
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
                    homes: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.clients`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            if (opts.limits?.homes != null && obj.homes === opts.limits.homes) {
                                throw new MaxLengthError('Streaming decode error - repeated field "homes" had too many elements');
                            }
                            for (const evt of KnownSupernode.codec().stream(reader, reader.uint32(), `${prefix}.homes[]`, {
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
        return encodeMessage(obj, Attach.codec());
    }
    Attach.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Attach.codec(), opts);
    }
    Attach.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Attach.codec(), opts);
    }
    Attach.stream = stream;
})(Attach || (Attach = {}));
export var Detach;
(function (Detach) {
    let _codec;
    Detach.codec = () => {
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
        return encodeMessage(obj, Detach.codec());
    }
    Detach.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Detach.codec(), opts);
    }
    Detach.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Detach.codec(), opts);
    }
    Detach.stream = stream;
})(Detach || (Detach = {}));
export var AttachReply;
(function (AttachReply) {
    let _codec;
    AttachReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.isAccepted != null && obj.isAccepted !== false)) {
                    w.uint32(8);
                    w.bool(obj.isAccepted);
                }
                if ((obj.retryAfterMs != null && obj.retryAfterMs !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.retryAfterMs);
                }
                if ((obj.clients != null && obj.clients !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.clients);
                }
                if (obj.addresses != null && obj.addresses.length > 0) {
                    for (const value of obj.addresses) {
                        w.uint32(34);
                        w.string(value);
                    }
                }
                if (obj.supernodes != null && obj.supernodes.length > 0) {
                    for (const value of obj.supernodes) {
                        w.uint32(42);
                        KnownSupernode.codec().encode(value, w);
                    }
                }
                if ((obj.supernodeCount != null && obj.supernodeCount !== 0)) {
                    w.uint32(48);
                    w.uint32(obj.supernodeCount);
                }
                if ((obj.nowMs != null && obj.nowMs !== 0)) {
                    w.uint32(56);
                    w.uint64Number(obj.nowMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    isAccepted: false,
                    retryAfterMs: 0,
                    clients: 0,
                    addresses: [],
                    supernodes: [],
                    supernodeCount: 0,
                    nowMs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.isAccepted = reader.bool();
                            break;
                        }
                        case 2: {
                            obj.retryAfterMs = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.clients = reader.uint32();
                            break;
                        }
                        case 4: {
                            if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements');
                            }
                            obj.addresses.push(reader.string());
                            break;
                        }
                        case 5: {
                            if (opts.limits?.supernodes != null && obj.supernodes.length === opts.limits.supernodes) {
                                throw new MaxLengthError('Decode error - repeated field "supernodes" had too many elements');
                            }
                            obj.supernodes.push(KnownSupernode.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.supernodes$
                            }));
                            break;
                        }
                        case 6: {
                            obj.supernodeCount = reader.uint32();
                            break;
                        }
                        case 7: {
                            obj.nowMs = reader.uint64Number();
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
                    addresses: 0,
                    supernodes: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.isAccepted`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.retryAfterMs`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.clients`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
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
                        case 5: {
                            if (opts.limits?.supernodes != null && obj.supernodes === opts.limits.supernodes) {
                                throw new MaxLengthError('Streaming decode error - repeated field "supernodes" had too many elements');
                            }
                            for (const evt of KnownSupernode.codec().stream(reader, reader.uint32(), `${prefix}.supernodes[]`, {
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
                        case 6: {
                            yield {
                                field: `${prefix}.supernodeCount`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.nowMs`,
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
        return encodeMessage(obj, AttachReply.codec());
    }
    AttachReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, AttachReply.codec(), opts);
    }
    AttachReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, AttachReply.codec(), opts);
    }
    AttachReply.stream = stream;
})(AttachReply || (AttachReply = {}));
export var KnownSupernode;
(function (KnownSupernode) {
    let _codec;
    KnownSupernode.codec = () => {
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
        return encodeMessage(obj, KnownSupernode.codec());
    }
    KnownSupernode.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, KnownSupernode.codec(), opts);
    }
    KnownSupernode.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, KnownSupernode.codec(), opts);
    }
    KnownSupernode.stream = stream;
})(KnownSupernode || (KnownSupernode = {}));
export var Place;
(function (Place) {
    let _codec;
    Place.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.keys != null && obj.keys.length > 0) {
                    for (const value of obj.keys) {
                        w.uint32(10);
                        w.bytes(value);
                    }
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
                    keys: [],
                    claim: uint8ArrayAlloc(0),
                    lease: uint8ArrayAlloc(0),
                    witnesses: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.keys != null && obj.keys.length === opts.limits.keys) {
                                throw new MaxLengthError('Decode error - repeated field "keys" had too many elements');
                            }
                            obj.keys.push(reader.bytes());
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
                    keys: 0,
                    witnesses: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.keys != null && obj.keys === opts.limits.keys) {
                                throw new MaxLengthError('Streaming decode error - repeated field "keys" had too many elements');
                            }
                            yield {
                                field: `${prefix}.keys[]`,
                                index: obj.keys,
                                value: reader.bytes()
                            };
                            obj.keys++;
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
        return encodeMessage(obj, Place.codec());
    }
    Place.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Place.codec(), opts);
    }
    Place.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Place.codec(), opts);
    }
    Place.stream = stream;
})(Place || (Place = {}));
export var PlaceReply;
(function (PlaceReply) {
    let _codec;
    PlaceReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.granted != null && obj.granted !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.granted);
                }
                if ((obj.failed != null && obj.failed !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.failed);
                }
                if ((obj.takenBy != null && obj.takenBy.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.takenBy);
                }
                if (obj.witnesses != null && obj.witnesses.length > 0) {
                    for (const value of obj.witnesses) {
                        w.uint32(34);
                        w.bytes(value);
                    }
                }
                if ((obj.contestedBy != null && obj.contestedBy.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.contestedBy);
                }
                if ((obj.pendingUntilMs != null && obj.pendingUntilMs !== 0)) {
                    w.uint32(48);
                    w.uint64Number(obj.pendingUntilMs);
                }
                if ((obj.heir != null && obj.heir.byteLength > 0)) {
                    w.uint32(58);
                    w.bytes(obj.heir);
                }
                if ((obj.pending != null && obj.pending !== 0)) {
                    w.uint32(64);
                    w.uint32(obj.pending);
                }
                if ((obj.stale != null && obj.stale !== 0)) {
                    w.uint32(72);
                    w.uint32(obj.stale);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    granted: 0,
                    failed: 0,
                    takenBy: uint8ArrayAlloc(0),
                    witnesses: [],
                    contestedBy: uint8ArrayAlloc(0),
                    pendingUntilMs: 0,
                    heir: uint8ArrayAlloc(0),
                    pending: 0,
                    stale: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.granted = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.failed = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.takenBy = reader.bytes();
                            break;
                        }
                        case 4: {
                            if (opts.limits?.witnesses != null && obj.witnesses.length === opts.limits.witnesses) {
                                throw new MaxLengthError('Decode error - repeated field "witnesses" had too many elements');
                            }
                            obj.witnesses.push(reader.bytes());
                            break;
                        }
                        case 5: {
                            obj.contestedBy = reader.bytes();
                            break;
                        }
                        case 6: {
                            obj.pendingUntilMs = reader.uint64Number();
                            break;
                        }
                        case 7: {
                            obj.heir = reader.bytes();
                            break;
                        }
                        case 8: {
                            obj.pending = reader.uint32();
                            break;
                        }
                        case 9: {
                            obj.stale = reader.uint32();
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
                                field: `${prefix}.granted`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.failed`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.takenBy`,
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
                        case 5: {
                            yield {
                                field: `${prefix}.contestedBy`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.pendingUntilMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.heir`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.pending`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.stale`,
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
        return encodeMessage(obj, PlaceReply.codec());
    }
    PlaceReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PlaceReply.codec(), opts);
    }
    PlaceReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PlaceReply.codec(), opts);
    }
    PlaceReply.stream = stream;
})(PlaceReply || (PlaceReply = {}));
export var Resolve;
(function (Resolve) {
    let _codec;
    Resolve.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.key != null && obj.key.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.key);
                }
                if ((obj.isThorough != null && obj.isThorough !== false)) {
                    w.uint32(16);
                    w.bool(obj.isThorough);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    key: uint8ArrayAlloc(0),
                    isThorough: false
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
                            obj.isThorough = reader.bool();
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
                                field: `${prefix}.isThorough`,
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
        return encodeMessage(obj, Resolve.codec());
    }
    Resolve.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Resolve.codec(), opts);
    }
    Resolve.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Resolve.codec(), opts);
    }
    Resolve.stream = stream;
})(Resolve || (Resolve = {}));
export var ResolveReply;
(function (ResolveReply) {
    let _codec;
    ResolveReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.lookupReply != null && obj.lookupReply.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.lookupReply);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    lookupReply: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.lookupReply = reader.bytes();
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
                                field: `${prefix}.lookupReply`,
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
        return encodeMessage(obj, ResolveReply.codec());
    }
    ResolveReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ResolveReply.codec(), opts);
    }
    ResolveReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ResolveReply.codec(), opts);
    }
    ResolveReply.stream = stream;
})(ResolveReply || (ResolveReply = {}));
export var Forward;
(function (Forward) {
    let _codec;
    Forward.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.deviceKey != null && obj.deviceKey.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.deviceKey);
                }
                if (obj.homeKeys != null && obj.homeKeys.length > 0) {
                    for (const value of obj.homeKeys) {
                        w.uint32(18);
                        w.bytes(value);
                    }
                }
                if ((obj.envelope != null && obj.envelope.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.envelope);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    deviceKey: uint8ArrayAlloc(0),
                    homeKeys: [],
                    envelope: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.deviceKey = reader.bytes();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.homeKeys != null && obj.homeKeys.length === opts.limits.homeKeys) {
                                throw new MaxLengthError('Decode error - repeated field "homeKeys" had too many elements');
                            }
                            obj.homeKeys.push(reader.bytes());
                            break;
                        }
                        case 3: {
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
                const obj = {
                    homeKeys: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.deviceKey`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            if (opts.limits?.homeKeys != null && obj.homeKeys === opts.limits.homeKeys) {
                                throw new MaxLengthError('Streaming decode error - repeated field "homeKeys" had too many elements');
                            }
                            yield {
                                field: `${prefix}.homeKeys[]`,
                                index: obj.homeKeys,
                                value: reader.bytes()
                            };
                            obj.homeKeys++;
                            break;
                        }
                        case 3: {
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
        return encodeMessage(obj, Forward.codec());
    }
    Forward.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Forward.codec(), opts);
    }
    Forward.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Forward.codec(), opts);
    }
    Forward.stream = stream;
})(Forward || (Forward = {}));
export var Deliver;
(function (Deliver) {
    let _codec;
    Deliver.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.deviceKey != null && obj.deviceKey.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.deviceKey);
                }
                if ((obj.envelope != null && obj.envelope.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.envelope);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    deviceKey: uint8ArrayAlloc(0),
                    envelope: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.deviceKey = reader.bytes();
                            break;
                        }
                        case 2: {
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
                                field: `${prefix}.deviceKey`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
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
        return encodeMessage(obj, Deliver.codec());
    }
    Deliver.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Deliver.codec(), opts);
    }
    Deliver.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Deliver.codec(), opts);
    }
    Deliver.stream = stream;
})(Deliver || (Deliver = {}));
export var Delivery;
(function (Delivery) {
    Delivery["UNREACHABLE"] = "UNREACHABLE";
    Delivery["TAKEN"] = "TAKEN";
    Delivery["REJECTED"] = "REJECTED";
})(Delivery || (Delivery = {}));
var __DeliveryValues;
(function (__DeliveryValues) {
    __DeliveryValues[__DeliveryValues["UNREACHABLE"] = 0] = "UNREACHABLE";
    __DeliveryValues[__DeliveryValues["TAKEN"] = 1] = "TAKEN";
    __DeliveryValues[__DeliveryValues["REJECTED"] = 2] = "REJECTED";
})(__DeliveryValues || (__DeliveryValues = {}));
(function (Delivery) {
    Delivery.codec = () => {
        return enumeration(__DeliveryValues);
    };
})(Delivery || (Delivery = {}));
export var DeliveryReply;
(function (DeliveryReply) {
    let _codec;
    DeliveryReply.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.delivery != null && __DeliveryValues[obj.delivery] !== 0) {
                    w.uint32(8);
                    Delivery.codec().encode(obj.delivery, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    delivery: Delivery.UNREACHABLE
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.delivery = Delivery.codec().decode(reader);
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
                                field: `${prefix}.delivery`,
                                value: Delivery.codec().decode(reader)
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
        return encodeMessage(obj, DeliveryReply.codec());
    }
    DeliveryReply.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DeliveryReply.codec(), opts);
    }
    DeliveryReply.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DeliveryReply.codec(), opts);
    }
    DeliveryReply.stream = stream;
})(DeliveryReply || (DeliveryReply = {}));
