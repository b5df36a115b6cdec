/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * maps.h: all maps of a generation. Sizes marked "loader" are set before the load. State maps are pinned and shared by all
 * generations; configuration maps belong to one generation and are never written after its flip.
 */
#ifndef GATEHOUSE_MAPS_H
#define GATEHOUSE_MAPS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "context.h"

const volatile struct gh_features features = {};

#define ARRAY_MAP(name_, flags_, type_, entries_)                                                                           \
	struct {                                                                                                             \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                                            \
		__uint(map_flags, flags_);                                                                                   \
		__uint(max_entries, entries_);                                                                               \
		__type(key, __u32);                                                                                          \
		__type(value, type_);                                                                                        \
	} name_ SEC(".maps")
#define HASH_MAP(name_, kind_, flags_, key_, type_, entries_)                                                                \
	struct {                                                                                                             \
		__uint(type, kind_);                                                                                         \
		__uint(map_flags, flags_);                                                                                   \
		__uint(max_entries, entries_);                                                                               \
		__type(key, key_);                                                                                           \
		__type(value, type_);                                                                                        \
	} name_ SEC(".maps")
#define PERCPU_MAP(name_, type_, entries_)                                                                                   \
	struct {                                                                                                             \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                                                     \
		__uint(max_entries, entries_);                                                                               \
		__type(key, __u32);                                                                                          \
		__type(value, type_);                                                                                        \
	} name_ SEC(".maps")
#define RINGBUF_MAP(name_, bytes_)                                                                                           \
	struct {                                                                                                             \
		__uint(type, BPF_MAP_TYPE_RINGBUF);                                                                          \
		__uint(max_entries, bytes_);                                                                                 \
	} name_ SEC(".maps")

/* configuration */
ARRAY_MAP(iface_by_index, BPF_F_MMAPABLE, __u16, GH_MAX_IFINDEX);
HASH_MAP(iface_by_vlan, BPF_MAP_TYPE_HASH, 0, struct gh_vlan_key, __u16, GH_MAX_IFACES);
ARRAY_MAP(ifaces, BPF_F_MMAPABLE, struct gh_iface, GH_MAX_IFACES);
ARRAY_MAP(zones, BPF_F_MMAPABLE, struct gh_zone, GH_MAX_ZONES);
ARRAY_MAP(zone_pairs, BPF_F_MMAPABLE, struct gh_zone_pair, GH_MAX_ZONES * GH_MAX_ZONES);
HASH_MAP(addresses, BPF_MAP_TYPE_LPM_TRIE, BPF_F_NO_PREALLOC, struct gh_lpm_key, struct gh_addr_class, 1048576);
ARRAY_MAP(l4_index, BPF_F_MMAPABLE, __u16, GH_L4_SLOTS);
ARRAY_MAP(l4_classes, BPF_F_MMAPABLE, struct gh_l4_class, 1);	   /* loader */
ARRAY_MAP(sport_index, BPF_F_MMAPABLE, __u16, 131072);
ARRAY_MAP(sport_classes, BPF_F_MMAPABLE, struct gh_sport_class, 1); /* loader */
ARRAY_MAP(vectors_policy, BPF_F_MMAPABLE, __u64, 1);		   /* loader */
ARRAY_MAP(vectors_snat, BPF_F_MMAPABLE, __u64, 1);		   /* loader */
ARRAY_MAP(vectors_dnat, BPF_F_MMAPABLE, __u64, 1);		   /* loader */
ARRAY_MAP(policy_rows, BPF_F_MMAPABLE, struct gh_policy_row, 1);   /* loader */
ARRAY_MAP(snat_rows, BPF_F_MMAPABLE, struct gh_nat_row, 1);	   /* loader */
ARRAY_MAP(dnat_rows, BPF_F_MMAPABLE, struct gh_nat_row, 1);	   /* loader */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, GH_MAX_IFACES);
	__type(key, __u32);
	__type(value, __u32);
} ports SEC(".maps");

/* state */
HASH_MAP(sessions, BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC, struct gh_tuple, struct gh_session, 262144);	     /* loader */
HASH_MAP(session_replies, BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC, struct gh_tuple, struct gh_tuple, 262144);   /* loader */
ARRAY_MAP(flow_cache4, BPF_F_MMAPABLE, struct gh_flow4_set, 1);	   /* loader: features.flow_cache4_mask + 1 */
ARRAY_MAP(flow_cache6, BPF_F_MMAPABLE, struct gh_flow6_set, 1);	   /* loader */
ARRAY_MAP(clock, BPF_F_MMAPABLE, struct gh_clock, 1);
HASH_MAP(local_addrs, BPF_MAP_TYPE_HASH, 0, struct gh_addr, struct gh_local, 8192);
HASH_MAP(fragments, BPF_MAP_TYPE_LRU_HASH, 0, struct gh_fragment_key, struct gh_fragment, 16384);
PERCPU_MAP(rule_counters, struct gh_rule_counter, GH_MAX_COUNTED);
PERCPU_MAP(reason_counters, struct gh_counter, GH_REASON_SLOTS);
PERCPU_MAP(iface_counters, struct gh_iface_counter, GH_MAX_IFACES);
PERCPU_MAP(totals, struct gh_totals, 1);
RINGBUF_MAP(events, 1 << 20);

/* scratch */
PERCPU_MAP(scratch, struct context, 1);
RINGBUF_MAP(trace_events, 4096); /* loader: larger where features.trace is set */

/* Token buckets, per CPU: tokens left and the tick they were filled at. */
struct bucket {
	__u32 tokens;
	__u32 filled;
};
enum bucket_kind { BUCKET_EVENTS = 0, BUCKET_REPLIES = 1, BUCKETS = 2 };
PERCPU_MAP(buckets, struct bucket, BUCKETS);

#define INLINE static __always_inline
#define barrier() asm volatile("" ::: "memory")

#define SECONDS(n) ((__u32)((n) * 1000000000ull >> GH_TICK_SHIFT))

INLINE __u32 ticks(void)
{
	return bpf_ktime_get_coarse_ns() >> GH_TICK_SHIFT;
}

INLINE struct context *get_context(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&scratch, &zero);
}

INLINE struct gh_iface *get_iface(__u16 id)
{
	__u32 key = id;

	return bpf_map_lookup_elem(&ifaces, &key);
}

INLINE struct gh_zone *get_zone(__u16 slot)
{
	__u32 key = slot;

	return bpf_map_lookup_elem(&zones, &key);
}

#endif
