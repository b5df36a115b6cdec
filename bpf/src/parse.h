/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * parse.h: Ethernet, one 802.1Q tag, IPv4, IPv6 with extension headers, TCP, UDP, SCTP, ICMP, ICMPv6 → context.packet. Returns 0, a
 * drop reason, or PARSE_PASS for frames that the kernel must see whatever the policy says (ARP). Every length is checked
 * against the frame and against the header that claims it.
 */
#ifndef GATEHOUSE_PARSE_H
#define GATEHOUSE_PARSE_H

#include "icmp.h"
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#define PARSE_PASS (-1)
#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10
#define IPV6_EXTENSIONS 8	/* headers walked before the packet counts as malformed */
#define IPV6_EXTENSION_BYTES 256 /* their total length */

#ifndef IPPROTO_SCTP
#define IPPROTO_SCTP 132
#endif

INLINE void map_address4(struct gh_addr *to, __be32 address)
{
	__u32 *word = (__u32 *)to->b;

	word[0] = 0;
	word[1] = 0;
	word[2] = bpf_htonl(0xffff);
	word[3] = address;
}

INLINE int is_icmp_error(__u8 proto, __u8 type)
{
	if (proto == IPPROTO_ICMP)
		return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH || type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB;
	return type < 128;
}

INLINE int parse_tcp(struct packet *p, void *l4, void *end, __u32 available)
{
	struct tcphdr *tcp = l4;
	__u32 header;

	if ((void *)(tcp + 1) > end || available < sizeof(*tcp))
		return GH_DROP_TRUNCATED;
	header = tcp->doff * 4;
	if (header < sizeof(*tcp))
		return GH_DROP_BAD_HEADER;
	if (header > available)
		return GH_DROP_TRUNCATED;
	p->tuple.sport = tcp->source;
	p->tuple.dport = tcp->dest;
	p->seq = bpf_ntohl(tcp->seq);
	p->ack = bpf_ntohl(tcp->ack_seq);
	p->tcp_flags = ((__u8 *)tcp)[13];
	p->payload = available - header;
	p->l4_slot = GH_L4_TCP + bpf_ntohs(tcp->dest);
	return 0;
}

INLINE int parse_udp(struct packet *p, void *l4, void *end, __u32 available)
{
	struct udphdr *udp = l4;
	__u32 length;

	if ((void *)(udp + 1) > end || available < sizeof(*udp))
		return GH_DROP_TRUNCATED;
	length = bpf_ntohs(udp->len);
	if (length < sizeof(*udp))
		return GH_DROP_BAD_HEADER;
	if (!(p->flags & PACKET_FRAGMENT) && length > available)
		return GH_DROP_TRUNCATED;
	p->tuple.sport = udp->source;
	p->tuple.dport = udp->dest;
	p->l4_slot = GH_L4_UDP + bpf_ntohs(udp->dest);
	return 0;
}

INLINE int parse_icmp(struct packet *p, void *l4, void *end, __u32 available)
{
	struct icmphdr *icmp = l4;
	int v6 = p->tuple.proto == IPPROTO_ICMPV6;

	if ((void *)(icmp + 1) > end || available < sizeof(*icmp))
		return GH_DROP_TRUNCATED;
	p->icmp_type = icmp->type;
	p->icmp_code = icmp->code;
	p->l4_slot = (v6 ? GH_L4_ICMP6 : GH_L4_ICMP) + (icmp->type << 8 | icmp->code);
	if (is_icmp_error(p->tuple.proto, icmp->type)) {
		p->flags |= PACKET_ICMP_ERROR | PACKET_NO_PORTS;
	} else if (icmp->type == (v6 ? ICMPV6_ECHO_REQUEST : ICMP_ECHO)) {
		p->tuple.sport = icmp->un.echo.id;
	} else if (icmp->type == (v6 ? ICMPV6_ECHO_REPLY : ICMP_ECHOREPLY)) {
		p->tuple.dport = icmp->un.echo.id;
	} else {
		p->tuple.dport = bpf_htons(icmp->type << 8 | icmp->code);
		p->flags |= PACKET_NO_PORTS;
	}
	return 0;
}

INLINE int parse_l4(struct packet *p, void *l4, void *end, __u32 available)
{
	switch (p->tuple.proto) {
	case IPPROTO_TCP:
		return parse_tcp(p, l4, end, available);
	case IPPROTO_UDP:
		return parse_udp(p, l4, end, available);
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if ((p->tuple.proto == IPPROTO_ICMP) != (p->tuple.family == 4))
			return GH_DROP_BAD_HEADER;
		return parse_icmp(p, l4, end, available);
	case IPPROTO_SCTP:
		if (l4 + 12 > end || available < 12)
			return GH_DROP_TRUNCATED;
		p->tuple.sport = ((__be16 *)l4)[0];
		p->tuple.dport = ((__be16 *)l4)[1];
		p->l4_slot = GH_L4_SCTP + bpf_ntohs(p->tuple.dport);
		p->flags |= PACKET_NO_PORTS;
		return 0;
	}
	p->l4_slot = GH_L4_PROTO + p->tuple.proto;
	p->flags |= PACKET_NO_PORTS;
	return 0;
}

/* A later fragment has no layer-4 header: its ports come from the fragment table. */
INLINE int parse_later(struct packet *p)
{
	p->l4_slot = GH_L4_PROTO + p->tuple.proto;
	return 0;
}

INLINE int parse_ipv4(hook *ctx, struct packet *p, __u32 l3)
{
	void *data = hook_data(ctx), *end = hook_end(ctx);
	struct iphdr *ip = data + l3;
	__u32 header, total;
	__u16 fragment;

	if ((void *)(ip + 1) > end)
		return GH_DROP_TRUNCATED;
	header = (*(__u8 *)ip & 0xf) * 4;
	total = bpf_ntohs(ip->tot_len);
	if (*(__u8 *)ip >> 4 != 4 || header < sizeof(*ip) || total < header)
		return GH_DROP_BAD_HEADER;
	if (total + l3 > hook_length(ctx))
		return GH_DROP_TRUNCATED;
	p->tuple.family = 4;
	p->tuple.proto = ip->protocol;
	map_address4(&p->tuple.src, ip->saddr);
	map_address4(&p->tuple.dst, ip->daddr);
	p->length = total;
	p->ttl = ip->ttl;
	p->l3 = l3;
	p->l4 = l3 + header;
	fragment = bpf_ntohs(ip->frag_off);
	if (fragment & 0x4000)
		p->flags |= PACKET_DF;
	if (fragment & 0x3fff) {
		p->flags |= PACKET_FRAGMENT;
		p->fragment_id = ip->id;
	}
	if ((bpf_ntohl(ip->daddr) >> 28) == 0xe || ip->daddr == 0xffffffff)
		p->flags |= PACKET_MULTICAST;
	if (fragment & 0x1fff) {
		p->flags |= PACKET_LATER;
		return parse_later(p);
	}
	return parse_l4(p, data + l3 + header, end, total - header);
}

INLINE int parse_ipv6(hook *ctx, struct packet *p, __u32 l3)
{
	void *data = hook_data(ctx), *end = hook_end(ctx);
	struct ipv6hdr *ip = data + l3;
	__u32 total, extra = 0;
	__u8 next;

	if ((void *)(ip + 1) > end)
		return GH_DROP_TRUNCATED;
	if (*(__u8 *)ip >> 4 != 6)
		return GH_DROP_BAD_HEADER;
	total = bpf_ntohs(ip->payload_len) + sizeof(*ip);
	if (total + l3 > hook_length(ctx))
		return GH_DROP_TRUNCATED;
	p->tuple.family = 6;
	__builtin_memcpy(&p->tuple.src, &ip->saddr, 16);
	__builtin_memcpy(&p->tuple.dst, &ip->daddr, 16);
	p->length = total;
	p->ttl = ip->hop_limit;
	p->l3 = l3;
	p->flags |= PACKET_DF;
	if (ip->daddr.s6_addr[0] == 0xff)
		p->flags |= PACKET_MULTICAST;
	next = ip->nexthdr;
	for (int i = 0; i < IPV6_EXTENSIONS; i++) {
		__u8 *header = data + l3 + sizeof(*ip) + extra;
		__u32 length;

		if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING && next != IPPROTO_FRAGMENT && next != IPPROTO_DSTOPTS && next != IPPROTO_AH) {
			p->tuple.proto = next;
			p->l4 = l3 + sizeof(*ip) + extra;
			return parse_l4(p, header, end, total - sizeof(*ip) - extra);
		}
		if ((void *)header + 8 > end || extra + 8 + sizeof(*ip) > total)
			return GH_DROP_TRUNCATED;
		if (next == IPPROTO_ROUTING && header[2] == 0)
			return GH_DROP_BAD_EXTENSION_HEADER; /* RFC 5095 */
		if (next == IPPROTO_HOPOPTS && i > 0)
			return GH_DROP_BAD_EXTENSION_HEADER; /* RFC 8200 section 4.1: only first */
		if (next == IPPROTO_FRAGMENT) {
			__u16 offset = bpf_ntohs(*(__be16 *)(header + 2));

			length = 8;
			if (offset & 0xfff9) { /* not an atomic fragment (RFC 6946) */
				p->flags |= PACKET_FRAGMENT;
				p->fragment_id = *(__u32 *)(header + 4);
			}
			if (offset & 0xfff8) {
				p->flags |= PACKET_LATER;
				p->tuple.proto = header[0];
				p->l4 = l3 + sizeof(*ip) + extra + 8;
				return parse_later(p);
			}
		} else {
			length = next == IPPROTO_AH ? (header[1] + 2) * 4 : (header[1] + 1) * 8;
		}
		next = header[0];
		extra += length;
		if (extra > IPV6_EXTENSION_BYTES)
			return GH_DROP_BAD_EXTENSION_HEADER;
		if (extra + sizeof(*ip) > total)
			return GH_DROP_TRUNCATED;
	}
	return GH_DROP_BAD_EXTENSION_HEADER;
}

/* `l3`, `proto`: offset and EtherType of the network layer, as the hook found them. */
static __noinline int parse(hook *ctx, struct context *c, __u32 l3, __be16 proto)
{
	struct packet *p = &c->packet;

	if (l3 > 18)
		return GH_DROP_INTERNAL;
	if (proto == bpf_htons(ETH_P_IP))
		return parse_ipv4(ctx, p, l3);
	if (proto == bpf_htons(ETH_P_IPV6))
		return parse_ipv6(ctx, p, l3);
	if (proto == bpf_htons(ETH_P_ARP))
		return PARSE_PASS;
	return GH_DROP_NOT_IP;
}

#endif
