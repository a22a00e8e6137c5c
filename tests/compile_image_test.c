// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compile/image_read.h"
#include "compile/tree/cost.h"
#include "image_help.h"
#include "kernel/programs/needs.h"
#include "layout/stable.h"
#include "layout/version.h"
#include "rules/check.h"
#include "rules/messages.h"
#include "rules/prefix.h"
#include "net/ip.h"
#include "rules/print.h"

/* Compiled with the slots of up to two earlier images kept. */
static struct ng_image compiled(const char *text, const struct ng_image *first,
				const struct ng_image *second)
{
	const void *kept[] = { first ? first->data : NULL, second ? second->data : NULL };
	struct ng_ruleset *ruleset = ruleset_of(text);
	struct ng_image image = {};
	struct ng_error err = {};

	if (ng_image_compile(ruleset, kept, 2, &image, &err))
		fail_msg("%s", err.what);
	ng_ruleset_free(ruleset);
	return image;
}

static __u32 slot_of(const struct ng_image *image, size_t rule)
{
	size_t n;
	const struct ng_image_rule *rules = ng_image_rules(image->data, &n);

	assert_true(rule < n);
	return rules[rule].slot;
}

static void test_image_says_whether_it_needs_egress_programs(void **state)
{
	static const struct {
		const char *text;
		bool out;
	} cases[] = {
		{ "drop tcp", false },		 { "drop out tcp", true },
		{ "count out tcp", true },	 { "limit 1/s out tcp", true },
		{ "default out drop", true },	 { "pass established", true },
		{ "drop established no", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ng_image image = compiled(cases[i].text, NULL, NULL);

		assert_int_equal(ng_image_needs_out(image.data), cases[i].out);
		ng_image_clear(&image);
	}
}

static void test_image_gives_the_ruleset_back(void **state)
{
	static const char text[] = "default drop\ndefault out pass\ndefault invalid pass\n"
				   "set a { 10.0.0.0/8, 10.1.0.0/16, 2001:db8::/32 }\n"
				   "pass tcp from @a dport 22 label \"ssh\"\ncount udp log 5/s\n";
	struct ng_image image = compiled(text, NULL, NULL);
	struct ng_ruleset *ruleset = NULL;
	char *printed = NULL;
	struct ng_error err;
	size_t len;
	FILE *out = open_memstream(&printed, &len);

	(void)state;
	assert_int_equal(ng_image_check(image.data, ng_image_extent(image.data), &err), 0);
	assert_int_equal(ng_image_ruleset(image.data, &ruleset, &err), 0);
	assert_int_equal(ng_print_ruleset(out, ruleset, NG_SETS_INLINE), 0);
	fclose(out);
	assert_string_equal(printed, text);
	free(printed);
	ng_ruleset_free(ruleset);
	ng_image_clear(&image);
}

/* What the header says that no packet exceeds. */
static __u32 worst_of(const char *text)
{
	struct ng_image image = image_of(text);
	__u32 worst = ((const struct ng_image_header *)image.data)->worst;

	ng_image_clear(&image);
	return worst;
}

static __u32 rounded_up(const struct ng_met *met)
{
	return ceil(ng_cost_of_met(met, 0));
}

static void test_image_says_what_no_packet_exceeds(void **state)
{
	const struct ng_met one = { .trees = 1, .leaves = 1, .entries = 1 };

	(void)state;
	assert_int_equal(worst_of("default drop\n"), 0);
	assert_int_equal(worst_of("drop ipv4 tcp dport 22\n"), rounded_up(&one));
	/* Of the kinds of packets the one that meets most counts. */
	assert_int_equal(worst_of("drop tcp\npass ipv6 from 2001:db8::/32\n"),
			 worst_of("drop ipv6 tcp\npass ipv6 from 2001:db8::/32\n"));
	assert_int_equal(worst_of("drop tcp\ndrop out udp\ndrop out from 10.0.0.0/8\n"),
			 worst_of("drop out udp\ndrop out from 10.0.0.0/8\n"));
	assert_true(worst_of("drop tcp\ndrop from 10.0.0.0/8\n") > worst_of("drop tcp\n"));
}

static void test_image_says_what_is_compared_by_the_loop(void **state)
{
	const struct ng_met both = { .trees = 1, .loops = 1, .looped = 2, .hits = 2 };
	const struct ng_met list = {
		.trees = 1, .leaves = 1, .entries = 1, .loops = 1, .looped = 1, .matches = 1
	};

	(void)state;
	assert_int_equal(worst_of("count ipv4 from 10.0.0.0/8\ncount ipv4 from 10.0.0.0/8 udp\n"),
			 rounded_up(&both));
	/* A list is searched by it, behind the entry. */
	assert_int_equal(worst_of("drop tcp sport not 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29\n"),
			 rounded_up(&list));
}

static void test_image_rules_carry_their_texts(void **state)
{
	struct ng_image image = compiled("pass tcp\ndrop udp dport 53\n", NULL, NULL);
	const struct ng_image_rule *rules;
	size_t n;

	(void)state;
	rules = ng_image_rules(image.data, &n);
	assert_int_equal(n, 2);
	assert_int_equal(rules[1].text.count, strlen("drop udp dport 53"));
	assert_memory_equal(ng_image_text(image.data, &rules[1].text), "drop udp dport 53",
			    rules[1].text.count);
	ng_image_clear(&image);
}

static void test_slots_of_unchanged_rules_stay(void **state)
{
	struct ng_image old = compiled("pass tcp\ndrop udp\ndrop sctp\n", NULL, NULL);
	struct ng_image new = compiled("drop gre\ndrop sctp\npass tcp\n", &old, NULL);

	(void)state;
	assert_int_equal(slot_of(&new, 1), slot_of(&old, 2));
	assert_int_equal(slot_of(&new, 2), slot_of(&old, 0));
	/* The old image still counts in the slot of `drop udp`, after a rollback. */
	assert_int_not_equal(slot_of(&new, 0), slot_of(&old, 1));
	assert_int_equal(new.n_fresh, 1);
	assert_int_equal(new.fresh[0], slot_of(&new, 0));
	ng_image_clear(&old);
	ng_image_clear(&new);
}

static void test_slots_come_back_from_the_previous_image(void **state)
{
	struct ng_image previous = compiled("pass tcp\ndrop udp\n", NULL, NULL);
	struct ng_image current = compiled("pass tcp\n", &previous, NULL);
	struct ng_image new = compiled("pass tcp\ndrop udp\n", &current, &previous);

	(void)state;
	assert_int_equal(slot_of(&new, 1), slot_of(&previous, 1));
	assert_int_equal(new.n_fresh, 0);
	ng_image_clear(&previous);
	ng_image_clear(&current);
	ng_image_clear(&new);
}

static void test_slots_of_equal_rules_differ(void **state)
{
	struct ng_image old = compiled("count tcp\ncount tcp\n", NULL, NULL);
	struct ng_image new = compiled("count tcp\ncount tcp\ncount tcp\n", &old, NULL);

	(void)state;
	assert_int_equal(slot_of(&new, 0), slot_of(&old, 0));
	assert_int_equal(slot_of(&new, 1), slot_of(&old, 1));
	assert_int_not_equal(slot_of(&old, 0), slot_of(&old, 1));
	assert_int_equal(new.n_fresh, 1);
	ng_image_clear(&old);
	ng_image_clear(&new);
}

/* Both kept images have the rule with the same slot: only one of two new rules can get it. */
static void test_slots_of_two_kept_images_are_given_once(void **state)
{
	struct ng_image previous = compiled("count tcp\n", NULL, NULL);
	struct ng_image current = compiled("count tcp\n", &previous, NULL);
	struct ng_image new = compiled("count tcp\ncount tcp\n", &current, &previous);

	(void)state;
	assert_int_equal(slot_of(&current, 0), slot_of(&previous, 0));
	assert_int_equal(slot_of(&new, 0), slot_of(&current, 0));
	assert_int_not_equal(slot_of(&new, 1), slot_of(&new, 0));
	ng_image_clear(&previous);
	ng_image_clear(&current);
	ng_image_clear(&new);
}

static void test_slots_no_image_uses_are_given_again(void **state)
{
	struct ng_image old = compiled("pass tcp\n", NULL, NULL);
	struct ng_image new = compiled("drop udp\n", NULL, NULL);

	(void)state;
	assert_int_equal(slot_of(&old, 0), NG_SLOT_RULES);
	assert_int_equal(slot_of(&new, 0), NG_SLOT_RULES);
	ng_image_clear(&old);
	ng_image_clear(&new);
}

static void test_image_of_too_many_sets_is_refused(void **state)
{
	static char text[16384];
	const void *kept[] = { NULL };
	struct ng_ruleset *ruleset;
	struct ng_image image = {};
	struct ng_error err = {};
	size_t len = 0;

	(void)state;
	for (int i = 0; i <= NG_LOOKUPS_MAX; i++)
		len += snprintf(text + len, sizeof(text) - len,
				"set s%d { 10.0.%d.0/24 }\ndrop from @s%d\n", i, i, i);
	ruleset = ruleset_of(text);
	assert_int_equal(ng_image_compile(ruleset, kept, 1, &image, &err), -E2BIG);
	assert_non_null(strstr(err.what, "64 sets"));
	assert_null(image.data);
	ng_ruleset_free(ruleset);
}

/* Lengths that are stored in one word and in two. */
static int read_listed(void *data, struct ng_set *set, struct ng_error *err)
{
	static const char *const listed[] = {
		"0.0.0.0/0",	       "10.0.0.0/8",	"10.0.0.1/32",
		"255.255.255.255/32",  "::/0",		"2001:db8::/32",
		"2001:db8::/64",       "2001:db8::/65", "2001:db8:0:1::/64",
		"2001:db8:0:1::7/128", "ff02::1/128",
	};

	(void)data;
	for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++) {
		struct ng_prefix prefix;

		if (ng_parse_prefix(listed[i], &prefix, err) ||
		    ng_prefixes_push(&set->prefixes, &set->n_prefixes, &prefix))
			return -1;
	}
	return 0;
}

static struct ng_image image_of_listed(struct ng_ruleset **ruleset)
{
	static const char text[] = "set a file \"a.txt\"\nset b { 192.0.2.1 }\ndrop from @a\n";
	struct ng_set_source source = { .read = read_listed };
	struct ng_messages messages = {};
	struct ng_image image = {};
	struct ng_error err = {};

	assert_int_equal(
		ng_parse_text(text, strlen(text), "test", NULL, &source, ruleset, &messages), 0);
	ng_messages_clear(&messages);
	assert_int_equal(ng_image_compile(*ruleset, NULL, 0, &image, &err), 0);
	return image;
}

static void test_image_gives_the_prefixes_of_a_file_back(void **state)
{
	struct ng_ruleset *ruleset = NULL, *back = NULL;
	struct ng_image image = image_of_listed(&ruleset);
	struct ng_error err = {};

	(void)state;
	assert_int_equal(ng_image_check(image.data, ng_image_extent(image.data), &err), 0);
	assert_int_equal(ng_image_ruleset(image.data, &back, &err), 0);
	assert_int_equal(back->sets[0].n_prefixes, 11);
	assert_memory_equal(back->sets[0].prefixes, ruleset->sets[0].prefixes,
			    11 * sizeof(struct ng_prefix));
	ng_ruleset_free(ruleset);
	ng_ruleset_free(back);
	ng_image_clear(&image);
}

static void test_image_whose_prefixes_are_damaged_is_refused(void **state)
{
	struct ng_ruleset *ruleset = NULL;
	struct ng_image image = image_of_listed(&ruleset);
	size_t n;
	struct ng_image_set *set = (void *)ng_image_set_list(image.data, &n);
	__u8 *lengths = (__u8 *)ng_image_source(image.data) + set->ipv6.offset;
	struct ng_list good = set->ipv6;
	struct ng_error err = {};

	(void)state;
	set->ipv6.offset = ng_image_source(image.data)->size - 8;
	assert_int_equal(ng_image_check(image.data, ng_image_extent(image.data), &err), -EINVAL);
	set->ipv6 = good;
	set->ipv6.count = ng_image_source(image.data)->size;
	assert_int_equal(ng_image_check(image.data, ng_image_extent(image.data), &err), -EINVAL);
	set->ipv6 = good;
	lengths[0] = 129;
	assert_int_equal(ng_image_check(image.data, ng_image_extent(image.data), &err), -EINVAL);
	lengths[0] = 0;
	assert_int_equal(ng_image_check(image.data, ng_image_extent(image.data), &err), 0);
	ng_ruleset_free(ruleset);
	ng_image_clear(&image);
}

/* Rules that an older netguard accepted survive an upgrade, even if they would be refused today. */
static void test_image_holds_rules_that_a_file_may_not(void **state)
{
	static const char text[] = "default pass\n"
				   "drop ethertype 0x5ff\n"
				   "drop on eth* tcp\n"
				   "drop ipv4 length 1-19\n"
				   "count invalid ethertype arp\n"
				   "drop sport 80 port not 80\n"
				   "drop tcp dport 22\n";
	struct ng_set_source source = { .read = read_listed };
	struct ng_ruleset *ruleset = NULL, *back = NULL;
	struct ng_messages messages = {};
	struct ng_image image = {};
	struct ng_error err = {};

	(void)state;
	assert_int_equal(ng_parse_text(text, strlen(text), "test", NULL, NULL, &ruleset, &messages),
			 -EINVAL);
	assert_int_equal(messages.errors, 5);
	ng_messages_clear(&messages);
	assert_int_equal(
		ng_parse_text(text, strlen(text), "test", NULL, &source, &ruleset, &messages), 0);
	assert_int_equal(ng_image_compile(ruleset, NULL, 0, &image, &err), 0);
	assert_int_equal(ng_image_check(image.data, ng_image_extent(image.data), &err), 0);
	assert_int_equal(ng_image_ruleset(image.data, &back, &err), 0);
	assert_int_equal(back->n_rules, 6);
	/* A warning for each has its number, the reason, and that a file with it is refused. */
	ng_messages_clear(&messages);
	ng_check_kept(back, &messages);
	assert_int_equal(messages.errors, 0);
	assert_int_equal(messages.n, 4);
	assert_string_equal(messages.list[0].error.where, "rule 1");
	assert_non_null(strstr(messages.list[0].error.what, "never matches"));
	assert_non_null(strstr(messages.list[0].error.hint, "it stays"));
	ng_messages_clear(&messages);
	ng_ruleset_free(ruleset);
	ng_ruleset_free(back);
	ng_image_clear(&image);
}

static void test_image_that_is_damaged_is_refused(void **state)
{
	struct ng_image image = compiled("pass tcp\n", NULL, NULL);
	struct ng_image_header *header = image.data, whole = *header;
	struct ng_image_source *source = (void *)ng_image_source(header), good = *source;
	struct ng_error err;

	(void)state;
	assert_int_equal(ng_image_check(image.data, ng_image_extent(image.data) - 8, &err),
			 -EINVAL);
	source->rules.count = 1U << 31;
	assert_int_equal(ng_image_check(image.data, ng_image_extent(image.data), &err), -EINVAL);
	*source = good;
	source->magic = NG_IMAGE_MAGIC;
	assert_int_equal(ng_image_check(image.data, ng_image_extent(image.data), &err), -EINVAL);
	*source = good;
	header->source = whole.source + 8; /* beyond the end, in part */
	assert_int_equal(ng_image_check(header, whole.source + good.size, &err), -EINVAL);
	header->source = 8; /* inside the image */
	assert_int_equal(ng_image_check(header, whole.source + good.size, &err), -EINVAL);
	*header = whole;
	header->version = source->version = NG_LAYOUT_VERSION + 1;
	assert_int_equal(ng_image_check(image.data, ng_image_extent(image.data), &err), -EINVAL);
	assert_non_null(strstr(err.what, "layout"));
	ng_image_clear(&image);
}

/* Up to layout 8 an image had in its header, and in itself, what its source has now. */
static void test_image_of_a_layout_without_source_is_read(void **state)
{
	struct ng_image image =
		compiled("set s { 192.0.2.1, 2001:db8::/48 }\npass from @s\n", NULL, NULL);
	struct ng_image_source *old = (void *)ng_image_source(image.data);
	struct ng_image_header *header = (void *)old;
	struct ng_ruleset *ruleset = NULL;
	struct ng_error err;
	size_t n;

	(void)state;
	header->magic = NG_IMAGE_MAGIC;
	for (header->version = NG_LAYOUT_FIRST; header->version <= 8; header->version++) {
		assert_int_equal(ng_image_check(header, old->size - 8, &err), -EINVAL);
		assert_int_equal(ng_image_check(header, old->size, &err), 0);
		assert_int_equal(ng_image_extent(header), old->size);
		assert_int_equal(ng_image_rules(header, &n)[0].slot, NG_SLOT_RULES);
		assert_int_equal(n, 1);
		assert_int_equal(ng_image_ruleset(header, &ruleset, &err), 0);
		assert_int_equal(ruleset->n_rules, 1);
		assert_int_equal(ruleset->sets[0].n_prefixes, 2);
		ng_ruleset_free(ruleset);
	}
	ng_image_clear(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_image_gives_the_ruleset_back),
		cmocka_unit_test(test_image_says_what_no_packet_exceeds),
		cmocka_unit_test(test_image_says_what_is_compared_by_the_loop),
		cmocka_unit_test(test_image_rules_carry_their_texts),
		cmocka_unit_test(test_slots_of_unchanged_rules_stay),
		cmocka_unit_test(test_slots_come_back_from_the_previous_image),
		cmocka_unit_test(test_slots_of_equal_rules_differ),
		cmocka_unit_test(test_slots_of_two_kept_images_are_given_once),
		cmocka_unit_test(test_slots_no_image_uses_are_given_again),
		cmocka_unit_test(test_image_of_too_many_sets_is_refused),
		cmocka_unit_test(test_image_gives_the_prefixes_of_a_file_back),
		cmocka_unit_test(test_image_whose_prefixes_are_damaged_is_refused),
		cmocka_unit_test(test_image_says_whether_it_needs_egress_programs),
		cmocka_unit_test(test_image_holds_rules_that_a_file_may_not),
		cmocka_unit_test(test_image_that_is_damaged_is_refused),
		cmocka_unit_test(test_image_of_a_layout_without_source_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
