// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "rules.h"

/* Numbers as they stand in a line. */
struct line {
	unsigned int src[5], dst[5]; /* four bytes and the length */
	unsigned int sport[2], dport[2];
	unsigned int proto[2], flags[2]; /* value and mask */
};

static bool read_line(const char *text, struct line *l)
{
	return sscanf(text, "@%u.%u.%u.%u/%u %u.%u.%u.%u/%u %u : %u %u : %u %x/%x %x/%x",
		      &l->src[0], &l->src[1], &l->src[2], &l->src[3], &l->src[4], &l->dst[0],
		      &l->dst[1], &l->dst[2], &l->dst[3], &l->dst[4], &l->sport[0], &l->sport[1],
		      &l->dport[0], &l->dport[1], &l->proto[0], &l->proto[1], &l->flags[0],
		      &l->flags[1]) == 18 &&
	       l->src[4] <= 32 && l->dst[4] <= 32 && l->sport[1] <= BENCH_PORT_MAX &&
	       l->dport[1] <= BENCH_PORT_MAX && l->proto[0] <= 255;
}

static struct bench_address take_prefix(const unsigned int prefix[5])
{
	uint64_t address = prefix[0] << 24 | prefix[1] << 16 | prefix[2] << 8 | prefix[3];

	return (struct bench_address){ 0, address & bench_mask(4, prefix[4]).lo };
}

static bool is_any(const uint16_t ports[2])
{
	return ports[0] == 0 && ports[1] == BENCH_PORT_MAX;
}

/*
 * The upper byte of the 16 bits is byte 13 of a TCP header, or the type of an ICMP message.
 * Return: false when the rule can match nothing, which netguard refuses.
 */
static bool take_line(const struct line *l, struct bench_rule *rule)
{
	*rule = (struct bench_rule){
		.src = take_prefix(l->src),
		.dst = take_prefix(l->dst),
		.src_len = l->src[4],
		.dst_len = l->dst[4],
		.sport = { l->sport[0], l->sport[1] },
		.dport = { l->dport[0], l->dport[1] },
		.proto = l->proto[1] ? (int)l->proto[0] : BENCH_PROTO_ANY,
		.flags = (l->flags[0] & l->flags[1]) >> 8,
		.flags_mask = l->flags[1] >> 8,
	};
	if (rule->proto == BENCH_ICMP && rule->flags_mask)
		rule->flags_mask = 255;
	if (rule->proto != BENCH_ICMP && rule->proto != BENCH_TCP)
		rule->flags = rule->flags_mask = 0;
	if (rule->proto == BENCH_PROTO_ANY || bench_has_ports(rule->proto))
		return true;
	return is_any(rule->sport) && is_any(rule->dport);
}

static int append(struct bench_rules *rules, const struct bench_rule *rule)
{
	/* Powers of two are where the list is full. */
	if (!(rules->n & (rules->n - 1))) {
		size_t room = rules->n ? 2 * rules->n : 1;
		struct bench_rule *list = realloc(rules->list, room * sizeof(*list));

		if (!list)
			return -ENOMEM;
		rules->list = list;
	}
	rules->list[rules->n++] = *rule;
	return 0;
}

int bench_read_classbench(const char *path, struct bench_rules *rules, struct ng_error *err)
{
	__cleanup_file FILE *file = fopen(path, "r");
	struct bench_rules read = { .family = 4 };
	struct bench_rule rule;
	struct line line;
	char text[512];

	if (!file)
		return ng_fail_at(err, -errno, path, "cannot open it: %m");
	while (fgets(text, sizeof(text), file)) {
		if (text[0] != '@')
			continue;
		if (!read_line(text, &line)) {
			bench_rules_clear(&read);
			return ng_fail_at(err, -EINVAL, path, "not a line of ClassBench: %s", text);
		}
		if (!take_line(&line, &rule)) {
			read.left_out++;
			continue;
		}
		rule.pass = read.n % 4 == 3;
		if (append(&read, &rule)) {
			bench_rules_clear(&read);
			return ng_fail(err, -ENOMEM, "out of memory");
		}
	}
	if (!read.n)
		return ng_fail_at(err, -EINVAL, path, "holds no rule of ClassBench");
	*rules = read;
	return 0;
}
