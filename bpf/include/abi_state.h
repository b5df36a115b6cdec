/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* abi_state.h: the state: pinned, shared by all generations. Part of abi.h, which has the rules. */
#ifndef GATEHOUSE_ABI_STATE_H
#define GATEHOUSE_ABI_STATE_H

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
	GH_CLOSE_ADDRESS_GONE = 7, /* the address it was translated to is no longer the box's */
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

#endif
