/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fast.h: the way of an established packet: parse, one cache line, rewrite, redirect. Returns a verdict, or FAST_MISS for everything
 * that needs a closer look: no entry, fragments, options, SYN, FIN, RST, TTL at its end, larger than the egress MTU. Maps: flow
 * cache, clock, ifaces, iface_counters, ports. The packet is untouched on FAST_MISS.
 */
#ifndef GATEHOUSE_FAST_H
#define GATEHOUSE_FAST_H

#define FAST_MISS (-1)
#define TCP_FAST(flags) (((flags) & (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)) == TCP_ACK)

struct l4_head {
	__be16 sport;
	__be16 dport;
	__be32 seq;  /* UDP: length, checksum */
};

/* TCP beyond the ports; only read where the protocol is TCP. */
INLINE int fast_tcp(void *l4, void *end, __u32 available, struct gh_flow_live *seen)
{
	struct tcphdr *tcp = l4;
	__u32 payload;

	if ((void *)(tcp + 1) > end || tcp->doff < 5 || !TCP_FAST(((__u8 *)tcp)[13]))
		return FAST_MISS;
	payload = available - tcp->doff * 4;
	if (payload > available)
		return FAST_MISS;
	seen->tcp_next = bpf_ntohl(tcp->seq) + payload;
	seen->tcp_ack = bpf_ntohl(tcp->ack_seq);
	return 0;
}

INLINE void advance(__u32 *known, __u32 value)
{
	if ((__s32)(value - *known) > 0)
		*known = value;
}

INLINE void touch(struct gh_flow_live *live, const struct gh_flow_live *seen, __u32 now, __u32 length, int tcp)
{
	live->last_seen = now;
	live->packets++;
	live->bytes += length;
	if (tcp) {
		advance(&live->tcp_next, seen->tcp_next);
		advance(&live->tcp_ack, seen->tcp_ack);
	}
}

/* Rewrites ports and the layer-4 checksum of TCP and UDP. */
INLINE void fast_l4(void *l4, int tcp, __be16 sport, __be16 dport, __u16 delta)
{
	struct l4_head *head = l4;

	head->sport = sport;
	head->dport = dport;
	if (tcp) {
		struct tcphdr *header = l4;

		header->check = csum_apply(header->check, delta);
	} else {
		struct udphdr *header = l4;

		if (header->check) {
			header->check = csum_apply(header->check, delta);
			if (!header->check)
				header->check = 0xffff;
		}
	}
}

INLINE int fast_exit(hook *ctx, __u32 l3, __u16 in, __u16 out, const __u8 *dmac, __u32 length)
{
	struct gh_iface *iface = get_iface(out);

	if (!iface)
		return FAST_MISS;
	count_in(in, length);
	count_out(out, length);
	return hook_forward(ctx, l3, out, iface, dmac);
}

INLINE int fast4(hook *ctx, __u32 l3, __u16 iface)
{
	void *data = hook_data(ctx), *end = hook_end(ctx);
	struct iphdr *ip = data + l3;
	struct l4_head *l4 = (void *)(ip + 1);
	struct gh_flow_live seen = {};
	struct gh_flow4_set *set;
	struct gh_flow4 *flow;
	struct gh_flow_hop hop;
	__be32 new_src, new_dst;
	__be16 new_sport, new_dport;
	__u16 l3_delta, l4_delta, stamp, mtu;
	__u32 length, set_number;
	__u64 tag, found;
	int tcp;

	if ((void *)(l4 + 1) > end || *(__u8 *)ip != 0x45 || ip->frag_off & bpf_htons(0x3fff) || ip->ttl <= 1)
		return FAST_MISS;
	length = bpf_ntohs(ip->tot_len);
	if (length < sizeof(*ip) + 8 || length > (__u32)(end - (void *)ip))
		return FAST_MISS;
	tcp = ip->protocol == IPPROTO_TCP;
	if (tcp) {
		if (fast_tcp(l4, end, length - sizeof(*ip), &seen))
			return FAST_MISS;
	} else if (ip->protocol != IPPROTO_UDP) {
		return FAST_MISS;
	}
	tag = flow_tag(l4->sport, l4->dport, iface, ip->protocol);
	set_number = flow_hash4(ip->saddr, ip->daddr, tag) & features.flow_cache4_mask;
	set = bpf_map_lookup_elem(&flow_cache4, &set_number);
	if (!set)
		return FAST_MISS;
	flow = &set->way[0];
	found = *(volatile __u64 *)&flow->tag;
	if ((found & ~TAG_IGNORED) != tag || flow->src != ip->saddr || flow->dst != ip->daddr) {
		flow = &set->way[1];
		found = *(volatile __u64 *)&flow->tag;
		if ((found & ~TAG_IGNORED) != tag || flow->src != ip->saddr || flow->dst != ip->daddr)
			return FAST_MISS;
	}
	barrier();
	new_src = flow->new_src;
	new_dst = flow->new_dst;
	new_sport = flow->new_sport;
	new_dport = flow->new_dport;
	l3_delta = flow->l3_delta;
	l4_delta = flow->l4_delta;
	hop = flow->hop;
	stamp = flow->live.stamp;
	mtu = flow->live.mtu;
	barrier();
	if (*(volatile __u64 *)&flow->tag != found || stamp != current_stamp() || length > mtu || flow->live.bytes >= FLOW_BYTES_LIMIT)
		return FAST_MISS;
	touch(&flow->live, &seen, ticks(), length, tcp);
	if (found >> 56 & GH_FLOW_NAT) {
		ip->saddr = new_src;
		ip->daddr = new_dst;
		fast_l4(l4, tcp, new_sport, new_dport, l4_delta);
	}
	/* the TTL is the low byte of its 16-bit word: ~m + m' = 0xffff - 1 */
	ip->check = csum_apply(ip->check, (__u32)l3_delta + 0xfffe);
	ip->ttl--;
	return fast_exit(ctx, l3, iface, hop.out, hop.dmac, length);
}

INLINE int fast6(hook *ctx, __u32 l3, __u16 iface)
{
	void *data = hook_data(ctx), *end = hook_end(ctx);
	struct ipv6hdr *ip = data + l3;
	struct l4_head *l4 = (void *)(ip + 1);
	struct gh_flow_live seen = {};
	struct gh_flow6_set *set;
	struct gh_flow6 *flow;
	struct gh_flow_hop hop;
	struct gh_addr new_src, new_dst;
	__be16 new_sport, new_dport;
	__u16 l4_delta, stamp, mtu;
	__u32 length, set_number;
	__u64 tag, found;
	const __u64 *src, *dst;
	int tcp;

	if ((void *)(l4 + 1) > end || *(__u8 *)ip >> 4 != 6 || ip->hop_limit <= 1)
		return FAST_MISS;
	length = bpf_ntohs(ip->payload_len) + sizeof(*ip);
	if (length < sizeof(*ip) + 8 || length > (__u32)(end - (void *)ip))
		return FAST_MISS;
	tcp = ip->nexthdr == IPPROTO_TCP;
	if (tcp) {
		if (fast_tcp(l4, end, length - sizeof(*ip), &seen))
			return FAST_MISS;
	} else if (ip->nexthdr != IPPROTO_UDP) {
		return FAST_MISS;
	}
	src = (const __u64 *)&ip->saddr;
	dst = (const __u64 *)&ip->daddr;
	tag = flow_tag(l4->sport, l4->dport, iface, ip->nexthdr);
	set_number = flow_hash6(src, dst, tag) & features.flow_cache6_mask;
	set = bpf_map_lookup_elem(&flow_cache6, &set_number);
	if (!set)
		return FAST_MISS;
	flow = &set->way[0];
	found = *(volatile __u64 *)&flow->tag;
	if ((found & ~TAG_IGNORED) != tag || !addresses_equal(&flow->src, (void *)src) || !addresses_equal(&flow->dst, (void *)dst)) {
		flow = &set->way[1];
		found = *(volatile __u64 *)&flow->tag;
		if ((found & ~TAG_IGNORED) != tag || !addresses_equal(&flow->src, (void *)src) || !addresses_equal(&flow->dst, (void *)dst))
			return FAST_MISS;
	}
	barrier();
	new_src = flow->new_src;
	new_dst = flow->new_dst;
	new_sport = flow->new_sport;
	new_dport = flow->new_dport;
	l4_delta = flow->l4_delta;
	hop = flow->hop;
	stamp = flow->live.stamp;
	mtu = flow->live.mtu;
	barrier();
	if (*(volatile __u64 *)&flow->tag != found || stamp != current_stamp() || length > mtu || flow->live.bytes >= FLOW_BYTES_LIMIT)
		return FAST_MISS;
	touch(&flow->live, &seen, ticks(), length, tcp);
	if (found >> 56 & GH_FLOW_NAT) {
		__builtin_memcpy(&ip->saddr, &new_src, 16);
		__builtin_memcpy(&ip->daddr, &new_dst, 16);
		fast_l4(l4, tcp, new_sport, new_dport, l4_delta);
	}
	ip->hop_limit--;
	return fast_exit(ctx, l3, iface, hop.out, hop.dmac, length);
}

#endif
