/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * flow_cache.h: the lossy table in front of the sessions. Reading is in fast.h; here: keys, filling, folding counters into the
 * session, dropping entries. Protocol: `tag` (last word of the key) is written last and taken by compare-and-swap, see abi.h. On the
 * architectures we support stores are seen in order (x86-64), so compiler barriers suffice.
 */
#ifndef GATEHOUSE_FLOW_CACHE_H
#define GATEHOUSE_FLOW_CACHE_H

#define NO_SLOT (~0u)
#define FLOW_BYTES_LIMIT 0x80000000u
#define TAG_LOCKED ((__u64)GH_FLOW_LOCKED << 56)
#define TAG_IGNORED ((__u64)(GH_FLOW_REPLY | GH_FLOW_NAT) << 56)

INLINE __u64 flow_tag(__be16 sport, __be16 dport, __u16 iface, __u8 proto)
{
	return (__u64)sport | (__u64)dport << 16 | (__u64)iface << 32 | (__u64)proto << 48 | (__u64)GH_FLOW_VALID << 56;
}

/* Keyed mixing; the cache only holds admitted flows, so a collision costs its author's own flows a miss. */
INLINE __u32 flow_mix(__u64 a, __u64 tag)
{
	a = (a ^ features.hash_seed) * 0x9e3779b97f4a7c15ull;
	a ^= (tag ^ a >> 29) * 0xc2b2ae3d27d4eb4full;
	a ^= a >> 32;
	a *= 0xbf58476d1ce4e5b9ull;
	return a >> 32;
}

INLINE __u32 flow_hash4(__be32 src, __be32 dst, __u64 tag)
{
	return flow_mix((__u64)src << 32 | dst, tag);
}

INLINE __u32 flow_hash6(const __u64 *src, const __u64 *dst, __u64 tag)
{
	return flow_mix((src[0] * 3 ^ dst[0]) * 0x9fb21c651e98df25ull ^ (src[1] * 5 ^ (dst[1] << 17 | dst[1] >> 47)), tag);
}

INLINE __u16 current_stamp(void)
{
	__u32 zero = 0;
	struct gh_clock *now = bpf_map_lookup_elem(&clock, &zero);

	return now ? features.generation * 40503 + now->fib_epoch : 0;
}

/* Adds what an entry counted since the last fold to one half of its session. Reads the entry only. */
INLINE void fold_live(const struct gh_flow_live *live, struct gh_session *session, struct gh_half *half)
{
	__u32 packets = live->packets, bytes = live->bytes, seen = live->last_seen;
	__u32 folded_packets = half->folded_packets, folded_bytes = half->folded_bytes;
	__u32 new_packets = 0, new_bytes = 0;

	if (packets != folded_packets && __sync_val_compare_and_swap(&half->folded_packets, folded_packets, packets) == folded_packets)
		new_packets = packets - folded_packets;
	if (bytes != folded_bytes && __sync_val_compare_and_swap(&half->folded_bytes, folded_bytes, bytes) == folded_bytes)
		new_bytes = bytes - folded_bytes;
	if (!new_packets && !new_bytes)
		return;
	__sync_fetch_and_add(&half->packets, new_packets);
	__sync_fetch_and_add(&half->bytes, new_bytes);
	if ((__s32)(seen - half->last_seen) > 0)
		half->last_seen = seen;
	if (session->tcp_state) {
		half->tcp_next = live->tcp_next;
		half->tcp_ack = live->tcp_ack;
	}
	count_rule_traffic(session->counter, new_packets, new_bytes);
}

/* The session that a cached direction belongs to. */
INLINE struct gh_session *session_of_flow(const struct gh_tuple *tuple, int reply)
{
	struct gh_tuple *key;

	if (!reply)
		return bpf_map_lookup_elem(&sessions, tuple);
	key = bpf_map_lookup_elem(&session_replies, tuple);
	return key ? bpf_map_lookup_elem(&sessions, key) : NULL;
}

INLINE struct gh_flow4 *flow4_entry(__u32 slot)
{
	__u32 set = slot >> 1;
	struct gh_flow4_set *entries = bpf_map_lookup_elem(&flow_cache4, &set);

	return entries ? &entries->way[slot & 1] : NULL;
}

INLINE struct gh_flow6 *flow6_entry(__u32 slot)
{
	__u32 set = slot >> 1;
	struct gh_flow6_set *entries = bpf_map_lookup_elem(&flow_cache6, &set);

	return entries ? &entries->way[slot & 1] : NULL;
}

INLINE int addresses_equal(const struct gh_addr *a, const struct gh_addr *b)
{
	const __u64 *x = (const __u64 *)a->b, *y = (const __u64 *)b->b;

	return x[0] == y[0] && x[1] == y[1];
}

/* Is this entry the given direction of a flow, whatever interface it came in on? */
INLINE int flow4_is(const struct gh_flow4 *flow, const struct gh_tuple *tuple)
{
	return flow->flags & GH_FLOW_VALID && flow->src == word_of(&tuple->src, 3) && flow->dst == word_of(&tuple->dst, 3) &&
	       flow->sport == tuple->sport && flow->dport == tuple->dport && flow->proto == tuple->proto;
}

INLINE int flow6_is(const struct gh_flow6 *flow, const struct gh_tuple *tuple)
{
	return flow->flags & GH_FLOW_VALID && addresses_equal(&flow->src, &tuple->src) && addresses_equal(&flow->dst, &tuple->dst) &&
	       flow->sport == tuple->sport && flow->dport == tuple->dport && flow->proto == tuple->proto;
}

/* Folds one direction's cache entry into its session; with `forget` the entry is invalidated too. `key` = the session's. */
INLINE void fold_direction(const struct gh_tuple *key, struct gh_session *session, int direction, int forget)
{
	struct gh_half *half = &session->half[direction];
	const struct gh_tuple *tuple = direction ? &session->reply : key;

	if (half->cache_slot == NO_SLOT)
		return;
	if (tuple->family == 4) {
		struct gh_flow4 *flow = flow4_entry(half->cache_slot);

		if (flow && flow4_is(flow, tuple)) {
			fold_live(&flow->live, session, half);
			if (forget)
				flow->tag = 0;
		}
	} else {
		struct gh_flow6 *flow = flow6_entry(half->cache_slot);

		if (flow && flow6_is(flow, tuple)) {
			fold_live(&flow->live, session, half);
			if (forget)
				flow->tag = 0;
		}
	}
	if (forget) {
		half->cache_slot = NO_SLOT;
		half->folded_packets = 0;
		half->folded_bytes = 0;
	}
}

static __noinline int fold_session(const struct gh_tuple *key, struct gh_session *session, int forget)
{
	fold_direction(key, session, 0, forget);
	fold_direction(key, session, 1, forget);
	return 0;
}

/* What the evicted entry counted goes to its session. */
static __noinline int evict_flow4(const struct gh_flow4 *flow, __u64 tag, struct gh_tuple *tuple)
{
	struct gh_session *session;

	map_address4(&tuple->src, flow->src);
	map_address4(&tuple->dst, flow->dst);
	tuple->sport = tag;
	tuple->dport = tag >> 16;
	tuple->proto = tag >> 48;
	tuple->family = 4;
	tuple->vrf = 0;
	session = session_of_flow(tuple, tag >> 56 & GH_FLOW_REPLY);
	if (session)
		fold_live(&flow->live, session, tag >> 56 & GH_FLOW_REPLY ? &session->half[1] : &session->half[0]);
	return 0;
}

static __noinline int evict_flow6(const struct gh_flow6 *flow, __u64 tag, struct gh_tuple *tuple)
{
	struct gh_session *session;

	tuple->src = flow->src;
	tuple->dst = flow->dst;
	tuple->sport = tag;
	tuple->dport = tag >> 16;
	tuple->proto = tag >> 48;
	tuple->family = 6;
	tuple->vrf = 0;
	session = session_of_flow(tuple, tag >> 56 & GH_FLOW_REPLY);
	if (session)
		fold_live(&flow->live, session, tag >> 56 & GH_FLOW_REPLY ? &session->half[1] : &session->half[0]);
	return 0;
}

INLINE void start_live(struct gh_flow_live *live, const struct context *c, const struct gh_half *half)
{
	live->last_seen = c->now;
	live->stamp = current_stamp();
	live->mtu = c->route.mtu;
	live->packets = 0;
	live->bytes = 0;
	live->tcp_next = half->tcp_next;
	live->tcp_ack = half->tcp_ack;
}

struct way {
	const struct gh_flow_live *live;
	__u64 tag;
	int mine; /* holds this very flow */
};

/* Which way of a set a flow should take: its own, an empty or outdated one, else the one unseen for longer. */
INLINE __u32 choose_way(const struct way *a, const struct way *b, __u16 stamp)
{
	if (a->mine || b->mine)
		return b->mine;
	if (!a->tag || a->live->stamp != stamp)
		return 0;
	if (!b->tag || b->live->stamp != stamp)
		return 1;
	return (__s32)(a->live->last_seen - b->live->last_seen) > 0;
}

/* Enters the packet's flow, as it was just forwarded. `spare` is room for a tuple. */
static __noinline int fill_flow4(struct context *c, struct gh_session *session, struct gh_tuple *spare)
{
	const struct gh_tuple *t = &c->packet.tuple;
	struct gh_half *half = c->direction ? &session->half[1] : &session->half[0];
	__u64 tag = flow_tag(t->sport, t->dport, c->packet.iface, t->proto);
	__u32 set_number = flow_hash4(word_of(&t->src, 3), word_of(&t->dst, 3), tag) & features.flow_cache4_mask;
	struct gh_flow4_set *set = bpf_map_lookup_elem(&flow_cache4, &set_number);
	struct gh_flow4 *flow;
	__u64 old;
	__u32 way;

	if (!set)
		return 0;
	way = choose_way(&(struct way){ &set->way[0].live, set->way[0].tag, flow4_is(&set->way[0], t) },
			 &(struct way){ &set->way[1].live, set->way[1].tag, flow4_is(&set->way[1], t) }, current_stamp());
	flow = way ? &set->way[1] : &set->way[0];
	old = *(volatile __u64 *)&flow->tag;
	if (old == TAG_LOCKED || __sync_val_compare_and_swap(&flow->tag, old, TAG_LOCKED) != old)
		return 0;
	if (old)
		evict_flow4(flow, old, spare);
	flow->src = word_of(&t->src, 3);
	flow->dst = word_of(&t->dst, 3);
	flow->new_src = word_of(&c->rewritten.src, 3);
	flow->new_dst = word_of(&c->rewritten.dst, 3);
	flow->new_sport = c->rewritten.sport;
	flow->new_dport = c->rewritten.dport;
	flow->l3_delta = c->l3_delta;
	flow->l4_delta = c->l4_delta;
	flow->hop.out = c->route.out;
	__builtin_memcpy(flow->hop.dmac, c->route.dmac, 6);
	start_live(&flow->live, c, half);
	half->folded_packets = 0;
	half->folded_bytes = 0;
	half->cache_slot = set_number * 2 + way;
	if (c->direction)
		tag |= (__u64)GH_FLOW_REPLY << 56;
	if (c->session.flags & (GH_SESSION_SNAT | GH_SESSION_DNAT))
		tag |= (__u64)GH_FLOW_NAT << 56;
	barrier();
	*(volatile __u64 *)&flow->tag = tag;
	return 0;
}

static __noinline int fill_flow6(struct context *c, struct gh_session *session, struct gh_tuple *spare)
{
	const struct gh_tuple *t = &c->packet.tuple;
	struct gh_half *half = c->direction ? &session->half[1] : &session->half[0];
	__u64 tag = flow_tag(t->sport, t->dport, c->packet.iface, t->proto);
	__u32 set_number = flow_hash6((const __u64 *)t->src.b, (const __u64 *)t->dst.b, tag) & features.flow_cache6_mask;
	struct gh_flow6_set *set = bpf_map_lookup_elem(&flow_cache6, &set_number);
	struct gh_flow6 *flow;
	__u64 old;
	__u32 way;

	if (!set)
		return 0;
	way = choose_way(&(struct way){ &set->way[0].live, set->way[0].tag, flow6_is(&set->way[0], t) },
			 &(struct way){ &set->way[1].live, set->way[1].tag, flow6_is(&set->way[1], t) }, current_stamp());
	flow = way ? &set->way[1] : &set->way[0];
	old = *(volatile __u64 *)&flow->tag;
	if (old == TAG_LOCKED || __sync_val_compare_and_swap(&flow->tag, old, TAG_LOCKED) != old)
		return 0;
	if (old)
		evict_flow6(flow, old, spare);
	flow->src = t->src;
	flow->dst = t->dst;
	flow->new_src = c->rewritten.src;
	flow->new_dst = c->rewritten.dst;
	flow->new_sport = c->rewritten.sport;
	flow->new_dport = c->rewritten.dport;
	flow->l3_delta = 0;
	flow->l4_delta = c->l4_delta;
	flow->hop.out = c->route.out;
	__builtin_memcpy(flow->hop.dmac, c->route.dmac, 6);
	start_live(&flow->live, c, half);
	half->folded_packets = 0;
	half->folded_bytes = 0;
	half->cache_slot = set_number * 2 + way;
	if (c->direction)
		tag |= (__u64)GH_FLOW_REPLY << 56;
	if (c->session.flags & (GH_SESSION_SNAT | GH_SESSION_DNAT))
		tag |= (__u64)GH_FLOW_NAT << 56;
	barrier();
	*(volatile __u64 *)&flow->tag = tag;
	return 0;
}

#endif
