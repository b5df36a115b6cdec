/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * abi.h: every struct and enum that the pipeline shares with the daemon. TypeScript codecs are generated from the BTF of the
 * built object, so this file is the only description. Rules: no implicit padding, natural alignment, addresses and ports in
 * network byte order as raw bytes, everything else in host order. Times are ticks (2^GH_TICK_SHIFT ns of CLOCK_MONOTONIC) in 32 bits,
 * compared by signed difference; timeouts are ticks too, at most 2^31 - 1 (26 days). IPv4 addresses are carried IPv4-mapped (::ffff:a.b.c.d, RFC
 * 4291 section 2.5.5.2) outside the flow cache, so that one trie, one tuple and one code path serve both families.
 */
#ifndef GATEHOUSE_ABI_H
#define GATEHOUSE_ABI_H

#include <linux/types.h>

/* ---- limits (a commit that exceeds one is refused, never truncated) ---- */
enum gh_limit {
	GH_MAX_IFACES = 1024,	   /* logical interfaces (ethernet or VLAN); id 0 means none */
	GH_MAX_IFINDEX = 65536,	   /* kernel ifindex of a device */
	GH_MAX_ZONES = 64,	   /* zone slots; 0 = unassigned, 1 = self (the box) */
	GH_MAX_ROWS = 16384,	   /* rows of one rule set after expansion */
	GH_MAX_COUNTED = 65536,	   /* counter slots of rules (policies, NAT rules) */
	GH_MAX_NAT_ACTIONS = 4096, /* translations of one generation */
	GH_REASON_SLOTS = 128,	   /* drop reasons */
	GH_TICK_SHIFT = 20,	   /* a tick is 2^20 ns of CLOCK_MONOTONIC, 1.048576 ms */
};

struct gh_addr {
	__u8 b[16];
};

/* One direction of a flow as it is on the wire before translation. ICMP echo: a request carries its identifier in sport with
 * dport 0, a reply in dport with sport 0, so that swapping a tuple works as for ports. Other ICMP: sport 0, dport type << 8 | code.
 * Protocols without ports: both 0. */
struct gh_tuple {
	struct gh_addr src;
	struct gh_addr dst;
	__be16 sport;
	__be16 dport;
	__u8 proto;
	__u8 family; /* 4 or 6 */
	__u16 vrf;   /* 0 until VRFs come */
};

/* ---- configuration of a generation: written before the flip, never after ---- */

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

/* ---- state: pinned, shared by all generations ---- */

enum gh_tcp_state {
	GH_TCP_NONE = 0,	 /* not TCP */
	GH_TCP_SYN_SENT = 1,
	GH_TCP_SYN_RECEIVED = 2,
	GH_TCP_ESTABLISHED = 3,
	GH_TCP_FIN_ORIG = 4,	 /* initiator closed its half */
	GH_TCP_FIN_REPLY = 5,	 /* responder closed its half */
	GH_TCP_CLOSING = 6,	 /* both FINs seen */
	GH_TCP_CLOSED = 7,	 /* reset, or last ACK seen: removed at the next sweep */
};

enum gh_close_reason {
	GH_CLOSE_NONE = 0,
	GH_CLOSE_TIMEOUT = 1,
	GH_CLOSE_FIN = 2,
	GH_CLOSE_RESET = 3,
	GH_CLOSE_CLEARED = 4,	   /* by an administrator */
	GH_CLOSE_POLICY_CHANGE = 5,
	GH_CLOSE_EVICTED = 6,	   /* table nearly full */
};

enum gh_session_flag {
	GH_SESSION_SNAT = 1,
	GH_SESSION_DNAT = 2,
	GH_SESSION_TO_SELF = 4,	   /* delivered to the box (host-inbound) */
	GH_SESSION_FROM_SELF = 8,  /* opened by the box */
	GH_SESSION_LOG_CLOSE = 16,
	GH_SESSION_REPLIED = 32,   /* a packet came back */
	GH_SESSION_DEAD = 64,	   /* no longer matches packets; the sweep removes it and emits the close event */
};

/* Per direction: [0] initiator to responder, [1] back. */
struct gh_half {
	__u64 packets;
	__u64 bytes;	  /* network layer */
	__u32 last_seen;  /* ticks */
	__u32 tcp_next;	  /* TCP: highest sequence number + length sent, host order */
	__u32 tcp_ack;	  /* TCP: highest acknowledgement sent, host order */
	__u32 cache_slot; /* entry number in the family's flow cache, ~0 = none: for the sweep and for listings. It may hold another
			   * flow meanwhile: compare the key */
	__u32 folded_packets; /* of that entry's counters, what is already contained in packets and bytes */
	__u32 folded_bytes;
};

/* sessions: HASH gh_tuple (original direction, before translation) -> gh_session. */
struct gh_session {
	__u64 id;	      /* unique for the life of the pinned state */
	struct gh_tuple reply;/* the key of the reply direction as it arrives: src/dst swapped after translation */
	__u32 created;	      /* ticks */
	__u32 generation;     /* that judged it last */
	__u32 rule;	      /* registry id of the policy */
	__u32 counter;	      /* its slot in rule_counters */
	__u32 snat_rule;      /* registry ids, 0 = none */
	__u32 dnat_rule;
	__u32 revision;	      /* that judged it last */
	__u32 timeout;	      /* application's idle timeout in ticks, 0 = the protocol's default */
	__u32 application;
	__u16 iface[2];	      /* logical ingress interface of each direction (1: known after the route lookup) */
	__u16 zone[2];	      /* zone slot of each side */
	__u16 flags;	      /* gh_session_flag */
	__u8 tcp_state;	      /* gh_tcp_state */
	__u8 close_reason;    /* gh_close_reason, set when it dies */
	struct gh_half half[2];
};

/* session_replies: HASH gh_tuple (reply direction as it arrives) -> gh_tuple (key in sessions). */

/*
 * Flow cache: flow_cache4 / flow_cache6, BPF_MAP_TYPE_ARRAY of sets with BPF_F_MMAPABLE, 2-way set-associative.
 * An entry holds all that an established packet needs. `tag` is both the end of the key and the lock: a writer takes it by
 * compare-and-swap to GH_FLOW_LOCKED, writes the body and publishes the new tag last; a reader copies what it needs and
 * reads the tag again.
 */
enum gh_flow_flag {
	GH_FLOW_VALID = 1,
	GH_FLOW_REPLY = 2,    /* direction 1 of its session */
	GH_FLOW_NAT = 4,      /* addresses or ports are rewritten */
	GH_FLOW_LOCKED = 128,
};

/* Next hop of a flow. */
struct gh_flow_hop {
	__u16 out; /* logical egress interface */
	__u8 dmac[6];
};

/* What packets change. Counters only grow (from 0 at the fill) and are folded into the session by difference, so that folding never
 * writes here. From 2^31 bytes on the entry counts as a miss and is filled anew. */
struct gh_flow_live {
	__u32 last_seen; /* ticks */
	__u16 stamp;	 /* generation and FIB epoch it was filled under, see gh_clock */
	__u16 mtu;	 /* bytes, network layer */
	__u32 packets;
	__u32 bytes;
	__u32 tcp_next; /* as in gh_half */
	__u32 tcp_ack;
};

struct gh_flow4 {
	__be32 src;
	__be32 dst;
	union {
		__u64 tag;
		struct {
			__be16 sport;
			__be16 dport;
			__u16 iface; /* logical ingress interface */
			__u8 proto;
			__u8 flags;  /* gh_flow_flag */
		};
	};
	__be32 new_src;
	__be32 new_dst;
	__be16 new_sport;
	__be16 new_dport;
	__u16 l3_delta; /* ones' complement difference of the IPv4 header checksum, without the TTL */
	__u16 l4_delta; /* of the layer-4 checksum */
	struct gh_flow_hop hop;
	struct gh_flow_live live;
};

struct gh_flow6 {
	struct gh_addr src;
	struct gh_addr dst;
	union {
		__u64 tag;
		struct {
			__be16 sport;
			__be16 dport;
			__u16 iface;
			__u8 proto;
			__u8 flags;
		};
	};
	struct gh_addr new_src;
	struct gh_addr new_dst;
	__be16 new_sport;
	__be16 new_dport;
	__u16 l3_delta; /* 0: IPv6 has no header checksum */
	__u16 l4_delta;
	struct gh_flow_hop hop;
	struct gh_flow_live live;
	__u32 pad[4];
};

/* The maps' values: one set each; an entry's number is set * 2 + way. */
struct gh_flow4_set {
	struct gh_flow4 way[2];
};

struct gh_flow6_set {
	struct gh_flow6 way[2];
};

/* clock: ARRAY[1], mmap-able. `fib_epoch` is bumped by the daemon on every route, neighbour, link and address change and after
 * every flip. A cache entry is valid when its stamp equals (generation * 40503 + fib_epoch) & 0xffff. The daemon wipes both caches
 * once in 32768 bumps, so that a stamp never comes round. */
struct gh_clock {
	__u32 fib_epoch;
	__u32 pad;
	__u64 next_session; /* taken with an atomic add */
};

/* local_addrs: HASH gh_addr -> gh_local: addresses of the box and broadcast addresses of its networks (kept by the daemon from
 * netlink). Multicast needs no entry. */
struct gh_local {
	__u32 ifindex;
	__u32 broadcast; /* 1: a broadcast address: never a NAT target, never answered with an error */
};

/* fragments: LRU_HASH gh_fragment_key -> gh_fragment: what the first fragment told about the rest. */
struct gh_fragment_key {
	struct gh_addr src;
	struct gh_addr dst;
	__u32 id;
	__u8 proto;
	__u8 family;
	__u16 vrf;
};

struct gh_fragment {
	__be16 sport;
	__be16 dport;
	__u32 seen; /* ticks */
};

/* Counters: PERCPU_ARRAY. rule_counters[GH_MAX_COUNTED], reason_counters[GH_REASON_SLOTS], iface_counters[GH_MAX_IFACES]. */
struct gh_rule_counter {
	__u64 hits;	/* sessions created, or packets denied */
	__u64 packets;	/* folded in when a session is swept, listed or closed */
	__u64 bytes;
	__u32 last_hit; /* ticks */
	__u32 pad;
};

struct gh_counter {
	__u64 packets;
	__u64 bytes;
};

struct gh_iface_counter {
	__u64 rx_packets;
	__u64 rx_bytes;
	__u64 tx_packets; /* forwarded out of this interface by the pipeline */
	__u64 tx_bytes;
	__u64 drops;	  /* received here and dropped */
};

/* totals: PERCPU_ARRAY[1] */
struct gh_totals {
	__u64 sessions_created;
	__u64 sessions_closed;
	__u64 slow_path; /* packets that missed the flow cache; hits = packets received - these */
	__u64 events_suppressed; /* by the event rate limit */
	__u64 events_lost;	 /* ring buffer full */
	__u64 kernel_assist;	 /* translated packets handed to the kernel (missing neighbour, fragmentation, tunnel) */
	__u64 replies;		 /* resets and ICMP errors sent */
};

/* ---- events: ring buffer `events`, one struct per record ---- */
enum gh_event_kind { GH_EVENT_OPEN = 1, GH_EVENT_CLOSE = 2, GH_EVENT_DROP = 3 };

struct gh_event {
	__u64 time;	       /* ns, CLOCK_MONOTONIC (bpf_ktime_get_ns) */
	__u64 session;	       /* id, 0 for a drop without a session */
	struct gh_tuple tuple; /* original direction, before translation */
	struct gh_tuple reply; /* OPEN and CLOSE */
	__u8 kind;	       /* gh_event_kind */
	__u8 tcp_flags;	       /* DROP */
	__u16 reason;	       /* DROP: drop reason; CLOSE: gh_close_reason */
	__u32 rule;	       /* policy, 0 = none matched */
	__u32 snat_rule;
	__u32 dnat_rule;
	__u32 revision;
	__u32 application;
	__u16 iface[2];
	__u16 zone[2];
	__u16 length;	       /* DROP: network-layer bytes */
	__u8 log;	       /* 1: the rule asks for this record to be logged */
	__u8 action;	       /* gh_action for a policy decision */
	__u32 duration;	       /* CLOSE: ticks */
	__u64 packets[2];
	__u64 bytes[2];
};

/* ---- trace: ring buffer `trace_events`, only in instances loaded with features.trace ---- */
enum gh_stage {
	GH_STAGE_PARSE = 1,
	GH_STAGE_FLOW_CACHE = 2,
	GH_STAGE_SESSION = 3,
	GH_STAGE_SCREEN = 4,
	GH_STAGE_LOCAL = 5,	   /* is it for the box */
	GH_STAGE_HOST_INBOUND = 6,
	GH_STAGE_DNAT = 7,
	GH_STAGE_ROUTE = 8,
	GH_STAGE_POLICY = 9,
	GH_STAGE_SNAT = 10,
	GH_STAGE_SESSION_INSERT = 11,
	GH_STAGE_REWRITE = 12,
	GH_STAGE_NEIGHBOUR = 13,
	GH_STAGE_VERDICT = 14,
};

enum gh_outcome {
	GH_OUTCOME_PASS = 1,	/* the stage lets it on, unchanged */
	GH_OUTCOME_HIT = 2,	/* found, matched or changed */
	GH_OUTCOME_MISS = 3,
	GH_OUTCOME_DROP = 4,
	GH_OUTCOME_REJECT = 5,
	GH_OUTCOME_HOST = 6,	/* delivered to the box */
	GH_OUTCOME_KERNEL = 7,	/* translated, then handed to the kernel for delivery */
	GH_OUTCOME_FORWARD = 8,
};

struct gh_trace {
	__u8 stage;	       /* gh_stage */
	__u8 outcome;	       /* gh_outcome */
	__u16 reason;	       /* drop reason */
	__u32 object;	       /* registry id: rule, NAT rule, zone; 0 = none */
	__u32 row;	       /* row of the rule set, ~0 = none matched */
	__u32 value;	       /* stage dependent: fib_lookup's return code, the missing host service, TCP state, ... */
	__u16 iface;	       /* logical interface: ingress, or egress from GH_STAGE_ROUTE on */
	__u16 zone[2];
	__u16 pad;
	struct gh_tuple tuple; /* as it is after the stage */
};

/* sweep (SYSCALL program): context = its argument and its answer. */
struct gh_sweep {
	__u32 now;	    /* in: ticks */
	__u32 limit;	    /* in: capacity of the table */
	__u32 early_percent;/* in: occupancy in percent from which embryonic and idle sessions age early */
	__u32 fold;	    /* in: 1 = bring the counters of every session up to date, not only of those that look idle */
	__u64 scanned;	    /* out */
	__u64 removed;	    /* out */
	__u64 live;	    /* in: of the last sweep; out */
};

/* kill (SYSCALL program): closes one session now, with its event. */
struct gh_kill {
	struct gh_tuple key; /* in: key in `sessions` */
	__u32 reason;	     /* in: gh_close_reason */
	__u32 killed;	     /* out: 1 = it was there */
};

/* XDP metadata in front of a frame that the pipeline judged and hands to the kernel. */
struct gh_proof {
	__u32 nonce; /* features.proof_nonce */
	__u32 pad;
};

#endif
