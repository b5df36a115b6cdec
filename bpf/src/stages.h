/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * stages.h: the slow path up to the way out (forward.h), in programs that tail-call each other through `stages` with constant indexes:
 * slow (parse, screens, session) → new (host, DNAT, route, policy, SNAT, insert) → forward (route, TTL, MTU, rewrite, exit);
 * error (ICMP errors) → forward; answer (resets and ICMP errors of our own). The context travels in the per-CPU scratch.
 */
#ifndef GATEHOUSE_STAGES_H
#define GATEHOUSE_STAGES_H

enum stage_index { STAGE_SLOW, STAGE_NEW, STAGE_FORWARD, STAGE_ERROR, STAGE_ANSWER, STAGES };

int gh_slow(hook *ctx);
int gh_new(hook *ctx);
int gh_forward(hook *ctx);
int gh_error(hook *ctx);
int gh_answer(hook *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, STAGES);
	__uint(key_size, sizeof(__u32));
	__array(values, int(void *));
} stages SEC(".maps") = {
	.values = {
		[STAGE_SLOW] = (void *)&gh_slow,
		[STAGE_NEW] = (void *)&gh_new,
		[STAGE_FORWARD] = (void *)&gh_forward,
		[STAGE_ERROR] = (void *)&gh_error,
		[STAGE_ANSWER] = (void *)&gh_answer,
	},
};

/* A stage that can not be reached fails closed. */
#define GO(ctx, c, stage)                                                                                                    \
	do {                                                                                                                 \
		bpf_tail_call(ctx, &stages, stage);                                                                          \
		return drop(c, GH_DROP_INTERNAL);                                                                            \
	} while (0)

INLINE int is_cacheable(const struct packet *p, const struct gh_session *session)
{
	if (p->flags & PACKET_FRAGMENT)
		return 0;
	if (p->tuple.proto == IPPROTO_TCP)
		return session->tcp_state == GH_TCP_ESTABLISHED && TCP_FAST(p->tcp_flags);
	return p->tuple.proto == IPPROTO_UDP;
}

INLINE void set_rewritten(struct context *c)
{
	swap_tuple(&c->rewritten, c->direction ? &c->key : &c->session.reply);
	if ((c->key.proto == IPPROTO_ICMP || c->key.proto == IPPROTO_ICMPV6) && c->packet.flags & PACKET_NO_PORTS) {
		c->rewritten.sport = c->packet.tuple.sport;
		c->rewritten.dport = c->packet.tuple.dport;
	}
}

/* Judges a session again under this generation. 0, or GH_DROP_POLICY_CHANGE. */
static __noinline int rematch(struct context *c, struct gh_session *session)
{
	struct gh_iface *in = get_iface(session->iface[0]), *out = get_iface(session->iface[1]);
	int permitted;

	c->session = *session;
	c->rewritten.dst = session->reply.src;
	if (session->flags & GH_SESSION_FROM_SELF) {
		permitted = 1;
	} else if (session->flags & GH_SESSION_TO_SELF) {
		permitted = in && host_admits(c, in->zone, slot_of(c->key.proto, c->key.family, session->reply.sport));
		c->session.zone[0] = in ? in->zone : 0;
	} else {
		if (!in || !out || load_vectors(c->src_vector, &c->key.src, 1) || load_vectors(c->dst_vector, &session->reply.src, 0))
			return GH_DROP_INTERNAL;
		c->session.zone[0] = in->zone;
		c->session.zone[1] = out->zone;
		permitted = judge_policy(c, session->reply.sport) == GH_PERMIT;
	}
	if (!permitted && features.rematch_close)
		return GH_DROP_POLICY_CHANGE;
	session->generation = features.generation;
	if (!permitted)
		return 0;
	session->revision = features.revision;
	session->rule = c->session.rule;
	session->counter = c->session.counter;
	session->timeout = c->session.timeout;
	session->application = c->session.application;
	session->flags = c->session.flags;
	session->zone[0] = c->session.zone[0];
	session->zone[1] = c->session.zone[1];
	return 0;
}

INLINE int start_context(hook *ctx, struct context *c)
{
	__u16 *id, vlan = 0;
	__be16 proto = 0;
	int l3;
	__u16 zone;
	struct gh_iface *iface;
	int reason;

	__builtin_memset(&c->packet, 0, sizeof(c->packet));
	__builtin_memset(&c->session, 0, sizeof(c->session));
	__builtin_memset(&c->route, 0, sizeof(c->route));
	__builtin_memset(&c->reply, 0, sizeof(c->reply));
	c->now = ticks();
	c->direction = 0;
	c->cacheable = 0;
	c->again = 0;
	l3 = hook_l2(ctx, &proto, &vlan);
	c->packet.length = hook_length(ctx);
	id = l3 < 0 ? NULL : find_iface(hook_ingress(ctx), vlan);
	c->packet.vlan = vlan;
	if (l3 < 0)
		return GH_DROP_TRUNCATED;
	if (!id || !*id)
		return GH_DROP_UNKNOWN_INTERFACE;
	c->packet.iface = *id;
	iface = get_iface(*id);
	if (!iface)
		return GH_DROP_INTERNAL;
	zone = iface->zone;
	c->packet.zone = zone;
	c->packet.tuple.vrf = iface->vrf;
	reason = parse(ctx, c, l3, proto);
	c->rewritten = c->packet.tuple;
	TRACE_REASON(c, GH_STAGE_PARSE, reason > 0 ? GH_OUTCOME_DROP : GH_OUTCOME_PASS, reason > 0 ? reason : 0, 0, ~0u, 0);
	if (reason)
		return reason;
	return zone ? 0 : GH_DROP_NO_ZONE;
}

SEC(HOOK_SEC)
int gh_slow(hook *ctx)
{
	struct context *c = get_context();
	struct packet *p;
	struct gh_session *session;
	int reason;

	if (!c)
		return HOOK_DROP;
	p = &c->packet;
	reason = start_context(ctx, c);
	count_in(p->iface, p->length);
	if (reason == PARSE_PASS)
		return hook_host(ctx);
	COUNT_TOTAL(slow_path);
	if (reason)
		return drop(c, reason);
	if (is_link_control(p))
		return hook_host(ctx);
	if (p->flags & PACKET_FRAGMENT) {
		reason = resolve_fragment(c);
		if (reason)
			return drop(c, reason);
		c->rewritten = p->tuple;
	}
	reason = screen(c);
	if (reason)
		return drop(c, reason);
	if (p->flags & PACKET_ICMP_ERROR)
		GO(ctx, c, STAGE_ERROR);
	session = find_session(c, &p->tuple);
	TRACE(c, GH_STAGE_SESSION, session ? GH_OUTCOME_HIT : GH_OUTCOME_MISS, 0, ~0u, session ? session->tcp_state : 0);
	if (!session)
		GO(ctx, c, STAGE_NEW);
	if (session->generation != features.generation) {
		reason = rematch(c, session);
		if (reason) {
			if (reason == GH_DROP_POLICY_CHANGE)
				close_session(&c->key, session, GH_CLOSE_POLICY_CHANGE, c->now);
			return drop_packet(c, reason, c->reply.rule, GH_DENY | (c->reply.log & GH_LOG_INIT ? 1 : 0) << 8);
		}
	}
	if (p->zone != (c->direction ? session->zone[1] : session->zone[0]))
		return drop(c, GH_DROP_ZONE_MISMATCH);
	reason = TCP_OK;
	if (p->tuple.proto == IPPROTO_TCP && !(p->flags & PACKET_LATER)) {
		if (p->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST))
			fold_session(&c->key, session, 1);
		reason = track_tcp(session, p, c->direction);
		if (reason == TCP_DROP)
			return drop(c, GH_DROP_TCP_OUT_OF_WINDOW);
		if (reason == TCP_REOPEN) {
			close_session(&c->key, session, GH_CLOSE_FIN, c->now);
			GO(ctx, c, STAGE_NEW);
		}
	}
	/* a closing session is not kept alive by retransmissions */
	count_packet(session, c->direction, p->length,
		     session->tcp_state >= GH_TCP_CLOSING ? (c->direction ? session->half[1].last_seen : session->half[0].last_seen) : c->now);
	if (c->direction)
		session->flags |= GH_SESSION_REPLIED;
	c->session = *session;
	c->cacheable = is_cacheable(p, session);
	if (reason == TCP_CLOSE)
		close_session(&c->key, session, GH_CLOSE_RESET, c->now);
	if (c->session.flags & (GH_SESSION_TO_SELF | GH_SESSION_FROM_SELF)) {
		TRACE(c, GH_STAGE_VERDICT, GH_OUTCOME_HOST, 0, ~0u, 0);
		return hook_host(ctx);
	}
	set_rewritten(c);
	GO(ctx, c, STAGE_FORWARD);
}

/* A packet for the box that belongs to no session. */
static __noinline int judge_local(struct context *c, int kind)
{
	struct packet *p = &c->packet;
	int result;

	TRACE(c, GH_STAGE_LOCAL, GH_OUTCOME_HOST, 0, ~0u, kind);
	c->session.zone[1] = 1;
	if (c->session.flags & GH_SESSION_DNAT || !host_admits(c, p->zone, p->l4_slot))
		return GH_DROP_HOST_INBOUND;
	if (kind == LOCAL_GROUP)
		return 0; /* groups have many answers: no session */
	c->session.flags |= GH_SESSION_TO_SELF;
	c->session.iface[1] = p->iface;
	swap_tuple(&c->session.reply, &c->rewritten);
	result = insert_session(c);
	return result == SESSION_REPLY_TAKEN ? 0 : result;
}

/* What a first packet must look like. 0, or a drop reason. */
INLINE int may_begin(const struct packet *p)
{
	if (p->tuple.proto == IPPROTO_TCP && features.syn_check && (p->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN)
		return GH_DROP_TCP_NOT_SYN;
	if ((p->tuple.proto == IPPROTO_ICMP && p->icmp_type == ICMP_ECHOREPLY) ||
	    (p->tuple.proto == IPPROTO_ICMPV6 && p->icmp_type == ICMPV6_ECHO_REPLY))
		return GH_DROP_ICMP_ERROR_UNKNOWN;
	return p->flags & PACKET_LATER ? GH_DROP_FRAGMENT_UNKNOWN : 0;
}

INLINE void begin_session(struct context *c)
{
	const struct packet *p = &c->packet;

	c->session.iface[0] = p->iface;
	c->session.zone[0] = p->zone;
	c->session.half[0].packets = 1;
	c->session.half[0].bytes = p->length;
	if (p->tuple.proto != IPPROTO_TCP)
		return;
	c->session.tcp_state = p->tcp_flags & TCP_SYN ? GH_TCP_SYN_SENT : GH_TCP_ESTABLISHED;
	advance_half(&c->session.half[0], p, 1);
}

SEC(HOOK_SEC)
int gh_new(hook *ctx)
{
	struct context *c = get_context();
	struct packet *p;
	int reason, kind;

	if (!c)
		return HOOK_DROP;
	p = &c->packet;
	__builtin_memset(&c->session, 0, sizeof(c->session));
	c->key = p->tuple;
	c->rewritten = p->tuple;
	c->direction = 0;
	begin_session(c);
	if (source_is_bad(c))
		return drop(c, GH_DROP_BAD_SOURCE);
	if (load_vectors(c->src_vector, &p->tuple.src, 1) || load_vectors(c->dst_vector, &p->tuple.dst, 0))
		return drop(c, GH_DROP_INTERNAL);
	if (!(p->flags & PACKET_MULTICAST))
		destination_nat(c);
	reason = may_begin(p);
	kind = local_kind(c, &c->rewritten.dst);
	if (kind) {
		if (!reason)
			reason = judge_local(c, kind);
		if (reason > 0)
			return drop(c, reason);
		if (reason == SESSION_EXISTS)
			goto again;
		TRACE(c, GH_STAGE_VERDICT, GH_OUTCOME_HOST, 0, ~0u, 0);
		return hook_host(ctx);
	}
	if (reason)
		return drop(c, reason);
	reason = lookup_route(ctx, c);
	if (reason)
		return drop(c, reason);
	{
		struct gh_iface *out = get_iface(c->route.out);

		if (!out)
			return drop(c, GH_DROP_INTERNAL);
		c->session.iface[1] = c->route.out;
		c->session.zone[1] = out->zone;
	}
	if (c->session.flags & GH_SESSION_DNAT && load_vectors(c->dst_vector, &c->rewritten.dst, 0))
		return drop(c, GH_DROP_INTERNAL);
	judge_policy(c, c->rewritten.dport);
	count_rule(c->session.counter, c->now);
	if (c->reply.action == GH_REJECT) {
		c->reply.kind = p->tuple.proto == IPPROTO_TCP ? REPLY_RST : REPLY_ICMP;
		c->reply.type = p->tuple.family == 4 ? ICMP_DEST_UNREACH : ICMPV6_DEST_UNREACH;
		c->reply.code = p->tuple.family == 4 ? ICMP_PKT_FILTERED : 1; /* administratively prohibited */
		c->reply.reason = GH_DROP_POLICY_REJECT;
		GO(ctx, c, STAGE_ANSWER);
	}
	if (c->reply.action != GH_PERMIT)
		return drop_packet(c, c->reply.rule ? GH_DROP_POLICY_DENY : GH_DROP_DEFAULT_DENY, c->reply.rule,
				   GH_DENY | (c->reply.log & GH_LOG_INIT ? 1 : 0) << 8);
	if (p->ttl <= 1)
		GO(ctx, c, STAGE_FORWARD); /* answers before anything is translated or remembered */
	reason = source_nat_and_insert(c);
	TRACE_REASON(c, GH_STAGE_SESSION_INSERT, reason > 0 ? GH_OUTCOME_DROP : GH_OUTCOME_PASS, reason > 0 ? reason : 0, 0, ~0u, 0);
	if (reason > 0)
		return drop(c, reason);
	if (reason == SESSION_EXISTS)
		goto again;
	count_rule_traffic(c->session.counter, 1, p->length);
	c->cacheable = is_cacheable(p, &c->session);
	GO(ctx, c, STAGE_FORWARD);
again:
	/* another CPU entered the same session between our look-up and now */
	if (c->again)
		return drop(c, GH_DROP_INTERNAL);
	GO(ctx, c, STAGE_SLOW);
}

SEC(HOOK_SEC)
int gh_error(hook *ctx)
{
	struct context *c = get_context();
	int result;

	if (!c)
		return HOOK_DROP;
	result = translate_icmp_error(ctx, c);
	TRACE_REASON(c, GH_STAGE_SESSION, result > 0 ? GH_OUTCOME_DROP : GH_OUTCOME_HIT, result > 0 ? result : 0, 0, ~0u, 0);
	if (result == ICMP_ERROR_HOST)
		return hook_host(ctx);
	if (result)
		return drop(c, result);
	GO(ctx, c, STAGE_FORWARD);
}

SEC(HOOK_SEC)
int gh_answer(hook *ctx)
{
	struct context *c = get_context();

	return c ? answer(ctx, c) : HOOK_DROP;
}

#endif
