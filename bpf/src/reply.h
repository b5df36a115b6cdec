/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reply.h: answers that the firewall sends itself, in place of the offending packet, out of the interface it came from: TCP resets
 * (RFC 9293 section 3.10.7.1), ICMP errors (RFC 792, RFC 1812 section 4.3.2, RFC 4443 section 2.4). Never in answer to an ICMP error, to
 * a group, or to a later fragment. Rate limited per CPU.
 */
#ifndef GATEHOUSE_REPLY_H
#define GATEHOUSE_REPLY_H

#define QUOTE_BYTES 128

INLINE int may_reply(struct context *c)
{
	const struct packet *p = &c->packet;

	if (p->flags & (PACKET_ICMP_ERROR | PACKET_MULTICAST | PACKET_LATER) || c->direction == 0xff)
		return 0;
	return take_token(BUCKET_REPLIES, REPLIES_PER_SECOND, c->now);
}

INLINE __u16 ip_checksum(const void *header)
{
	return ~csum_fold64((__u32)bpf_csum_diff(NULL, 0, (__be32 *)header, sizeof(struct iphdr), 0));
}

INLINE void reply_ipv4(struct iphdr *ip, const struct gh_addr *from, const struct gh_addr *to, __u8 proto, __u16 length)
{
	__builtin_memset(ip, 0, sizeof(*ip));
	*(__u8 *)ip = 0x45;
	ip->tos = proto == IPPROTO_ICMP ? 0xc0 : 0; /* RFC 1812 section 4.3.2.5 */
	ip->tot_len = bpf_htons(length);
	ip->frag_off = bpf_htons(0x4000);
	ip->ttl = 64;
	ip->protocol = proto;
	ip->saddr = word_of(from, 3);
	ip->daddr = word_of(to, 3);
	ip->check = ip_checksum(ip);
}

INLINE void reply_ipv6(struct ipv6hdr *ip, const struct gh_addr *from, const struct gh_addr *to, __u8 proto, __u16 payload)
{
	__builtin_memset(ip, 0, sizeof(*ip));
	*(__u8 *)ip = 0x60;
	ip->payload_len = bpf_htons(payload);
	ip->nexthdr = proto;
	ip->hop_limit = 64;
	__builtin_memcpy(&ip->saddr, from, 16);
	__builtin_memcpy(&ip->daddr, to, 16);
}

INLINE __u64 pseudo_sum(const struct gh_addr *from, const struct gh_addr *to, __u8 family, __u8 proto, __u32 length)
{
	__u64 sum = (__u64)bpf_htonl(length) + bpf_htonl(proto) + word_of(from, 3) + word_of(to, 3);

	if (family == 6)
		sum += (__u64)word_of(from, 0) + word_of(from, 1) + word_of(from, 2) + word_of(to, 0) + word_of(to, 1) + word_of(to, 2);
	return sum;
}

/* Puts the answer (in the buffer, `length` bytes) in place of the packet and sends it back. */
INLINE int send_reply(hook *ctx, struct context *c, __u32 length)
{
	__u32 l3 = c->packet.l3 & L3_MASK;
	__u8 l2[ETH_HLEN + 4], mac[6];

	if (!length || length > REPLY_BUFFER)
		return HOOK_DROP;
	if (l3 && hook_load(ctx, 0, l2, sizeof(l2)))
		return HOOK_DROP;
	if (hook_resize(ctx, l3 + length))
		return HOOK_DROP;
	if (l3) {
		__builtin_memcpy(mac, l2, 6);
		__builtin_memcpy(l2, l2 + 6, 6);
		__builtin_memcpy(l2 + 6, mac, 6);
		/* without a tag these are also the first bytes of the packet, which the answer overwrites */
		if (hook_store(ctx, 0, l2, sizeof(l2)))
			return HOOK_DROP;
	}
	if (hook_store(ctx, l3, c->buffer, length))
		return HOOK_DROP;
	COUNT_TOTAL(replies);
	return hook_reflect(ctx, c->packet.iface);
}

static __noinline int reply_reset(hook *ctx, struct context *c)
{
	const struct packet *p = &c->packet;
	const struct gh_tuple *t = &p->tuple;
	__u32 offset = t->family == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	struct tcphdr *tcp = (void *)c->buffer + offset;
	__u64 sum;

	if (p->tcp_flags & TCP_RST)
		return HOOK_DROP;
	if (t->family == 4)
		reply_ipv4((void *)c->buffer, &t->dst, &t->src, IPPROTO_TCP, sizeof(struct iphdr) + sizeof(*tcp));
	else
		reply_ipv6((void *)c->buffer, &t->dst, &t->src, IPPROTO_TCP, sizeof(*tcp));
	__builtin_memset(tcp, 0, sizeof(*tcp));
	tcp->source = t->dport;
	tcp->dest = t->sport;
	tcp->doff = sizeof(*tcp) / 4;
	tcp->rst = 1;
	if (p->tcp_flags & TCP_ACK) {
		tcp->seq = bpf_htonl(p->ack);
	} else {
		tcp->ack = 1;
		tcp->ack_seq = bpf_htonl(p->seq + p->payload + !!(p->tcp_flags & TCP_SYN) + !!(p->tcp_flags & TCP_FIN));
	}
	sum = pseudo_sum(&t->dst, &t->src, t->family, IPPROTO_TCP, sizeof(*tcp));
	sum += (__u32)bpf_csum_diff(NULL, 0, (__be32 *)tcp, sizeof(*tcp), 0);
	tcp->check = ~csum_fold64(sum);
	return send_reply(ctx, c, offset + sizeof(*tcp));
}

static __noinline int reply_icmp(hook *ctx, struct context *c)
{
	const struct packet *p = &c->packet;
	const struct gh_tuple *t = &p->tuple;
	struct gh_iface *iface = get_iface(p->iface);
	struct gh_addr from;
	struct icmphdr *icmp;
	__u32 quote = p->length, length, offset;
	__u64 sum;

	if (!iface)
		return HOOK_DROP;
	from = t->family == 4 ? iface->addr4 : iface->addr6;
	if (!word_of(&from, 3) && !word_of(&from, 0))
		return HOOK_DROP; /* nothing to answer from */
	if (quote > QUOTE_BYTES)
		quote = QUOTE_BYTES;
	if (!quote)
		return HOOK_DROP;
	__builtin_memset(c->buffer, 0, sizeof(c->buffer));
	if (t->family == 4) {
		offset = sizeof(struct iphdr);
		if (hook_load(ctx, p->l3 & L3_MASK, c->buffer + sizeof(struct iphdr) + sizeof(*icmp), quote))
			return HOOK_DROP;
		icmp = (void *)c->buffer + sizeof(struct iphdr);
	} else {
		offset = sizeof(struct ipv6hdr);
		if (hook_load(ctx, p->l3 & L3_MASK, c->buffer + sizeof(struct ipv6hdr) + sizeof(*icmp), quote))
			return HOOK_DROP;
		icmp = (void *)c->buffer + sizeof(struct ipv6hdr);
	}
	length = sizeof(*icmp) + quote;
	icmp->type = c->reply.type;
	icmp->code = c->reply.code;
	icmp->un.gateway = bpf_htonl(c->reply.info);
	/* the buffer is zero behind the quotation, so the sum may run over whole words */
	sum = (__u32)bpf_csum_diff(NULL, 0, (__be32 *)icmp, (length + 3) & 0xfc, 0);
	if (t->family == 4) {
		reply_ipv4((void *)c->buffer, &from, &t->src, IPPROTO_ICMP, sizeof(struct iphdr) + length);
	} else {
		reply_ipv6((void *)c->buffer, &from, &t->src, IPPROTO_ICMPV6, length);
		sum += pseudo_sum(&from, &t->src, 6, IPPROTO_ICMPV6, length);
	}
	icmp->checksum = ~csum_fold64(sum);
	return send_reply(ctx, c, offset + length);
}

/* Reports the drop and answers the sender if that is allowed. */
static __noinline int answer(hook *ctx, struct context *c)
{
	drop_packet(c, c->reply.reason, c->reply.rule, c->reply.action | (c->reply.log & GH_LOG_INIT ? 1 : 0) << 8);
	if (!may_reply(c))
		return HOOK_DROP;
	return c->reply.kind == REPLY_RST ? reply_reset(ctx, c) : reply_icmp(ctx, c);
}

#endif
