/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * context.h: what the stages hand to each other. One struct in a per-CPU array: a program chain runs to its end on one CPU with
 * bottom halves off, so nothing else can see or change it in between. It never crosses hooks (those are different runs).
 */
#ifndef GATEHOUSE_CONTEXT_H
#define GATEHOUSE_CONTEXT_H

#include "abi.h"

enum packet_flag {
	PACKET_FRAGMENT = 1,	   /* any fragment */
	PACKET_LATER = 2,	   /* not the first fragment: no layer-4 header */
	PACKET_DF = 4,		   /* IPv4 don't fragment; always set for IPv6 */
	PACKET_ICMP_ERROR = 8,
	PACKET_MULTICAST = 16,	   /* destination is multicast or broadcast */
	PACKET_NO_PORTS = 32,	   /* layer 4 has no port or identifier that NAT could change */
};

struct packet {
	struct gh_tuple tuple;
	__u32 l4_slot;	/* index into l4_index */
	__u32 fragment_id;
	__u32 seq, ack; /* TCP, host order */
	__u32 length;	/* network-layer bytes, header included */
	__u16 payload;	/* TCP payload bytes */
	__u16 l3;	/* offset of the IP header */
	__u16 l4;	/* offset of the layer-4 header */
	__u16 iface;
	__u16 zone;
	__u16 vlan;	/* tag as received, 0 = untagged */
	__u8 ttl;
	__u8 tcp_flags;
	__u8 icmp_type;
	__u8 icmp_code;
	__u16 flags;	/* packet_flag */
	__u16 pad;
};

struct route {
	__u32 ifindex;
	__u16 out;	/* logical egress interface */
	__u16 mtu;
	__u8 dmac[6];
	__u8 smac[6];
	__u8 code;	/* BPF_FIB_LKUP_RET_* */
	__u8 pad[3];
};

enum reply_kind { REPLY_ICMP = 1, REPLY_RST = 2 };

struct reply_request {
	__u8 kind;
	__u8 type;
	__u8 code;
	__u8 pad;
	__u32 info;	/* bytes 4..7 of the ICMP header, host order: MTU */
	__u16 reason;	/* drop reason of the packet that is answered */
	__u8 action;
	__u8 log;
	__u32 rule;
};

#define REPLY_BUFFER 256

struct context {
	struct packet packet;
	struct gh_tuple key;	      /* the session's key */
	struct gh_session session;    /* copy of the session, or the one being built */
	struct gh_tuple rewritten;    /* the packet's tuple after translation */
	struct route route;
	struct reply_request reply;
	__u32 src_vector[3];
	__u32 dst_vector[3];
	__u32 now;		      /* ticks */
	__u16 direction;
	__u16 cacheable;
	__u16 l3_delta, l4_delta;     /* of the rewrite */
	__u16 again;		      /* the session stage ran twice already (race with another CPU) */
	__u16 pad;
	__u8 buffer[REPLY_BUFFER];
};

#endif
