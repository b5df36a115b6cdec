/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fragment.h: the first fragment tells the ports of the rest (map `fragments`). A later fragment without its first is dropped: it can
 * not be judged. Returns 0 or a drop reason.
 */
#ifndef GATEHOUSE_FRAGMENT_H
#define GATEHOUSE_FRAGMENT_H

#define FRAGMENT_SECONDS 30 /* reassembly timeout (RFC 791 suggests 15, RFC 8200 60; Linux uses 30) */

static __noinline int resolve_fragment(struct context *c)
{
	struct packet *p = &c->packet;
	struct gh_fragment_key key = {
		.src = p->tuple.src,
		.dst = p->tuple.dst,
		.id = p->fragment_id,
		.proto = p->tuple.proto,
		.family = p->tuple.family,
		.vrf = p->tuple.vrf,
	};
	struct gh_fragment *known;

	if (p->flags & PACKET_LATER) {
		known = bpf_map_lookup_elem(&fragments, &key);
		if (!known || c->now - known->seen > SECONDS(FRAGMENT_SECONDS))
			return GH_DROP_FRAGMENT_UNKNOWN;
		p->tuple.sport = known->sport;
		p->tuple.dport = known->dport;
	} else {
		struct gh_fragment first = { .sport = p->tuple.sport, .dport = p->tuple.dport, .seen = c->now };

		bpf_map_update_elem(&fragments, &key, &first, BPF_ANY);
	}
	return 0;
}

#endif
