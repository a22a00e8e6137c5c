// SPDX-License-Identifier: GPL-2.0-only
#include "model_flows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "layout/flows.h"

#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define ACK 0x10

enum { TCP = 6, UDP = 17 };

static uint16_t number16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static bool is_icmp(const struct packet *packet)
{
	return packet->icmp_type.known;
}

static bool is_ipv6(const struct packet *packet)
{
	return packet->family.value == 6;
}

/* Only a valid packet with its L4 header belongs to a flow. */
static bool can_belong(const struct packet *packet)
{
	return packet->family.known && packet->reason == NG_VALID && packet->proto.known &&
	       packet->fragment.value != NG_FRAGMENT_LATER;
}

/* The identifier of an echo message, whose header has to be in the frame. */
static bool read_echo(const struct packet *packet, struct model_flow *flow)
{
	if (packet->l4 + 8 > packet->len)
		return false;
	flow->sport = flow->dport = number16(packet->bytes + packet->l4 + 4);
	flow->proto = is_ipv6(packet) ? PROTO_ICMPV6 : PROTO_ICMP;
	return true;
}

static bool has_flow_ports(const struct packet *packet)
{
	if (packet->proto.value == TCP)
		return packet->flags.known;
	return packet->proto.value == UDP && packet->sport.known;
}

static bool is_error(const struct packet *packet)
{
	uint64_t type = packet->icmp_type.value;

	return is_ipv6(packet) ? type >= 1 && type <= 4 : type == 3 || type == 11 || type == 12;
}

/* The L4 header that an ICMP error quotes. */
static bool read_quoted_l4(const struct packet *packet, size_t at, struct model_flow *flow)
{
	const uint8_t *l4 = packet->bytes + at;

	if (at + 8 > packet->len)
		return false;
	if (flow->proto == TCP || flow->proto == UDP) {
		flow->sport = number16(l4);
		flow->dport = number16(l4 + 2);
		return true;
	}
	flow->sport = flow->dport = number16(l4 + 4);
	return is_ipv6(packet) ? flow->proto == PROTO_ICMPV6 && l4[0] == 128
			       : flow->proto == PROTO_ICMP && l4[0] == 8;
}

static bool read_quoted(const struct packet *packet, struct model_flow *flow)
{
	size_t at = packet->l4 + 8, size = is_ipv6(packet) ? 40 : 20;
	size_t alen = is_ipv6(packet) ? 16 : 4, addresses = is_ipv6(packet) ? 8 : 12;
	const uint8_t *ip = packet->bytes + at;

	if (at + size > packet->len || ip[0] >> 4 != packet->family.value)
		return false;
	if (!is_ipv6(packet)) {
		if (number16(ip + 6) & 0x1fff || (ip[0] & 15) < 5)
			return false;
		size = (ip[0] & 15) * 4;
	}
	flow->proto = ip[is_ipv6(packet) ? 6 : 9];
	memcpy(flow->from, ip + addresses, alen);
	memcpy(flow->to, ip + addresses + alen, alen);
	return !memcmp(flow->from, packet->destination, alen) &&
	       read_quoted_l4(packet, at + size, flow);
}

bool model_flow_answered_by(const struct packet *packet, struct model_flow *flow, bool *quoted)
{
	*flow = (struct model_flow){ .family = packet->family.value };
	*quoted = false;
	if (!can_belong(packet))
		return false;
	if (is_icmp(packet) && is_error(packet)) {
		*quoted = true;
		return read_quoted(packet, flow);
	}
	memcpy(flow->from, packet->destination, 16);
	memcpy(flow->to, packet->source, 16);
	if (is_icmp(packet))
		return packet->icmp_type.value == (is_ipv6(packet) ? 129 : 0) &&
		       read_echo(packet, flow);
	if (!has_flow_ports(packet))
		return false;
	flow->proto = packet->proto.value;
	flow->sport = packet->dport.value;
	flow->dport = packet->sport.value;
	return flow->proto == UDP || (packet->flags.value & (SYN | ACK)) != SYN;
}

/* The flow of a packet that leaves. */
static bool flow_of(const struct packet *packet, struct model_flow *flow)
{
	*flow = (struct model_flow){ .family = packet->family.value };
	if (!can_belong(packet))
		return false;
	memcpy(flow->from, packet->source, 16);
	memcpy(flow->to, packet->destination, 16);
	if (is_icmp(packet))
		return packet->icmp_type.value == (is_ipv6(packet) ? 128 : 8) &&
		       read_echo(packet, flow);
	if (!has_flow_ports(packet))
		return false;
	flow->proto = packet->proto.value;
	flow->sport = packet->sport.value;
	flow->dport = packet->dport.value;
	return true;
}

static bool same(const struct model_flow *a, const struct model_flow *b)
{
	return a->family == b->family && a->proto == b->proto && a->sport == b->sport &&
	       a->dport == b->dport && !memcmp(a->from, b->from, 16) && !memcmp(a->to, b->to, 16);
}

static struct model_flow *find(const struct model_flows *flows, const struct model_flow *like)
{
	for (size_t i = 0; i < flows->n; i++)
		if (same(&flows->list[i], like))
			return &flows->list[i];
	return NULL;
}

bool model_flow_is_over(const struct model_flow *flow, const struct ng_flow_rules *rules,
			uint64_t tick)
{
	return tick > flow->seen &&
	       tick - flow->seen > ng_flow_ticks_of(rules->timeouts[flow->state]);
}

int model_flows_put(struct model_flows *flows, const struct model_flow *flow)
{
	struct model_flow *place = find(flows, flow);

	if (!place) {
		place = reallocarray(flows->list, flows->n + 1, sizeof(*place));
		if (!place)
			return -ENOMEM;
		flows->list = place;
		place += flows->n++;
	}
	*place = *flow;
	return 0;
}

void model_flows_clear(struct model_flows *flows)
{
	free(flows->list);
	*flows = (struct model_flows){ 0 };
}

bool model_is_established(struct model_flows *flows, const struct ng_flow_rules *rules,
			  const struct packet *packet, uint64_t tick)
{
	struct model_flow like, *flow;
	bool quoted;

	if (!model_flow_answered_by(packet, &like, &quoted))
		return false;
	flow = find(flows, &like);
	if (!flow || model_flow_is_over(flow, rules, tick))
		return false;
	if (quoted)
		return true;
	flow->seen = tick;
	if (flow->state == NG_FLOW_TCP_SYN)
		flow->state =
			packet->flags.value & RST ? NG_FLOW_TCP_CLOSE : NG_FLOW_TCP_ESTABLISHED;
	else if (flow->state == NG_FLOW_UDP)
		flow->state = NG_FLOW_UDP_STREAM;
	return true;
}

static enum ng_flow_state state_after(const struct model_flow *flow, const struct packet *packet)
{
	uint64_t flags = packet->flags.value;

	if (flags & RST)
		return NG_FLOW_TCP_CLOSE;
	if (flags & FIN)
		return flow->state == NG_FLOW_TCP_CLOSE ? flow->state : NG_FLOW_TCP_FIN;
	return (flags & (SYN | ACK)) == SYN ? NG_FLOW_TCP_SYN : flow->state;
}

void model_note(struct model_flows *flows, const struct ng_flow_rules *rules,
		const struct packet *packet, uint64_t tick)
{
	struct model_flow new, *flow;

	if (!flow_of(packet, &new))
		return;
	flow = find(flows, &new);
	if (flow && !model_flow_is_over(flow, rules, tick)) {
		flow->seen = tick;
		if (flow->proto == TCP)
			flow->state = state_after(flow, packet);
		return;
	}
	if (new.proto == TCP && packet->flags.value &RST)
		return; /* begins none */
	new.seen = tick;
	new.state = new.proto == UDP	       ? NG_FLOW_UDP
		    : new.proto != TCP	       ? NG_FLOW_ICMP
		    : packet->flags.value &FIN ? NG_FLOW_TCP_FIN
					       : NG_FLOW_TCP_SYN;
	if (model_flows_put(flows, &new))
		abort();
}
