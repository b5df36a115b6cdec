/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hook_tc.h: the pipeline's view of a TCX hook, for devices where XDP has no place. Same functions as hook_xdp.h. What the pipeline
 * sends on carries the proof in skb->mark, which the egress hook of every device asks for.
 */
#ifndef GATEHOUSE_HOOK_H
#define GATEHOUSE_HOOK_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include "maps.h"

#define HOOK_SEC "tc"
#define HOOK_DROP TC_ACT_SHOT
#define HOOK_IS_TC 1
#define LINEAR_BYTES 256 /* headers that the stages look at */

typedef struct __sk_buff hook;

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
	return ctx->ifindex;
}

INLINE __u32 hook_length(hook *ctx)
{
	return ctx->len;
}

INLINE __u32 hook_segment(hook *ctx)
{
	return ctx->gso_size;
}

INLINE int hook_load(hook *ctx, __u32 offset, void *to, __u32 length)
{
	return bpf_skb_load_bytes(ctx, offset, to, length);
}

INLINE int hook_store(hook *ctx, __u32 offset, void *from, __u32 length)
{
	return bpf_skb_store_bytes(ctx, offset, from, length, BPF_F_INVALIDATE_HASH);
}

/* Sets the packet's length; what it holds is undefined afterwards. */
INLINE int hook_resize(hook *ctx, __u32 length)
{
	return bpf_skb_change_tail(ctx, length, 0);
}

/* In assembler, because the verifier refuses the context pointer plus an offset in a register, which the compiler likes to make. */
INLINE void set_proof(hook *ctx, int proven)
{
	__u32 mark = (ctx->mark & ~features.proof_mask) | (proven ? features.proof_nonce & features.proof_mask : 0);

	asm volatile("*(u32 *)(%0 + %1) = %2"
		     :
		     : "r"(ctx), "i"(__builtin_offsetof(struct __sk_buff, mark)), "r"(mark)
		     : "memory");
}

INLINE int has_proof(hook *ctx)
{
	return features.proof_mask && (ctx->mark & features.proof_mask) == (features.proof_nonce & features.proof_mask);
}

INLINE int hook_host(hook *ctx)
{
	set_proof(ctx, 0);
	return TC_ACT_OK;
}

INLINE int hook_kernel(hook *ctx)
{
	set_proof(ctx, 1);
	return TC_ACT_OK;
}

INLINE int hook_reflect(hook *ctx, __u16 iface)
{
	set_proof(ctx, 1);
	return bpf_redirect(ctx->ifindex, 0);
}

/* Can this hook send to `iface` by itself? The neighbour code asks for addresses, but takes no packet that came without an Ethernet header. */
INLINE int hook_can_forward(__u32 l3, const struct gh_iface *iface, int resolved)
{
	return l3 || iface->flags & GH_IFACE_L3;
}

/* The kernel's neighbour code writes the Ethernet header, and the VLAN device its tag. */
INLINE int hook_forward(hook *ctx, __u32 l3, __u16 out, const struct gh_iface *iface, const __u8 *dmac)
{
	set_proof(ctx, 1);
	return l3 ? bpf_redirect_neigh(iface->l3_ifindex, NULL, 0, 0) : bpf_redirect(iface->l3_ifindex, 0);
}

#endif
