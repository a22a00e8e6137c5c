/* SPDX-License-Identifier: GPL-2.0-only */
/* Rulesets, images and runners from valid text, for tests of the layers above the rule language. */
#ifndef NG_TEST_IMAGE_HELP_H
#define NG_TEST_IMAGE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "compile/image.h"
#include "kernel/runner.h"
#include "rules/parse.h"
#include "rules/messages.h"

/* The caller frees it with ng_ruleset_free(). */
static inline struct ng_ruleset *ruleset_of(const char *text)
{
	struct ng_messages messages = {};
	struct ng_ruleset *ruleset = NULL;

	if (ng_parse_text(text, strlen(text), "test", NULL, NULL, &ruleset, &messages))
		fail_msg("%s: %s", messages.list[0].error.where, messages.list[0].error.what);
	ng_messages_clear(&messages);
	return ruleset;
}

/* The caller clears it with ng_image_clear(). */
static inline struct ng_image image_of(const char *text)
{
	struct ng_ruleset *ruleset = ruleset_of(text);
	struct ng_image image;
	struct ng_error err;

	if (ng_image_compile(ruleset, NULL, 0, &image, &err))
		fail_msg("%s", err.what);
	ng_ruleset_free(ruleset);
	return image;
}

/* On an interface called eth0; the caller closes it with ng_runner_close(). */
static inline struct ng_runner *runner_of(enum ng_hook hook, const char *text)
{
	struct ng_image image = image_of(text);
	struct ng_runner *runner;
	struct ng_error err;

	if (ng_runner_open(hook, &image, "eth0", &runner, &err))
		fail_msg("%s", err.what);
	ng_image_clear(&image);
	return runner;
}

#endif
