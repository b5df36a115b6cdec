// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* pipeline.bpf.c: a generation of the pipeline for XDP devices. gh_fast is what the entry program's slot points to. */
#include "hook_xdp.h"
#include "emit.h"
#include "checksum.h"
#include "parse.h"
#include "l2.h"

INLINE int hook_l2(struct xdp_md *ctx, __be16 *proto, __u16 *vlan)
{
	return ethernet_l2(hook_data(ctx), hook_end(ctx), proto, vlan);
}

#include "fragment.h"
#include "flow_cache.h"
#include "fast.h"
#include "session.h"
#include "tcp_state.h"
#include "classify.h"
#include "policy.h"
#include "nat.h"
#include "route.h"
#include "host.h"
#include "rewrite.h"
#include "icmp_error.h"
#include "reply.h"
#include "stages.h"
#include "forward.h"
#include "sweep.h"

SEC("xdp.frags")
int gh_fast(struct xdp_md *ctx)
{
	__u16 *id, vlan = 0;
	__be16 proto = 0;
	int l3 = hook_l2(ctx, &proto, &vlan), verdict = FAST_MISS;

	if (l3 > 0 && (id = find_iface(hook_ingress(ctx), vlan)) && *id) {
		if (proto == bpf_htons(ETH_P_IP))
			verdict = fast4(ctx, l3, *id);
		else if (proto == bpf_htons(ETH_P_IPV6))
			verdict = fast6(ctx, l3, *id);
	}
	if (verdict != FAST_MISS)
		return verdict;
	bpf_tail_call(ctx, &stages, STAGE_SLOW);
	return XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
