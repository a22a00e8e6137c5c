/* SPDX-License-Identifier: GPL-2.0-only */
/* States of noted flows, and what a ruleset says about them */
#ifndef NG_LAYOUT_FLOW_STATE_H
#define NG_LAYOUT_FLOW_STATE_H

#include <linux/types.h>

/*
 * STATE(NAME, WORDS, SECONDS): WORDS as in `default timeout WORDS 30s`; after so many seconds
 * without a packet the flow is forgotten. The usual values are those of nf_conntrack.
 *
 * A flow begins in TCP_SYN, UDP or ICMP; an answer makes it TCP_ESTABLISHED or UDP_STREAM; a TCP
 * packet that leaves with RST makes it TCP_CLOSE, one with FIN TCP_FIN if it is not TCP_CLOSE, one
 * with SYN and without ACK again TCP_SYN.
 */
/* clang-format off */
#define NG_FLOW_STATE_TABLE(STATE)				\
	STATE(TCP_SYN,		"tcp syn",		120)	\
	STATE(TCP_ESTABLISHED,	"tcp established",	432000)	\
	STATE(TCP_FIN,		"tcp fin",		120)	\
	STATE(TCP_CLOSE,	"tcp close",		10)	\
	STATE(UDP,		"udp",			30)	\
	STATE(UDP_STREAM,	"udp stream",		120)	\
	STATE(ICMP,		"icmp",			30)
/* clang-format on */

#define NG_FLOW_STATE_ENUM(NAME, ...) NG_FLOW_##NAME,
enum ng_flow_state { NG_FLOW_STATE_TABLE(NG_FLOW_STATE_ENUM) NG_FLOW_STATES };

#define NG_FLOWS_USUAL	  100000
#define NG_FLOWS_LEAST	  1000
#define NG_FLOWS_MOST	  4000000
#define NG_FLOW_TIME_MOST 31536000 /* seconds: a year */

/**
 * struct ng_flow_settings - in the image's header
 * @timeouts: ticks (layout/flows.h), by enum ng_flow_state: a flow whose age is more is forgotten
 * @flows:    number of flows that the table must have room for
 */
struct ng_flow_settings {
	__u32 timeouts[NG_FLOW_STATES];
	__u32 flows;
	__u32 reserved[8];
};
_Static_assert(sizeof(struct ng_flow_settings) == 64, "it is one cache line");

#endif
