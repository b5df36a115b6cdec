/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * route.h: the kernel's routing and neighbour tables through bpf_fib_lookup. Fills c->route. Returns 0 (also when only the neighbour
 * is missing: route.code says so) or a drop reason.
 */
#ifndef GATEHOUSE_ROUTE_H
#define GATEHOUSE_ROUTE_H

#define ADDRESS_FAMILY_INET 2
#define ADDRESS_FAMILY_INET6 10

static __noinline int lookup_route(hook *ctx, struct context *c)
{
	struct bpf_fib_lookup fib = {};
	struct gh_iface *in = get_iface(c->packet.iface);
	struct gh_iface *out;
	__u32 key;
	__u16 *id;
	long code;

	if (!in)
		return GH_DROP_INTERNAL;
	fib.ifindex = in->l3_ifindex;
	fib.l4_protocol = c->key.proto;
	fib.tot_len = 1; /* asks for the route's MTU to be filled in; the length itself is checked later */
	if (c->packet.tuple.family == 4) {
		fib.family = ADDRESS_FAMILY_INET;
		fib.ipv4_src = word_of(&c->packet.tuple.src, 3);
		fib.ipv4_dst = word_of(&c->rewritten.dst, 3);
	} else {
		fib.family = ADDRESS_FAMILY_INET6;
		__builtin_memcpy(fib.ipv6_src, &c->packet.tuple.src, 16);
		__builtin_memcpy(fib.ipv6_dst, &c->rewritten.dst, 16);
	}
	code = bpf_fib_lookup(ctx, &fib, sizeof(fib), 0);
	c->route.code = code;
	switch (code) {
	case BPF_FIB_LKUP_RET_SUCCESS:
	case BPF_FIB_LKUP_RET_NO_NEIGH:
		break;
	case BPF_FIB_LKUP_RET_BLACKHOLE:
	case BPF_FIB_LKUP_RET_UNREACHABLE:
	case BPF_FIB_LKUP_RET_PROHIBIT:
		TRACE_REASON(c, GH_STAGE_ROUTE, GH_OUTCOME_DROP, GH_DROP_ROUTE_BLACKHOLE, 0, ~0u, code);
		return GH_DROP_ROUTE_BLACKHOLE;
	default:
		TRACE_REASON(c, GH_STAGE_ROUTE, GH_OUTCOME_DROP, GH_DROP_NO_ROUTE, 0, ~0u, code);
		return GH_DROP_NO_ROUTE;
	}
	c->route.ifindex = fib.ifindex;
	__builtin_memcpy(c->route.dmac, fib.dmac, 6);
	__builtin_memcpy(c->route.smac, fib.smac, 6);
	key = fib.ifindex;
	id = bpf_map_lookup_elem(&iface_by_index, &key);
	if (!id || !*id)
		return GH_DROP_NO_EGRESS_ZONE;
	c->route.out = *id;
	out = get_iface(c->route.out);
	if (!out || !out->zone)
		return GH_DROP_NO_EGRESS_ZONE;
	c->route.mtu = fib.mtu_result > 1 && fib.mtu_result < out->mtu ? fib.mtu_result : out->mtu;
	TRACE(c, GH_STAGE_ROUTE, GH_OUTCOME_HIT, 0, ~0u, code);
	return 0;
}

#endif
