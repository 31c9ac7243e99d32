// Generated from records.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface Claim {
    network: string;
    name: string;
    seq: number;
    issuedMs: number;
    recoveryKeyHash: Uint8Array;
    proofOfWork?: ProofOfWork;
    successions: Uint8Array[];
    revokedDevices: Uint8Array[];
    contestedMs: number;
}
export declare namespace Claim {
    const codec: () => Codec<Claim>;
    interface ClaimNetworkFieldEvent {
        field: '$.network';
        value: string;
    }
    interface ClaimNameFieldEvent {
        field: '$.name';
        value: string;
    }
    interface ClaimSeqFieldEvent {
        field: '$.seq';
        value: number;
    }
    interface ClaimIssuedMsFieldEvent {
        field: '$.issuedMs';
        value: number;
    }
    interface ClaimRecoveryKeyHashFieldEvent {
        field: '$.recoveryKeyHash';
        value: Uint8Array;
    }
    interface ClaimProofOfWorkBitsFieldEvent {
        field: '$.proofOfWork.bits';
        value: number;
    }
    interface ClaimProofOfWorkNonceFieldEvent {
        field: '$.proofOfWork.nonce';
        value: Uint8Array;
    }
    interface ClaimSuccessionsFieldEvent {
        field: '$.successions[]';
        index: number;
        value: Uint8Array;
    }
    interface ClaimRevokedDevicesFieldEvent {
        field: '$.revokedDevices[]';
        index: number;
        value: Uint8Array;
    }
    interface ClaimContestedMsFieldEvent {
        field: '$.contestedMs';
        value: number;
    }
    function encode(obj: Partial<Claim>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Claim>): Claim;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Claim>): Generator<ClaimNetworkFieldEvent | ClaimNameFieldEvent | ClaimSeqFieldEvent | ClaimIssuedMsFieldEvent | ClaimRecoveryKeyHashFieldEvent | ClaimProofOfWorkBitsFieldEvent | ClaimProofOfWorkNonceFieldEvent | ClaimSuccessionsFieldEvent | ClaimRevokedDevicesFieldEvent | ClaimContestedMsFieldEvent>;
}
export interface ProofOfWork {
    bits: number;
    nonce: Uint8Array;
}
export declare namespace ProofOfWork {
    const codec: () => Codec<ProofOfWork>;
    interface ProofOfWorkBitsFieldEvent {
        field: '$.bits';
        value: number;
    }
    interface ProofOfWorkNonceFieldEvent {
        field: '$.nonce';
        value: Uint8Array;
    }
    function encode(obj: Partial<ProofOfWork>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ProofOfWork>): ProofOfWork;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ProofOfWork>): Generator<ProofOfWorkBitsFieldEvent | ProofOfWorkNonceFieldEvent>;
}
export interface Succession {
    network: string;
    name: string;
    fromAccountKey: Uint8Array;
    toAccountKey: Uint8Array;
    issuedMs: number;
}
export declare namespace Succession {
    const codec: () => Codec<Succession>;
    interface SuccessionNetworkFieldEvent {
        field: '$.network';
        value: string;
    }
    interface SuccessionNameFieldEvent {
        field: '$.name';
        value: string;
    }
    interface SuccessionFromAccountKeyFieldEvent {
        field: '$.fromAccountKey';
        value: Uint8Array;
    }
    interface SuccessionToAccountKeyFieldEvent {
        field: '$.toAccountKey';
        value: Uint8Array;
    }
    interface SuccessionIssuedMsFieldEvent {
        field: '$.issuedMs';
        value: number;
    }
    function encode(obj: Partial<Succession>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Succession>): Succession;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Succession>): Generator<SuccessionNetworkFieldEvent | SuccessionNameFieldEvent | SuccessionFromAccountKeyFieldEvent | SuccessionToAccountKeyFieldEvent | SuccessionIssuedMsFieldEvent>;
}
export interface Witness {
    network: string;
    name: string;
    accountKey: Uint8Array;
    sinceMs: number;
    issuedMs: number;
}
export declare namespace Witness {
    const codec: () => Codec<Witness>;
    interface WitnessNetworkFieldEvent {
        field: '$.network';
        value: string;
    }
    interface WitnessNameFieldEvent {
        field: '$.name';
        value: string;
    }
    interface WitnessAccountKeyFieldEvent {
        field: '$.accountKey';
        value: Uint8Array;
    }
    interface WitnessSinceMsFieldEvent {
        field: '$.sinceMs';
        value: number;
    }
    interface WitnessIssuedMsFieldEvent {
        field: '$.issuedMs';
        value: number;
    }
    function encode(obj: Partial<Witness>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Witness>): Witness;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Witness>): Generator<WitnessNetworkFieldEvent | WitnessNameFieldEvent | WitnessAccountKeyFieldEvent | WitnessSinceMsFieldEvent | WitnessIssuedMsFieldEvent>;
}
export interface DeviceCertificate {
    network: string;
    deviceKey: Uint8Array;
    issuedMs: number;
}
export declare namespace DeviceCertificate {
    const codec: () => Codec<DeviceCertificate>;
    interface DeviceCertificateNetworkFieldEvent {
        field: '$.network';
        value: string;
    }
    interface DeviceCertificateDeviceKeyFieldEvent {
        field: '$.deviceKey';
        value: Uint8Array;
    }
    interface DeviceCertificateIssuedMsFieldEvent {
        field: '$.issuedMs';
        value: number;
    }
    function encode(obj: Partial<DeviceCertificate>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceCertificate>): DeviceCertificate;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceCertificate>): Generator<DeviceCertificateNetworkFieldEvent | DeviceCertificateDeviceKeyFieldEvent | DeviceCertificateIssuedMsFieldEvent>;
}
export interface Lease {
    network: string;
    name: string;
    certificate: Uint8Array;
    homes: Home[];
    sealingKey: Uint8Array;
    capabilities: number;
    seq: number;
    issuedMs: number;
    expiresMs: number;
}
export declare namespace Lease {
    const codec: () => Codec<Lease>;
    interface LeaseNetworkFieldEvent {
        field: '$.network';
        value: string;
    }
    interface LeaseNameFieldEvent {
        field: '$.name';
        value: string;
    }
    interface LeaseCertificateFieldEvent {
        field: '$.certificate';
        value: Uint8Array;
    }
    interface LeaseHomesPeerKeyFieldEvent {
        field: '$.homes[].peerKey';
        value: Uint8Array;
        index: number;
    }
    interface LeaseHomesAddressesFieldEvent {
        field: '$.homes[].addresses[]';
        index: number;
        value: string;
    }
    interface LeaseSealingKeyFieldEvent {
        field: '$.sealingKey';
        value: Uint8Array;
    }
    interface LeaseCapabilitiesFieldEvent {
        field: '$.capabilities';
        value: number;
    }
    interface LeaseSeqFieldEvent {
        field: '$.seq';
        value: number;
    }
    interface LeaseIssuedMsFieldEvent {
        field: '$.issuedMs';
        value: number;
    }
    interface LeaseExpiresMsFieldEvent {
        field: '$.expiresMs';
        value: number;
    }
    function encode(obj: Partial<Lease>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Lease>): Lease;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Lease>): Generator<LeaseNetworkFieldEvent | LeaseNameFieldEvent | LeaseCertificateFieldEvent | LeaseHomesPeerKeyFieldEvent | LeaseHomesAddressesFieldEvent | LeaseSealingKeyFieldEvent | LeaseCapabilitiesFieldEvent | LeaseSeqFieldEvent | LeaseIssuedMsFieldEvent | LeaseExpiresMsFieldEvent>;
}
export interface Home {
    peerKey: Uint8Array;
    addresses: string[];
}
export declare namespace Home {
    const codec: () => Codec<Home>;
    interface HomePeerKeyFieldEvent {
        field: '$.peerKey';
        value: Uint8Array;
    }
    interface HomeAddressesFieldEvent {
        field: '$.addresses[]';
        index: number;
        value: string;
    }
    function encode(obj: Partial<Home>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Home>): Home;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Home>): Generator<HomePeerKeyFieldEvent | HomeAddressesFieldEvent>;
}
