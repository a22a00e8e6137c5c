// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules that can match and rules that cannot: by the model, an accepted rule matches some frame,
 * and a refused one matches none. So no rule silently does nothing, and none is refused without
 * reason.
 */
#include "rules_help.h"

#include "aimed_frame.h"
#include "base/cleanup.h"
#include "model_read.h"
#include "random_ruleset.h"
#include "rules/check.h"
#include "rules/messages.h"

#define RULES  6000
#define FRAMES 60000 /* for a rule that no frame has matched yet */
#define FEW    60    /* for a rule that is refused */

/* Values at the limits of fields, and lists of them. */
static const char *const some_conditions[] = {
	"ipv4",
	"ipv6",
	"tcp",
	"udp",
	"icmp",
	"icmpv6",
	"proto sctp",
	"proto hopopt",
	"proto 43",
	"proto 44",
	"proto ah",
	"proto 60",
	"proto not 0,43,44,51,60",
	"proto 0,44,60,tcp",
	"proto not tcp,udp",
	"proto gre",
	"from 192.0.2.0/24",
	"from ::/0",
	"from not 0.0.0.0/0",
	"to any",
	"to not 10.0.0.0/8",
	"sport 80",
	"sport not 80",
	"sport 0",
	"dport 80-81",
	"dport not 1-65535",
	"dport 53",
	"port 80",
	"port 0,65535",
	"port not 80",
	"port not 53,79-81",
	"port not 1-65535",
	"flags syn/syn,ack",
	"flags not none/syn",
	"icmp-type 8",
	"icmp-type 8/0",
	"icmp-type 8,8/0",
	"icmp-type not 0-255,8/0",
	"icmp-type not 0-254",
	"vlan any",
	"vlan none",
	"vlan 5",
	"vlan not 1-4094",
	"length 0",
	"length 1-19",
	"length 20",
	"length 20-23",
	"length 21",
	"length 24",
	"length 33",
	"length 34-39",
	"length 39",
	"length 40",
	"length 41",
	"length 41-43",
	"length 44",
	"length 47",
	"length 48-53",
	"length 54",
	"length 1-39",
	"length 65535",
	"length 65536-65575",
	"length not 0-65575",
	"length not 0-65535",
	"length not 0,20-65575",
	"length not 40-65575",
	"ttl 0",
	"ttl not 0-254",
	"dscp 0x3f",
	"dscp not 0-62",
	"flow-label 0xfffff",
	"flow-label not 1-0xfffff",
	"df",
	"df no",
	"fragment no",
	"fragment first",
	"fragment later",
	"fragment any",
	"fragment not no",
	"fragment not first",
	"ethertype 0x05ff",
	"ethertype 0-0x5ff",
	"ethertype 0-0x600",
	"ethertype 0x8100",
	"ethertype 0x88a8,0x9100",
	"ethertype 0x8100-0x8101",
	"ethertype not 0x600-0xffff",
	"ethertype not 0x600-0x80ff,0x8101-0xffff",
	"ethertype not 0x600-0x7ff,0x801-0xffff",
	"ethertype arp",
	"ethertype ipv4",
	"ethertype ipv6,arp",
	"ethertype not ipv4,ipv6",
	"ethertype not ipv4",
	"ether-from 02:00:00:00:00:01",
	"ether-to not 02:00:00:00:00:01",
	"invalid",
};

static void write_rule(struct random *random, const char *first, const char *second, char *text,
		       size_t size)
{
	static const char *const verdicts[] = { "pass", "drop", "count" };
	size_t n = sizeof(some_conditions) / sizeof(some_conditions[0]);

	snprintf(text, size, "%s %s %s%s%s", RANDOM_OF(random, verdicts), first, second,
		 random_percent(random, 60) ? " " : "", "");
	if (text[strlen(text) - 1] == ' ')
		strncat(text, some_conditions[random_below(random, n)], size - strlen(text) - 1);
}

static bool matches(const struct ng_ruleset *ruleset, const struct random_frame *drawn)
{
	struct model_frame frame = {
		.bytes = drawn->bytes,
		.len = drawn->len,
		.segments = drawn->segments,
		.segment_size = drawn->segment_size,
		.iface = "",
		.utc = 1,
	};
	struct model_rules rules = { .ruleset = ruleset };
	struct ng_decision decision;
	struct packet packet;
	size_t list[1];
	struct model_counted counted = { .list = list };

	/* Segments are packets: in IPv4 none is longer than the length field allows. */
	model_read(&packet, &frame);
	if (packet.family.value == 4 && packet.length.value > UINT16_MAX)
		return false;
	model_decide(&rules, &frame, &decision, &counted);
	return decision.rule || counted.n;
}

static size_t l3_of(const struct random_frame *frame)
{
	return frame->bytes[12] == 0x81 ? 18 : 14;
}

static bool is_ipv6(const struct random_frame *frame)
{
	return frame->bytes[l3_of(frame) - 2] == 0x86;
}

/* Set the length in the IP header; 0: to the end of the frame. */
static void put_length(struct random_frame *frame, uint16_t length)
{
	size_t at = l3_of(frame) + (is_ipv6(frame) ? 4 : 2);

	frame->bytes[at] = length >> 8;
	frame->bytes[at + 1] = length;
}

/* Make an aimed frame truncated, longer, or with another length in its header. */
static void spoil(struct random *random, const struct ng_rule *rule, struct random_frame *frame)
{
	const struct ng_condition *length = ng_rule_condition(rule, NG_FIELD_LENGTH);
	static const uint8_t ports[] = { 0, 1, 53, 80, 82 };
	size_t l3 = l3_of(frame), l4 = l3 + (is_ipv6(frame) ? 40 : 20);

	switch (random_below(random, 8)) {
	case 0:
		if (frame->len > l3 + 20)
			frame->len = random_between(random, l3 + 20, frame->len);
		break;
	case 1:
		put_length(frame, 0);
		break;
	case 2:
		put_length(frame, random_percent(random, 50) ? random_below(random, 64)
							     : 0xffff - random_below(random, 40));
		break;
	case 3:
		/* Restore bytes that were cut off for the wanted length. */
		frame->len += frame->len < RANDOM_FRAME_MAX - 40 ? 40 : 0;
		break;
	case 4:
		/* Ports that meet more conditions than the one they were drawn for. */
		frame->bytes[l4] = frame->bytes[l4 + 2] = 0;
		frame->bytes[l4 + 1] = RANDOM_OF(random, ports);
		frame->bytes[l4 + 3] = RANDOM_OF(random, ports);
		break;
	case 5:
		if (!is_ipv6(frame))
			frame->bytes[l3 + 6] |= 0x20; /* more fragments */
		break;
	case 6:
		/* More than there is. */
		if (!length || length->negated)
			break;
		put_length(frame, length->ranges[0].lo - (is_ipv6(frame) ? 40 : 0));
		if (frame->len > l3 + length->ranges[0].lo && length->ranges[0].lo > 0)
			frame->len = l3 + length->ranges[0].lo - 1;
		break;
	default:
		frame->bytes[l3] += !is_ipv6(frame); /* a word of options */
		break;
	}
}

/*
 * Longer frames are turned into aggregates with segments of that length. Each segment has headers:
 * the kernel does not make other aggregates.
 */
static void aggregate(struct random *random, const struct ng_rule *rule, struct random_frame *frame)
{
	static const uint8_t headers[] = { 20, 28, 40, 48, 60, 68 };
	const struct ng_condition *length = ng_rule_condition(rule, NG_FIELD_LENGTH);
	uint64_t last = !length		  ? 1500
			: length->negated ? length->ranges[length->n_ranges - 1].hi + 1
					  : length->ranges[length->n_ranges - 1].hi;

	if (last < 1000)
		return;
	frame->segments = 2;
	frame->segment_size = last - RANDOM_OF(random, headers);
	if (random_percent(random, 50))
		put_length(frame, 0);
}

/* Does any of @n frames aimed at the ruleset's only rule match it? */
static bool is_matched(struct random *random, const struct ng_ruleset *ruleset, size_t n)
{
	struct random_frame frame = { .len = 0 };

	for (size_t i = 0; i < n; i++) {
		aimed_frame(random, ruleset, 0, true, &frame);
		for (size_t j = random_below(random, 4); j && i & 1; j--)
			spoil(random, ruleset->rules, &frame);
		if (i % 8 < 2)
			aggregate(random, ruleset->rules, &frame);
		if (matches(ruleset, &frame))
			return true;
	}
	return false;
}

/* A ruleset of one rule without checks, read as the text of an image. */
static struct ng_ruleset *unchecked(const char *text)
{
	struct ng_set_source source = { 0 };
	struct ng_messages messages = { 0 };
	struct ng_ruleset *ruleset = NULL;

	ng_parse_text(text, strlen(text), "t", NULL, &source, &ruleset, &messages);
	ng_messages_clear(&messages);
	return ruleset;
}

static void check(struct random *random, const char *text, size_t *taken, size_t *refused,
		  size_t *wrong)
{
	struct ng_ruleset *ruleset = unchecked(text);
	enum ng_field field;
	struct ng_error err;
	int ret;

	if (!ruleset) /* a condition is repeated */
		return;
	ret = ng_check_rule(&ruleset->rules[0], &field, &err);
	if (ret)
		++*refused;
	else
		++*taken;
	if (is_matched(random, ruleset, ret ? FEW : FRAMES) != !ret) {
		print_error("%s: %s\n", text,
			    ret ? "is refused and matches" : "is taken and never matches");
		++*wrong;
	}
	ng_ruleset_free(ruleset);
}

static void test_rule_is_accepted_if_it_can_match(void **state)
{
	size_t n = sizeof(some_conditions) / sizeof(some_conditions[0]), taken = 0, refused = 0,
	       wrong = 0;
	struct random random = { 11 };
	char text[512];

	(void)state;
	for (size_t i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "drop %s", some_conditions[i]);
		check(&random, text, &taken, &refused, &wrong);
		for (size_t j = 0; j < i; j++) {
			write_rule(&random, some_conditions[i], some_conditions[j], text,
				   sizeof(text));
			check(&random, text, &taken, &refused, &wrong);
		}
	}
	print_message("%zu accepted, %zu refused\n", taken, refused);
	assert_int_equal(wrong, 0);
	assert_true(taken > 1000 && refused > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule_is_accepted_if_it_can_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
