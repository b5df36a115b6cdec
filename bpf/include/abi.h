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

#include "abi_config.h"
#include "abi_state.h"
#include "abi_records.h"

#endif
