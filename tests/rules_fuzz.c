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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (fuzz_rules(data, size) == FUZZ_BROKEN)
		abort();
	return 0;
}
