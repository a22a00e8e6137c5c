/* SPDX-License-Identifier: GPL-2.0-only */
/* The model's flows: docs/semantics.md, "established". There are no sockets here. */
#ifndef NG_TEST_MODEL_FLOWS_H
#define NG_TEST_MODEL_FLOWS_H

#include "layout/flow_state.h"
#include "model_read.h"

/**
 * struct model_flow - a flow as its first packet left
 * @from, @to: its addresses, network order
 * @sport, @dport: its ports; of an echo request both are the identifier
 * @seen:   tick of its last packet
 */
struct model_flow {
	uint64_t family;
	uint8_t from[16], to[16];
	uint8_t proto;
	uint16_t sport, dport;
	enum ng_flow_state state;
	uint64_t seen;
};

struct model_flows {
	struct model_flow *list;
	size_t n;
};

/**
 * model_flow_answered_by() - the flow that an incoming packet would belong to
 * @quoted: set to whether it is an ICMP error, which quotes a packet of that flow
 *
 * Return: false: it can belong to none. State and time of *@flow are not set.
 */
bool model_flow_answered_by(const struct packet *packet, struct model_flow *flow, bool *quoted);

/** model_flow_is_over() - is its time over at @tick? */
bool model_flow_is_over(const struct model_flow *flow, const struct ng_flow_rules *rules,
			uint64_t tick);

/** model_flows_put() - add or replace; 0 or -ENOMEM */
int model_flows_put(struct model_flows *flows, const struct model_flow *flow);
void model_flows_clear(struct model_flows *flows);

/** model_is_established() - look an incoming packet up at @tick, which prolongs its flow */
bool model_is_established(struct model_flows *flows, const struct ng_flow_rules *rules,
			  const struct packet *packet, uint64_t tick);

/** model_note() - a packet left at @tick */
void model_note(struct model_flows *flows, const struct ng_flow_rules *rules,
		const struct packet *packet, uint64_t tick);

#endif
