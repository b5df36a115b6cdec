/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * checksum.h: incremental update of ones' complement checksums (RFC 1624, equation 3): HC' = ~(~HC + ~m + m'). A "delta" is the
 * folded sum of ~m + m' over all changed 16-bit words, in the byte order of the packet.
 */
#ifndef GATEHOUSE_CHECKSUM_H
#define GATEHOUSE_CHECKSUM_H

INLINE __u16 csum_fold32(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

INLINE __u16 csum_fold64(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	return csum_fold32((__u32)(sum >> 16) + (__u32)(sum & 0xffff));
}

INLINE __u16 csum_apply(__u16 check, __u32 delta)
{
	return ~csum_fold32((__u32)(__u16)~check + delta);
}

INLINE __u64 delta16(__u16 from, __u16 to)
{
	return (__u64)(__u16)~from + to;
}

INLINE __u64 delta32(__u32 from, __u32 to)
{
	return (__u64)(__u32)~from + to;
}

INLINE __u32 word_of(const struct gh_addr *address, int index)
{
	return ((const __u32 *)address->b)[index];
}

/* Difference of an address; of the last four bytes only for IPv4. */
INLINE __u64 delta_address(const struct gh_addr *from, const struct gh_addr *to, __u8 family)
{
	__u64 sum = delta32(word_of(from, 3), word_of(to, 3));

	if (family == 6)
		sum += delta32(word_of(from, 0), word_of(to, 0)) + delta32(word_of(from, 1), word_of(to, 1)) +
		       delta32(word_of(from, 2), word_of(to, 2));
	return sum;
}

#endif
