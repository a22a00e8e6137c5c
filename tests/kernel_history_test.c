// SPDX-License-Identifier: GPL-2.0-only
/* The history of rulesets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "compile/image_read.h"
#include "kernel/maps/window.h"
#include "kernel/state/history.h"
#include "kernel_world.h"
#include "rules/parse.h"
#include "rules/messages.h"
#include "rules/time.h"

static void attach(void)
{
	struct ng_image image = world_marked_image(false, 0, 1);

	world_attach(NG_MODE_NATIVE, &image);
}

/* Images are compiled from text here: the history keeps what they were compiled from. */
static void publish(struct ng_state *state, const char *text, const struct ng_origin *origin)
{
	const void *kept[NG_IMAGE_SLOTS] = { 0 };
	struct ng_messages messages = { 0 };
	struct ng_ruleset *ruleset;
	struct ng_error err = { 0 };
	struct ng_image image;

	assert_int_equal(ng_parse_text(text, strlen(text), "text", NULL, NULL, &ruleset, &messages),
			 0);
	assert_int_equal(ng_image_compile(ruleset, kept, NG_IMAGE_SLOTS, &image, &err), 0);
	assert_int_equal(ng_history_add(state, image.data, origin, &err), 0);
	assert_int_equal(ng_publish(state, &image, &err), 0);
	ng_history_settle(state, NULL);
	ng_ruleset_free(ruleset);
	ng_image_clear(&image);
	ng_messages_clear(&messages);
}

static void apply(struct ng_state *state, const char *text, const char *command)
{
	publish(state, text, &(struct ng_origin){ command, "tester", false });
}

static struct ng_history_entry *list(const struct ng_state *state, size_t *n)
{
	struct ng_history_entry *entries;
	struct ng_error err;

	assert_int_equal(ng_history_list(state, &entries, n, &err), 0);
	return entries;
}

static void test_history_keeps_the_last_texts(void **unused)
{
	struct ng_state *state;
	struct ng_history_entry *entries;
	struct ng_ruleset *ruleset;
	struct ng_error err;
	char text[128];
	void *source;
	size_t n;

	(void)unused;
	attach();
	state = world_open(NG_ACCESS_CHANGE);
	for (int i = 1; i <= NG_HISTORY_MAX + 3; i++) {
		snprintf(text, sizeof(text),
			 "set s { 10.0.%d.0/24, 2001:db8:%d::/48 }\ndrop from @s\n", i, i);
		apply(state, text, "apply");
	}
	entries = list(state, &n);
	assert_int_equal(n, NG_HISTORY_MAX);
	assert_int_equal(entries[0].number, NG_HISTORY_MAX + 3);
	assert_true(entries[0].in_force);
	assert_true(entries[1].previous);
	assert_int_equal(entries[n - 1].number, 4);
	assert_int_equal(entries[n - 1].head.rules, 1);
	assert_string_equal(entries[n - 1].head.user, "tester");
	free(entries);
	assert_int_equal(ng_history_source(state, 3, &source, &err), -ENOENT);
	assert_int_equal(ng_history_source(state, 5, &source, &err), 0);
	assert_int_equal(ng_image_ruleset(source, &ruleset, &err), 0);
	free(source);
	assert_int_equal(ruleset->n_rules, 1);
	assert_int_equal(ruleset->sets[0].n_prefixes, 2);
	assert_int_equal(ruleset->sets[0].prefixes[0].addr[2], 5);
	ng_ruleset_free(ruleset);
	ng_state_close(state);
}

/* An entry of a ruleset that was never in force is not shown, and is removed. */
static void test_history_of_what_never_was_in_force(void **unused)
{
	struct ng_state *state;
	struct ng_image image;
	struct ng_error err;
	size_t n;

	(void)unused;
	attach();
	state = world_open(NG_ACCESS_CHANGE);
	apply(state, "drop udp\n", "one");
	image = world_marked_image(true, 0, 77);
	assert_int_equal(
		ng_history_add(state, image.data, &(struct ng_origin){ "two", "", false }, &err),
		0);
	free(list(state, &n));
	assert_int_equal(n, 1);
	apply(state, "drop tcp\n", "three");
	free(list(state, &n));
	assert_int_equal(n, 2);
	world_run("test $(ls /sys/fs/bpf/netguard/*/history | wc -l) = 2");
	ng_state_close(state);
	world_detach_all();
	world_assert_empty();
}

static void test_history_names_what_was_not_confirmed(void **unused)
{
	struct ng_history_entry *entries;
	struct ng_state *state;
	size_t n;

	(void)unused;
	attach();
	state = world_open(NG_ACCESS_CHANGE);
	apply(state, "count udp\n", "one");
	ng_window_ask(state, 300 * NG_NS_PER_SECOND / 1000);
	apply(state, "default drop\n", "two");
	ng_state_close(state);
	world_await_deadline();
	for (int recovered = 0; recovered < 2; recovered++) {
		state = world_open(recovered ? NG_ACCESS_CHANGE : NG_ACCESS_READ);
		entries = list(state, &n);
		assert_int_equal(n, 2);
		assert_true(entries[0].head.unconfirmed && entries[0].previous);
		assert_true(entries[1].in_force && !entries[1].head.unconfirmed);
		free(entries);
		ng_state_close(state);
	}
}

/* Sources that are too large together are deleted, the oldest first; their entries stay. */
static void test_history_has_a_bound(void **unused)
{
	size_t size = NG_HISTORY_BYTES / 2 + 8, n, shed;
	struct ng_image_header *header = calloc(1, 2 * NG_SOURCE_ALIGN + NG_HISTORY_BYTES);
	struct ng_image_source *source = (void *)((char *)header + NG_SOURCE_ALIGN);
	struct ng_history_entry *entries;
	struct ng_state *state;
	struct ng_image image;
	struct ng_error err;

	(void)unused;
	attach();
	state = world_open(NG_ACCESS_CHANGE);
	for (int i = 1; i <= 3; i++) {
		image = world_marked_image(false, 0, 100 + i);
		*header = *(struct ng_image_header *)image.data;
		*source = *ng_image_source(image.data);
		((char *)(source + 1))[0] = i; /* otherwise the second would repeat the first */
		source->hides.offset = i == 3 ? NG_HISTORY_BYTES + 8 : size;
		assert_int_equal(
			ng_history_add(state, header, &(struct ng_origin){ "x", "y", false }, &err),
			0);
		assert_int_equal(ng_publish(state, &image, &err), 0);
		ng_history_settle(state, &shed);
		assert_int_equal(shed, i == 2);
	}
	entries = list(state, &n);
	assert_int_equal(n, 3);
	assert_int_equal(entries[0].head.size, 0);
	assert_int_equal(entries[1].head.size, size);
	assert_int_equal(entries[2].head.size, 0);
	free(entries);
	ng_state_close(state);
	free(header);
}

static void assert_numbers(const struct ng_state *state, const __u32 *numbers, size_t wanted)
{
	size_t n;
	struct ng_history_entry *entries = list(state, &n);

	assert_int_equal(n, wanted);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(entries[i].number, numbers[i]);
	free(entries);
}

/* Changes by scripts never displace those by people; and the last one can be rolled back. */
static void test_history_leaves_its_places_to_people(void **unused)
{
	const struct ng_origin machine = { "set load feed -", "root", true };
	struct ng_history_entry *entries;
	struct ng_state *state;
	struct ng_error err;
	char text[64];
	size_t n;

	(void)unused;
	attach();
	state = world_open(NG_ACCESS_CHANGE);
	for (int i = 1; i <= NG_HISTORY_MAX; i++) {
		snprintf(text, sizeof(text), "drop udp dport %d\n", i);
		apply(state, text, "apply");
	}
	for (int i = 1; i <= NG_HISTORY_MAX + 3; i++) {
		snprintf(text, sizeof(text), "drop tcp dport %d\n", i);
		publish(state, text, &machine);
	}
	assert_numbers(state, (const __u32[]){ 19, 18, 8, 7, 6, 5, 4, 3, 2, 1 }, 10);
	entries = list(state, &n);
	assert_true(entries[0].in_force && entries[1].previous);
	free(entries);
	assert_int_equal(ng_publish_previous(state, &err), 0);
	ng_history_settle(state, NULL);
	assert_numbers(state, (const __u32[]){ 19, 18, 8, 7, 6, 5, 4, 3, 2, 1 }, 10);
	apply(state, "count udp\n", "apply");
	assert_numbers(state, (const __u32[]){ 20, 18, 8, 7, 6, 5, 4, 3, 2 }, 9);
	apply(state, "count tcp\n", "apply");
	assert_numbers(state, (const __u32[]){ 21, 20, 8, 7, 6, 5, 4, 3 }, 8);
	ng_state_close(state);
}

/* A timer that applies the same file takes one place. */
static void test_history_of_what_is_applied_again(void **unused)
{
	const struct ng_origin machine = { "set load feed -", "root", true };
	struct ng_state *state;

	(void)unused;
	attach();
	state = world_open(NG_ACCESS_CHANGE);
	apply(state, "drop udp dport 1\n", "apply");
	for (int i = 0; i < 4; i++)
		apply(state, "set s { 192.0.2.1 }\ndrop from @s\n", "apply");
	assert_numbers(state, (const __u32[]){ 5, 4, 2, 1 }, 4);
	publish(state, "set s { 192.0.2.2 }\ndrop from @s\n", &machine);
	assert_numbers(state, (const __u32[]){ 6, 5, 2, 1 }, 4);
	apply(state, "set s { 192.0.2.1 }\ndrop from @s\n", "apply");
	assert_numbers(state, (const __u32[]){ 7, 6, 2, 1 }, 4);
	apply(state, "set s { 192.0.2.2 }\ndrop from @s\n", "apply");
	assert_numbers(state, (const __u32[]){ 8, 7, 2, 1 }, 4);
	apply(state, "drop udp dport 1\n", "apply");
	assert_numbers(state, (const __u32[]){ 9, 8, 2, 1 }, 4);
	ng_state_close(state);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, world_enter)
	const struct CMUnitTest tests[] = {
		TEST(test_history_keeps_the_last_texts),
		TEST(test_history_of_what_never_was_in_force),
		TEST(test_history_names_what_was_not_confirmed),
		TEST(test_history_has_a_bound),
		TEST(test_history_leaves_its_places_to_people),
		TEST(test_history_of_what_is_applied_again),
	};

	return cmocka_run_group_tests_name("kernel history", tests, NULL, NULL);
}
