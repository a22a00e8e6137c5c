// SPDX-License-Identifier: GPL-2.0-only
/*
 * The captures of pcaps/ must give what their .expect files say (pcaps/README.md), in the model
 * and in the program of each hook.
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
#include "rules/parse.h"
#include "rules/messages.h"
#include "subject.h"

#define FOLDER "pcaps"

static const char *const hook_names[] = { "XDP", "TC in", "TC out" };

/* ---- rulesets -------------------------------------------------------------------------- */

/* Turn an `in` ruleset into the same one for outgoing packets. */
static void turn_out(struct ng_ruleset *ruleset)
{
	ruleset->default_verdict[NG_OUT] = ruleset->default_verdict[NG_IN];
	for (size_t i = 0; i < ruleset->n_rules; i++)
		ruleset->rules[i].direction = NG_OUT;
}

static void print_messages(const struct ng_messages *messages)
{
	for (size_t i = 0; i < messages->n; i++)
		print_error("%s: %s\n", messages->list[i].error.where,
			    messages->list[i].error.what);
}

static struct ng_ruleset *read_rules(const char *path)
{
	struct ng_messages messages = { 0 };
	struct ng_ruleset *ruleset = NULL;

	if (ng_parse_file(path, &ruleset, &messages) || messages.n)
		print_messages(&messages);
	ng_messages_clear(&messages);
	return ruleset;
}

/* ---- .expect files --------------------------------------------------------------------- */

struct expectation {
	bool drop;
	enum ng_decider decider;
	unsigned int rule;
	enum ng_reason reason;
};

/* A number of a rule, or the word for another decider. */
static int parse_decider(const char *word, struct expectation *expected)
{
	static const char *const words[] = {
		[NG_BY_DEFAULT] = "default", [NG_BY_INVALID] = "invalid", [NG_BY_NON_IP] = "non_ip",
		[NG_BY_EXEMPT] = "exempt",   [NG_BY_BLOCKED] = "blocked",
	};
	char *end;

	for (size_t i = NG_BY_DEFAULT; i <= NG_BY_BLOCKED; i++) {
		if (!strcmp(word, words[i])) {
			expected->decider = i;
			return 0;
		}
	}
	expected->decider = NG_BY_RULE;
	expected->rule = strtoul(word, &end, 10);
	return expected->rule && !*end ? 0 : -EINVAL;
}

/* "# REASON: what it is" of an invalid frame; any other comment is of a valid one. */
static enum ng_reason parse_reason(const char *remark)
{
	static const char *const names[] = NG_REASON_NAMES;
	size_t len = strcspn(remark, ":");

	for (size_t i = NG_VALID + 1; i < NG_REASONS; i++)
		if (strlen(names[i]) == len && !strncmp(remark, names[i], len))
			return i;
	return NG_VALID;
}

static int parse_packet(const char *line, const char *capture, size_t number,
			struct expectation *expected)
{
	char name[64], verdict[8], decider[16], remark[160] = "";
	size_t n;

	*expected = (struct expectation){ 0 };
	if (sscanf(line, "%63[^\t]\t%zu\t%7[^\t]\t%15[^\t\n]\t# %159[^\n]", name, &n, verdict,
		   decider, remark) < 4)
		return -EINVAL;
	if (strcmp(name, capture) || n != number)
		return -EINVAL;
	if (strcmp(verdict, "drop") && strcmp(verdict, "pass"))
		return -EINVAL;
	expected->drop = verdict[0] == 'd';
	expected->reason = parse_reason(remark);
	return parse_decider(decider, expected);
}

/* ---- one capture ----------------------------------------------------------------------- */

/* What is being checked, for messages; and what was found. */
struct check {
	const struct capture *capture;
	enum ng_hook hook;
	struct subject *subject;
	size_t n_rules;
	size_t packets; /* lines met */
	size_t not_run; /* frames that the kernel's test run does not accept */
	size_t differences;
	uint64_t counted, expected; /* packets of all counters but the totals */
};

/* The kernel's test run must accept these; at TC it refuses longer frames and truncated IP headers.
 */
static bool is_ordinary(size_t len)
{
	return len >= 60 && len <= 3000;
}

static void check_packet(struct check *check, const char *line)
{
	const struct capture_frame *frame;
	struct expectation expected;
	struct ng_decision decision;
	size_t i = check->packets++;
	int ret;

	if (i >= check->capture->n || parse_packet(line, check->capture->name, i + 1, &expected)) {
		print_error("%s: packet %zu is not what this line is about: %s",
			    check->capture->name, i + 1, line);
		check->differences++;
		return;
	}
	frame = &check->capture->frames[i];
	ret = subject_run(check->subject, frame->bytes, frame->len, NULL, &decision);
	if (ret == -ERANGE && !is_ordinary(frame->len)) {
		check->not_run++;
		return;
	}
	if (!ret && decision.drop == expected.drop && decision.decider == expected.decider &&
	    decision.rule == expected.rule && decision.reason == expected.reason &&
	    decision.packets == 1 && decision.bytes == frame->len)
		return;
	print_error("%s, %s: expected %s\tbut error %d, %s by %u, rule %u, reason %u, %llu bytes\n",
		    check->capture->name, hook_names[check->hook], line, ret,
		    decision.drop ? "drop" : "pass", decision.decider, decision.rule,
		    decision.reason, decision.bytes);
	check->differences++;
}

/* The counter that "rule 3" or "invalid ip-length" names. */
static int find_counter(const struct check *check, const char *name, struct ng_counter *counter)
{
	size_t rule;

	if (sscanf(name, "rule %zu", &rule) == 1) {
		if (!rule || rule > check->n_rules)
			return -ENOENT;
		*counter = subject_rule_counter(check->subject, rule - 1);
		return 0;
	}
	for (__u32 slot = 0; slot < SUBJECT_SLOTS; slot++) {
		const char *known = subject_slot_name(slot);

		if (slot == NG_SLOT_DEFAULT_OUT)
			known = NULL;
		if (!known || strcmp(known, name))
			continue;
		if (slot == NG_SLOT_DEFAULT_IN && check->hook == NG_HOOK_TC_OUT)
			slot = NG_SLOT_DEFAULT_OUT;
		*counter = subject_counter(check->subject, slot);
		return 0;
	}
	return -ENOENT;
}

/* "# NAME: N packets N bytes"; other comments are for people */
static void check_remark(struct check *check, const char *line)
{
	unsigned long long packets, bytes;
	struct ng_counter counter;
	char name[48];

	if (sscanf(line, "# %47[^:]: %llu packet%*[s ] %llu bytes", name, &packets, &bytes) != 3)
		return;
	check->expected += packets;
	if (check->not_run)
		return;
	if (find_counter(check, name, &counter)) {
		print_error("%s: no such counter: %s", check->capture->name, line);
		check->differences++;
		return;
	}
	if (counter.packets == packets && counter.bytes == bytes)
		return;
	print_error("%s, %s: expected %s\tbut %llu packets %llu bytes\n", check->capture->name,
		    hook_names[check->hook], line, counter.packets, counter.bytes);
	check->differences++;
}

/* Every packet in a counter must be in a line of the file. */
static void check_sums(struct check *check)
{
	for (size_t i = 0; i < check->n_rules; i++)
		check->counted += subject_rule_counter(check->subject, i).packets;
	for (__u32 i = 0; i < NG_SLOT_TOTALS; i++)
		check->counted += subject_counter(check->subject, i).packets;
	if (check->packets == check->capture->n &&
	    (check->not_run || check->counted == check->expected))
		return;
	print_error("%s, %s: %zu of %zu packets expected, %lu counted where %lu were expected\n",
		    check->capture->name, hook_names[check->hook], check->packets,
		    check->capture->n, check->counted, check->expected);
	check->differences++;
}

static void check_expect_file(struct check *check, FILE *file)
{
	__cleanup_free char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, file) > 0) {
		if (line[0] == '#')
			check_remark(check, line);
		else
			check_packet(check, line);
	}
	check_sums(check);
}

/* The file with @suffix that belongs to a capture. */
static char *path_beside(const char *capture, const char *suffix)
{
	char *path;

	if (asprintf(&path, FOLDER "/%.*s.%s", (int)strcspn(capture, "."), capture, suffix) < 0)
		fail_msg("no memory");
	return path;
}

/* Counts what differs into @check; -errno when it cannot be checked at all. */
static int check_capture(struct check *check, const struct ng_ruleset *ruleset)
{
	__cleanup_free char *path = path_beside(check->capture->name, "expect");
	__cleanup_file FILE *file = fopen(path, "r");
	struct ng_error err = { 0 };
	int ret;

	if (!file)
		return -errno;
	ret = subject_use(check->subject, ruleset, &err);
	if (ret)
		print_error("%s: %s %s\n", hook_names[check->hook], err.what, err.hint);
	else
		check_expect_file(check, file);
	return ret;
}

static size_t check_with_rules(const struct capture *capture, struct subject *subject,
			       enum ng_hook hook)
{
	__cleanup_free char *path = path_beside(capture->name, "rules");
	struct ng_ruleset *ruleset = read_rules(path);
	struct check check = { .capture = capture, .hook = hook, .subject = subject };
	int ret = -EINVAL;

	if (ruleset) {
		if (subject_direction(hook) == NG_OUT)
			turn_out(ruleset);
		check.n_rules = ruleset->n_rules;
		ret = check_capture(&check, ruleset);
		ng_ruleset_free(ruleset);
	}
	if (ret)
		print_error("%s: not checked: %s\n", capture->name, strerror(-ret));
	if (check.not_run)
		print_message("%s, %s: the kernel's test run does not accept %zu frames: counters "
			      "are not compared\n",
			      capture->name, hook_names[hook], check.not_run);
	return check.differences + (ret != 0);
}

/* One program for all captures: each ruleset takes the place of the one before. */
static void check_folder(bool model, enum ng_hook hook)
{
	struct captures captures;
	struct subject *subject;
	size_t differences = 0, n;

	assert_int_equal(captures_read(FOLDER, &captures), 0);
	assert_int_equal(subject_open(model, hook, "", NULL, &subject), 0);
	n = captures.n;
	for (size_t i = 0; i < n; i++)
		differences += check_with_rules(&captures.list[i], subject, hook);
	subject_close(subject);
	captures_free(&captures);
	assert_int_not_equal(n, 0);
	assert_int_equal(differences, 0);
}

static void test_model_in_gives_what_the_captures_expect(void **state)
{
	(void)state;
	check_folder(true, NG_HOOK_XDP);
}

static void test_model_out_gives_what_the_captures_expect(void **state)
{
	(void)state;
	check_folder(true, NG_HOOK_TC_OUT);
}

static void test_xdp_gives_what_the_captures_expect(void **state)
{
	(void)state;
	check_folder(false, NG_HOOK_XDP);
}

static void test_tc_in_gives_what_the_captures_expect(void **state)
{
	(void)state;
	check_folder(false, NG_HOOK_TC_IN);
}

static void test_tc_out_gives_what_the_captures_expect(void **state)
{
	(void)state;
	check_folder(false, NG_HOOK_TC_OUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model_in_gives_what_the_captures_expect),
		cmocka_unit_test(test_model_out_gives_what_the_captures_expect),
		cmocka_unit_test(test_xdp_gives_what_the_captures_expect),
		cmocka_unit_test(test_tc_in_gives_what_the_captures_expect),
		cmocka_unit_test(test_tc_out_gives_what_the_captures_expect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
