/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rewrite.h: puts c->rewritten into the packet: addresses, ports or ICMP identifier, checksums (incremental). Leaves the two
 * checksum differences in the context for the flow cache. Returns 0, or -1 when the packet is too short.
 */
#ifndef GATEHOUSE_REWRITE_H
#define GATEHOUSE_REWRITE_H

#define L3_MASK 0x1f
#define L4_MASK 0x1ff

/* Does the field hold only the sum of the pseudo header, to be completed by the sender's NIC (CHECKSUM_PARTIAL)? TC hooks can meet it. */
INLINE int checksum_is_partial(const struct packet *p, __u16 check)
{
	__u64 sum = (__u64)bpf_htons(p->tuple.proto) + bpf_htonl(p->length - (p->l4 - p->l3));

	if (!HOOK_IS_TC)
		return 0;
	sum += (__u64)word_of(&p->tuple.src, 3) + word_of(&p->tuple.dst, 3);
	if (p->tuple.family == 6)
		sum += (__u64)word_of(&p->tuple.src, 0) + word_of(&p->tuple.src, 1) + word_of(&p->tuple.src, 2) +
		       word_of(&p->tuple.dst, 0) + word_of(&p->tuple.dst, 1) + word_of(&p->tuple.dst, 2);
	return csum_fold64(sum) == check;
}

INLINE __u16 update_check(const struct packet *p, __u16 check, __u64 addresses, __u64 all)
{
	if (checksum_is_partial(p, check))
		return csum_fold32((__u32)check + csum_fold64(addresses));
	return csum_apply(check, csum_fold64(all));
}

static __noinline int rewrite(hook *ctx, struct context *c)
{
	struct packet *p = &c->packet;
	const struct gh_tuple *to = &c->rewritten;
	__u32 l3 = p->l3 & L3_MASK, l4 = p->l4 & L4_MASK;
	void *data, *end, *head;
	__u64 addresses, ports;

	data = hook_data(ctx);
	end = hook_end(ctx);
	addresses = delta_address(&p->tuple.src, &to->src, p->tuple.family) + delta_address(&p->tuple.dst, &to->dst, p->tuple.family);
	ports = delta16(p->tuple.sport, to->sport) + delta16(p->tuple.dport, to->dport);
	c->l4_delta = csum_fold64(addresses + ports);
	if (p->tuple.family == 4) {
		struct iphdr *ip = data + l3;

		if ((void *)(ip + 1) > end)
			return -1;
		c->l3_delta = csum_fold64(addresses);
		ip->saddr = word_of(&to->src, 3);
		ip->daddr = word_of(&to->dst, 3);
		ip->check = csum_apply(ip->check, c->l3_delta);
	} else {
		struct ipv6hdr *ip = data + l3;

		if ((void *)(ip + 1) > end)
			return -1;
		__builtin_memcpy(&ip->saddr, &to->src, 16);
		__builtin_memcpy(&ip->daddr, &to->dst, 16);
	}
	if (p->flags & PACKET_LATER)
		return 0;
	head = data + l4;
	if (p->tuple.proto == IPPROTO_TCP) {
		struct tcphdr *tcp = head;

		if ((void *)(tcp + 1) > end)
			return -1;
		tcp->source = to->sport;
		tcp->dest = to->dport;
		tcp->check = update_check(p, tcp->check, addresses, addresses + ports);
	} else if (p->tuple.proto == IPPROTO_UDP) {
		struct udphdr *udp = head;

		if ((void *)(udp + 1) > end)
			return -1;
		udp->source = to->sport;
		udp->dest = to->dport;
		if (udp->check) {
			udp->check = update_check(p, udp->check, addresses, addresses + ports);
			if (!udp->check)
				udp->check = 0xffff;
		}
	} else if (p->tuple.proto == IPPROTO_ICMP || p->tuple.proto == IPPROTO_ICMPV6) {
		struct icmphdr *icmp = head;
		__u64 delta = p->tuple.proto == IPPROTO_ICMPV6 ? addresses : 0;

		if ((void *)(icmp + 1) > end)
			return -1;
		if (!(p->flags & PACKET_NO_PORTS)) {
			icmp->un.echo.id = to->sport | to->dport; /* one of them is 0 */
			delta += ports;
		}
		if (delta)
			icmp->checksum = csum_apply(icmp->checksum, csum_fold64(delta));
	}
	return 0;
}

/* One hop less. */
INLINE int decrement_ttl(hook *ctx, const struct packet *p)
{
	void *data = hook_data(ctx), *end = hook_end(ctx);
	__u32 l3 = p->l3 & L3_MASK;

	if (p->tuple.family == 4) {
		struct iphdr *ip = data + l3;

		if ((void *)(ip + 1) > end)
			return -1;
		ip->check = csum_apply(ip->check, 0xfffe);
		ip->ttl--;
	} else {
		struct ipv6hdr *ip = data + l3;

		if ((void *)(ip + 1) > end)
			return -1;
		ip->hop_limit--;
	}
	return 0;
}

#endif
