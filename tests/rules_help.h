/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the tests of the rule language. */
#ifndef NG_RULES_HELP_H
#define NG_RULES_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rules/parse.h"
#include "rules/messages.h"
#include "rules/print.h"

/* The result of reading a text; to be cleared with help_clear(). */
struct reading {
	int ret;
	struct ng_ruleset *ruleset;
	struct ng_messages messages;
};

static inline struct reading help_read_bytes(const char *text, size_t len)
{
	struct reading r = { 0 };

	r.ret = ng_parse_text(text, len, "t", NULL, NULL, &r.ruleset, &r.messages);
	assert_int_equal(r.ret == 0, r.ruleset != NULL);
	assert_int_equal(r.ret == 0, r.messages.errors == 0);
	return r;
}

static inline struct reading help_read(const char *text)
{
	return help_read_bytes(text, strlen(text));
}

static inline struct reading help_read_file(const char *path)
{
	struct reading r = { 0 };

	r.ret = ng_parse_file(path, &r.ruleset, &r.messages);
	assert_int_equal(r.ret == 0, r.ruleset != NULL);
	assert_int_equal(r.ret == 0, r.messages.errors == 0);
	return r;
}

static inline void help_clear(struct reading *r)
{
	ng_ruleset_free(r->ruleset);
	ng_messages_clear(&r->messages);
}

static inline char *help_print(const struct ng_ruleset *ruleset, enum ng_print_sets sets)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(ng_print_ruleset(out, ruleset, sets), 0);
	assert_int_equal(fclose(out), 0);
	return text;
}

/* Message @i has this place; @what and @hint are parts of it. */
static inline void help_expect(const struct reading *r, size_t i, const char *where,
			       const char *what, const char *hint)
{
	const struct ng_error *err;

	assert_true(i < r->messages.n);
	err = &r->messages.list[i].error;
	if (strcmp(err->where, where) != 0 || !strstr(err->what, what) ||
	    (hint && !strstr(err->hint, hint)))
		fail_msg("expected '%s: … %s …; … %s …', got '%s: %s; %s'", where, what,
			 hint ? hint : "", err->where, err->what, err->hint);
}

/** struct wrong - a text that is refused, with parts of the message */
struct wrong {
	const char *text, *where, *what, *hint;
};

static inline void help_wrong(const struct wrong *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct reading r = help_read(cases[i].text);

		if (!r.messages.n)
			fail_msg("was accepted: %s", cases[i].text);
		help_expect(&r, 0, cases[i].where, cases[i].what, cases[i].hint);
		help_clear(&r);
	}
}
#define check_wrong(cases) help_wrong(cases, sizeof(cases) / sizeof((cases)[0]))

/* ---- files ------------------------------------------------------------------------------ */

/* A folder for each test, which is removed after it in any case. */
static inline int help_make_folder(void **state)
{
	char *folder = strdup("/tmp/netguard-rules-XXXXXX");

	*state = folder;
	return folder && mkdtemp(folder) ? 0 : -1;
}

static inline int help_remove(const char *path, const struct stat *status, int type,
			      struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int help_remove_folder(void **state)
{
	int ret = nftw(*state, help_remove, 8, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return ret;
}

#define help_with_folder(test) \
	cmocka_unit_test_setup_teardown(test, help_make_folder, help_remove_folder)

/* The path of @name in the test's folder; valid for three more calls. */
static inline const char *help_path(void **state, const char *name)
{
	static char paths[4][512];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", (const char *)*state, name);
	return path;
}

static inline const char *help_write_bytes(void **state, const char *name, const void *data,
					   size_t len)
{
	const char *path = help_path(state, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	return path;
}

static inline const char *help_write(void **state, const char *name, const char *text)
{
	return help_write_bytes(state, name, text, strlen(text));
}

#endif
