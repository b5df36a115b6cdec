/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * emit.h: everything the pipeline tells: counters, events, trace records. A drop goes through drop() and nowhere else, so that every
 * drop has a reason, a count and (within the rate limit) an event.
 */
#ifndef GATEHOUSE_EMIT_H
#define GATEHOUSE_EMIT_H

#include "../generated/reasons.h"

#define EVENTS_PER_SECOND 2000
#define REPLIES_PER_SECOND 1000

INLINE struct gh_totals *get_totals(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&totals, &zero);
}

#define COUNT_TOTAL(field)                                                                                                   \
	do {                                                                                                                 \
		struct gh_totals *totals_ = get_totals();                                                                    \
		if (totals_)                                                                                                 \
			totals_->field++;                                                                                    \
	} while (0)

/* Takes one token of a bucket of `rate` per second (burst: one second). 1 = granted. */
INLINE int take_token(__u32 kind, __u32 rate, __u32 now)
{
	struct bucket *bucket = bpf_map_lookup_elem(&buckets, &kind);

	if (!bucket)
		return 0;
	if (now - bucket->filled >= SECONDS(1)) {
		bucket->tokens = rate;
		bucket->filled = now;
	}
	if (!bucket->tokens)
		return 0;
	bucket->tokens--;
	return 1;
}

INLINE void count_rule(__u32 slot, __u32 now)
{
	struct gh_rule_counter *counter = bpf_map_lookup_elem(&rule_counters, &slot);

	if (!counter)
		return;
	counter->hits++;
	counter->last_hit = now;
}

INLINE void count_rule_traffic(__u32 slot, __u64 packets, __u64 bytes)
{
	struct gh_rule_counter *counter = bpf_map_lookup_elem(&rule_counters, &slot);

	if (!counter)
		return;
	counter->packets += packets;
	counter->bytes += bytes;
}

INLINE void count_out(__u16 iface, __u32 bytes)
{
	__u32 key = iface;
	struct gh_iface_counter *counter = bpf_map_lookup_elem(&iface_counters, &key);

	if (!counter)
		return;
	counter->tx_packets++;
	counter->tx_bytes += bytes;
}

INLINE void count_in(__u16 iface, __u32 bytes)
{
	__u32 key = iface;
	struct gh_iface_counter *counter = bpf_map_lookup_elem(&iface_counters, &key);

	if (!counter)
		return;
	counter->rx_packets++;
	counter->rx_bytes += bytes;
}

static __noinline int emit_trace(struct context *c, __u32 stage_outcome, __u32 object, __u32 row, __u32 value)
{
	struct gh_trace *trace;

	if (!c)
		return 0;
	trace = bpf_ringbuf_reserve(&trace_events, sizeof(*trace), 0);
	if (!trace)
		return 0;
	trace->stage = stage_outcome & 0xff;
	trace->outcome = stage_outcome >> 8 & 0xff;
	trace->reason = stage_outcome >> 16;
	trace->object = object;
	trace->row = row;
	trace->value = value;
	trace->iface = trace->stage >= GH_STAGE_ROUTE && c->route.out ? c->route.out : c->packet.iface;
	trace->zone[0] = c->packet.zone;
	trace->zone[1] = c->session.zone[1];
	trace->pad = 0;
	trace->tuple = trace->stage >= GH_STAGE_DNAT ? c->rewritten : c->packet.tuple;
	bpf_ringbuf_submit(trace, 0);
	return 0;
}

/* Compiled out of live generations: features.trace is a constant for the verifier. */
#define TRACE_REASON(c, stage, outcome, reason, object, row, value)                                                          \
	do {                                                                                                                 \
		if (features.trace)                                                                                          \
			emit_trace(c, (stage) | (outcome) << 8 | (__u32)(reason) << 16, object, row, value);                 \
	} while (0)
#define TRACE(c, stage, outcome, object, row, value) TRACE_REASON(c, stage, outcome, 0, object, row, value)

INLINE void fill_event(struct gh_event *event, const struct gh_tuple *key, const struct gh_session *session)
{
	event->time = bpf_ktime_get_ns();
	event->session = session->id;
	event->tuple = *key;
	event->reply = session->reply;
	event->tcp_flags = 0;
	event->rule = session->rule;
	event->snat_rule = session->snat_rule;
	event->dnat_rule = session->dnat_rule;
	event->revision = session->revision;
	event->application = session->application;
	event->iface[0] = session->iface[0];
	event->iface[1] = session->iface[1];
	event->zone[0] = session->zone[0];
	event->zone[1] = session->zone[1];
	event->length = 0;
	event->action = GH_PERMIT;
	event->packets[0] = session->half[0].packets;
	event->packets[1] = session->half[1].packets;
	event->bytes[0] = session->half[0].bytes;
	event->bytes[1] = session->half[1].bytes;
}

struct drop_details {
	__u32 rule;
	__u8 action;
	__u8 log;
};

/* Counts and reports a drop. Returns the hook's drop verdict. */
static __noinline int drop_packet(struct context *c, __u32 reason, __u32 rule, __u32 action_log)
{
	struct gh_counter *counter;
	struct gh_iface_counter *iface;
	struct gh_event *event;
	__u32 key;

	if (!c)
		return HOOK_DROP;
	counter = bpf_map_lookup_elem(&reason_counters, &reason);
	if (counter) {
		counter->packets++;
		counter->bytes += c->packet.length;
	}
	key = c->packet.iface;
	iface = bpf_map_lookup_elem(&iface_counters, &key);
	if (iface)
		iface->drops++;
	TRACE_REASON(c, GH_STAGE_VERDICT, (action_log & 0xff) == GH_REJECT ? GH_OUTCOME_REJECT : GH_OUTCOME_DROP, reason, rule, ~0u, 0);
	if (!take_token(BUCKET_EVENTS, EVENTS_PER_SECOND, c->now)) {
		COUNT_TOTAL(events_suppressed);
		return HOOK_DROP;
	}
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		COUNT_TOTAL(events_lost);
		return HOOK_DROP;
	}
	fill_event(event, &c->packet.tuple, &c->session);
	event->kind = GH_EVENT_DROP;
	event->tcp_flags = c->packet.tcp_flags;
	event->reason = reason;
	event->rule = rule;
	event->revision = features.revision;
	event->iface[0] = c->packet.iface;
	event->zone[0] = c->packet.zone;
	event->length = c->packet.length;
	event->action = action_log;
	event->log = action_log >> 8;
	event->duration = 0;
	bpf_ringbuf_submit(event, 0);
	return HOOK_DROP;
}

INLINE int drop(struct context *c, __u32 reason)
{
	return drop_packet(c, reason, 0, GH_DENY);
}

#endif
