/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * icmp_error.h: an ICMP error belongs to the session of the packet it quotes. The quoted packet is as we sent it, so its tuple
 * swapped is the tuple of the direction that the error travels in. Both headers are translated; checksums of the quoted packet
 * as far as they were quoted. Input: c->packet; output: c->rewritten, the changed quotation. Returns 0, ICMP_ERROR_HOST or a
 * drop reason.
 */
#ifndef GATEHOUSE_ICMP_ERROR_H
#define GATEHOUSE_ICMP_ERROR_H

#define ICMP_ERROR_HOST (-1)

struct quoted {
	struct gh_tuple tuple; /* as it was sent */
	__u32 l3;
	__u32 l4;
	__u8 no_ports;
	__u8 echo;
};

INLINE int quoted_ports(struct quoted *q, void *data, void *end)
{
	__u8 *head = data + (q->l4 & L4_MASK);
	__u8 proto = q->tuple.proto;

	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP) {
		if ((void *)(head + 4) > end)
			return -1;
		q->tuple.sport = ((__be16 *)head)[0];
		q->tuple.dport = ((__be16 *)head)[1];
		q->no_ports = proto == IPPROTO_SCTP;
		return 0;
	}
	q->no_ports = 1;
	if (proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6) {
		if ((void *)(head + 8) > end)
			return -1;
		if (is_icmp_error(proto, head[0]))
			return -1;
		if (head[0] == (proto == IPPROTO_ICMP ? ICMP_ECHO : ICMPV6_ECHO_REQUEST)) {
			q->tuple.sport = *(__be16 *)(head + 4);
			q->echo = 1;
		} else if (head[0] == (proto == IPPROTO_ICMP ? ICMP_ECHOREPLY : ICMPV6_ECHO_REPLY)) {
			q->tuple.dport = *(__be16 *)(head + 4);
			q->echo = 1;
		} else {
			q->tuple.dport = bpf_htons(head[0] << 8 | head[1]);
		}
	}
	return 0;
}

static __noinline int parse_quoted(hook *ctx, const struct packet *p, struct quoted *q)
{
	void *data = hook_data(ctx), *end = hook_end(ctx);
	void *inner;

	q->l3 = (p->l4 & L4_MASK) + 8;
	inner = data + q->l3;
	q->tuple.family = p->tuple.family;
	q->tuple.vrf = p->tuple.vrf;
	if (p->tuple.family == 4) {
		struct iphdr *ip = inner;
		__u32 header;

		if ((void *)(ip + 1) > end || *(__u8 *)ip >> 4 != 4)
			return -1;
		header = (*(__u8 *)ip & 0xf) * 4;
		if (header < sizeof(*ip) || ip->frag_off & bpf_htons(0x1fff))
			return -1;
		map_address4(&q->tuple.src, ip->saddr);
		map_address4(&q->tuple.dst, ip->daddr);
		q->tuple.proto = ip->protocol;
		q->l4 = q->l3 + header;
	} else {
		struct ipv6hdr *ip = inner;
		__u8 *fragment = (void *)(ip + 1);

		if ((void *)(ip + 1) > end || *(__u8 *)ip >> 4 != 6)
			return -1;
		__builtin_memcpy(&q->tuple.src, &ip->saddr, 16);
		__builtin_memcpy(&q->tuple.dst, &ip->daddr, 16);
		q->tuple.proto = ip->nexthdr;
		q->l4 = q->l3 + sizeof(*ip);
		if (ip->nexthdr == IPPROTO_FRAGMENT) {
			if ((void *)(fragment + 8) > end || *(__be16 *)(fragment + 2) & bpf_htons(0xfff8))
				return -1;
			q->tuple.proto = fragment[0];
			q->l4 += 8;
		}
	}
	return quoted_ports(q, data, end);
}

/* Writes the original tuple into the quotation. Returns the change of the ICMP checksum, or -1 when it does not fit. */
static __noinline __s64 rewrite_quoted(hook *ctx, const struct quoted *q, const struct gh_tuple *to)
{
	void *data = hook_data(ctx), *end = hook_end(ctx);
	void *inner = data + (q->l3 & L4_MASK);
	__u8 *head = data + (q->l4 & L4_MASK);
	__u64 addresses, ports, total;
	__u16 *check = NULL, before;

	addresses = delta_address(&q->tuple.src, &to->src, q->tuple.family) + delta_address(&q->tuple.dst, &to->dst, q->tuple.family);
	ports = delta16(q->tuple.sport, to->sport) + delta16(q->tuple.dport, to->dport);
	total = addresses;
	if (q->tuple.family == 4) {
		struct iphdr *ip = inner;

		if ((void *)(ip + 1) > end)
			return -1;
		ip->saddr = word_of(&to->src, 3);
		ip->daddr = word_of(&to->dst, 3);
		before = ip->check;
		ip->check = csum_apply(before, csum_fold64(addresses));
		total += delta16(before, ip->check);
	} else {
		struct ipv6hdr *ip = inner;

		if ((void *)(ip + 1) > end)
			return -1;
		__builtin_memcpy(&ip->saddr, &to->src, 16);
		__builtin_memcpy(&ip->daddr, &to->dst, 16);
	}
	if (!q->no_ports) {
		if ((void *)(head + 4) > end)
			return -1;
		((__be16 *)head)[0] = to->sport;
		((__be16 *)head)[1] = to->dport;
		total += ports;
		if (q->tuple.proto == IPPROTO_UDP && (void *)(head + 8) <= end)
			check = (__u16 *)(head + 6);
		else if (q->tuple.proto == IPPROTO_TCP && (void *)(head + 18) <= end)
			check = (__u16 *)(head + 16);
		if (check && (*check || q->tuple.proto == IPPROTO_TCP)) {
			before = *check;
			*check = csum_apply(before, csum_fold64(addresses + ports));
			total += delta16(before, *check);
		}
	} else if (q->echo) {
		__u64 change = ports;

		if ((void *)(head + 8) > end)
			return -1;
		*(__be16 *)(head + 4) = to->sport | to->dport;
		total += ports;
		before = *(__u16 *)(head + 2);
		if (q->tuple.family == 6)
			change += addresses;
		*(__u16 *)(head + 2) = csum_apply(before, csum_fold64(change));
		total += delta16(before, *(__u16 *)(head + 2));
	}
	return csum_fold64(total);
}

static __noinline int translate_icmp_error(hook *ctx, struct context *c)
{
	struct quoted q = {};
	struct gh_tuple travel, original;
	struct gh_session *session;
	struct icmphdr *icmp;
	void *data, *end;
	__s64 change;

	if (parse_quoted(ctx, &c->packet, &q))
		return GH_DROP_ICMP_ERROR_UNKNOWN;
	swap_tuple(&travel, &q.tuple);
	session = find_session(c, &travel);
	if (!session)
		return GH_DROP_ICMP_ERROR_UNKNOWN;
	c->session = *session;
	if (c->session.flags & (GH_SESSION_TO_SELF | GH_SESSION_FROM_SELF))
		return ICMP_ERROR_HOST;
	if (c->packet.zone != (c->direction ? c->session.zone[1] : c->session.zone[0]))
		return GH_DROP_ZONE_MISMATCH;
	original = c->direction ? c->key : c->session.reply; /* the quoted packet as its sender made it */
	c->rewritten = c->packet.tuple;
	c->rewritten.dst = original.src;
	if (addresses_equal(&c->packet.tuple.src, &travel.src) || !addresses_equal(&original.dst, &travel.src))
		c->rewritten.src = original.dst;
	if (!(c->session.flags & (GH_SESSION_SNAT | GH_SESSION_DNAT)))
		return 0;
	change = rewrite_quoted(ctx, &q, &original);
	if (change < 0)
		return GH_DROP_TRUNCATED;
	data = hook_data(ctx);
	end = hook_end(ctx);
	icmp = data + (c->packet.l4 & L4_MASK);
	if ((void *)(icmp + 1) > end)
		return GH_DROP_TRUNCATED;
	icmp->checksum = csum_apply(icmp->checksum, (__u32)change);
	return 0;
}

#endif
