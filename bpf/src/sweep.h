/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sweep.h: SYSCALL programs that the daemon runs: gh_sweep walks all sessions, brings counters up to date and closes what is idle;
 * gh_kill closes one. Closing is close_session(), so each session ends with exactly one event.
 */
#ifndef GATEHOUSE_SWEEP_H
#define GATEHOUSE_SWEEP_H

#define EARLY_DIVISOR 8 /* timeouts of sessions without a reply, when the table is nearly full */

INLINE __u32 last_seen(const struct gh_session *session)
{
	__u32 a = session->half[0].last_seen, b = session->half[1].last_seen;

	return (__s32)(a - b) > 0 ? a : b;
}

struct sweep_walk {
	struct gh_sweep result;
	__u32 early;
};

struct bpf_map;

static long sweep_one(struct bpf_map *map, const struct gh_tuple *key, struct gh_session *session, struct sweep_walk *walk)
{
	__u32 timeout = session_timeout(session, key->proto);

	walk->result.scanned++;
	if (walk->early && !(session->flags & GH_SESSION_REPLIED))
		timeout /= EARLY_DIVISOR;
	if (walk->result.fold || (__s32)(walk->result.now - last_seen(session) - timeout) >= 0)
		fold_session(key, session, 0);
	if ((__s32)(walk->result.now - last_seen(session) - timeout) < 0) {
		walk->result.live++;
		return 0;
	}
	walk->result.removed += close_session(key, session, walk->early && timeout < session_timeout(session, key->proto) ? GH_CLOSE_EVICTED :
							    session->tcp_state >= GH_TCP_CLOSING ? GH_CLOSE_FIN : GH_CLOSE_TIMEOUT,
					       walk->result.now);
	return 0;
}

SEC("syscall")
int gh_sweep(struct gh_sweep *request)
{
	struct sweep_walk walk = { .result.now = request->now, .result.fold = request->fold };

	if (request->limit && request->live * 100 >= (__u64)request->limit * request->early_percent)
		walk.early = 1;
	bpf_for_each_map_elem(&sessions, sweep_one, &walk, 0);
	request->scanned = walk.result.scanned;
	request->removed = walk.result.removed;
	request->live = walk.result.live;
	return 0;
}

SEC("syscall")
int gh_kill(struct gh_kill *request)
{
	struct gh_tuple key = request->key;
	struct gh_session *session = bpf_map_lookup_elem(&sessions, &key);

	request->killed = session ? close_session(&key, session, request->reason, bpf_ktime_get_ns() >> GH_TICK_SHIFT) : 0;
	return 0;
}

#endif
