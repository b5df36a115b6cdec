/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * session.h: the session table. Keys: the tuple as the initiator sends it (sessions) and as the reply arrives (session_replies). A
 * session ends in close_session() and nowhere else; whoever deletes the entry emits the one close event.
 */
#ifndef GATEHOUSE_SESSION_H
#define GATEHOUSE_SESSION_H

INLINE void swap_tuple(struct gh_tuple *to, const struct gh_tuple *from)
{
	to->src = from->dst;
	to->dst = from->src;
	to->sport = from->dport;
	to->dport = from->sport;
	to->proto = from->proto;
	to->family = from->family;
	to->vrf = from->vrf;
}

/* Finds the session of `tuple`; fills c->key and c->direction. */
static __noinline struct gh_session *find_session(struct context *c, const struct gh_tuple *tuple)
{
	struct gh_session *session = bpf_map_lookup_elem(&sessions, tuple);
	struct gh_tuple *key;

	if (session) {
		c->key = *tuple;
		c->direction = 0;
		return session;
	}
	key = bpf_map_lookup_elem(&session_replies, tuple);
	if (!key)
		return NULL;
	c->key = *key;
	c->direction = 1;
	return bpf_map_lookup_elem(&sessions, &c->key);
}

/* Removes a session with its index and cache entries and emits its close event. 1 = it was there. */
static __noinline int close_session(const struct gh_tuple *key, struct gh_session *session, __u32 reason, __u32 now)
{
	struct gh_event *event;

	fold_session(key, session, 1);
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (event) {
		fill_event(event, key, session);
		event->kind = GH_EVENT_CLOSE;
		event->reason = reason;
		event->log = session->flags & GH_SESSION_LOG_CLOSE ? 1 : 0;
		event->duration = now - session->created;
	}
	bpf_map_delete_elem(&session_replies, &session->reply);
	if (bpf_map_delete_elem(&sessions, key)) {
		if (event)
			bpf_ringbuf_discard(event, 0);
		return 0;
	}
	COUNT_TOTAL(sessions_closed);
	if (event)
		bpf_ringbuf_submit(event, 0);
	else
		COUNT_TOTAL(events_lost);
	return 1;
}

/* Counts a slow-path packet in its session. */
INLINE void count_packet(struct gh_session *session, int direction, __u32 length, __u32 now)
{
	struct gh_half *half = direction ? &session->half[1] : &session->half[0];

	__sync_fetch_and_add(&half->packets, 1);
	__sync_fetch_and_add(&half->bytes, length);
	half->last_seen = now;
	count_rule_traffic(session->counter, 1, length);
}

/* Enters c->session under c->key. 0, or a drop reason; SESSION_EXISTS = another CPU was first. */
#define SESSION_EXISTS (-1)
#define SESSION_REPLY_TAKEN (-2)
#define ERRNO_EXIST 17

static __noinline int insert_session(struct context *c)
{
	struct gh_event *event;
	__u32 zero = 0;
	struct gh_clock *source = bpf_map_lookup_elem(&clock, &zero);
	long error;

	if (!source)
		return GH_DROP_INTERNAL;
	error = bpf_map_update_elem(&session_replies, &c->session.reply, &c->key, BPF_NOEXIST);
	if (error == -ERRNO_EXIST)
		return SESSION_REPLY_TAKEN;
	if (error)
		return GH_DROP_SESSION_TABLE_FULL;
	c->session.id = __sync_fetch_and_add(&source->next_session, 1) + 1;
	c->session.created = c->now;
	c->session.generation = features.generation;
	c->session.revision = features.revision;
	c->session.half[0].last_seen = c->now;
	c->session.half[1].last_seen = c->now;
	c->session.half[0].cache_slot = NO_SLOT;
	c->session.half[1].cache_slot = NO_SLOT;
	error = bpf_map_update_elem(&sessions, &c->key, &c->session, BPF_NOEXIST);
	if (error) {
		bpf_map_delete_elem(&session_replies, &c->session.reply);
		return error == -ERRNO_EXIST ? SESSION_EXISTS : GH_DROP_SESSION_TABLE_FULL;
	}
	COUNT_TOTAL(sessions_created);
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		COUNT_TOTAL(events_lost);
		return 0;
	}
	fill_event(event, &c->key, &c->session);
	event->kind = GH_EVENT_OPEN;
	event->reason = 0;
	event->log = c->reply.log & GH_LOG_INIT ? 1 : 0;
	event->duration = 0;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

#endif
