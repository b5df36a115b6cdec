/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* abi_config.h: the configuration of a generation: written before the flip, never after. Part of abi.h, which has the rules. */
#ifndef GATEHOUSE_ABI_CONFIG_H
#define GATEHOUSE_ABI_CONFIG_H

/* iface_by_index: ARRAY[GH_MAX_IFINDEX] of __u16 logical id for untagged frames of the device (0 = unknown interface); a VLAN
 * device's own ifindex has an entry too, because route lookups answer with it.
 * iface_by_vlan: HASH gh_vlan_key -> __u16 logical id. ifaces: ARRAY[GH_MAX_IFACES] of gh_iface. */
struct gh_vlan_key {
	__u32 ifindex; /* parent device */
	__u16 vlan;
	__u16 pad;
};

enum gh_iface_flag {
	GH_IFACE_UP = 1,
	GH_IFACE_L3 = 2,      /* no Ethernet header (tun, WireGuard) */
	GH_IFACE_XMIT = 4,    /* XDP may redirect to it (ndo_xdp_xmit and a devmap slot) */
	GH_IFACE_XDP = 8,     /* judged by XDP: the TCX ingress hook only turns the proof into a mark */
};

struct gh_iface {
	__u32 ifindex;	       /* device that carries the frames: the parent for a VLAN */
	__u32 l3_ifindex;      /* the device that owns the addresses (the VLAN device; else = ifindex) */
	__u16 vlan;	       /* 0 = untagged */
	__u16 zone;	       /* zone slot, 0 = unassigned: packets are dropped */
	__u16 mtu;	       /* bytes, network layer */
	__u16 flags;	       /* gh_iface_flag */
	__u16 vrf;
	__u16 pad;
	__u8 mac[6];
	__u8 pad2[2];
	struct gh_addr addr4;  /* first IPv4 address, mapped; all zero = none. Source of ICMP errors and of interface SNAT */
	struct gh_addr addr6;  /* first global IPv6 address; all zero = none */
};

enum gh_screen {
	GH_SCREEN_LAND = 1,
	GH_SCREEN_SYN_FIN = 2,
	GH_SCREEN_NO_FLAG = 4,
	GH_SCREEN_FIN_NO_ACK = 8,
};

/* zones: ARRAY[GH_MAX_ZONES] */
struct gh_zone {
	__u64 host_inbound; /* services admitted to the box, bits of gh_l4_class.host_services */
	__u32 screens;	    /* gh_screen */
	__u32 id;	    /* stable id from the registry */
};

/*
 * Classifier. Three rule sets (policy, source NAT, destination NAT) share one address trie and one layer-4 table. Each rule
 * set is expanded into rows; a packet's row numbers in each dimension select bit vectors in `vectors`; the lowest bit set in
 * the intersection is the first matching row. Vector v of a rule set starts at word v * stride and holds `summary` words (bit i =
 * word i of the body is not empty) followed by `words` body words. Strides are in the rodata (gh_ruleset).
 */
enum gh_ruleset_kind { GH_POLICY = 0, GH_SNAT = 1, GH_DNAT = 2, GH_RULESETS = 3 };

struct gh_ruleset {
	__u32 rows;    /* 0 = the rule set is empty and its stage is compiled out */
	__u32 words;   /* (rows + 63) / 64 */
	__u32 summary; /* (words + 63) / 64 */
	__u32 stride;  /* summary + words */
};

/* addresses: LPM_TRIE, key gh_lpm_key (128-bit, IPv4 mapped), value gh_addr_class; ::/0 is always present. */
struct gh_lpm_key {
	__u32 prefixlen;
	struct gh_addr addr;
};

struct gh_addr_class {
	__u32 src[3]; /* vector number as source in each rule set, index gh_ruleset_kind */
	__u32 dst[3]; /* vector number as destination */
};

/* l4_index: ARRAY of __u16, GH_L4_SLOTS entries -> index into l4_classes. l4_classes: ARRAY of gh_l4_class. */
enum gh_l4_slot {
	GH_L4_TCP = 0,	       /* + destination port in host order */
	GH_L4_UDP = 65536,
	GH_L4_SCTP = 131072,
	GH_L4_ICMP = 196608,   /* + type << 8 | code */
	GH_L4_ICMP6 = 262144,
	GH_L4_PROTO = 327680,  /* + IP protocol, for all others */
	GH_L4_SLOTS = 327936,
};

struct gh_l4_class {
	__u64 host_services; /* bit per host-inbound service that this class belongs to */
	__u32 vector[3];     /* vector number in each rule set */
	__u32 timeout;	     /* idle timeout of an established session in ticks, 0 = the protocol's default */
	__u32 application;   /* registry id of the application shown for this class, 0 = none */
	__u32 pad;
};

/* sport_index: ARRAY[2 * 65536] of __u16 (TCP, UDP): only looked up when the rodata says that a rule names a source port;
 * value = index into sport_classes: ARRAY of gh_sport_class. */
struct gh_sport_class {
	__u32 vector[3];
};

/* zone_pairs: ARRAY[GH_MAX_ZONES * GH_MAX_ZONES] of gh_zone_pair, index from * GH_MAX_ZONES + to. DNAT is looked up before the
 * route is known, so its vectors are written for every `to`. */
struct gh_zone_pair {
	__u32 vector[3];
};

enum gh_action { GH_PERMIT = 1, GH_DENY = 2, GH_REJECT = 3 };
enum gh_log { GH_LOG_INIT = 1, GH_LOG_CLOSE = 2 };

/* policy_rows: ARRAY[rows] */
struct gh_policy_row {
	__u32 rule;    /* registry id of the policy */
	__u32 counter; /* slot in rule_counters */
	__u8 action;   /* gh_action */
	__u8 log;      /* gh_log */
	__u16 pad;
};

enum gh_nat_kind {
	GH_NAT_OFF = 0,	      /* matched: do not translate */
	GH_NAT_INTERFACE = 1, /* source = address of the egress interface, port chosen */
	GH_NAT_POOL = 2,      /* source from [base, base + count), port chosen */
	GH_NAT_PREFIX = 3,    /* address = base | (address & ~mask), port kept (static 1:1, n:n) */
	GH_NAT_DEST = 4,      /* destination = base, port = `port` unless 0 */
};

/* snat_rows / dnat_rows: ARRAY[rows] of gh_nat_row */
struct gh_nat_row {
	__u32 rule;
	__u32 counter;
	__u8 kind;	  /* gh_nat_kind */
	__u8 family;	  /* 4, 6: the row only applies to packets of this family; 0 = both */
	__be16 port;	  /* GH_NAT_DEST: new destination port, 0 = keep */
	__u16 port_first; /* GH_NAT_INTERFACE, GH_NAT_POOL: host order, inclusive */
	__u16 port_last;
	__u32 count;	  /* GH_NAT_POOL: number of addresses */
	__u8 prefixlen;	  /* GH_NAT_PREFIX: length in the 128-bit form */
	__u8 pad[3];
	struct gh_addr base;
};

/* Constants of a generation, `const volatile struct gh_features features` in .rodata: the verifier removes what is off. */
struct gh_features {
	__u32 generation;	    /* 1, 2, 3 ... unique for the life of the pinned state */
	__u32 revision;		    /* registry id of the configuration revision, for events */
	struct gh_ruleset ruleset[3];
	__u32 source_ports;	    /* 1: a rule names a source port */
	__u32 screens;		    /* union of all zones' screens */
	__u32 trace;		    /* 1: emit gh_trace records to `trace_events` */
	__u32 rematch_close;	    /* 1: a session that the new policy denies is closed, 0: kept */
	__u32 log_default_deny;	    /* 1: packets that no policy matches are logged */
	__u32 default_counter;	    /* rule_counters slot of the implicit default deny */
	__u32 syn_check;	    /* 1: the first TCP packet of a session must be a SYN without ACK */
	__u32 flow_cache4_mask;	    /* number of 2-way sets - 1 */
	__u32 flow_cache6_mask;
	__u32 proof_mask;	    /* skb->mark bits of the proof of judgement */
	__u32 proof_nonce;	    /* value under that mask, random per boot */
	__u32 hash_seed;	    /* random per boot */
	/* idle timeouts in ticks */
	__u32 tcp_handshake;
	__u32 tcp_established;
	__u32 tcp_closing;	    /* after both FINs, or half closed and idle: see tcp_half_closed */
	__u32 tcp_half_closed;
	__u32 udp;
	__u32 icmp;
	__u32 other;
};

#endif
