/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tcp_state.h: TCP states of a session with directions, and the window check of RST and FIN (RFC 5961 section 3 in the middle of
 * the path: what the endpoints track as RCV.NXT we know as the highest acknowledgement each side sent).
 */
#ifndef GATEHOUSE_TCP_STATE_H
#define GATEHOUSE_TCP_STATE_H

#define TCP_RST_SLACK 65535    /* passed to the endpoint, which will challenge it, but does not close the session */
#define TCP_FIN_SLACK (1 << 20) /* data may have been lost before us */

enum tcp_verdict { TCP_OK = 0, TCP_DROP = 1, TCP_CLOSE = 2, TCP_REOPEN = 3 };

INLINE int in_range(__u32 value, __u32 first, __u32 last)
{
	return (__s32)(value - first) >= 0 && (__s32)(last - value) >= 0;
}

INLINE int judge_rst(const struct gh_session *session, const struct packet *p, const struct gh_half *own, const struct gh_half *peer)
{
	if (session->tcp_state == GH_TCP_SYN_SENT) {
		if (own == &session->half[0])
			return in_range(p->seq, own->tcp_next - 1, own->tcp_next) ? TCP_CLOSE : TCP_DROP;
		/* RFC 9293 section 3.10.7.3: a reset that answers a SYN must acknowledge it */
		return p->tcp_flags & TCP_ACK && p->ack == peer->tcp_next ? TCP_CLOSE : TCP_DROP;
	}
	if (p->seq == peer->tcp_ack || p->seq == own->tcp_next || in_range(p->seq, peer->tcp_ack, own->tcp_next))
		return TCP_CLOSE;
	return in_range(p->seq, peer->tcp_ack - 1, peer->tcp_ack + TCP_RST_SLACK) ? TCP_OK : TCP_DROP;
}

INLINE void advance_half(struct gh_half *half, const struct packet *p, int first)
{
	__u32 next = p->seq + p->payload + !!(p->tcp_flags & TCP_SYN) + !!(p->tcp_flags & TCP_FIN);

	if (first || (__s32)(next - half->tcp_next) > 0)
		half->tcp_next = next;
	if (p->tcp_flags & TCP_ACK && (!half->tcp_ack || (__s32)(p->ack - half->tcp_ack) > 0))
		half->tcp_ack = p->ack;
}

/* Judges a packet of direction `direction` and moves the session's state. */
INLINE int track_tcp(struct gh_session *session, const struct packet *p, int direction)
{
	struct gh_half *own = direction ? &session->half[1] : &session->half[0];
	struct gh_half *peer = direction ? &session->half[0] : &session->half[1];
	__u8 state = session->tcp_state, flags = p->tcp_flags;

	if (flags & TCP_RST)
		return judge_rst(session, p, own, peer);
	if (flags & TCP_SYN) {
		if (state >= GH_TCP_CLOSING && direction == 0 && !(flags & TCP_ACK))
			return TCP_REOPEN;
		if (direction == 1 && state == GH_TCP_SYN_SENT) {
			if (flags & TCP_ACK && p->ack != peer->tcp_next)
				return TCP_DROP;
			session->tcp_state = GH_TCP_SYN_RECEIVED;
			advance_half(own, p, 1);
			return TCP_OK;
		}
		if (direction == 0 && state <= GH_TCP_SYN_RECEIVED)
			advance_half(own, p, 1); /* retransmitted, or a new attempt with another sequence number */
		return TCP_OK;
	}
	if (state == GH_TCP_SYN_RECEIVED && direction == 0 && flags & TCP_ACK)
		session->tcp_state = state = GH_TCP_ESTABLISHED;
	if (flags & TCP_FIN) {
		if (own->packets && !in_range(p->seq, own->tcp_next - TCP_FIN_SLACK, own->tcp_next + TCP_FIN_SLACK))
			return TCP_DROP;
		if (state <= GH_TCP_ESTABLISHED)
			session->tcp_state = direction ? GH_TCP_FIN_REPLY : GH_TCP_FIN_ORIG;
		else if (state == (direction ? GH_TCP_FIN_ORIG : GH_TCP_FIN_REPLY))
			session->tcp_state = GH_TCP_CLOSING;
	}
	advance_half(own, p, !own->packets);
	return TCP_OK;
}

/* Idle timeout of a session in its present state, in ticks. */
INLINE __u32 session_timeout(const struct gh_session *session, __u8 proto)
{
	switch (session->tcp_state) {
	case GH_TCP_SYN_SENT:
	case GH_TCP_SYN_RECEIVED:
		return features.tcp_handshake;
	case GH_TCP_ESTABLISHED:
		return session->timeout ? session->timeout : features.tcp_established;
	case GH_TCP_FIN_ORIG:
	case GH_TCP_FIN_REPLY:
		return features.tcp_half_closed;
	case GH_TCP_CLOSING:
	case GH_TCP_CLOSED:
		return features.tcp_closing;
	}
	if (session->timeout)
		return session->timeout;
	if (proto == IPPROTO_UDP)
		return features.udp;
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6 ? features.icmp : features.other;
}

#endif
