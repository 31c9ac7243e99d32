// Generated from invite.proto by npm run generate.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface Invite {
    version: number;
    network: string;
    username: string;
    homes: InviteHome[];
    certificate: Uint8Array;
}
export declare namespace Invite {
    const codec: () => Codec<Invite>;
    interface InviteVersionFieldEvent {
        field: '$.version';
        value: number;
    }
    interface InviteNetworkFieldEvent {
        field: '$.network';
        value: string;
    }
    interface InviteUsernameFieldEvent {
        field: '$.username';
        value: string;
    }
    interface InviteHomesPeerKeyFieldEvent {
        field: '$.homes[].peerKey';
        value: Uint8Array;
        index: number;
    }
    interface InviteHomesAddressesFieldEvent {
        field: '$.homes[].addresses[]';
        index: number;
        value: Uint8Array;
    }
    interface InviteCertificateFieldEvent {
        field: '$.certificate';
        value: Uint8Array;
    }
    function encode(obj: Partial<Invite>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invite>): Invite;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invite>): Generator<InviteVersionFieldEvent | InviteNetworkFieldEvent | InviteUsernameFieldEvent | InviteHomesPeerKeyFieldEvent | InviteHomesAddressesFieldEvent | InviteCertificateFieldEvent>;
}
export interface InviteHome {
    peerKey: Uint8Array;
    addresses: Uint8Array[];
}
export declare namespace InviteHome {
    const codec: () => Codec<InviteHome>;
    interface InviteHomePeerKeyFieldEvent {
        field: '$.peerKey';
        value: Uint8Array;
    }
    interface InviteHomeAddressesFieldEvent {
        field: '$.addresses[]';
        index: number;
        value: Uint8Array;
    }
    function encode(obj: Partial<InviteHome>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<InviteHome>): InviteHome;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<InviteHome>): Generator<InviteHomePeerKeyFieldEvent | InviteHomeAddressesFieldEvent>;
}
