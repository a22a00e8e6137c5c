// SPDX-License-Identifier: GPL-2.0-only
/*
 * Further captures, which are not part of the project, with rulesets in JSON and the expected
 * counters: if there are any, the model and the XDP program must count the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "captures.h"
#include "base/cleanup.h"
#include "rules/parse.h"
#include "rules/messages.h"
#include "subject.h"

#define RULES_MAX 256

/* ---- rulesets -------------------------------------------------------------------------- */

static void put_list(FILE *out, const char *name, struct json_object *list)
{
	size_t n = json_object_array_length(list);

	fprintf(out, " %s ", name);
	for (size_t i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		fputs(i ? "," : "", out);
		if (json_object_is_type(item, json_type_array))
			fprintf(out, "%d-%d",
				json_object_get_int(json_object_array_get_idx(item, 0)),
				json_object_get_int(json_object_array_get_idx(item, 1)));
		else
			fputs(json_object_get_string(item), out);
	}
}

static const char *member(struct json_object *object, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(object, name, &value) ? json_object_get_string(value)
							       : NULL;
}

static void put_member(FILE *out, struct json_object *rule, const char *key, const char *name)
{
	const char *text = member(rule, key);

	if (text)
		fprintf(out, " %s %s", name, text);
}

static void put_flags(FILE *out, struct json_object *flags)
{
	const char *value = member(flags, "value");

	fprintf(out, " flags %s/%s", value && *value ? value : "none", member(flags, "mask"));
}

/* The README of the further captures explains the keys. */
static void put_rule(FILE *out, struct json_object *rule)
{
	struct json_object *value;

	fputs(member(rule, "action"), out);
	if (member(rule, "family"))
		fprintf(out, " %s", member(rule, "family"));
	put_member(out, rule, "src", "from");
	put_member(out, rule, "dst", "to");
	put_member(out, rule, "proto", "proto");
	put_member(out, rule, "vlan", "vlan");
	put_member(out, rule, "frag", "fragment");
	put_member(out, rule, "ethertype", "ethertype");
	put_member(out, rule, "icmp_type", "icmp-type");
	if (member(rule, "icmp_code"))
		fprintf(out, "/%s", member(rule, "icmp_code"));
	if (json_object_object_get_ex(rule, "sport", &value))
		put_list(out, "sport", value);
	if (json_object_object_get_ex(rule, "dport", &value))
		put_list(out, "dport", value);
	if (json_object_object_get_ex(rule, "iplen", &value))
		fprintf(out, " length %d-%d",
			json_object_get_int(json_object_array_get_idx(value, 0)),
			json_object_get_int(json_object_array_get_idx(value, 1)));
	if (json_object_object_get_ex(rule, "tcp_flags", &value))
		put_flags(out, value);
}

/* Rules that can never match are errors in our language: they are left out. */
static bool is_accepted(const char *line)
{
	struct ng_rule rule;
	struct ng_error err;

	if (ng_parse_rule(line, NULL, &rule, &err)) {
		print_message("left out: %s: %s\n", line, err.what);
		return false;
	}
	ng_rule_clear(&rule);
	return true;
}

/* @numbers: by index in the JSON, the number of the rule in the ruleset; 0: it was left out. */
static char *rules_text(struct json_object *json, size_t *numbers)
{
	char *text = NULL;
	size_t len, number = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	for (size_t i = 0; i < json_object_array_length(json); i++) {
		__cleanup_free char *line = NULL;
		FILE *one = open_memstream(&line, &len);

		assert_non_null(one);
		put_rule(one, json_object_array_get_idx(json, i));
		fclose(one);
		numbers[i] = is_accepted(line) ? ++number : 0;
		if (numbers[i])
			fprintf(out, "%s\n", line);
	}
	fclose(out);
	return text;
}

static struct ng_ruleset *parse_json_rules(struct json_object *json, const char *name,
					   size_t *numbers)
{
	struct ng_messages messages = { 0 };
	struct ng_ruleset *ruleset = NULL;
	__cleanup_free char *text = rules_text(json, numbers);

	if (ng_parse_text(text, strlen(text), name, NULL, NULL, &ruleset, &messages))
		for (size_t i = 0; i < messages.n; i++)
			print_error("%s: %s\n", messages.list[i].error.where,
				    messages.list[i].error.what);
	ng_messages_clear(&messages);
	return ruleset;
}

/* ---- counters -------------------------------------------------------------------------- */

static uint64_t number_at(struct json_object *object, const char *name)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(object, name, &value));
	return json_object_get_int64(value);
}

static size_t compare(const char *what, size_t number, struct ng_counter counter,
		      struct json_object *expected)
{
	if (counter.packets == number_at(expected, "packets") &&
	    counter.bytes == number_at(expected, "bytes"))
		return 0;
	print_error("%s %zu: expected %s but %llu packets %llu bytes\n", what, number,
		    json_object_to_json_string(expected), counter.packets, counter.bytes);
	return 1;
}

static size_t compare_undecided(const struct subject *subject, struct json_object *expected)
{
	struct ng_counter undecided = { 0 }, invalid = { 0 };

	for (__u32 slot = 0; slot < NG_SLOT_TOTALS; slot++) {
		struct ng_counter counter = subject_counter(subject, slot);

		undecided.packets += counter.packets;
		undecided.bytes += counter.bytes;
		if (slot >= NG_SLOT_INVALID)
			invalid.packets += counter.packets;
	}
	if (invalid.packets != number_at(expected, "invalid") ||
	    subject_counter(subject, NG_SLOT_NON_IP).packets != number_at(expected, "non_ip")) {
		print_error("%llu invalid frames, %llu not IP\n", invalid.packets,
			    subject_counter(subject, NG_SLOT_NON_IP).packets);
		return 1;
	}
	return compare("undecided", 0, undecided, expected);
}

static size_t compare_all(const struct subject *subject, const size_t *numbers,
			  struct json_object *expected)
{
	struct json_object *rules, *undecided;
	struct ng_counter zero = { 0 };
	size_t differences = 0;

	assert_true(json_object_object_get_ex(expected, "rules", &rules));
	assert_true(json_object_object_get_ex(expected, "undecided", &undecided));
	for (size_t i = 0; i < json_object_array_length(rules); i++)
		differences +=
			compare("rule", i + 1,
				numbers[i] ? subject_rule_counter(subject, numbers[i] - 1) : zero,
				json_object_array_get_idx(rules, i));
	return differences + compare_undecided(subject, undecided);
}

/* The expected counters are of frames of these lengths. */
#define SHORTEST 14
#define LONGEST	 3500

static void run_captures(struct subject *subject, const struct captures *captures)
{
	struct ng_decision decision;

	for (size_t i = 0; i < captures->n; i++) {
		const struct capture *capture = &captures->list[i];

		for (size_t j = 0; j < capture->n; j++) {
			const struct capture_frame *frame = &capture->frames[j];

			if (frame->len < SHORTEST || frame->len > LONGEST)
				continue;
			assert_int_equal(
				subject_run(subject, frame->bytes, frame->len, NULL, &decision), 0);
		}
	}
}

/* $folder/rulesets/NAME.SUFFIX for the NAME.json that @name is */
static struct json_object *read_json(const char *name, const char *suffix)
{
	__cleanup_free char *path = NULL;
	struct json_object *json;

	if (asprintf(&path, "%s/rulesets/%.*s.%s", captures_elsewhere(), (int)strcspn(name, "."),
		     name, suffix) < 0)
		fail_msg("no memory");
	json = json_object_from_file(path);
	assert_non_null(json);
	return json;
}

static size_t check_rules(const char *name, const struct captures *captures, bool model)
{
	struct json_object *json = read_json(name, "json");
	struct json_object *expected = read_json(name, "expected.json");
	size_t numbers[RULES_MAX] = { 0 };
	struct ng_ruleset *ruleset;
	struct subject *subject = NULL;
	struct ng_error err = { 0 };
	size_t differences;

	assert_in_range(json_object_array_length(json), 1, RULES_MAX);
	ruleset = parse_json_rules(json, name, numbers);
	assert_non_null(ruleset);
	assert_int_equal(subject_open(model, NG_HOOK_XDP, "", NULL, &subject), 0);
	if (subject_use(subject, ruleset, &err))
		fail_msg("%s %s", err.what, err.hint);
	run_captures(subject, captures);
	differences = compare_all(subject, numbers, expected);
	if (differences)
		print_error("%s: %zu counters differ\n", name, differences);
	subject_close(subject);
	ng_ruleset_free(ruleset);
	json_object_put(json);
	json_object_put(expected);
	return differences;
}

static int is_rules(const struct dirent *entry)
{
	const char *dot = strchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".json");
}

/* Return: false if there is nothing to check. */
static bool check_elsewhere(bool model)
{
	__cleanup_free char *rulesets = NULL;
	struct captures captures;
	struct dirent **entries;
	size_t differences = 0;
	int n;

	if (asprintf(&rulesets, "%s/rulesets", captures_elsewhere()) < 0)
		fail_msg("no memory");
	n = scandir(rulesets, &entries, is_rules, alphasort);
	if (n <= 0) {
		print_message("# skipped: no rulesets in %s (NETGUARD_CAPTURES names the folder)\n",
			      rulesets);
		return false;
	}
	assert_int_equal(captures_read_elsewhere(&captures), 0);
	for (int i = 0; i < n; i++) {
		differences += check_rules(entries[i]->d_name, &captures, model);
		free(entries[i]);
	}
	free(entries);
	captures_free(&captures);
	assert_int_equal(differences, 0);
	return true;
}

static void test_model_gives_the_counters_of_further_captures(void **state)
{
	(void)state;
	if (!check_elsewhere(true))
		skip();
}

static void test_xdp_gives_the_counters_of_further_captures(void **state)
{
	(void)state;
	if (!check_elsewhere(false))
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model_gives_the_counters_of_further_captures),
		cmocka_unit_test(test_xdp_gives_the_counters_of_further_captures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
