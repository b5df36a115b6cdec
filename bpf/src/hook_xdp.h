/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* hook_xdp.h: the pipeline's view of an XDP hook. hook_tc.h offers the same functions for TCX. */
#ifndef GATEHOUSE_HOOK_H
#define GATEHOUSE_HOOK_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include "maps.h"

#define HOOK_SEC "xdp.frags"
#define HOOK_DROP XDP_DROP
#define HOOK_IS_TC 0

typedef struct xdp_md hook;

INLINE void *hook_data(hook *ctx)
{
	return (void *)(long)ctx->data;
}

INLINE void *hook_end(hook *ctx)
{
	return (void *)(long)ctx->data_end;
}

INLINE __u32 hook_ingress(hook *ctx)
{
	return ctx->ingress_ifindex;
}

/* Bytes of the frame, fragments of a multi-buffer frame included. */
INLINE __u32 hook_length(hook *ctx)
{
	return bpf_xdp_get_buff_len(ctx);
}

/* Bytes of one segment of a GSO packet, 0 = not one. */
INLINE __u32 hook_segment(hook *ctx)
{
	return 0;
}

INLINE int hook_load(hook *ctx, __u32 offset, void *to, __u32 length)
{
	return bpf_xdp_load_bytes(ctx, offset, to, length);
}

INLINE int hook_store(hook *ctx, __u32 offset, void *from, __u32 length)
{
	return bpf_xdp_store_bytes(ctx, offset, from, length);
}

/*
 * Sets the frame's length; what it holds is undefined afterwards. Frames that a local sender made for a veth have next to no room
 * behind them, but all have room in front.
 */
INLINE int hook_resize(hook *ctx, __u32 length)
{
	int growth = (int)length - (int)bpf_xdp_get_buff_len(ctx);

	return bpf_xdp_adjust_tail(ctx, growth) && (growth < 0 || bpf_xdp_adjust_head(ctx, -growth));
}

/* Delivery to the box itself. */
INLINE int hook_host(hook *ctx)
{
	return XDP_PASS;
}

/* Hands a judged and translated packet to the kernel's forwarding, with the proof that the TCX hooks ask for. */
INLINE int hook_kernel(hook *ctx)
{
	struct gh_proof *proof;

	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*proof)))
		return -1;
	proof = (void *)(long)ctx->data_meta;
	if ((void *)(proof + 1) > (void *)(long)ctx->data)
		return -1;
	proof->nonce = features.proof_nonce;
	proof->pad = 0;
	return XDP_PASS;
}

/*
 * Back out of the interface it came from. Not XDP_TX where it can be avoided: veth leaves such frames in its peer's ring until
 * something else wakes it, unless the peer has a program too (drivers/net/veth.c, veth_xdp_flush).
 */
INLINE int hook_reflect(hook *ctx, __u16 iface)
{
	return bpf_redirect_map(&ports, iface, XDP_TX);
}

/* Can this hook send to `iface` by itself? `resolved`: the next hop's address is known. Else the kernel must. */
INLINE int hook_can_forward(__u32 l3, const struct gh_iface *iface, int resolved)
{
	return resolved && iface->flags & GH_IFACE_XMIT;
}

/* Writes the Ethernet header for `iface` (pushing or popping its VLAN tag) and redirects. `l3` = offset of the IP header now. */
INLINE int hook_forward(hook *ctx, __u32 l3, __u16 out, const struct gh_iface *iface, const __u8 *dmac)
{
	__u16 vlan = iface->vlan;
	struct ethhdr *eth;
	__be16 proto;
	void *data = hook_data(ctx), *end = hook_end(ctx);

	if (data + sizeof(*eth) + 4 > end)
		return -1;
	proto = *(__be16 *)(data + (l3 == sizeof(*eth) + 4 ? 16 : 12));
	if (vlan && l3 == sizeof(*eth)) {
		if (bpf_xdp_adjust_head(ctx, -4))
			return -1;
	} else if (!vlan && l3 != sizeof(*eth)) {
		if (bpf_xdp_adjust_head(ctx, 4))
			return -1;
	}
	eth = hook_data(ctx);
	end = hook_end(ctx);
	if ((void *)(eth + 1) + 4 > end)
		return -1;
	__builtin_memcpy(eth->h_dest, dmac, 6);
	__builtin_memcpy(eth->h_source, iface->mac, 6);
	if (vlan) {
		eth->h_proto = bpf_htons(ETH_P_8021Q);
		*(__be16 *)(eth + 1) = bpf_htons(vlan);
		*((__be16 *)(eth + 1) + 1) = proto;
	} else {
		eth->h_proto = proto;
	}
	return bpf_redirect_map(&ports, out, 0);
}

#endif
