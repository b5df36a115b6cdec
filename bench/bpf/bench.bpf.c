// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * bench.bpf.c: the bench's own programs. `generate` makes 64-byte UDP frames of a chosen number of flows and redirects them into
 * a veth (run with BPF_F_TEST_XDP_LIVE_FRAMES); `sink` counts and drops them at the far end; `drop`, `redirect` and `pass` are
 * the calibrators that take the firewall's place on the router's device.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

enum bench_order { BENCH_SEQUENTIAL = 0, BENCH_RANDOM = 1 };

struct bench_config {
	__u32 out;	  /* slot in `ports` */
	__u32 flow_mask;  /* number of flows - 1 */
	enum bench_order order;
	__u32 reversed;	  /* 1: swap the tuple, destination fixed to `reply_to` (the translated source) */
	__u32 family;	  /* 4 or 6 */
	__be32 source;	  /* IPv4; flow i uses source + (i >> 14) */
	__be32 destination;
	__be32 reply_to;  /* IPv4, reversed only: 0 = the flow's own source */
	__u8 source6[16]; /* IPv6; flow i adds i >> 14 to the last 32 bits */
	__u8 destination6[16];
	__u8 dmac[6];
	__u8 smac[6];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bench_config);
} bench SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u32);
} ports SEC(".maps");

/* Where `redirect` sends what comes in on a device: key = ingress ifindex. */
struct bench_hop {
	__u32 port;
	__u8 dmac[6];
	__u8 smac[6];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct bench_hop);
} hops SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} received SEC(".maps");

__u64 sequence = 0;
__u32 random_state = 1;

static __always_inline __u32 next_flow(const struct bench_config *config)
{
	__u64 number = sequence++;
	__u32 x = random_state;

	if (config->order != BENCH_RANDOM)
		return number & config->flow_mask;
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	random_state = x;
	return x & config->flow_mask;
}

static __always_inline __u16 fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

static __always_inline int frame4(void *data, void *end, const struct bench_config *config, __u32 flow)
{
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);
	__be32 source = bpf_htonl(bpf_ntohl(config->source) + (flow >> 14));
	__be32 destination = bpf_htonl(bpf_ntohl(config->destination) + (flow >> 14));
	__be16 port = bpf_htons(1024 + (flow & 0x3fff));
	__u32 sum = 0;

	if ((void *)(udp + 1) > end)
		return -1;
	eth->h_proto = bpf_htons(ETH_P_IP);
	*(__u8 *)ip = 0x45;
	ip->tos = 0;
	ip->tot_len = bpf_htons((long)end - (long)ip);
	ip->id = bpf_htons(1);
	ip->frag_off = bpf_htons(0x4000);
	ip->ttl = 64;
	ip->protocol = IPPROTO_UDP;
	ip->check = 0;
	ip->saddr = config->reversed ? destination : source;
	ip->daddr = !config->reversed ? destination : config->reply_to ? config->reply_to : source;
	udp->source = config->reversed ? bpf_htons(9) : port;
	udp->dest = config->reversed ? port : bpf_htons(9);
	udp->len = bpf_htons((long)end - (long)udp);
	udp->check = 0;
#pragma unroll
	for (int i = 0; i < 10; i++)
		sum += ((__u16 *)ip)[i];
	ip->check = ~fold(sum);
	return 0;
}

static __always_inline void add32(__u8 *address, __u32 value)
{
	__be32 *last = (__be32 *)(address + 12);

	*last = bpf_htonl(bpf_ntohl(*last) + value);
}

static __always_inline int frame6(void *data, void *end, const struct bench_config *config, __u32 flow)
{
	struct ethhdr *eth = data;
	struct ipv6hdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);
	__be16 port = bpf_htons(1024 + (flow & 0x3fff));

	if ((void *)(udp + 1) > end)
		return -1;
	eth->h_proto = bpf_htons(ETH_P_IPV6);
	*(__be32 *)ip = bpf_htonl(0x60000000);
	ip->payload_len = bpf_htons((long)end - (long)udp);
	ip->nexthdr = IPPROTO_UDP;
	ip->hop_limit = 64;
	__builtin_memcpy(&ip->saddr, config->reversed ? config->destination6 : config->source6, 16);
	__builtin_memcpy(&ip->daddr, config->reversed ? config->source6 : config->destination6, 16);
	add32((__u8 *)&ip->saddr, flow >> 14);
	add32((__u8 *)&ip->daddr, flow >> 14);
	udp->source = config->reversed ? bpf_htons(9) : port;
	udp->dest = config->reversed ? port : bpf_htons(9);
	udp->len = ip->payload_len;
	udp->check = bpf_htons(1); /* never verified: the sink drops */
	return 0;
}

SEC("xdp.frags")
int generate(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 zero = 0;
	struct bench_config *config = bpf_map_lookup_elem(&bench, &zero);
	struct ethhdr *eth = data;

	if (!config || (void *)(eth + 1) > end)
		return XDP_DROP;
	__builtin_memcpy(eth->h_dest, config->dmac, 6);
	__builtin_memcpy(eth->h_source, config->smac, 6);
	if (config->family == 6 ? frame6(data, end, config, next_flow(config)) : frame4(data, end, config, next_flow(config)))
		return XDP_DROP;
	return bpf_redirect_map(&ports, config->out, 0);
}

SEC("xdp.frags")
int sink(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	__u32 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&received, &zero);

	if (!count || (void *)(eth + 1) > end)
		return XDP_DROP;
	if (eth->h_proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = (void *)(eth + 1);

		if ((void *)(ip + 1) > end || ip->protocol != IPPROTO_UDP)
			return XDP_PASS;
	} else {
		struct ipv6hdr *ip = (void *)(eth + 1);

		if (eth->h_proto != bpf_htons(ETH_P_IPV6) || (void *)(ip + 1) > end || ip->nexthdr != IPPROTO_UDP)
			return XDP_PASS;
	}
	(*count)++;
	return XDP_DROP;
}

SEC("xdp.frags")
int drop(struct xdp_md *ctx)
{
	__u32 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&received, &zero);

	if (count)
		(*count)++;
	return XDP_DROP;
}

SEC("xdp.frags")
int pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp.frags")
int redirect(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 index = ctx->ingress_ifindex;
	struct bench_hop *hop = bpf_map_lookup_elem(&hops, &index);
	struct ethhdr *eth = data;

	if (!hop || (void *)(eth + 1) > end)
		return XDP_DROP;
	__builtin_memcpy(eth->h_dest, hop->dmac, 6);
	__builtin_memcpy(eth->h_source, hop->smac, 6);
	return bpf_redirect_map(&ports, hop->port, 0);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
