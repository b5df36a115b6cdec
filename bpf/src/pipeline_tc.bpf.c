// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * pipeline_tc.bpf.c: a generation of the pipeline for the TCX hooks. Ingress: on devices that XDP judges it only turns the proof in the
 * metadata into skb->mark; on all others it is the pipeline. Egress, on every device: lets out what carries the proof and what
 * the box itself sends (remembering the session, so that replies are admitted), drops what the kernel would forward otherwise.
 */
#include "hook_tc.h"
#include "emit.h"
#include "checksum.h"
#include "parse.h"
#include "l2.h"

INLINE int hook_l2(struct __sk_buff *ctx, __be16 *proto, __u16 *vlan)
{
	__u16 *id = find_iface(ctx->ifindex, 0);
	struct gh_iface *iface = id ? get_iface(*id) : NULL;
	__u32 length = ctx->len < LINEAR_BYTES ? ctx->len : LINEAR_BYTES;

	if (hook_data(ctx) + length > hook_end(ctx) && bpf_skb_pull_data(ctx, length))
		return -1;
	if (iface && iface->flags & GH_IFACE_L3) {
		*proto = ctx->protocol;
		return 0;
	}
	if (ctx->vlan_present) {
		*vlan = ctx->vlan_tci & VLAN_ID_MASK;
		*proto = ctx->protocol;
		return sizeof(struct ethhdr);
	}
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

INLINE int carries_metadata_proof(struct __sk_buff *ctx)
{
	struct gh_proof *proof = (void *)(long)ctx->data_meta;

	return (void *)(proof + 1) <= (void *)(long)ctx->data && proof->nonce == features.proof_nonce;
}

SEC("tc")
int gh_tc_ingress(struct __sk_buff *ctx)
{
	__u16 *id = find_iface(ctx->ifindex, 0), vlan = 0;
	struct gh_iface *iface = id ? get_iface(*id) : NULL;
	__be16 proto = 0;
	int l3, verdict = FAST_MISS;

	if (iface && iface->flags & GH_IFACE_XDP) {
		set_proof(ctx, carries_metadata_proof(ctx));
		return TC_ACT_OK;
	}
	l3 = hook_l2(ctx, &proto, &vlan);
	if (l3 >= 0 && (id = find_iface(ctx->ifindex, vlan)) && *id) {
		if (proto == bpf_htons(ETH_P_IP))
			verdict = fast4(ctx, l3, *id);
		else if (proto == bpf_htons(ETH_P_IPV6))
			verdict = fast6(ctx, l3, *id);
	}
	if (verdict != FAST_MISS)
		return verdict;
	bpf_tail_call(ctx, &stages, STAGE_SLOW);
	return TC_ACT_SHOT;
}

/* Remembers what the box sends. The box is trusted: nothing here drops. */
static __noinline int remember_own(struct context *c)
{
	struct packet *p = &c->packet;
	struct gh_session *session;

	if (p->flags & (PACKET_ICMP_ERROR | PACKET_MULTICAST | PACKET_LATER) || is_link_control(p))
		return 0;
	session = find_session(c, &p->tuple);
	if (session) {
		int verdict = TCP_OK;

		if (p->tuple.proto == IPPROTO_TCP)
			verdict = track_tcp(session, p, c->direction);
		count_packet(session, c->direction, p->length, c->now);
		if (c->direction)
			session->flags |= GH_SESSION_REPLIED;
		if (verdict == TCP_CLOSE || verdict == TCP_REOPEN)
			close_session(&c->key, session, verdict == TCP_CLOSE ? GH_CLOSE_RESET : GH_CLOSE_FIN, c->now);
		if (verdict != TCP_REOPEN)
			return 0;
	}
	if (p->tcp_flags & TCP_RST || (p->tuple.proto == IPPROTO_ICMP && p->icmp_type == ICMP_ECHOREPLY) ||
	    (p->tuple.proto == IPPROTO_ICMPV6 && p->icmp_type == ICMPV6_ECHO_REPLY))
		return 0;
	c->key = p->tuple;
	c->direction = 0;
	begin_session(c);
	c->session.zone[0] = 1;
	c->session.zone[1] = p->zone;
	c->session.iface[1] = p->iface;
	c->session.flags = GH_SESSION_FROM_SELF;
	swap_tuple(&c->session.reply, &p->tuple);
	insert_session(c);
	return 0;
}

SEC("tc")
int gh_tc_egress(struct __sk_buff *ctx)
{
	struct context *c = get_context();
	int reason;

	if (!c)
		return TC_ACT_SHOT;
	if (has_proof(ctx)) {
		set_proof(ctx, 0);
		return TC_ACT_OK;
	}
	reason = start_context(ctx, c);
	if (ctx->ingress_ifindex)
		return reason == PARSE_PASS ? TC_ACT_OK : drop(c, GH_DROP_LEAK_GUARD);
	if (!reason)
		remember_own(c);
	if (c->packet.iface)
		count_out(c->packet.iface, c->packet.length);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
