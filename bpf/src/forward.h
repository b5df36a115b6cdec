/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * forward.h: the last stage: route, TTL, MTU, rewriting, the way out. Input: c->session, c->rewritten, c->direction; fills the flow cache.
 */
#ifndef GATEHOUSE_FORWARD_H
#define GATEHOUSE_FORWARD_H

INLINE void fill_cache(struct context *c)
{
	struct gh_session *session = bpf_map_lookup_elem(&sessions, &c->key);
	struct gh_tuple spare = {};

	if (!session)
		return;
	if (c->packet.tuple.family == 4)
		fill_flow4(c, session, &spare);
	else
		fill_flow6(c, session, &spare);
}

/* Larger than the egress link takes? A GSO packet counts by its segments. */
INLINE int too_big(hook *ctx, const struct packet *p, __u16 mtu)
{
	__u32 segment = hook_segment(ctx);

	if (!segment)
		return p->length > mtu;
	if (p->tuple.proto == IPPROTO_TCP)
		return p->length - p->payload + segment > mtu;
	return p->l4 - p->l3 + sizeof(struct udphdr) + segment > mtu;
}

SEC(HOOK_SEC)
int gh_forward(hook *ctx)
{
	struct context *c = get_context();
	struct packet *p;
	struct gh_iface *out;
	int reason, verdict, assist;

	if (!c)
		return HOOK_DROP;
	p = &c->packet;
	if (!c->route.out) {
		reason = lookup_route(ctx, c);
		if (reason)
			return drop(c, reason);
	}
	out = get_iface(c->route.out);
	if (!out)
		return drop(c, GH_DROP_INTERNAL);
	if (!(p->flags & PACKET_ICMP_ERROR) && out->zone != (c->direction ? c->session.zone[0] : c->session.zone[1]))
		return drop(c, GH_DROP_ZONE_MISMATCH);
	if (p->ttl <= 1) {
		c->reply.kind = REPLY_ICMP;
		c->reply.type = p->tuple.family == 4 ? ICMP_TIME_EXCEEDED : ICMPV6_TIME_EXCEED;
		c->reply.code = 0;
		c->reply.info = 0;
		c->reply.reason = GH_DROP_TTL_EXCEEDED;
		GO(ctx, c, STAGE_ANSWER);
	}
	assist = !hook_can_forward(p->l3 & L3_MASK, out, c->route.code == BPF_FIB_LKUP_RET_SUCCESS);
	if (too_big(ctx, p, c->route.mtu)) {
		if (p->flags & PACKET_DF) {
			c->reply.kind = REPLY_ICMP;
			c->reply.type = p->tuple.family == 4 ? ICMP_DEST_UNREACH : ICMPV6_PKT_TOOBIG;
			c->reply.code = p->tuple.family == 4 ? ICMP_FRAG_NEEDED : 0;
			c->reply.info = c->route.mtu;
			c->reply.reason = GH_DROP_PACKET_TOO_BIG;
			GO(ctx, c, STAGE_ANSWER);
		}
		assist = 1; /* the kernel fragments */
	}
	c->l3_delta = 0;
	c->l4_delta = 0;
	if ((c->session.flags & (GH_SESSION_SNAT | GH_SESSION_DNAT)) && rewrite(ctx, c))
		return drop(c, GH_DROP_REDIRECT_FAILED);
	TRACE(c, GH_STAGE_REWRITE, c->session.flags & (GH_SESSION_SNAT | GH_SESSION_DNAT) ? GH_OUTCOME_HIT : GH_OUTCOME_PASS, 0, ~0u, 0);
	if (assist) {
		TRACE(c, GH_STAGE_VERDICT, GH_OUTCOME_KERNEL, 0, ~0u, c->route.code);
		COUNT_TOTAL(kernel_assist);
		count_out(c->route.out, p->length);
		verdict = hook_kernel(ctx);
		return verdict < 0 ? drop(c, GH_DROP_REDIRECT_FAILED) : verdict;
	}
	if (decrement_ttl(ctx, p))
		return drop(c, GH_DROP_REDIRECT_FAILED);
	if (c->cacheable)
		fill_cache(c);
	TRACE(c, GH_STAGE_VERDICT, GH_OUTCOME_FORWARD, 0, ~0u, 0);
	count_out(c->route.out, p->length);
	verdict = hook_forward(ctx, p->l3, c->route.out, out, c->route.dmac);
	return verdict < 0 ? drop(c, GH_DROP_REDIRECT_FAILED) : verdict;
}

#endif
