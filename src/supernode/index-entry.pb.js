// Generated from index-entry.proto by npm run generate.
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var StoredEntry;
(function (StoredEntry) {
    let _codec;
    StoredEntry.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.holdings != null && obj.holdings.length > 0) {
                    for (const value of obj.holdings) {
                        w.uint32(10);
                        StoredHolding.codec().encode(value, w);
                    }
                }
                if (obj.heir != null) {
                    w.uint32(18);
                    StoredHolding.codec().encode(obj.heir, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    holdings: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.holdings != null && obj.holdings.length === opts.limits.holdings) {
                                throw new MaxLengthError('Decode error - repeated field "holdings" had too many elements');
                            }
                            obj.holdings.push(StoredHolding.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.holdings$
                            }));
                            break;
                        }
                        case 2: {
                            obj.heir = StoredHolding.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.heir
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
                    holdings: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.holdings != null && obj.holdings === opts.limits.holdings) {
                                throw new MaxLengthError('Streaming decode error - repeated field "holdings" had too many elements');
                            }
                            for (const evt of StoredHolding.codec().stream(reader, reader.uint32(), `${prefix}.holdings[]`, {
                                limits: opts.limits?.holdings$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.holdings
                                };
                            }
                            obj.holdings++;
                            break;
                        }
                        case 2: {
                            yield* StoredHolding.codec().stream(reader, reader.uint32(), `${prefix}.heir`, {
                                limits: opts.limits?.heir
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
        return encodeMessage(obj, StoredEntry.codec());
    }
    StoredEntry.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, StoredEntry.codec(), opts);
    }
    StoredEntry.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, StoredEntry.codec(), opts);
    }
    StoredEntry.stream = stream;
})(StoredEntry || (StoredEntry = {}));
export var StoredHolding;
(function (StoredHolding) {
    let _codec;
    StoredHolding.codec = () => {
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
                        StoredLease.codec().encode(value, w);
                    }
                }
                if ((obj.sinceMs != null && obj.sinceMs !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.sinceMs);
                }
                if ((obj.renewedMs != null && obj.renewedMs !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.renewedMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    claim: uint8ArrayAlloc(0),
                    leases: [],
                    sinceMs: 0,
                    renewedMs: 0
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
                            obj.leases.push(StoredLease.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.leases$
                            }));
                            break;
                        }
                        case 3: {
                            obj.sinceMs = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.renewedMs = reader.uint64Number();
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
                    leases: 0
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
                            for (const evt of StoredLease.codec().stream(reader, reader.uint32(), `${prefix}.leases[]`, {
                                limits: opts.limits?.leases$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.leases
                                };
                            }
                            obj.leases++;
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.sinceMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.renewedMs`,
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
        return encodeMessage(obj, StoredHolding.codec());
    }
    StoredHolding.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, StoredHolding.codec(), opts);
    }
    StoredHolding.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, StoredHolding.codec(), opts);
    }
    StoredHolding.stream = stream;
})(StoredHolding || (StoredHolding = {}));
export var StoredLease;
(function (StoredLease) {
    let _codec;
    StoredLease.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.lease != null && obj.lease.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.lease);
                }
                if ((obj.expiresMs != null && obj.expiresMs !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.expiresMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    lease: uint8ArrayAlloc(0),
                    expiresMs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.lease = reader.bytes();
                            break;
                        }
                        case 2: {
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
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.lease`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
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
        return encodeMessage(obj, StoredLease.codec());
    }
    StoredLease.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, StoredLease.codec(), opts);
    }
    StoredLease.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, StoredLease.codec(), opts);
    }
    StoredLease.stream = stream;
})(StoredLease || (StoredLease = {}));
