/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* l2.h: from the frame to the logical interface. Maps: iface_by_index, iface_by_vlan. */
#ifndef GATEHOUSE_L2_H
#define GATEHOUSE_L2_H

#define VLAN_ID_MASK 0x0fff

/* Offset of the network layer in an Ethernet frame with at most one 802.1Q tag, -1 when it is too short. */
INLINE int ethernet_l2(void *data, void *end, __be16 *proto, __u16 *vlan)
{
	struct ethhdr *eth = data;
	__be16 *tag = (void *)(eth + 1);

	if ((void *)(eth + 1) > end)
		return -1;
	*proto = eth->h_proto;
	if (eth->h_proto != bpf_htons(ETH_P_8021Q))
		return sizeof(*eth);
	if ((void *)(tag + 2) > end)
		return -1;
	*vlan = bpf_ntohs(tag[0]) & VLAN_ID_MASK;
	*proto = tag[1];
	return sizeof(*eth) + 4;
}

/* Logical interface of a device and tag; VLAN 0 is a priority tag and means untagged (802.1Q). */
INLINE __u16 *find_iface(__u32 ifindex, __u16 vlan)
{
	struct gh_vlan_key key = { .ifindex = ifindex, .vlan = vlan };

	if (!vlan)
		return bpf_map_lookup_elem(&iface_by_index, &ifindex);
	return bpf_map_lookup_elem(&iface_by_vlan, &key);
}

#endif
