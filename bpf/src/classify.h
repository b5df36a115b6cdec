/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * classify.h: first match of a rule set by intersecting bit vectors (see abi.h). Inputs: the packet's tuple and layer-4 slot, zones;
 * maps: addresses, l4_index, l4_classes, sport_index, sport_classes, zone_pairs, vectors_*. Returns the row or NO_ROW.
 */
#ifndef GATEHOUSE_CLASSIFY_H
#define GATEHOUSE_CLASSIFY_H

#define NO_ROW (~0u)
#define SCAN_STEPS (GH_MAX_ROWS / 64 + 2 * GH_MAX_ROWS / 64 / 64 + 1)

/* Vector numbers of an address, as source and as destination, in every rule set. */
static __noinline struct gh_addr_class *address_class(const struct gh_addr *address)
{
	struct gh_lpm_key key = { .prefixlen = 128, .addr = *address };

	return bpf_map_lookup_elem(&addresses, &key);
}

INLINE struct gh_l4_class *l4_class(__u32 slot)
{
	__u16 *index = bpf_map_lookup_elem(&l4_index, &slot);
	__u32 key;

	if (!index)
		return NULL;
	key = *index;
	return bpf_map_lookup_elem(&l4_classes, &key);
}

INLINE struct gh_sport_class *sport_class(__u8 proto, __be16 port)
{
	__u32 key = bpf_ntohs(port) + (proto == IPPROTO_UDP ? 65536 : 0);
	__u16 *index;

	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP)
		key = 0;
	index = bpf_map_lookup_elem(&sport_index, &key);
	if (!index)
		return NULL;
	key = *index;
	return bpf_map_lookup_elem(&sport_classes, &key);
}

struct vectors {
	__u32 base[5]; /* first word of each dimension's vector */
};

INLINE __u64 vector_word(void *map, __u32 index)
{
	__u64 *word = bpf_map_lookup_elem(map, &index);

	return word ? *word : 0;
}

INLINE __u64 intersect(void *map, const struct vectors *v, __u32 offset)
{
	__u64 word = vector_word(map, v->base[0] + offset) & vector_word(map, v->base[1] + offset) &
		     vector_word(map, v->base[2] + offset) & vector_word(map, v->base[3] + offset);

	if (features.source_ports)
		word &= vector_word(map, v->base[4] + offset);
	return word;
}

/* Index of the lowest set bit of a word that is not 0: the number of ones below it. Without branches, which the verifier would multiply. */
INLINE __u32 lowest_bit(__u64 word)
{
	__u64 below = (word & -word) - 1;

	below -= below >> 1 & 0x5555555555555555ull;
	below = (below & 0x3333333333333333ull) + (below >> 2 & 0x3333333333333333ull);
	below = (below + (below >> 4)) & 0x0f0f0f0f0f0f0f0full;
	return below * 0x0101010101010101ull >> 56;
}

struct scan {
	struct vectors vectors;
	__u64 candidates;   /* body words that may hold a match */
	__u32 next_summary; /* summary word to look at when they are used up */
	__u32 row;
};

/* One step of the search: the next summary word, or the next body word. 1 = finished. */
INLINE long scan_step(void *map, int kind, struct scan *scan)
{
	__u32 summary = features.ruleset[kind].summary, word;
	__u64 rows;

	if (!scan->candidates) {
		if (scan->next_summary >= summary)
			return 1;
		scan->candidates = intersect(map, &scan->vectors, scan->next_summary++);
		return 0;
	}
	word = (scan->next_summary - 1) * 64 + lowest_bit(scan->candidates);
	scan->candidates &= scan->candidates - 1;
	rows = intersect(map, &scan->vectors, summary + word);
	if (!rows)
		return 0;
	scan->row = word * 64 + lowest_bit(rows);
	return 1;
}

static long scan_policy(__u32 step, struct scan *scan)
{
	return scan_step(&vectors_policy, GH_POLICY, scan);
}

static long scan_snat(__u32 step, struct scan *scan)
{
	return scan_step(&vectors_snat, GH_SNAT, scan);
}

static long scan_dnat(__u32 step, struct scan *scan)
{
	return scan_step(&vectors_dnat, GH_DNAT, scan);
}

/* Vector numbers → first words. Returns 0, or -1 when a table is inconsistent. */
INLINE int gather(struct vectors *v, int kind, __u32 stride, const struct context *c, __u32 l4_slot, __u16 to)
{
	__u32 pair = (c->session.zone[0] & (GH_MAX_ZONES - 1)) * GH_MAX_ZONES + (to & (GH_MAX_ZONES - 1));
	struct gh_zone_pair *zone_pair = bpf_map_lookup_elem(&zone_pairs, &pair);
	struct gh_l4_class *l4 = l4_class(l4_slot);
	struct gh_sport_class *source;

	if (!zone_pair || !l4)
		return -1;
	v->base[0] = zone_pair->vector[kind] * stride;
	v->base[1] = c->src_vector[kind] * stride;
	v->base[2] = c->dst_vector[kind] * stride;
	v->base[3] = l4->vector[kind] * stride;
	v->base[4] = 0;
	if (features.source_ports) {
		source = sport_class(c->key.proto, c->key.sport);
		if (!source)
			return -1;
		v->base[4] = source->vector[kind] * stride;
	}
	return 0;
}

/* First row of a rule set that matches c->key's source and the vectors in the context, or NO_ROW. */
static __noinline __u32 first_match(const struct context *c, int kind, __u32 l4_slot, __u16 to)
{
	struct scan scan = { .row = NO_ROW };

	if (kind < 0 || kind >= GH_RULESETS)
		return NO_ROW;
	if (gather(&scan.vectors, kind, features.ruleset[kind].stride, c, l4_slot, to))
		return NO_ROW;
	if (kind == GH_POLICY)
		bpf_loop(SCAN_STEPS, scan_policy, &scan, 0);
	else if (kind == GH_SNAT)
		bpf_loop(SCAN_STEPS, scan_snat, &scan, 0);
	else
		bpf_loop(SCAN_STEPS, scan_dnat, &scan, 0);
	return scan.row;
}

INLINE int load_vectors(__u32 *to, const struct gh_addr *address, int as_source)
{
	struct gh_addr_class *found = address_class(address);

	if (!found)
		return -1;
	for (int kind = 0; kind < GH_RULESETS; kind++)
		to[kind] = as_source ? found->src[kind] : found->dst[kind];
	return 0;
}

#endif
