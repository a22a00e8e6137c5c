// SPDX-License-Identifier: GPL-2.0-only
#include "packet/suppose.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>

#include "base/clock.h"
#include "kernel/maps/flow_table.h"
#include "net/frame.h"

/* Of the test run; any but 0, which is the kernel's clock. */
#define NOW (3600 * NG_NS_PER_SECOND)

#define ECHO_ID 4 /* RFC 792, RFC 4443 section 4.2 */

static uint32_t read_port(const struct ng_frame_fields *fields, unsigned int shift)
{
	return fields->key[NG_WORD_LANES] >> shift & 0xffff;
}

/* The ports of the packet that @frame answers: its own the other way round. */
static bool find_ports(const uint8_t *frame, size_t len, const struct ng_frame_fields *fields,
		       uint32_t *ports)
{
	size_t id = fields->headers + ECHO_ID;

	if (fields->key[NG_WORD_BITS] & NG_BIT_HAS_PORTS) {
		*ports = read_port(fields, NG_LANE_DPORT_SHIFT) << 16 |
			 read_port(fields, NG_LANE_SPORT_SHIFT);
		return true;
	}
	if (!(fields->key[NG_WORD_BITS] & NG_BIT_HAS_ICMP_TYPE) || id + 2 > len)
		return false;
	*ports = (frame[id] << 8 | frame[id + 1]) * 0x10001U;
	return true;
}

static enum ng_flow_state state_of(uint8_t proto)
{
	if (proto == IPPROTO_TCP)
		return NG_FLOW_TCP_ESTABLISHED;
	return proto == IPPROTO_UDP ? NG_FLOW_UDP_STREAM : NG_FLOW_ICMP;
}

int ng_suppose_established(struct ng_runner *runner, const void *frame, size_t len)
{
	struct ng_frame_bytes bytes = { .data = frame, .captured = len, .length = len };
	struct ng_flow_table table = { 0 };
	struct ng_flow_key flow = { 0 };
	struct ng_frame_fields fields;
	int result;

	ng_frame_read(&bytes, &fields);
	if (fields.class == NG_CLASS_OTHER || !find_ports(frame, len, &fields, &flow.ports))
		return 0;
	for (int i = 0; i < 2; i++) {
		flow.from[i] = fields.key[NG_WORD_DADDR_HI + i];
		flow.to[i] = fields.key[NG_WORD_SADDR_HI + i];
	}
	flow.proto = fields.key[NG_WORD_BITS] >> NG_BIT_PROTO_SHIFT;
	flow.class = fields.class;
	flow.begun = ng_flow_tick(NOW);
	result = ng_flows_map(ng_runner_state(runner), true, &table);
	if (result)
		return result == -ENOENT ? 0 : result;
	ng_flow_put(&table, &flow, flow.begun, state_of(flow.proto));
	ng_flows_unmap(&table);
	ng_runner_set_now(runner, NOW);
	return 0;
}
