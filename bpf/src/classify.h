/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * classify.h: first match of a rule set by intersecting bit vectors (see abi.h). Inputs: the packet's tuple and layer-4 slot, zones;
 * maps: addresses, l4_index, l4_classes, sport_index, sport_classes, zone_pairs, vectors_*. Returns the row or NO_ROW.
 */
#ifndef GATEHOUSE_CLASSIFY_H
#define GATEHOUSE_CLASSIFY_H

#define NO_ROW (~0u)
#define SUMMARY_WORDS (GH_MAX_ROWS / 64 / 64)

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

/* Index of the lowest set bit; word is not 0. */
INLINE __u32 lowest_bit(__u64 word)
{
	__u32 bit = 0;

	if (!(word & 0xffffffff)) {
		bit += 32;
		word >>= 32;
	}
	if (!(word & 0xffff)) {
		bit += 16;
		word >>= 16;
	}
	if (!(word & 0xff)) {
		bit += 8;
		word >>= 8;
	}
	if (!(word & 0xf)) {
		bit += 4;
		word >>= 4;
	}
	if (!(word & 0x3)) {
		bit += 2;
		word >>= 2;
	}
	return bit + !(word & 1);
}

INLINE __u32 first_row(void *map, const volatile struct gh_ruleset *set, const struct vectors *v)
{
	__u32 summary = set->summary;

	for (__u32 s = 0; s < SUMMARY_WORDS; s++) {
		__u64 candidates;

		if (s >= summary)
			break;
		candidates = intersect(map, v, s);
		for (int n = 0; n < 64; n++) {
			__u32 word_number;
			__u64 rows;

			if (!candidates)
				break;
			word_number = s * 64 + lowest_bit(candidates);
			candidates &= candidates - 1;
			rows = intersect(map, v, summary + word_number);
			if (rows)
				return word_number * 64 + lowest_bit(rows);
		}
	}
	return NO_ROW;
}

/* Vector numbers → first words. Returns 0, or -1 when a table is inconsistent. */
INLINE int gather(struct vectors *v, int kind, __u32 stride, const struct context *c, __u8 proto, __be16 sport, __u32 l4_slot,
			 __u16 from, __u16 to)
{
	__u32 pair = (from & (GH_MAX_ZONES - 1)) * GH_MAX_ZONES + (to & (GH_MAX_ZONES - 1));
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
		source = sport_class(proto, sport);
		if (!source)
			return -1;
		v->base[4] = source->vector[kind] * stride;
	}
	return 0;
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
