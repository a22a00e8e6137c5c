// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rule language for fuzzers: alone it is a libFuzzer target,
 *
 *	clang -fsanitize=fuzzer,address -D_GNU_SOURCE -Iinclude -Ictl \
 *		tests/rules_fuzz.c ctl/error.c $(find ctl/rules -name "*.c")
 *
 * and rules_fuzz_test.c drives it with mutations that are always the same.
 */
#include "rules_fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "rules/parse.h"
#include "rules/print.h"
#include "rules/set_file.h"

static char *read_and_print(const char *text, size_t len, size_t *errors)
{
	struct ng_ruleset *ruleset = NULL;
	struct ng_messages messages = { 0 };
	char *printed = NULL;
	size_t size;
	FILE *out;

	if (!ng_parse_text(text, len, "fuzz", NULL, NULL, &ruleset, &messages)) {
		out = open_memstream(&printed, &size);
		if (!out || ng_print_ruleset(out, ruleset, NG_SETS_INLINE) || fclose(out))
			abort();
	}
	*errors = messages.errors;
	ng_ruleset_free(ruleset);
	ng_messages_clear(&messages);
	return printed;
}

enum fuzz_result fuzz_rules(const uint8_t *data, size_t size)
{
	__cleanup_free char *first = NULL, *second = NULL;
	size_t errors;

	first = read_and_print((const char *)data, size, &errors);
	if (!first)
		return errors ? FUZZ_REFUSED : FUZZ_BROKEN;
	second = read_and_print(first, strlen(first), &errors);
	return second && !strcmp(first, second) ? FUZZ_SAME : FUZZ_BROKEN;
}

/* Every prefix on a line of its own. */
static char *print_list(const struct ng_set *set)
{
	char *printed = NULL, text[64];
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	for (size_t i = 0; out && i < set->n_prefixes; i++)
		fprintf(out, "%s\n", ng_prefix_text(&set->prefixes[i], text, sizeof(text)));
	if (!out || fclose(out))
		abort();
	return printed;
}

static int read_list(const char *data, size_t size, struct ng_set *set, struct ng_list_notes *notes)
{
	struct ng_text text = { .data = (char *)data, .len = size };
	struct ng_error err = { .what = "" };
	int ret = ng_text_check(data, size, "fuzz", &err);

	if (!ret)
		ret = ng_read_set_text(&text, "fuzz", set, notes, &err);
	/* An error says where and what, in characters that can be shown. */
	if (ret && (strncmp(err.where, "fuzz:", 5) != 0 || !*err.what))
		abort();
	for (const char *c = err.what; ret && *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			abort();
	return ret;
}

enum fuzz_result fuzz_list(const uint8_t *data, size_t size)
{
	__cleanup_free char *first = NULL, *second = NULL;
	struct ng_set set = { 0 }, again = { 0 };
	struct ng_list_notes notes;
	bool same;

	if (read_list((const char *)data, size, &set, &notes))
		return FUZZ_REFUSED;
	/* What was read has nothing left to mend. */
	first = print_list(&set);
	same = !read_list(first, strlen(first), &again, &notes) && !notes.duplicates &&
	       !notes.masked && !notes.ranges && !notes.headers;
	second = print_list(&again);
	same = same && !strcmp(first, second);
	free(set.prefixes);
	free(again.prefixes);
	return same ? FUZZ_SAME : FUZZ_BROKEN;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (fuzz_rules(data, size) == FUZZ_BROKEN || fuzz_list(data, size) == FUZZ_BROKEN)
		abort();
	return 0;
}
