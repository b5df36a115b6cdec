/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * host.h: packets for the box itself and what may be a sender. Maps: local_addrs, zones, l4_index, l4_classes.
 */
#ifndef GATEHOUSE_HOST_H
#define GATEHOUSE_HOST_H

#define HOST_SERVICE_ALL 1ull

enum local_kind { LOCAL_NO = 0, LOCAL_ADDRESS = 1, LOCAL_GROUP = 2 };

INLINE int is_link_local6(const struct gh_addr *address)
{
	return address->b[0] == 0xfe && (address->b[1] & 0xc0) == 0x80;
}

/* Is the destination the box (or a group that is never routed)? */
static __noinline int local_kind(const struct context *c, const struct gh_addr *destination)
{
	struct gh_local *local;

	if (c->packet.flags & PACKET_MULTICAST)
		return LOCAL_GROUP;
	local = bpf_map_lookup_elem(&local_addrs, destination);
	if (local)
		return local->broadcast ? LOCAL_GROUP : LOCAL_ADDRESS;
	return c->packet.tuple.family == 6 && is_link_local6(destination) ? LOCAL_ADDRESS : LOCAL_NO;
}

/* Addresses that no packet may carry as source when it comes from outside (RFC 1122 section 3.2.1.3, RFC 4291 section 2.7). */
static __noinline int source_is_bad(const struct context *c)
{
	const struct gh_addr *src = &c->packet.tuple.src;

	if (c->packet.tuple.family == 4) {
		__u32 address = bpf_ntohl(word_of(src, 3));

		if (address >> 28 >= 0xe || address >> 24 == 127)
			return 1;
		if (!address) /* a DHCP client that has no address yet */
			return !(c->packet.tuple.proto == IPPROTO_UDP && c->packet.flags & PACKET_MULTICAST);
	} else {
		if (src->b[0] == 0xff)
			return 1;
		if (!word_of(src, 0) && !word_of(src, 1) && !word_of(src, 2) && bpf_ntohl(word_of(src, 3)) <= 1)
			return !(c->packet.flags & PACKET_MULTICAST && !word_of(src, 3));
	}
	return bpf_map_lookup_elem(&local_addrs, src) != NULL;
}

/* Neighbour discovery and multicast listener messages work on the link only (RFC 4861 section 7.1, RFC 3810 section 5). */
INLINE int is_link_control(const struct packet *p)
{
	if (p->tuple.proto != IPPROTO_ICMPV6 || p->flags & PACKET_FRAGMENT)
		return 0;
	if (p->icmp_type >= 133 && p->icmp_type <= 137)
		return p->ttl == 255;
	return p->ttl == 1 && ((p->icmp_type >= 130 && p->icmp_type <= 132) || p->icmp_type == 143) && is_link_local6(&p->tuple.src);
}

/* Does the zone admit this service to the box? */
static __noinline int host_admits(struct context *c, __u16 zone_slot, __u32 l4_slot)
{
	struct gh_zone *zone = get_zone(zone_slot);
	struct gh_l4_class *l4 = l4_class(l4_slot);
	int admitted = zone && l4 && (zone->host_inbound & (l4->host_services | HOST_SERVICE_ALL));

	TRACE(c, GH_STAGE_HOST_INBOUND, admitted ? GH_OUTCOME_HIT : GH_OUTCOME_DROP, zone ? zone->id : 0, ~0u, l4 ? (__u32)l4->host_services : 0);
	return admitted;
}

/* Screens see every packet that the flow cache does not answer; what they look for can not be in the cache. Returns a drop reason. */
static __noinline int screen(struct context *c)
{
	struct packet *p = &c->packet;
	struct gh_zone *zone;
	__u8 flags = p->tcp_flags;
	int reason = 0;

	if (!features.screens)
		return 0;
	zone = get_zone(p->zone);
	if (!zone)
		return 0;
	if (zone->screens & GH_SCREEN_LAND && addresses_equal(&p->tuple.src, &p->tuple.dst)) {
		reason = GH_DROP_SCREEN_LAND;
	} else if (p->tuple.proto == IPPROTO_TCP && !(p->flags & PACKET_LATER)) {
		if (zone->screens & GH_SCREEN_SYN_FIN && (flags & (TCP_SYN | TCP_FIN)) == (TCP_SYN | TCP_FIN))
			reason = GH_DROP_SCREEN_SYN_FIN;
		else if (zone->screens & GH_SCREEN_NO_FLAG && !(flags & 0x3f))
			reason = GH_DROP_SCREEN_NO_FLAG;
		else if (zone->screens & GH_SCREEN_FIN_NO_ACK && (flags & (TCP_FIN | TCP_ACK)) == TCP_FIN)
			reason = GH_DROP_SCREEN_FIN_NO_ACK;
	}
	TRACE_REASON(c, GH_STAGE_SCREEN, reason ? GH_OUTCOME_DROP : GH_OUTCOME_PASS, reason, 0, ~0u, 0);
	return reason;
}

#endif
