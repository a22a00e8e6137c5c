// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "random_domain.h"
#include "random_ruleset.h"
#include "random_value.h"
#include "rules/fields.h"
#include "rules/flow_settings.h"
#include "rules/parse.h"
#include "rules/messages.h"

#define RULES_MAX      40
#define LONG_SET       1000
#define CONDITIONS_MAX 4
#define SETS	       RANDOM_RULE_SETS

static const char *some_verdict(struct random *random)
{
	static const char *const verdicts[] = { "pass", "pass",	 "drop", "drop",
						"drop", "count", "limit" };

	return RANDOM_OF(random, verdicts);
}

/*
 * Rates whose packets, or bytes, take a number of steps without a remainder (layout/limit.h): so
 * the program is exactly as docs/semantics.md says. Tables have room for every address.
 */
static void put_limit(FILE *out, struct random *random)
{
	static const char *const rates[] = { "15625/s", "78125/s", "5859375/m", "390625/s" };
	static const char *const pers[] = { "source", "destination", "source/24", "source/16,48",
					    "destination/20,128" };
	bool bits = random_percent(random, 25);

	fprintf(out, " %s", bits ? "7812500bit" : RANDOM_OF(random, rates));
	if (random_percent(random, 90))
		fprintf(out, " burst %u",
			(unsigned int)(bits ? random_between(random, 1, 6000)
					    : random_between(random, 1, 6)));
	if (random_percent(random, 50))
		fprintf(out, " per %s table 4k", RANDOM_OF(random, pers));
}

/* ---- values ---------------------------------------------------------------------------- */

static void put_prefix(FILE *out, struct random *random)
{
	bool ipv6 = random_percent(random, 50);
	static const uint8_t lengths4[] = { 0, 1, 8, 24, 25, 31, 32, 32, 32 };
	static const uint8_t lengths6[] = { 0, 1, 10, 32, 64, 65, 127, 128, 128, 128 };
	unsigned int len = ipv6 ? RANDOM_OF(random, lengths6) : RANDOM_OF(random, lengths4);
	char text[INET6_ADDRSTRLEN];
	uint8_t addr[16];

	if (ipv6)
		memcpy(addr, RANDOM_OF(random, domain_ipv6), 16);
	else
		memcpy(addr, RANDOM_OF(random, domain_ipv4), 4);
	for (unsigned int bit = len; bit < (ipv6 ? 128 : 32); bit++)
		addr[bit / 8] &= ~(0x80 >> bit % 8);
	inet_ntop(ipv6 ? AF_INET6 : AF_INET, addr, text, sizeof(text));
	fprintf(out, "%s/%u", text, len);
}

/* Close to each other, so that some nest, some touch, and frames match them. */
static void put_neighbour(FILE *out, struct random *random)
{
	if (random_percent(random, 50))
		fprintf(out, "10.%u.%u.%u", (unsigned int)random_below(random, 4),
			(unsigned int)random_below(random, 256),
			(unsigned int)random_below(random, 256));
	else
		fprintf(out, "2001:db8::%x:%x", (unsigned int)random_below(random, 4),
			(unsigned int)random_below(random, 65536));
}

static void put_prefixes(FILE *out, struct random *random, size_t n)
{
	fputs("{ ", out);
	for (size_t i = 0; i < n; i++) {
		if (i)
			fputs(", ", out);
		if (i < 4)
			put_prefix(out, random);
		else
			put_neighbour(out, random);
	}
	fputs(" }", out);
}

static void put_address(FILE *out, struct random *random)
{
	switch (random_below(random, 10)) {
	case 0:
		fputs("any", out);
		break;
	case 1:
		put_prefixes(out, random, random_between(random, 1, 4));
		break;
	case 2:
	case 3:
		fprintf(out, "@set%u", (unsigned int)random_below(random, SETS));
		break;
	case 4:
		/* Not too often: in a ruleset that names @blocked it does not come before the
		 * rules. */
		fputs(random_percent(random, 20) ? "@" NG_BLOCKED : "@set0", out);
		break;
	default:
		put_prefix(out, random);
	}
}

static void put_number(FILE *out, const struct ng_field_info *info, uint64_t value, bool hex)
{
	if (hex)
		fprintf(out, "0x%0*" PRIx64, info->hex ? (int)info->hex : 2, value);
	else
		fprintf(out, "%" PRIu64, value);
}

/* One to three numbers and ranges, separated by commas. */
static void put_numbers(FILE *out, struct random *random, enum ng_field field)
{
	const struct ng_field_info *info = &ng_fields[field];
	bool hex = info->reads_hex && random_percent(random, 50);
	size_t n = random_percent(random, 60) ? 1 : random_between(random, 2, 3);

	for (size_t i = 0; i < n; i++) {
		uint64_t lo = random_value(random, field), hi = random_value(random, field);

		if (i)
			fputc(',', out);
		put_number(out, info, lo, hex);
		if (lo >= hi || !random_percent(random, 40))
			continue;
		fputc('-', out);
		put_number(out, info, hi, hex);
	}
}

static void put_proto(FILE *out, struct random *random)
{
	static const char *const names[] = { "tcp", "udp",     "icmp", "icmpv6", "sctp",
					     "gre", "tcp,udp", "esp",  "ah",	 "dccp" };

	if (random_percent(random, 50))
		fprintf(out, "%s", RANDOM_OF(random, names));
	else
		put_numbers(out, random, NG_FIELD_PROTO);
}

void random_put_flag_names(FILE *out, unsigned int flags)
{
	static const char *const names[] = {
		"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"
	};
	const char *comma = "";

	if (!flags)
		fputs("none", out);
	for (int i = 0; i < 8; i++) {
		if (!(flags >> i & 1))
			continue;
		fprintf(out, "%s%s", comma, names[i]);
		comma = ",";
	}
}

static void put_flags(FILE *out, struct random *random)
{
	static const uint8_t masks[] = { 0x02, 0x12, 0x10, 0x17, 0x3f, 0xff, 0xc0 };
	unsigned int mask = RANDOM_OF(random, masks);

	random_put_flag_names(out, random_next(random) & mask);
	fputc('/', out);
	random_put_flag_names(out, mask);
}

static void put_icmp_type(FILE *out, struct random *random)
{
	size_t n = random_between(random, 1, 3);

	if (random_percent(random, 20)) {
		unsigned int a = RANDOM_OF(random, domain_icmp_type);
		unsigned int b = RANDOM_OF(random, domain_icmp_type);

		fprintf(out, "%u-%u", a < b ? a : b, a < b ? b : a);
		return;
	}
	/* A code beside its own type, or inside a range: the list still requires one. */
	if (random_percent(random, 30)) {
		unsigned int type = RANDOM_OF(random, domain_icmp_type);

		fprintf(out, "%u-%u,%u/%u,", type, type + (type < 250 ? 5 : 0), type,
			RANDOM_OF(random, domain_icmp_code));
	}
	for (size_t i = 0; i < n; i++) {
		fprintf(out, "%s%u", i ? "," : "", RANDOM_OF(random, domain_icmp_type));
		if (random_percent(random, 60))
			fprintf(out, "/%u", RANDOM_OF(random, domain_icmp_code));
	}
}

static void put_vlan(FILE *out, struct random *random)
{
	static const char *const words[] = { "any", "none" };

	if (random_percent(random, 40))
		fputs(RANDOM_OF(random, words), out);
	else
		put_numbers(out, random, NG_FIELD_VLAN);
}

static void put_ether(FILE *out, struct random *random)
{
	const uint8_t *mac = RANDOM_OF(random, domain_ether);

	fprintf(out, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
		mac[5]);
}

/* ---- conditions ------------------------------------------------------------------------ */

static void put_value(FILE *out, struct random *random, enum ng_field field)
{
	static const char *const fragments[] = { "no", "first", "later", "any", "first,later" };

	switch (ng_fields[field].kind) {
	case NG_VALUE_ADDRESS:
		put_address(out, random);
		break;
	case NG_VALUE_FLAGS:
		put_flags(out, random);
		break;
	case NG_VALUE_ICMP:
		put_icmp_type(out, random);
		break;
	case NG_VALUE_ETHER:
		put_ether(out, random);
		break;
	case NG_VALUE_NUMBER:
		if (field == NG_FIELD_PROTO)
			put_proto(out, random);
		else if (field == NG_FIELD_VLAN)
			put_vlan(out, random);
		else if (field == NG_FIELD_FRAGMENT)
			fputs(RANDOM_OF(random, fragments), out);
		else
			put_numbers(out, random, field);
		break;
	case NG_VALUE_BOOL:
	case NG_VALUE_NONE:
		break;
	}
}

static void put_condition(FILE *out, struct random *random, enum ng_field field)
{
	static const char *const bare[] = { "tcp", "udp", "icmp", "icmpv6", "sctp", "udplite" };
	const char *keyword = ng_fields[field].keyword;

	fputc(' ', out);
	if (field == NG_FIELD_FAMILY) {
		fputs(random_percent(random, 50) ? "ipv4" : "ipv6", out);
	} else if (ng_fields[field].kind == NG_VALUE_NONE) {
		fputs(keyword, out);
	} else if (ng_fields[field].kind == NG_VALUE_BOOL) {
		fprintf(out, "%s%s", keyword, random_percent(random, 50) ? " no" : "");
	} else if (field == NG_FIELD_PROTO && random_percent(random, 60)) {
		fputs(RANDOM_OF(random, bare), out);
	} else {
		fprintf(out, "%s %s", keyword, random_percent(random, 20) ? "not " : "");
		put_value(out, random, field);
	}
}

/* A protocol for a field that only some protocols have; NULL: none. */
static const char *some_proto_for(struct random *random, enum ng_field field)
{
	static const char *const icmp[] = { "icmp", "icmpv6" };
	static const char *const with_ports[] = { "tcp", "udp", "sctp", "dccp", "udplite" };

	if (random_percent(random, 40))
		return NULL;
	switch (field) {
	case NG_FIELD_FLAGS:
		return "tcp";
	case NG_FIELD_ICMP_TYPE:
		return RANDOM_OF(random, icmp);
	case NG_FIELD_SPORT:
	case NG_FIELD_DPORT:
	case NG_FIELD_PORT:
		return RANDOM_OF(random, with_ports);
	default:
		return NULL;
	}
}

void random_until(FILE *out, struct random *random)
{
	if (random_percent(random, 5))
		fprintf(out, " until %s-01-01T00:00:00Z",
			random_percent(random, 50) ? "2001" : "2100");
}

void random_rule_text(FILE *out, struct random *random, const char *verdict)
{
	size_t n = random_percent(random, 2) ? 0 : random_between(random, 1, CONDITIONS_MAX);
	bool used[NG_FIELDS] = { false };

	if (!verdict)
		verdict = some_verdict(random);
	fputs(verdict, out);
	if (!strcmp(verdict, "limit"))
		put_limit(out, random);
	if (random_percent(random, 45))
		fputs(random_percent(random, 80) ? " out" : " in", out);
	if (random_percent(random, 10))
		fprintf(out, " on %s", RANDOM_OF(random, domain_iface));
	for (size_t i = 0; i < n; i++) {
		enum ng_field field = random_below(random, NG_FIELDS);
		const char *proto = some_proto_for(random, field);

		if (used[field])
			continue;
		used[field] = true;
		if (proto && !used[NG_FIELD_PROTO]) {
			used[NG_FIELD_PROTO] = true;
			fprintf(out, " %s", proto);
		}
		put_condition(out, random, field);
	}
	if (random_percent(random, 5))
		fputs(random_percent(random, 50) ? " log" : " log 10/s", out);
	if (random_percent(random, 5))
		fprintf(out, " label \"no. %u\"", (unsigned int)random_below(random, 1000));
	random_until(out, random);
}

/* ---- rulesets -------------------------------------------------------------------------- */

static void put_head(FILE *out, struct random *random)
{
	if (random_percent(random, 50))
		fprintf(out, "default %s\n", random_percent(random, 50) ? "drop" : "pass");
	if (random_percent(random, 50))
		fprintf(out, "default out %s\n", random_percent(random, 50) ? "drop" : "pass");
	if (random_percent(random, 30))
		fprintf(out, "default invalid %s\n", random_percent(random, 70) ? "pass" : "drop");
	/* Enough that none is replaced, and few enough to go through in no time. */
	fputs("default flows 8k\n", out);
	if (random_percent(random, 30))
		fprintf(out, "default timeout %s %us\n",
			ng_flow_state_words(random_below(random, NG_FLOW_STATES)),
			(unsigned int)random_between(random, 1, 1000));
	for (int i = 0; i < SETS; i++) {
		bool long_one = random_percent(random, 10);

		fprintf(out, "set set%d ", i);
		put_prefixes(out, random, random_between(random, 1, long_one ? LONG_SET : 4));
		fputc('\n', out);
	}
}

static int parse(const char *text, struct ng_ruleset **ruleset, struct ng_error *err)
{
	struct ng_messages messages = { 0 };
	int ret = ng_parse_text(text, strlen(text), "random", NULL, NULL, ruleset, &messages);

	for (size_t i = 0; ret && i < messages.n; i++)
		if (!messages.list[i].warning)
			*err = messages.list[i].error;
	ng_messages_clear(&messages);
	return ret;
}

/* Keep only rules that are valid by themselves; @head has the sets that they may name. */
static size_t put_rules(FILE *out, struct random *random, const struct ng_ruleset *head)
{
	size_t n = random_between(random, 0, RULES_MAX);
	size_t refused = 0;

	for (size_t i = 0; i < n; i++) {
		__cleanup_free char *line = NULL;
		struct ng_rule rule;
		struct ng_error err;
		size_t len;
		FILE *one = open_memstream(&line, &len);

		if (!one)
			return refused;
		random_rule_text(one, random, NULL);
		fclose(one);
		if (ng_parse_rule(line, head, &rule, &err)) {
			refused++;
			continue;
		}
		ng_rule_clear(&rule);
		fprintf(out, "%s\n", line);
	}
	return refused;
}

int random_ruleset(struct random *random, char **text, struct ng_ruleset **ruleset, size_t *refused,
		   struct ng_error *err)
{
	__cleanup_free char *drawn = NULL;
	struct ng_ruleset *head = NULL;
	size_t len, left_out;
	FILE *out = open_memstream(&drawn, &len);
	int ret;

	if (!out)
		return -ENOMEM;
	put_head(out, random);
	fflush(out);
	ret = parse(drawn, &head, err);
	if (ret) {
		fclose(out);
		return ret;
	}
	left_out = put_rules(out, random, head);
	ng_ruleset_free(head);
	if (fclose(out))
		return -ENOMEM;
	ret = parse(drawn, ruleset, err);
	if (ret)
		return ret;
	*text = drawn;
	drawn = NULL;
	*refused += left_out;
	return 0;
}
