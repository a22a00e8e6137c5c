// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command reads the same fields of a frame as the program: for frames of every kind and frames
 * aimed at rules, whole, truncated anywhere, and as in the program's records.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "aimed_frame.h"
#include "base/clock.h"
#include "frame_compare.h"
#include "image_help.h"
#include "kernel/pins/handle.h"
#include "layout/record.h"
#include "net/frame.h"
#include "random_frame.h"
#include "random_ruleset.h"

#define FRAMES 20000 /* at each hook */
#define AIMED  500   /* at the rules of one ruleset */
#define CUTS   4     /* of each frame */
#define HOUR   3600000000000ULL

/**
 * struct comparison - the program of a hook, and statistics
 * @whole:   the fields that it read of the last frame
 * @record:  its record of it; @records in total
 * @run:     frames
 * @reasons: reasons that occurred
 * @cut:     frames whose record lacks headers: 0 after the protocol, 1 before it
 */
struct comparison {
	struct ng_runner *runner;
	struct ring_buffer *ring;
	struct ng_trace whole;
	struct ng_record record;
	size_t records, run;
	bool reasons[NG_REASONS];
	size_t cut[2];
};

static void expect(const struct comparison *comparison, const struct random_frame *frame,
		   const struct ng_frame_fields *fields, size_t captured)
{
	const char *different =
		frame_difference(fields, &comparison->whole, comparison->record.packets);

	if (!different)
		return;
	for (size_t i = 0; i < frame->len; i++)
		print_error("%02x", frame->bytes[i]);
	fail_msg("%s is not what the program read; captured %zu bytes", different, captured);
}

/* Read a copy, so that sanitizers know where it ends. */
static void read_bytes(const struct comparison *comparison, const struct random_frame *frame,
		       size_t captured)
{
	uint8_t *copy = malloc(captured);
	struct ng_frame_fields fields;

	if (captured)
		memcpy(copy, frame->bytes, captured);
	ng_frame_read(&(struct ng_frame_bytes){ copy, captured, frame->len, 0, 0 }, &fields);
	free(copy);
	if (captured == frame->len)
		assert_false(fields.cut);
	expect(comparison, frame, &fields, captured);
}

static void read_record(struct comparison *comparison, const struct random_frame *frame)
{
	const struct ng_decision *decision = &comparison->whole.decision;
	struct ng_frame_fields fields;
	struct ng_counter counted;

	ng_record_read(&comparison->record, &fields);
	assert_int_equal(fields.reason, decision->reason);
	expect(comparison, frame, &fields, comparison->record.captured);
	counted = ng_record_counted(&comparison->record, &fields);
	assert_int_equal(counted.packets, decision->packets);
	if (fields.cut)
		comparison->cut[!(fields.key[NG_WORD_BITS] & NG_BIT_HAS_PROTO)]++;
	else
		assert_int_equal(counted.bytes, decision->bytes);
}

static void compare(struct comparison *comparison, struct random *random,
		    const struct random_frame *frame, enum ng_hook hook)
{
	struct ng_aggregate aggregate = { frame->segments, frame->segment_size };
	bool is_aggregate = hook != NG_HOOK_XDP && frame->segments;
	size_t records = comparison->records;
	struct ng_decision decision;
	int ret = ng_runner_run(comparison->runner, frame->bytes, frame->len,
				is_aggregate ? &aggregate : NULL, &decision);

	if (ret == -ERANGE)
		return;
	assert_int_equal(ret, 0);
	ring_buffer__consume(comparison->ring);
	assert_int_equal(comparison->records, records + 1);
	ng_runner_trace(comparison->runner, &comparison->whole);
	comparison->run++;
	comparison->reasons[decision.reason] = true;
	read_record(comparison, frame);
	read_bytes(comparison, frame, frame->len);
	for (int i = 0; i < CUTS; i++)
		read_bytes(comparison, frame, random_between(random, 0, frame->len));
}

static int take(void *to, void *data, size_t size)
{
	struct comparison *comparison = to;

	assert_true(size >= sizeof(comparison->record));
	memcpy(&comparison->record, data, sizeof(comparison->record));
	comparison->records++;
	return 0;
}

static void begin(struct comparison *comparison, enum ng_hook hook)
{
	struct ng_state *state;

	*comparison = (struct comparison){ .runner = runner_of(hook, "default pass\n") };
	state = ng_runner_state(comparison->runner);
	comparison->ring = ring_buffer__new(state->now.records, take, comparison, NULL);
	assert_non_null(comparison->ring);
	state->words->lease = ng_clock_now() + HOUR;
	state->words->watch = NG_WATCH_ALL | NG_WATCH_RATE << NG_WATCH_RATE_SHIFT;
}

/* Has everything occurred that the test is meant to cover? */
static void end(struct comparison *comparison)
{
	assert_true(comparison->run > FRAMES / 2);
	assert_true(comparison->cut[0] && comparison->cut[1]);
	for (size_t reason = 0; reason < NG_REASONS; reason++)
		assert_true(comparison->reasons[reason]);
	ring_buffer__free(comparison->ring);
	ng_runner_close(comparison->runner);
}

/* The caller frees it with ng_ruleset_free(). */
static struct ng_ruleset *draw_ruleset(struct random *random)
{
	struct ng_ruleset *ruleset = NULL;
	struct ng_error err;
	size_t refused = 0;
	char *text;

	while (!ruleset || !ruleset->n_rules) {
		ng_ruleset_free(ruleset);
		assert_int_equal(random_ruleset(random, &text, &ruleset, &refused, &err), 0);
		free(text);
	}
	return ruleset;
}

static void compare_at(enum ng_hook hook)
{
	struct random random = { .state = 1 + hook };
	struct ng_ruleset *ruleset = NULL;
	struct comparison comparison;
	struct random_frame frame;
	struct captures captures;

	assert_int_equal(captures_read("pcaps", &captures), 0);
	begin(&comparison, hook);
	for (size_t i = 0; i < FRAMES; i++) {
		if (i % AIMED == 0) {
			ng_ruleset_free(ruleset);
			ruleset = draw_ruleset(&random);
		}
		if (random_percent(&random, 75))
			random_frame(&random, &captures, 1, &frame);
		else
			aimed_frame(&random, ruleset, random_below(&random, ruleset->n_rules),
				    random_percent(&random, 70), &frame);
		compare(&comparison, &random, &frame, hook);
	}
	end(&comparison);
	ng_ruleset_free(ruleset);
	captures_free(&captures);
}

static void test_frame_is_read_as_at_xdp(void **state)
{
	(void)state;
	compare_at(NG_HOOK_XDP);
}

static void test_frame_is_read_as_at_tc_in(void **state)
{
	(void)state;
	compare_at(NG_HOOK_TC_IN);
}

static void test_frame_is_read_as_at_tc_out(void **state)
{
	(void)state;
	compare_at(NG_HOOK_TC_OUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frame_is_read_as_at_xdp),
		cmocka_unit_test(test_frame_is_read_as_at_tc_in),
		cmocka_unit_test(test_frame_is_read_as_at_tc_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
