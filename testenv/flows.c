// SPDX-License-Identifier: GPL-2.0-only
/*
 * flows - note flows as programs would, as if some time ago, in this network namespace
 *
 * flows N FAMILY STATE AGE IDLE
 *	N flows from 192.0.2.1, or 2001:db8::1, port 40000, to one address after the other from
 *	198.18.0.0 or 2001:db8:1:: on, port 53, or with identifier 53; STATE as `netguard flows`
 *	prints it; they were noted AGE seconds ago, and had their last packet IDLE seconds ago
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "kernel/maps/flow_table.h"
#include "kernel/state/state.h"
#include "layout/key.h"

static int fail(const char *what, int code)
{
	fprintf(stderr, "flows: %s: %s\n", what, strerror(-code));
	return 1;
}

static enum ng_flow_state state_of(const char *words)
{
#define STATE(NAME, WORDS, ...) (WORDS),
	static const char *const states[] = { NG_FLOW_STATE_TABLE(STATE) };
	size_t i = 0;

	while (i < NG_FLOW_STATES && strcmp(states[i], words))
		i++;
	return i;
}

static __u8 proto_of(enum ng_flow_state state, int family)
{
	if (state == NG_FLOW_ICMP)
		return family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	return state >= NG_FLOW_UDP ? IPPROTO_UDP : IPPROTO_TCP;
}

static __u64 ticks_ago(__u64 seconds)
{
	return ng_flow_tick(ng_clock_monotonic() - seconds * NG_NS_PER_SECOND);
}

int main(int argc, char **argv)
{
	struct ng_flow_table table = { 0 };
	struct ng_state *state = NULL;
	struct ng_error err = { 0 };
	enum ng_flow_state words;
	int family, result;

	if (argc != 6 || (words = state_of(argv[3])) == NG_FLOW_STATES)
		return fail("usage: flows N FAMILY STATE AGE IDLE", -EINVAL);
	family = atoi(argv[2]);
	result = ng_state_open(NG_ACCESS_READ, &state, &err);
	if (result)
		return fail(err.what, result);
	result = ng_flows_map(state, true, &table);
	if (result)
		return fail("flow table", result);
	for (long i = 0; i < atol(argv[1]); i++) {
		struct ng_flow_key key = {
			.from = { 0, 0xc0000201 },
			.to = { 0, 0xc6120000 + i },
			.ports = words == NG_FLOW_ICMP ? 53 << 16 | 53 : 40000U << 16 | 53,
			.proto = proto_of(words, family),
			.class = family == 4 ? NG_CLASS_IPV4 : NG_CLASS_IPV6,
			.begun = ticks_ago(atol(argv[4])),
		};

		if (family == 6) {
			key.from[0] = 0x20010db800000000;
			key.from[1] = 1;
			key.to[0] = 0x20010db800010000;
			key.to[1] = i;
		}
		ng_flow_put(&table, &key, ticks_ago(atol(argv[5])), words);
	}
	ng_flows_unmap(&table);
	ng_state_close(state);
	return 0;
}
