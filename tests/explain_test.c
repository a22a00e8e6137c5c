// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain agrees with what the program does with a packet and counts: for all packets in pcaps/ at
 * XDP, and for some at the other hooks. And packets that are described in words are read as
 * described.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "captures.h"
#include "base/cleanup.h"
#include "compile/image_read.h"
#include "explain_sums.h"
#include "commands/explain/described.h"
#include "packet/explain.h"
#include "packet/reading.h"
#include "rules/parse.h"
#include "rules/messages.h"

/* ---- explain and the program ----------------------------------------------------------- */

/**
 * struct comparison - one capture at one hook
 * @every:  every how many packets one is compared
 * @runner: as `netguard test` has it, with @image in force
 */
struct comparison {
	const struct capture *capture;
	enum ng_hook hook;
	size_t every, packet_number;
	struct ng_ruleset *ruleset;
	struct ng_image image;
	struct ng_runner *runner;
	struct ng_explainer explainer;
	size_t packets, matched, decided, left_out;
};

static struct ng_ruleset *read_rules(const char *path, enum ng_hook hook)
{
	struct ng_messages messages = { 0 };
	struct ng_ruleset *ruleset;

	if (ng_parse_file(path, &ruleset, &messages))
		fail_msg("%s: %s", messages.list[0].error.where, messages.list[0].error.what);
	ng_messages_clear(&messages);
	if (hook != NG_HOOK_TC_OUT)
		return ruleset;
	ruleset->default_verdict[NG_OUT] = ruleset->default_verdict[NG_IN];
	for (size_t i = 0; i < ruleset->n_rules; i++)
		ruleset->rules[i].direction = NG_OUT;
	return ruleset;
}

static const struct ng_matching *find(const struct ng_explanation *answer, size_t index)
{
	for (size_t i = 0; i < answer->n_rules; i++)
		if (answer->rules[i].index == index)
			return &answer->rules[i];
	return NULL;
}

static __u64 counted(const struct comparison *comparison, size_t index)
{
	size_t n;

	return ng_runner_counter(comparison->runner,
				 ng_image_rules(comparison->image.data, &n)[index].slot)
		.packets;
}

/* A rule counts a packet exactly if explain says that it decides or counts it. */
static void check_rules(struct comparison *comparison, const struct ng_explanation *answer,
			const __u64 *before, size_t number)
{
	for (size_t i = 0; i < comparison->ruleset->n_rules; i++) {
		const struct ng_matching *match = find(answer, i);
		bool said = match && (match->effect == NG_EFFECT_DECIDES ||
				      match->effect == NG_EFFECT_COUNTS ||
				      match->effect == NG_EFFECT_LIMITS);

		comparison->matched += match != NULL;
		if (said != (counted(comparison, i) != before[i]))
			fail_msg("%s, packet %zu, rule %zu: explain says %d",
				 comparison->capture->name, number, i + 1,
				 match ? (int)match->effect : -1);
	}
}

/* Without the deciding rule, the next matching `pass` or `drop` rule decides. */
static void check_without(struct comparison *comparison, const struct ng_explanation *answer,
			  size_t number)
{
	const struct ng_rule *rules = comparison->ruleset->rules;
	__u32 next = 0;

	assert_int_equal(answer->has_without, answer->trace.decision.decider == NG_BY_RULE);
	if (!answer->has_without)
		return;
	comparison->decided++;
	for (size_t i = answer->n_rules; i-- > 0;)
		if (answer->rules[i].effect == NG_EFFECT_NOT_REACHED &&
		    ng_verdict_decides(rules[answer->rules[i].index].verdict))
			next = answer->rules[i].index + 1;
	if (answer->without.rule != next || (answer->without.decider == NG_BY_RULE) != (next != 0))
		fail_msg("%s, packet %zu: without its rule by %u, rule %u, not rule %u",
			 comparison->capture->name, number, answer->without.decider,
			 answer->without.rule, next);
}

/* The program's look-ups find the sets that explain names. */
static void check_sets(const struct comparison *comparison, const struct ng_explanation *answer)
{
	const struct ng_image_header *header = comparison->image.data;
	const char *data = comparison->image.data;
	const struct ng_lookup *lookups = (const void *)(data + header->lookups.offset);
	size_t n_sets;
	const struct ng_image_set *sets = ng_image_set_list(data, &n_sets);

	for (size_t i = 0; i < header->lookups.count; i++) {
		bool found = false;

		for (size_t j = 0; lookups[i].set != NG_LOOKUP_BLOCKED && j < answer->n_sets; j++)
			found |= !strcmp(answer->sets[j].set, sets[lookups[i].set].name) &&
				 answer->sets[j].field ==
					 (lookups[i].daddr ? NG_FIELD_TO : NG_FIELD_FROM);
		assert_int_equal(found, answer->trace.key[NG_WORD_SETS] >> i & 1);
	}
}

static void check_frame(struct comparison *comparison, size_t number)
{
	const struct capture_frame *frame = &comparison->capture->frames[number - 1];
	size_t n = comparison->ruleset->n_rules;
	__cleanup_free __u64 *before = calloc(n + 1, sizeof(*before));
	struct ng_explanation answer;
	struct ng_decision decision;
	struct ng_error err;
	int ret;

	for (size_t i = 0; i < n; i++)
		before[i] = counted(comparison, i);
	ret = ng_runner_run(comparison->runner, frame->bytes, frame->len, NULL, &decision);
	assert_int_equal(
		ng_explain(&comparison->explainer, frame->bytes, frame->len, &answer, &err), ret);
	if (ret == -ERANGE) {
		comparison->left_out++;
		return;
	}
	assert_int_equal(ret, 0);
	comparison->packets++;
	if (memcmp(&answer.trace.decision, &decision, sizeof(decision)) != 0)
		fail_msg("%s, packet %zu: explain says by %u, rule %u, not by %u, rule %u",
			 comparison->capture->name, number, answer.trace.decision.decider,
			 answer.trace.decision.rule, decision.decider, decision.rule);
	check_rules(comparison, &answer, before, number);
	check_without(comparison, &answer, number);
	check_sets(comparison, &answer);
	ng_explanation_clear(&answer);
}

static void put_in_force(struct comparison *comparison)
{
	struct ng_error err;

	if (ng_image_compile(comparison->ruleset, NULL, 0, &comparison->image, &err))
		fail_msg("%s", err.what);
	comparison->explainer.ruleset = comparison->ruleset;
	comparison->explainer.image = comparison->image.data;
	if (comparison->runner) {
		assert_int_equal(ng_runner_publish(comparison->runner, &comparison->image), 0);
		return;
	}
	if (ng_runner_open(comparison->hook, &comparison->image, "", &comparison->runner, &err))
		fail_msg("%s", err.what);
}

static void check_folder(struct comparison *comparison, const char *folder, const char *rules)
{
	struct captures captures;

	assert_int_equal(captures_read(folder, &captures), 0);
	assert_int_not_equal(captures.n, 0);
	for (size_t i = 0; i < captures.n; i++) {
		__cleanup_free char *path = NULL;

		comparison->capture = &captures.list[i];
		if (asprintf(&path, "%s/%.*s.rules", rules,
			     (int)strcspn(comparison->capture->name, "."),
			     comparison->capture->name) < 0)
			fail_msg("no memory");
		comparison->ruleset = read_rules(path, comparison->hook);
		put_in_force(comparison);
		for (size_t j = 1; j <= comparison->capture->n; j++)
			if (comparison->packet_number++ % comparison->every == 0)
				check_frame(comparison, j);
		ng_image_clear(&comparison->image);
		ng_ruleset_free(comparison->ruleset);
	}
	captures_free(&captures);
}

static void check_hook(enum ng_hook hook, size_t every)
{
	struct comparison comparison = { .hook = hook,
					 .every = every,
					 .explainer = { .hook = hook, .iface = "" } };

	check_folder(&comparison, "pcaps", "pcaps");
	check_folder(&comparison, "pcaps/examples", "docs/examples");
	ng_runner_close(comparison.runner);
	ng_runner_close(comparison.explainer.runner);
	print_message(
		"%zu packets, %zu decided by rules, %zu matches; %zu the test run takes not\n",
		comparison.packets, comparison.decided, comparison.matched, comparison.left_out);
	assert_true(comparison.packets > 250 / every && comparison.decided > 50 / every);
}

static void test_explain_agrees_with_the_program_at_xdp(void **state)
{
	(void)state;
	check_hook(NG_HOOK_XDP, 1);
}

static void test_explain_agrees_with_the_program_at_tc_in(void **state)
{
	(void)state;
	check_hook(NG_HOOK_TC_IN, 16);
}

static void test_explain_agrees_with_the_program_at_tc_out(void **state)
{
	(void)state;
	check_hook(NG_HOOK_TC_OUT, 16);
}

/* ---- words ----------------------------------------------------------------------------- */

/* Each makes a valid frame that is read as described. */
static const char *const packets[] = {
	"ipv4",
	"ipv6",
	"tcp from 198.51.100.9 to 192.0.2.1 sport 5555 dport 22 flags syn",
	"in on eth0 tcp flags syn , ack dport 443",
	"tcp flags fin,syn/fin,syn,rst",
	"tcp flags none",
	"udp from 2001:db8::9 to 2001:db8::1 sport 1 dport 65535",
	"udp length 28",
	"udp length 3000 fragment first",
	"udplite dport 7",
	"sctp dport 36412 ipv6",
	"dccp sport 5001",
	"sport 53",
	"icmp icmp-type echo-request",
	"icmp icmp-type 3/4 length 576",
	"icmpv6 icmp-type 135",
	"icmpv6 icmp-type 135 ttl 3",
	"icmpv6 icmp-type 128/0 dscp af21",
	"icmp-type 8",
	"vlan 5 udp dport 53",
	"vlan 4095 ipv6",
	"vlan none",
	"ttl 0 dscp 63",
	"flow-label 0xabcde",
	"flow-label 1048575 dscp 0 ttl 1 tcp",
	"flow-label 0xabcde fragment later udp",
	"df",
	"df no",
	"tcp df fragment first ttl 3 dscp 1",
	"fragment first tcp",
	"fragment first ipv6 udp",
	"fragment later tcp",
	"fragment later ipv6 udp to 2001:db8::5",
	"proto 0 ipv4",
	"gre",
	"esp ipv6",
	"proto 255",
	"ethertype arp",
	"ethertype 0x88cc ether-to 01:80:c2:00:00:0e vlan 7",
	"ethertype ipv6",
	"ether-from 02:00:5e:00:53:01 ether-to ff:ff:ff:ff:ff:ff udp",
	"ipv6 length 3000",
	"length 1500",
};

/* No packet can be made of these; the second string is the beginning of the error. */
static const struct {
	const char *words, *error;
} mistakes[] = {
	{ "from 10.0.0.0/8", "'from 10.0.0.0/8' is more than one value" },
	{ "from any", "'from any' is more than one value" },
	{ "tcp dport 1-5", "'dport 1-5' is more than one value" },
	{ "tcp dport not 5", "'dport not 5' is more than one value" },
	{ "icmp icmp-type 3,4", "'icmp-type" },
	{ "port 53", "'port 53' is more than one value" },
	{ "vlan any", "'vlan any' is more than one value" },
	{ "fragment any", "'fragment any' is more than one value" },
	{ "invalid", "'invalid' does not say" },
	{ "tcp log", "log, label and until" },
	{ "drop tcp", "'drop' is not a condition" },
	{ "gre dport 80", "'gre' and 'dport 80' never match together" },
	{ "tcp length 39", "length 39 is too short: the headers take 40 bytes" },
	{ "ipv4 length 65536", "'ipv4' and 'length 65536' never match together" },
	{ "fragment later tcp dport 5", "a packet with the other conditions has no 'dport 5'" },
	{ "ethertype 5", "'ethertype 0x0005' never matches" },
	{ "ethertype 0x8100", "'ethertype 0x8100' never matches" },
	{ "ipv6 proto 60", "a packet with the other conditions has no 'proto 60'" },
	{ "ipv6 df", "'ipv6' and 'df' never match together" },
	{ "flow-label 1-2", "'flow-label 0x00001-0x00002' is more than one value" },
};

static struct ng_runner *open_empty(void)
{
	struct ng_ruleset *ruleset = ng_ruleset_new();
	struct ng_runner *runner = NULL;
	struct ng_image image;
	struct ng_error err;

	if (!ruleset || ng_image_compile(ruleset, NULL, 0, &image, &err) ||
	    ng_runner_open(NG_HOOK_XDP, &image, "", &runner, &err))
		fail_msg("no runner");
	ng_image_clear(&image);
	ng_ruleset_free(ruleset);
	return runner;
}

/* As the command does: words, frame, program, and the fields that it read compared with the words.
 */
static int describe(struct ng_runner *runner, const char *words, struct ng_trace *trace,
		    struct ng_error *err)
{
	static uint8_t frame[NG_DESCRIBED_FRAME_MAX];
	struct ng_described described;
	struct ng_decision decision;
	struct ng_rule reading;
	size_t len;
	int ret = ng_described_read(words, NULL, &described, err);

	if (ret)
		return ret;
	ret = ng_described_frame(&described, frame, &len, err);
	if (!ret) {
		assert_int_equal(ng_runner_run(runner, frame, len, NULL, &decision), 0);
		ng_runner_trace(runner, trace);
		assert_int_equal(ng_reading(trace, &reading), 0);
		ret = ng_described_check(&described, &reading, err);
		ng_rule_clear(&reading);
	}
	ng_rule_clear(&described.said);
	return ret;
}

static void test_words_are_read_as_they_say(void **state)
{
	struct ng_runner *runner = open_empty();
	struct ng_trace trace;
	struct ng_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(packets) / sizeof(*packets); i++) {
		if (describe(runner, packets[i], &trace, &err))
			fail_msg("%s: %s", packets[i], err.what);
		if (trace.decision.reason)
			fail_msg("%s: invalid, %u", packets[i], trace.decision.reason);
	}
	ng_runner_close(runner);
}

static void test_words_that_are_no_packet_are_refused(void **state)
{
	struct ng_runner *runner = open_empty();
	struct ng_trace trace;
	struct ng_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		if (describe(runner, mistakes[i].words, &trace, &err) != -EINVAL)
			fail_msg("%s: was accepted", mistakes[i].words);
		if (strncmp(err.what, mistakes[i].error, strlen(mistakes[i].error)) != 0)
			fail_msg("%s: %s", mistakes[i].words, err.what);
	}
	ng_runner_close(runner);
}

/* The column is that in the words, not in the rule that is made of them. */
static void test_errors_have_their_place_in_the_words(void **state)
{
	struct ng_described described;
	struct ng_error err;

	(void)state;
	assert_int_equal(ng_described_read("tcp dport x", NULL, &described, &err), -EINVAL);
	assert_string_equal(err.where, "packet:1:11");
	assert_int_equal(ng_described_read("tcp flags syn ttl x", NULL, &described, &err), -EINVAL);
	assert_string_equal(err.where, "packet:1:19");
}

/* "sums FOLDER": for testenv/live/replay.sh, see explain_sums() */
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_explain_agrees_with_the_program_at_xdp),
		cmocka_unit_test(test_explain_agrees_with_the_program_at_tc_in),
		cmocka_unit_test(test_explain_agrees_with_the_program_at_tc_out),
		cmocka_unit_test(test_words_are_read_as_they_say),
		cmocka_unit_test(test_words_that_are_no_packet_are_refused),
		cmocka_unit_test(test_errors_have_their_place_in_the_words),
	};

	if (argc == 3 && !strcmp(argv[1], "sums"))
		return explain_sums(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
