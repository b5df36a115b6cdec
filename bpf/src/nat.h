/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nat.h: destination NAT before the route, source NAT after the policy. Both change c->rewritten. Source ports are chosen at
 * random and tried by inserting the reply's key, which must not exist: a port serves as many sessions as there are remote ends.
 */
#ifndef GATEHOUSE_NAT_H
#define GATEHOUSE_NAT_H

#define NAT_TRIES 32

/* address = base | (address & ~mask(prefixlen)), prefixlen in the 128-bit form. */
INLINE void map_prefix(struct gh_addr *address, const struct gh_addr *base, __u8 prefixlen)
{
	__u32 *to = (__u32 *)address->b;
	const __u32 *from = (const __u32 *)base->b;

#pragma unroll
	for (int i = 0; i < 4; i++) {
		int bits = (int)prefixlen - 32 * i;
		__u32 host = bits <= 0 ? 0xffffffff : bits >= 32 ? 0 : 0xffffffff >> bits;

		to[i] = from[i] | (to[i] & bpf_htonl(host));
	}
}

/* Translates the destination. */
static __noinline int destination_nat(struct context *c)
{
	struct gh_nat_row *row;
	__u32 index = NO_ROW;

	if (!features.ruleset[GH_DNAT].rows)
		return 0;
	index = first_match(c, GH_DNAT, c->packet.l4_slot, 0);
	row = index == NO_ROW ? NULL : bpf_map_lookup_elem(&dnat_rows, &index);
	if (!row || (row->family && row->family != c->key.family) || row->kind == GH_NAT_OFF) {
		TRACE(c, GH_STAGE_DNAT, GH_OUTCOME_MISS, row ? row->rule : 0, index, 0);
		return 0;
	}
	if (row->kind == GH_NAT_PREFIX) {
		map_prefix(&c->rewritten.dst, &row->base, row->prefixlen);
	} else {
		c->rewritten.dst = row->base;
		if (row->port && !(c->packet.flags & PACKET_NO_PORTS))
			c->rewritten.dport = row->port;
	}
	c->session.dnat_rule = row->rule;
	c->session.flags |= GH_SESSION_DNAT;
	count_rule(row->counter, c->now);
	TRACE(c, GH_STAGE_DNAT, GH_OUTCOME_HIT, row->rule, index, 0);
	return 0;
}

/* Chooses the translated source address. 0, or a drop reason. */
INLINE int source_address(struct context *c, const struct gh_nat_row *row)
{
	struct gh_iface *out;

	switch (row->kind) {
	case GH_NAT_INTERFACE:
		out = get_iface(c->route.out);
		if (!out)
			return GH_DROP_INTERNAL;
		c->rewritten.src = c->key.family == 4 ? out->addr4 : out->addr6;
		if (!word_of(&c->rewritten.src, 3) && !word_of(&c->rewritten.src, 0))
			return GH_DROP_NAT_NO_ADDRESS;
		return 0;
	case GH_NAT_POOL: {
		/* the same client keeps its address, as applications with several connections expect */
		__u32 pick = flow_mix((__u64)word_of(&c->key.src, 3) << 32 | word_of(&c->key.src, 1), word_of(&c->key.src, 0));
		__u32 *last = &((__u32 *)c->rewritten.src.b)[3];

		c->rewritten.src = row->base;
		if (row->count > 1)
			*last = bpf_htonl(bpf_ntohl(*last) + pick % row->count);
		return 0;
	}
	case GH_NAT_PREFIX:
		map_prefix(&c->rewritten.src, &row->base, row->prefixlen);
		return 0;
	}
	return GH_DROP_INTERNAL;
}

/* Enters the session with a free source port of [first, last]. */
static __noinline int insert_with_port(struct context *c, __u16 first, __u16 last)
{
	__u32 count = (__u32)last - first + 1, start;
	int echo = c->key.proto == IPPROTO_ICMP || c->key.proto == IPPROTO_ICMPV6;
	int result = SESSION_REPLY_TAKEN;

	if (last < first)
		return GH_DROP_INTERNAL;
	start = bpf_get_prandom_u32() % count;
	for (int i = 0; i < NAT_TRIES; i++) {
		__be16 port;

		if ((__u32)i >= count)
			break;
		port = bpf_htons(first + (start + i) % count);
		c->rewritten.sport = port;
		swap_tuple(&c->session.reply, &c->rewritten);
		if (echo)
			c->session.reply.sport = 0;
		result = insert_session(c);
		if (result != SESSION_REPLY_TAKEN)
			return result;
	}
	return GH_DROP_NAT_NO_PORT;
}

/* Translates the source if a rule says so and enters the session. 0, SESSION_EXISTS or a drop reason. */
static __noinline int source_nat_and_insert(struct context *c)
{
	struct gh_nat_row *row = NULL;
	__u32 index = NO_ROW;
	int result;

	if (features.ruleset[GH_SNAT].rows)
		index = first_match(c, GH_SNAT, slot_of(c->key.proto, c->key.family, c->rewritten.dport), c->session.zone[1]);
	if (index != NO_ROW)
		row = bpf_map_lookup_elem(&snat_rows, &index);
	if (row && row->kind != GH_NAT_OFF && (!row->family || row->family == c->key.family)) {
		result = source_address(c, row);
		if (result)
			return result;
		c->session.snat_rule = row->rule;
		c->session.flags |= GH_SESSION_SNAT;
		count_rule(row->counter, c->now);
	}
	if (features.ruleset[GH_SNAT].rows)
		TRACE(c, GH_STAGE_SNAT, c->session.flags & GH_SESSION_SNAT ? GH_OUTCOME_HIT : GH_OUTCOME_MISS, c->session.snat_rule, index, 0);
	if (row && c->session.flags & GH_SESSION_SNAT && row->kind != GH_NAT_PREFIX && !(c->packet.flags & PACKET_NO_PORTS))
		return insert_with_port(c, row->port_first, row->port_last);
	swap_tuple(&c->session.reply, &c->rewritten);
	result = insert_session(c);
	return result == SESSION_REPLY_TAKEN ? GH_DROP_NAT_NO_PORT : result;
}

#endif
