/**
 * The nftables ruleset of a NAT that behaves as told, between the devices `lan` and `wan`. Pure: text out of a table.
 *
 * The kernel's own NAT maps each flow anew and lets in what belongs to a flow. What a cone does beyond that is learned
 * packet by packet: a filter chain behind the source NAT sees the translated packet, and remembers which external port
 * an inner endpoint has (`outer`), whose port that is (`inner`), and to whom it has sent (`sent`).
 *
 * Packets from outside that belong to no flow are dropped, never taken in by the box itself: a packet that comes early
 * would take the place of the flow that its answer is about to make, and the answer would leave from another port.
 */

import type { HomeKind, NatBehaviour } from './home-kinds.ts'

/** As long as the kernel keeps a flow of UDP in both directions, and to spare. */
const LEARNED_SECONDS = 300
/** Where a NAT that gives one port after the other begins, and how many there are. */
const SEQUENCE = { first: 20_000, count: 40_000 }

const UDP_AND_TCP = 'meta l4proto { tcp, udp }'
const INNER_ENDPOINT = 'ct original ip saddr . meta l4proto . ct original proto-src'

export interface NatPlace {
  /** The address outside. Undefined: no IPv4. */
  address?: string
  blocks?: HomeKind['blocks']
}

export function natRules(nat: NatBehaviour | undefined, { address, blocks }: NatPlace): string {
  const isTranslating = nat !== undefined && address !== undefined
  return `flush ruleset\n${isTranslating ? translation(nat, address) : ''}${firewall(blocks)}`
}

/** What is learned can be forgotten: see `forgetting`. */
const MAPS = {
  outer: 'map outer { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service',
  inner: 'map inner { type inet_proto . inet_service : ipv4_addr . inet_service',
  sent: 'set sent { type ipv4_addr . inet_proto . inet_service',
}

/** The commands that empty what a NAT has learned. */
export const forgetting: string[] = ['flush map ip nat outer', 'flush map ip nat inner', 'flush set ip nat sent']

function translation({ mapping, filtering, ports, hairpins = false }: NatBehaviour, address: string): string {
  const learned = Object.values(MAPS).map(
    (head) => `  ${head}; flags dynamic,timeout; timeout ${LEARNED_SECONDS}s; size 65535; }`,
  )
  const inward = `dnat ip to meta l4proto . th dport map @inner`
  const lets = {
    'endpoint-independent': `iifname "wan" ${UDP_AND_TCP} ${inward}`,
    'address-dependent': `iifname "wan" ${UDP_AND_TCP} ip saddr . meta l4proto . th dport @sent ${inward}`,
    'address-and-port-dependent': '', // as the kernel does
  }[filtering]
  const isCone = mapping === 'endpoint-independent'
  const again = `snat ip to ip saddr . meta l4proto . th sport map @outer`
  const first = {
    kept: 'oifname "wan" masquerade',
    random: 'oifname "wan" masquerade random,fully-random',
    sequential: `oifname "wan" ${UDP_AND_TCP} snat ip to ${address}:numgen inc mod ${SEQUENCE.count} offset ${SEQUENCE.first}
    oifname "wan" masquerade`,
  }[ports]
  // which device a packet came in by is not known any more when it leaves: hence the mark
  const mark = hairpins ? `iifname "lan" ip daddr ${address} meta mark set 1` : ''
  return `table ip nat {
${learned.join('\n')}
  chain hairpins { type filter hook prerouting priority mangle; policy accept;
    ${mark}
  }
  chain inward { type nat hook prerouting priority dstnat; policy accept;
    ${hairpins ? `meta mark 1 ${UDP_AND_TCP} ${inward}` : ''}
    ${lets}
  }
  chain outward { type nat hook postrouting priority srcnat; policy accept;
    ${hairpins ? `oifname "lan" meta mark 1 ${UDP_AND_TCP} ${again}` : ''}
    ${isCone ? `oifname "wan" ${UDP_AND_TCP} ${again}` : ''}
    ${first}
  }
  chain learn { type filter hook postrouting priority srcnat + 50; policy accept;
    oifname "wan" ${UDP_AND_TCP} ct direction original update @outer { ${INNER_ENDPOINT} : ip saddr . th sport }
    oifname "wan" ${UDP_AND_TCP} ct direction original update @inner { meta l4proto . th sport : ct original ip saddr . ct original proto-src }
    oifname "wan" ${UDP_AND_TCP} update @sent { ip daddr . meta l4proto . th sport }
  }
}
`
}

function firewall(blocks: HomeKind['blocks']): string {
  const outward = 'iifname "lan" oifname "wan"'
  const refused = {
    udp: `${outward} meta l4proto udp drop`,
    'all-but-web': `${outward} meta l4proto != tcp drop
    ${outward} tcp dport != 443 drop`,
  }
  return `table inet firewall {
  chain input { type filter hook input priority filter; policy accept;
    ct state established,related accept
    iifname "wan" meta l4proto { icmp, ipv6-icmp } accept
    iifname "wan" drop
  }
  chain forward { type filter hook forward priority filter; policy drop;
    ${blocks === undefined ? '' : refused[blocks]}
    ct state established,related accept
    ct status dnat accept
    iifname "lan" accept
    meta l4proto ipv6-icmp accept
  }
}
`
}
