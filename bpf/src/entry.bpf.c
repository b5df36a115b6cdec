// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * entry.bpf.c: the programs that stay attached to the devices. They jump into the current generation; an empty slot drops and counts
 * (reason no-pipeline): the firewall fails closed. Slots: xdp_slot[0]; tc_slots[0] ingress, [1] egress.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "abi.h"
#include "../generated/reasons.h"

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} xdp_slot SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} tc_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, GH_REASON_SLOTS);
	__type(key, __u32);
	__type(value, struct gh_counter);
} reason_counters SEC(".maps");

static __always_inline void count_no_pipeline(__u32 bytes)
{
	__u32 reason = GH_DROP_NO_PIPELINE;
	struct gh_counter *counter = bpf_map_lookup_elem(&reason_counters, &reason);

	if (!counter)
		return;
	counter->packets++;
	counter->bytes += bytes;
}

SEC("xdp.frags")
int gh_entry_xdp(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &xdp_slot, 0);
	count_no_pipeline(ctx->data_end - ctx->data);
	return XDP_DROP;
}

SEC("tc")
int gh_entry_tc_ingress(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &tc_slots, 0);
	count_no_pipeline(skb->len);
	return TC_ACT_SHOT;
}

SEC("tc")
int gh_entry_tc_egress(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &tc_slots, 1);
	count_no_pipeline(skb->len);
	return TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
