// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* abi.bpf.c: no program, only one variable of each shared struct and enum, so that the BTF of this object holds all of them. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "abi.h"

#define STRUCT(name) struct name name##_ = {}
#define ENUM(name) enum name name##_value = 0

STRUCT(gh_tuple);
STRUCT(gh_vlan_key);
STRUCT(gh_iface);
STRUCT(gh_zone);
STRUCT(gh_ruleset);
STRUCT(gh_lpm_key);
STRUCT(gh_addr_class);
STRUCT(gh_l4_class);
STRUCT(gh_sport_class);
STRUCT(gh_zone_pair);
STRUCT(gh_policy_row);
STRUCT(gh_nat_row);
STRUCT(gh_features);
STRUCT(gh_half);
STRUCT(gh_session);
STRUCT(gh_flow4);
STRUCT(gh_flow6);
STRUCT(gh_clock);
STRUCT(gh_local);
STRUCT(gh_fragment_key);
STRUCT(gh_fragment);
STRUCT(gh_rule_counter);
STRUCT(gh_counter);
STRUCT(gh_iface_counter);
STRUCT(gh_totals);
STRUCT(gh_event);
STRUCT(gh_trace);
STRUCT(gh_sweep);
STRUCT(gh_kill);
STRUCT(gh_proof);

ENUM(gh_limit);
ENUM(gh_iface_flag);
ENUM(gh_screen);
ENUM(gh_ruleset_kind);
ENUM(gh_l4_slot);
ENUM(gh_action);
ENUM(gh_log);
ENUM(gh_nat_kind);
ENUM(gh_tcp_state);
ENUM(gh_close_reason);
ENUM(gh_session_flag);
ENUM(gh_flow_flag);
ENUM(gh_event_kind);
ENUM(gh_stage);
ENUM(gh_outcome);
