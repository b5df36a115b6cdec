/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* abi_records.h: what the pipeline tells (events, traces, the proof) and what it is asked (sweep, kill). Part of abi.h, which has the rules. */
#ifndef GATEHOUSE_ABI_RECORDS_H
#define GATEHOUSE_ABI_RECORDS_H

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
