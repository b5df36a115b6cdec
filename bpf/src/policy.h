/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * policy.h: which policy decides. Input: c->key (pre-NAT source), c->rewritten (post-DNAT destination), both zones in c->session;
 * output: rule, counter, log and action in c->session and c->reply. Returns gh_action; no match = deny with rule 0.
 */
#ifndef GATEHOUSE_POLICY_H
#define GATEHOUSE_POLICY_H

/* Layer-4 slot of a tuple: what l4_index is asked with when there is no packet at hand, or after DNAT changed the port. */
INLINE __u32 slot_of(__u8 proto, __u8 family, __be16 dport)
{
	switch (proto) {
	case IPPROTO_TCP:
		return GH_L4_TCP + bpf_ntohs(dport);
	case IPPROTO_UDP:
		return GH_L4_UDP + bpf_ntohs(dport);
	case IPPROTO_SCTP:
		return GH_L4_SCTP + bpf_ntohs(dport);
	case IPPROTO_ICMP:
		return GH_L4_ICMP + (dport ? bpf_ntohs(dport) : ICMP_ECHO << 8);
	case IPPROTO_ICMPV6:
		return GH_L4_ICMP6 + (dport ? bpf_ntohs(dport) : ICMPV6_ECHO_REQUEST << 8);
	}
	return GH_L4_PROTO + proto;
}

static __noinline int judge_policy(struct context *c, __be16 dport)
{
	__u32 slot = slot_of(c->key.proto, c->key.family, dport);
	struct gh_l4_class *l4 = l4_class(slot);
	struct gh_policy_row *row;
	__u32 index = NO_ROW;

	if (l4) {
		c->session.timeout = l4->timeout;
		c->session.application = l4->application;
	}
	if (features.ruleset[GH_POLICY].rows)
		index = first_match(c, GH_POLICY, slot, c->session.zone[1]);
	if (index != NO_ROW && (row = bpf_map_lookup_elem(&policy_rows, &index))) {
		c->session.rule = row->rule;
		c->session.counter = row->counter;
		c->reply.rule = row->rule;
		c->reply.log = row->log;
		c->reply.action = row->action;
	} else {
		c->session.rule = 0;
		c->session.counter = features.default_counter;
		c->reply.rule = 0;
		c->reply.log = features.log_default_deny ? GH_LOG_INIT : 0;
		c->reply.action = GH_DENY;
	}
	if (c->reply.log & GH_LOG_CLOSE)
		c->session.flags |= GH_SESSION_LOG_CLOSE;
	else
		c->session.flags &= ~GH_SESSION_LOG_CLOSE;
	TRACE(c, GH_STAGE_POLICY, c->reply.action == GH_PERMIT ? GH_OUTCOME_HIT : GH_OUTCOME_DROP, c->reply.rule, index, c->reply.action);
	return c->reply.action;
}

#endif
