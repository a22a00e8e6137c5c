// SPDX-License-Identifier: GPL-2.0-only
#include "commands/explain/described.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>

#include "base/cleanup.h"
#include "net/frame.h"
#include "packet/headers.h"
#include "rules/fields.h"
#include "rules/parse.h"
#include "rules/print.h"

#define ALL_FLAGS "/fin,syn,rst,psh,ack,urg,ece,cwr"

/* The lowest ephemeral port (RFC 6335 section 6), to a server. */
#define ASSUMED_SPORT 49152
#define ASSUMED_DPORT 80
#define ASSUMED_TTL   64
#define MAC_FROM      0x020000000001
#define MAC_TO	      0x020000000002

#define ETHER_PAYLOAD_MIN 46	     /* IEEE 802.3 section 4A.4.2 */
#define LATER_OFFSET	  (1480 / 8) /* of the second fragment, where the MTU is 1500 */
#define IPV4_MAX	  65535

/* ---- words ----------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The end of a list, whose commas may have blanks around them. */
static const char *skip_list(const char *at)
{
	const char *next;

	for (;;) {
		at += strcspn(at, " \t,/");
		next = at + strspn(at, " \t");
		if (*next != ',')
			return *next == '/' ? next : at;
		at = next + strspn(next, " \t,");
	}
}

/* The end of the value of `flags` if it has no mask, else NULL. */
static const char *find_bare_flags(const char *text)
{
	const char *at = text;

	while ((at = strstr(at, "flags"))) {
		bool begins = at == text || is_blank(at[-1]);

		at += strlen("flags");
		if (!begins || !is_blank(*at))
			continue;
		at = skip_list(at + strspn(at, " \t"));
		return *at == '/' ? NULL : at;
	}
	return NULL;
}

static int parse(const char *text, const struct ng_ruleset *ruleset, struct ng_rule *rule,
		 struct ng_error *err)
{
	const char *bare = find_bare_flags(text);
	size_t before = bare ? (size_t)(bare - text) : strlen(text);
	__cleanup_free char *line = NULL;
	unsigned int column;
	int ret;

	if (asprintf(&line, "%.*s%s%s", (int)before, text, bare ? ALL_FLAGS : "", text + before) <
	    0) {
		line = NULL;
		return -ENOMEM;
	}
	ret = ng_parse_conditions(line, "packet", "count", ruleset, rule, err);
	if (ret && bare && sscanf(err->where, "packet:1:%u", &column) == 1 && column > before)
		snprintf(err->where, sizeof(err->where), "packet:1:%zu",
			 column - strlen(ALL_FLAGS));
	return ret;
}

static bool is_single(const struct ng_condition *condition)
{
	const struct ng_range *range = condition->ranges;
	const struct ng_prefix *prefix = condition->prefixes;

	if (condition->negated)
		return false;
	switch (ng_fields[condition->field].kind) {
	case NG_VALUE_ADDRESS:
		return condition->n_prefixes == 1 &&
		       prefix->len == (prefix->family == 4 ? 32 : 128);
	case NG_VALUE_FLAGS:
		return true;
	case NG_VALUE_ICMP:
		return condition->n_ranges == 1 &&
		       (range->lo == range->hi || range->hi - range->lo == 0xff);
	default:
		return condition->n_ranges == 1 && range->lo == range->hi;
	}
}

static int check_condition(const struct ng_rule *rule, const struct ng_condition *condition,
			   struct ng_error *err)
{
	__cleanup_free char *text = NULL;

	if (condition->field == NG_FIELD_INVALID) {
		ng_fail(err, -EINVAL, "'invalid' does not say what is invalid");
		return ng_hint(err, -EINVAL, "give such a frame with --hex or --capture");
	}
	if (condition->field != NG_FIELD_PORT && is_single(condition))
		return 0;
	text = ng_condition_text(rule, condition);
	ng_fail(err, -EINVAL, "'%.200s' is more than one value, and a packet has one",
		text ? text : "");
	if (condition->field == NG_FIELD_PORT)
		return ng_hint(err, -EINVAL, "write sport or dport");
	if (ng_fields[condition->field].kind == NG_VALUE_ADDRESS)
		return ng_hint(err, -EINVAL, "write an address, as in from 192.0.2.1");
	return -EINVAL;
}

static int check_said(const struct ng_rule *rule, struct ng_error *err)
{
	int ret = 0;

	if (rule->log || *rule->label || rule->until)
		return ng_fail(err, -EINVAL,
			       "log, label and until belong to a rule, not to a packet");
	for (size_t i = 0; !ret && i < rule->n_conditions; i++)
		ret = check_condition(rule, &rule->conditions[i], err);
	return ret;
}

/* ---- assumptions ----------------------------------------------------------------------- */

static const struct ng_condition *said(const struct ng_described *described, enum ng_field field)
{
	return ng_rule_condition(&described->said, field);
}

/* No effect if the field was given, or assumed before. */
static void assume(struct ng_described *described, enum ng_field field, uint64_t value)
{
	if (said(described, field) || described->assumed & 1U << field)
		return;
	described->values[field] = value;
	described->assumed |= 1U << field;
}

/* A value that follows from the words is not an assumption. */
static void imply(struct ng_described *described, enum ng_field field, uint64_t value)
{
	if (!said(described, field))
		described->values[field] = value;
}

static bool is_ip(const struct ng_described *described)
{
	uint64_t type = described->values[NG_FIELD_ETHERTYPE];

	return type == ETH_P_IP || type == ETH_P_IPV6;
}

static bool is_later(const struct ng_described *described)
{
	return described->values[NG_FIELD_FRAGMENT] == NG_FRAGMENT_LATER;
}

static bool is_icmp(const struct ng_described *described)
{
	uint64_t protocol = described->values[NG_FIELD_PROTO];

	return protocol ==
	       (described->values[NG_FIELD_FAMILY] == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

/* Bytes of the L4 header; unknown protocols get as many as ICMP. */
static size_t l4_size(const struct ng_described *described)
{
	uint64_t protocol = described->values[NG_FIELD_PROTO];

	if (is_later(described))
		return 8;
	if (protocol == IPPROTO_TCP)
		return sizeof(struct tcphdr);
	return protocol == IPPROTO_SCTP || protocol == IPPROTO_DCCP ? 12 : 8;
}

/* The family that the words imply; 0: none. */
static unsigned int find_family(const struct ng_described *described)
{
	const struct ng_condition *type = said(described, NG_FIELD_ETHERTYPE);
	const struct ng_condition *proto = said(described, NG_FIELD_PROTO);
	const struct ng_condition *from = said(described, NG_FIELD_FROM);
	const struct ng_condition *to = said(described, NG_FIELD_TO);
	unsigned int families = ~0U;

	if (said(described, NG_FIELD_FAMILY))
		return described->values[NG_FIELD_FAMILY];
	for (size_t i = 0; i < described->said.n_conditions; i++)
		families &= ng_field_families(described->said.conditions[i].field);
	if (families == NG_FAMILY_IPV4 || families == NG_FAMILY_IPV6)
		return families == NG_FAMILY_IPV4 ? 4 : 6;
	if (from || to)
		return (from ? from : to)->prefixes->family;
	if (type)
		return type->ranges->lo == ETH_P_IPV6 ? 6 : 4;
	if (proto && proto->ranges->lo == IPPROTO_ICMP)
		return 4;
	return proto && proto->ranges->lo == IPPROTO_ICMPV6 ? 6 : 0;
}

/* Documentation addresses of RFC 5737 and RFC 3849. */
static void choose_addresses(struct ng_described *described, unsigned int family)
{
	static const struct ng_prefix chosen[][2] = {
		{ { .addr = { 198, 51, 100, 1 }, .family = 4, .len = 32 },
		  { .addr = { 192, 0, 2, 1 }, .family = 4, .len = 32 } },
		{ { .addr = { 0x20, 1, 0x0d, 0xb8, [15] = 2 }, .family = 6, .len = 128 },
		  { .addr = { 0x20, 1, 0x0d, 0xb8, [15] = 1 }, .family = 6, .len = 128 } },
	};
	const struct ng_condition *from = said(described, NG_FIELD_FROM);
	const struct ng_condition *to = said(described, NG_FIELD_TO);

	described->from = from ? *from->prefixes : chosen[family == 6][0];
	described->to = to ? *to->prefixes : chosen[family == 6][1];
	assume(described, NG_FIELD_FROM, 0);
	assume(described, NG_FIELD_TO, 0);
}

static void choose_protocol(struct ng_described *described, unsigned int family)
{
	if (said(described, NG_FIELD_FLAGS))
		imply(described, NG_FIELD_PROTO, IPPROTO_TCP);
	else if (said(described, NG_FIELD_ICMP_TYPE))
		imply(described, NG_FIELD_PROTO, family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	else
		assume(described, NG_FIELD_PROTO, IPPROTO_TCP);
}

static void choose_l4(struct ng_described *described)
{
	uint64_t protocol = described->values[NG_FIELD_PROTO];

	if (is_later(described))
		return;
	if (ng_protocol_has_ports(protocol)) {
		assume(described, NG_FIELD_SPORT, ASSUMED_SPORT);
		assume(described, NG_FIELD_DPORT, ASSUMED_DPORT);
	}
	if (protocol == IPPROTO_TCP)
		assume(described, NG_FIELD_FLAGS, TH_SYN);
	if (is_icmp(described))
		assume(described, NG_FIELD_ICMP_TYPE, protocol == IPPROTO_ICMP ? 8 << 8 : 128 << 8);
}

/* Hosts accept discovery only with these (RFC 4861 section 6.1, RFC 2710 section 3). */
static uint64_t usual_ttl(const struct ng_described *described)
{
	uint64_t type = described->values[NG_FIELD_ICMP_TYPE] >> 8;

	if (described->values[NG_FIELD_PROTO] != IPPROTO_ICMPV6)
		return ASSUMED_TTL;
	if (type >= 133 && type <= 137)
		return 255;
	return (type >= 130 && type <= 132) || type == 143 ? 1 : ASSUMED_TTL;
}

static uint16_t fragment_word(const struct ng_described *described)
{
	switch (described->values[NG_FIELD_FRAGMENT]) {
	case NG_FRAGMENT_FIRST:
		return IP_MF;
	case NG_FRAGMENT_LATER:
		return LATER_OFFSET;
	default:
		return 0;
	}
}

/* @payload: bytes after the IP header */
static struct ng_ip ip_of(const struct ng_described *described, size_t payload)
{
	return (struct ng_ip){
		.from = &described->from,
		.to = &described->to,
		.protocol = described->values[NG_FIELD_PROTO],
		.fragment = fragment_word(described),
		.payload = payload,
		.values = described->values,
	};
}

static size_t headers_size(const struct ng_described *described)
{
	struct ng_ip ip = ip_of(described, 0);

	return ng_ip_size(&ip) + l4_size(described);
}

static void choose_ip(struct ng_described *described, unsigned int family)
{
	choose_addresses(described, family);
	assume(described, NG_FIELD_FRAGMENT, NG_FRAGMENT_NO);
	choose_protocol(described, family);
	choose_l4(described);
	assume(described, NG_FIELD_TTL, usual_ttl(described));
	assume(described, NG_FIELD_ESTABLISHED, 0);
	if (family == 4)
		assume(described, NG_FIELD_DF,
		       described->values[NG_FIELD_FRAGMENT] == NG_FRAGMENT_NO);
	assume(described, NG_FIELD_LENGTH, headers_size(described));
	for (enum ng_field field = 0; field < NG_FIELDS; field++)
		if (ng_header_has(family, field))
			assume(described, field, 0);
}

static void choose(struct ng_described *described)
{
	unsigned int family = find_family(described);

	if (family)
		imply(described, NG_FIELD_FAMILY, family);
	else
		assume(described, NG_FIELD_FAMILY, family = 4);
	imply(described, NG_FIELD_ETHERTYPE, family == 4 ? ETH_P_IP : ETH_P_IPV6);
	assume(described, NG_FIELD_VLAN, NG_VLAN_NONE);
	assume(described, NG_FIELD_ETHER_FROM, MAC_FROM);
	assume(described, NG_FIELD_ETHER_TO, MAC_TO);
	if (is_ip(described))
		choose_ip(described, family);
}

int ng_described_read(const char *text, const struct ng_ruleset *ruleset,
		      struct ng_described *described, struct ng_error *err)
{
	struct ng_described read = { 0 };
	int ret = parse(text, ruleset, &read.said, err);

	if (ret)
		return ret;
	ret = check_said(&read.said, err);
	if (ret) {
		ng_rule_clear(&read.said);
		return ret;
	}
	for (size_t i = 0; i < read.said.n_conditions; i++) {
		const struct ng_condition *condition = &read.said.conditions[i];

		if (condition->field == NG_FIELD_FLAGS)
			read.values[condition->field] = condition->flags_value;
		else if (condition->n_ranges)
			read.values[condition->field] = condition->ranges->lo;
	}
	choose(&read);
	*described = read;
	return 0;
}

/* ---- the frame ------------------------------------------------------------------------- */

static uint8_t *put_ether(uint8_t *at, const struct ng_described *described)
{
	uint16_t tag = described->values[NG_FIELD_VLAN];
	uint8_t to[ETH_ALEN], from[ETH_ALEN];

	for (int i = 0; i < ETH_ALEN; i++) {
		to[i] = described->values[NG_FIELD_ETHER_TO] >> (40 - 8 * i);
		from[i] = described->values[NG_FIELD_ETHER_FROM] >> (40 - 8 * i);
	}
	return ng_put_ether(at, to, from, &tag, tag != NG_VLAN_NONE,
			    described->values[NG_FIELD_ETHERTYPE]);
}

/* @at is zeros; @size: of header and payload */
static void put_l4(uint8_t *at, const struct ng_described *described, size_t size)
{
	const uint64_t *values = described->values;
	uint16_t ports[] = { htons(values[NG_FIELD_SPORT]), htons(values[NG_FIELD_DPORT]) };
	uint16_t length = htons(size);

	if (is_later(described))
		return;
	if (ng_protocol_has_ports(values[NG_FIELD_PROTO]))
		memcpy(at, ports, sizeof(ports));
	if (values[NG_FIELD_PROTO] == IPPROTO_TCP) {
		at[12] = sizeof(struct tcphdr) / 4 << 4;
		at[13] = values[NG_FIELD_FLAGS];
	} else if (values[NG_FIELD_PROTO] == IPPROTO_UDP) {
		memcpy(at + 4, &length, sizeof(length));
	} else if (is_icmp(described)) {
		at[0] = values[NG_FIELD_ICMP_TYPE] >> 8;
		at[1] = values[NG_FIELD_ICMP_TYPE];
	}
}

int ng_described_frame(const struct ng_described *described, uint8_t frame[NG_DESCRIBED_FRAME_MAX],
		       size_t *len, struct ng_error *err)
{
	size_t length = described->values[NG_FIELD_LENGTH], least;
	uint8_t *at;
	struct ng_ip ip;

	memset(frame, 0, NG_DESCRIBED_FRAME_MAX);
	at = put_ether(frame, described);
	if (!is_ip(described)) {
		*len = at - frame + ETHER_PAYLOAD_MIN;
		return 0;
	}
	least = headers_size(described);
	if (length < least)
		return ng_fail(err, -EINVAL, "length %zu is too short: the headers take %zu bytes",
			       length, least);
	if (described->from.family == 4 && length > IPV4_MAX)
		return ng_fail(err, -EINVAL, "length %zu is too long for IPv4: at most %d", length,
			       IPV4_MAX);
	ip = ip_of(described, 0);
	ip.payload = length - ng_ip_size(&ip);
	at = ng_put_ip(at, &ip);
	put_l4(at, described, ip.payload);
	*len = at - frame + ip.payload;
	return 0;
}

static bool is_as_said(const struct ng_condition *words, const struct ng_condition *read)
{
	if (!read)
		return false;
	if (words->field == NG_FIELD_FLAGS)
		return (read->flags_value & words->flags_mask) == words->flags_value;
	if (words->n_prefixes)
		return !memcmp(words->prefixes, read->prefixes, sizeof(*words->prefixes));
	return read->ranges->lo >= words->ranges->lo && read->ranges->hi <= words->ranges->hi;
}

int ng_described_check(const struct ng_described *described, const struct ng_rule *reading,
		       struct ng_error *err)
{
	const struct ng_rule *rule = &described->said;

	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct ng_condition *condition = &rule->conditions[i];
		__cleanup_free char *text = NULL;

		if (is_as_said(condition, ng_rule_condition(reading, condition->field)))
			continue;
		text = ng_condition_text(rule, condition);
		return ng_fail(err, -EINVAL, "a packet with the other conditions has no '%.200s'",
			       text ? text : "");
	}
	return 0;
}
