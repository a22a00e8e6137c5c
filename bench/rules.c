// SPDX-License-Identifier: GPL-2.0-only
#include "rules.h"

#include <stdlib.h>

void bench_rules_clear(struct bench_rules *rules)
{
	free(rules->list);
	*rules = (struct bench_rules){ 0 };
}

/* The first @len of 64 bits. */
static uint64_t mask64(unsigned int len)
{
	return len ? ~0ULL << (64 - len) : 0;
}

struct bench_address bench_mask(int family, unsigned int len)
{
	if (family == 4)
		return (struct bench_address){ 0, mask64(len) >> 32 };
	if (len <= 64)
		return (struct bench_address){ mask64(len), 0 };
	return (struct bench_address){ ~0ULL, mask64(len - 64) };
}

bool bench_has_ports(int proto)
{
	return proto == BENCH_TCP || proto == BENCH_UDP || proto == BENCH_SCTP || proto == 33 ||
	       proto == 136;
}

bool bench_is_icmp(int family, int proto)
{
	return proto == (family == 4 ? BENCH_ICMP : BENCH_ICMPV6);
}

void bench_address_print(int family, struct bench_address address, FILE *out)
{
	if (family == 4) {
		for (int shift = 24; shift >= 0; shift -= 8)
			fprintf(out, "%d%s", (int)(address.lo >> shift & 255), shift ? "." : "");
		return;
	}
	for (int shift = 112; shift >= 0; shift -= 16) {
		uint64_t half = shift >= 64 ? address.hi : address.lo;

		fprintf(out, "%x%s", (unsigned int)(half >> shift % 64 & 0xffff), shift ? ":" : "");
	}
}

static void print_prefix(const char *word, int family, struct bench_address address, int len,
			 FILE *out)
{
	if (!len)
		return;
	fprintf(out, " %s ", word);
	bench_address_print(family, address, out);
	fprintf(out, "/%d", len);
}

static void print_ports(const char *word, const uint16_t ports[2], FILE *out)
{
	if (ports[0] == 0 && ports[1] == BENCH_PORT_MAX)
		return;
	if (ports[0] == ports[1])
		fprintf(out, " %s %d", word, ports[0]);
	else
		fprintf(out, " %s %d-%d", word, ports[0], ports[1]);
}

static void print_flag_names(uint8_t flags, FILE *out)
{
	static const char *const names[] = {
		"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr",
	};
	const char *between = "";

	for (int i = 0; i < 8; i++) {
		if (!(flags & 1 << i))
			continue;
		fprintf(out, "%s%s", between, names[i]);
		between = ",";
	}
	if (!flags)
		fputs("none", out);
}

static void print_flags(int family, const struct bench_rule *rule, FILE *out)
{
	if (!rule->flags_mask)
		return;
	if (bench_is_icmp(family, rule->proto)) {
		fprintf(out, " icmp-type %d", rule->flags);
		return;
	}
	fputs(" flags ", out);
	print_flag_names(rule->flags, out);
	fputc('/', out);
	print_flag_names(rule->flags_mask, out);
}

static void print_rule(int family, const struct bench_rule *rule, FILE *out)
{
	fputs(rule->pass ? "pass" : "drop", out);
	if (!rule->src_len && !rule->dst_len)
		fprintf(out, " ipv%d", family);
	if (rule->proto != BENCH_PROTO_ANY)
		fprintf(out, " proto %d", rule->proto);
	print_prefix("from", family, rule->src, rule->src_len, out);
	print_prefix("to", family, rule->dst, rule->dst_len, out);
	print_ports("sport", rule->sport, out);
	print_ports("dport", rule->dport, out);
	print_flags(family, rule, out);
	fputc('\n', out);
}

void bench_rules_print(const struct bench_rules *rules, FILE *out)
{
	fputs("default pass\n", out);
	for (size_t i = 0; i < rules->n; i++)
		print_rule(rules->family, &rules->list[i], out);
}
