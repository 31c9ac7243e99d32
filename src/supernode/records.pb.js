// Generated from records.proto by npm run generate.
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var Claim;
(function (Claim) {
    let _codec;
    Claim.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.network != null && obj.network !== '')) {
                    w.uint32(10);
                    w.string(obj.network);
                }
                if ((obj.name != null && obj.name !== '')) {
                    w.uint32(18);
                    w.string(obj.name);
                }
                if ((obj.seq != null && obj.seq !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.seq);
                }
                if ((obj.issuedMs != null && obj.issuedMs !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.issuedMs);
                }
                if ((obj.recoveryKeyHash != null && obj.recoveryKeyHash.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.recoveryKeyHash);
                }
                if (obj.proofOfWork != null) {
                    w.uint32(50);
                    ProofOfWork.codec().encode(obj.proofOfWork, w);
                }
                if (obj.successions != null && obj.successions.length > 0) {
                    for (const value of obj.successions) {
                        w.uint32(58);
                        w.bytes(value);
                    }
                }
                if (obj.revokedDevices != null && obj.revokedDevices.length > 0) {
                    for (const value of obj.revokedDevices) {
                        w.uint32(66);
                        w.bytes(value);
                    }
                }
                if ((obj.contestedMs != null && obj.contestedMs !== 0)) {
                    w.uint32(72);
                    w.uint64Number(obj.contestedMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    network: '',
                    name: '',
                    seq: 0,
                    issuedMs: 0,
                    recoveryKeyHash: uint8ArrayAlloc(0),
                    successions: [],
                    revokedDevices: [],
                    contestedMs: 0
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
                            obj.name = reader.string();
                            break;
                        }
                        case 3: {
                            obj.seq = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.issuedMs = reader.uint64Number();
                            break;
                        }
                        case 5: {
                            obj.recoveryKeyHash = reader.bytes();
                            break;
                        }
                        case 6: {
                            obj.proofOfWork = ProofOfWork.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.proofOfWork
                            });
                            break;
                        }
                        case 7: {
                            if (opts.limits?.successions != null && obj.successions.length === opts.limits.successions) {
                                throw new MaxLengthError('Decode error - repeated field "successions" had too many elements');
                            }
                            obj.successions.push(reader.bytes());
                            break;
                        }
                        case 8: {
                            if (opts.limits?.revokedDevices != null && obj.revokedDevices.length === opts.limits.revokedDevices) {
                                throw new MaxLengthError('Decode error - repeated field "revokedDevices" had too many elements');
                            }
                            obj.revokedDevices.push(reader.bytes());
                            break;
                        }
                        case 9: {
                            obj.contestedMs = reader.uint64Number();
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
                    successions: 0,
                    revokedDevices: 0
                };
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
                                field: `${prefix}.name`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.seq`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.issuedMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.recoveryKeyHash`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 6: {
                            yield* ProofOfWork.codec().stream(reader, reader.uint32(), `${prefix}.proofOfWork`, {
                                limits: opts.limits?.proofOfWork
                            });
                            break;
                        }
                        case 7: {
                            if (opts.limits?.successions != null && obj.successions === opts.limits.successions) {
                                throw new MaxLengthError('Streaming decode error - repeated field "successions" had too many elements');
                            }
                            yield {
                                field: `${prefix}.successions[]`,
                                index: obj.successions,
                                value: reader.bytes()
                            };
                            obj.successions++;
                            break;
                        }
                        case 8: {
                            if (opts.limits?.revokedDevices != null && obj.revokedDevices === opts.limits.revokedDevices) {
                                throw new MaxLengthError('Streaming decode error - repeated field "revokedDevices" had too many elements');
                            }
                            yield {
                                field: `${prefix}.revokedDevices[]`,
                                index: obj.revokedDevices,
                                value: reader.bytes()
                            };
                            obj.revokedDevices++;
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.contestedMs`,
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
        return encodeMessage(obj, Claim.codec());
    }
    Claim.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Claim.codec(), opts);
    }
    Claim.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Claim.codec(), opts);
    }
    Claim.stream = stream;
})(Claim || (Claim = {}));
export var ProofOfWork;
(function (ProofOfWork) {
    let _codec;
    ProofOfWork.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.bits != null && obj.bits !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.bits);
                }
                if ((obj.nonce != null && obj.nonce.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.nonce);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    bits: 0,
                    nonce: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.bits = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.nonce = reader.bytes();
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
                                field: `${prefix}.bits`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.nonce`,
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
        return encodeMessage(obj, ProofOfWork.codec());
    }
    ProofOfWork.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ProofOfWork.codec(), opts);
    }
    ProofOfWork.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ProofOfWork.codec(), opts);
    }
    ProofOfWork.stream = stream;
})(ProofOfWork || (ProofOfWork = {}));
export var Succession;
(function (Succession) {
    let _codec;
    Succession.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.network != null && obj.network !== '')) {
                    w.uint32(10);
                    w.string(obj.network);
                }
                if ((obj.name != null && obj.name !== '')) {
                    w.uint32(18);
                    w.string(obj.name);
                }
                if ((obj.fromAccountKey != null && obj.fromAccountKey.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.fromAccountKey);
                }
                if ((obj.toAccountKey != null && obj.toAccountKey.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.toAccountKey);
                }
                if ((obj.issuedMs != null && obj.issuedMs !== 0)) {
                    w.uint32(40);
                    w.uint64Number(obj.issuedMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    network: '',
                    name: '',
                    fromAccountKey: uint8ArrayAlloc(0),
                    toAccountKey: uint8ArrayAlloc(0),
                    issuedMs: 0
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
                            obj.name = reader.string();
                            break;
                        }
                        case 3: {
                            obj.fromAccountKey = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.toAccountKey = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.issuedMs = reader.uint64Number();
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
                                field: `${prefix}.network`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.name`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.fromAccountKey`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.toAccountKey`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.issuedMs`,
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
        return encodeMessage(obj, Succession.codec());
    }
    Succession.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Succession.codec(), opts);
    }
    Succession.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Succession.codec(), opts);
    }
    Succession.stream = stream;
})(Succession || (Succession = {}));
export var Witness;
(function (Witness) {
    let _codec;
    Witness.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.network != null && obj.network !== '')) {
                    w.uint32(10);
                    w.string(obj.network);
                }
                if ((obj.name != null && obj.name !== '')) {
                    w.uint32(18);
                    w.string(obj.name);
                }
                if ((obj.accountKey != null && obj.accountKey.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.accountKey);
                }
                if ((obj.sinceMs != null && obj.sinceMs !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.sinceMs);
                }
                if ((obj.issuedMs != null && obj.issuedMs !== 0)) {
                    w.uint32(40);
                    w.uint64Number(obj.issuedMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    network: '',
                    name: '',
                    accountKey: uint8ArrayAlloc(0),
                    sinceMs: 0,
                    issuedMs: 0
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
                            obj.name = reader.string();
                            break;
                        }
                        case 3: {
                            obj.accountKey = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.sinceMs = reader.uint64Number();
                            break;
                        }
                        case 5: {
                            obj.issuedMs = reader.uint64Number();
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
                                field: `${prefix}.network`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.name`,
                                value: reader.string()
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
                                field: `${prefix}.sinceMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.issuedMs`,
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
        return encodeMessage(obj, Witness.codec());
    }
    Witness.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Witness.codec(), opts);
    }
    Witness.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Witness.codec(), opts);
    }
    Witness.stream = stream;
})(Witness || (Witness = {}));
export var DeviceCertificate;
(function (DeviceCertificate) {
    let _codec;
    DeviceCertificate.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.network != null && obj.network !== '')) {
                    w.uint32(10);
                    w.string(obj.network);
                }
                if ((obj.deviceKey != null && obj.deviceKey.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.deviceKey);
                }
                if ((obj.issuedMs != null && obj.issuedMs !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.issuedMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    network: '',
                    deviceKey: uint8ArrayAlloc(0),
                    issuedMs: 0
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
                            obj.deviceKey = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.issuedMs = reader.uint64Number();
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
                                field: `${prefix}.network`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.deviceKey`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.issuedMs`,
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
        return encodeMessage(obj, DeviceCertificate.codec());
    }
    DeviceCertificate.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DeviceCertificate.codec(), opts);
    }
    DeviceCertificate.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DeviceCertificate.codec(), opts);
    }
    DeviceCertificate.stream = stream;
})(DeviceCertificate || (DeviceCertificate = {}));
export var Lease;
(function (Lease) {
    let _codec;
    Lease.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.network != null && obj.network !== '')) {
                    w.uint32(10);
                    w.string(obj.network);
                }
                if ((obj.name != null && obj.name !== '')) {
                    w.uint32(18);
                    w.string(obj.name);
                }
                if ((obj.certificate != null && obj.certificate.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.certificate);
                }
                if (obj.homes != null && obj.homes.length > 0) {
                    for (const value of obj.homes) {
                        w.uint32(34);
                        Home.codec().encode(value, w);
                    }
                }
                if ((obj.sealingKey != null && obj.sealingKey.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.sealingKey);
                }
                if ((obj.capabilities != null && obj.capabilities !== 0)) {
                    w.uint32(48);
                    w.uint32(obj.capabilities);
                }
                if ((obj.seq != null && obj.seq !== 0)) {
                    w.uint32(56);
                    w.uint64Number(obj.seq);
                }
                if ((obj.issuedMs != null && obj.issuedMs !== 0)) {
                    w.uint32(64);
                    w.uint64Number(obj.issuedMs);
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
                    network: '',
                    name: '',
                    certificate: uint8ArrayAlloc(0),
                    homes: [],
                    sealingKey: uint8ArrayAlloc(0),
                    capabilities: 0,
                    seq: 0,
                    issuedMs: 0,
                    expiresMs: 0
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
                            obj.name = reader.string();
                            break;
                        }
                        case 3: {
                            obj.certificate = reader.bytes();
                            break;
                        }
                        case 4: {
                            if (opts.limits?.homes != null && obj.homes.length === opts.limits.homes) {
                                throw new MaxLengthError('Decode error - repeated field "homes" had too many elements');
                            }
                            obj.homes.push(Home.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.homes$
                            }));
                            break;
                        }
                        case 5: {
                            obj.sealingKey = reader.bytes();
                            break;
                        }
                        case 6: {
                            obj.capabilities = reader.uint32();
                            break;
                        }
                        case 7: {
                            obj.seq = reader.uint64Number();
                            break;
                        }
                        case 8: {
                            obj.issuedMs = reader.uint64Number();
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
                    homes: 0
                };
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
                                field: `${prefix}.name`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.certificate`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            if (opts.limits?.homes != null && obj.homes === opts.limits.homes) {
                                throw new MaxLengthError('Streaming decode error - repeated field "homes" had too many elements');
                            }
                            for (const evt of Home.codec().stream(reader, reader.uint32(), `${prefix}.homes[]`, {
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
                                field: `${prefix}.sealingKey`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.capabilities`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.seq`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.issuedMs`,
                                value: reader.uint64Number()
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
        return encodeMessage(obj, Lease.codec());
    }
    Lease.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Lease.codec(), opts);
    }
    Lease.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Lease.codec(), opts);
    }
    Lease.stream = stream;
})(Lease || (Lease = {}));
export var Home;
(function (Home) {
    let _codec;
    Home.codec = () => {
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
        return encodeMessage(obj, Home.codec());
    }
    Home.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Home.codec(), opts);
    }
    Home.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Home.codec(), opts);
    }
    Home.stream = stream;
})(Home || (Home = {}));
