// SPDX-License-Identifier: GPL-2.0-only
#include "commands/watch/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/arguments.h"
#include "cli/usage.h"
#include "compile/filter.h"
#include "layout/counters.h"
#include "layout/record.h"
#include "rules/parse.h"

#define EITHER (1U << NG_IN | 1U << NG_OUT)

struct known {
	const char *word;
	__u64 watch, slot;
	const char *what;
};

static const struct known known[] = {
	{ "all", NG_WATCH_ALL, 0, "all packets" },
	{ "log", NG_WATCH_LOG, 0, "packets of rules marked log" },
	{ "drop", NG_WATCH_DROPPED, 0, "dropped packets" },
	{ "invalid", NG_WATCH_INVALID, 0, "invalid packets" },
	{ "blocked", NG_WATCH_DECIDED, NG_SLOT_BLOCKED, "packets that @blocked drops" },
	{ "rule", NG_WATCH_DECIDED, 0, "packets decided by rule " },
};

#define LOGGED (&known[1])

static const struct known *find_known(const char *word)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(word, known[i].word))
			return &known[i];
	return NULL;
}

static bool begins_with(const char *text, const char *word)
{
	size_t len = strlen(word);

	return !strncmp(text, word, len) && (!text[len] || text[len] == ' ' || text[len] == '\t');
}

/* Both directions, unless the words give one. */
static __u32 directions_of(const char *text, const struct ng_rule *rule)
{
	text += strspn(text, " \t");
	return begins_with(text, "in") || begins_with(text, "out") ? 1U << rule->direction : EITHER;
}

static int check_said(const struct ng_rule *rule, struct ng_error *err)
{
	if (rule->log || *rule->label || rule->until)
		return ng_fail(err, -EINVAL, "log, label and until belong to a rule");
	return 0;
}

/* @first: the first word of the conditions */
static int read_conditions(struct ng_context *ctx, int first, struct ng_wanted *wanted)
{
	__cleanup_free char *text = ng_words_joined(ctx, first);
	__u32 directions;
	struct ng_rule rule;
	int ret;

	if (!text)
		return -ENOMEM;
	ret = ng_parse_conditions(text, ctx->command->name, "drop", NULL, &rule, &ctx->error);
	if (ret)
		return ret;
	directions = directions_of(text, &rule);
	wanted->leaves = directions == 1U << NG_OUT;
	ret = check_said(&rule, &ctx->error);
	if (!ret)
		ret = ng_filter_compile(&rule, directions, &wanted->filter, &ctx->error);
	ng_rule_clear(&rule);
	return ret;
}

int ng_wanted_read(struct ng_context *ctx, struct ng_wanted *wanted)
{
	const struct known *found;
	int used = 1, ret;

	if (!ctx->n_words) {
		wanted->word = LOGGED->watch;
		wanted->what = LOGGED->what;
		return 0;
	}
	found = find_known(ctx->words[0]);
	if (!found) {
		found = &known[0];
		used = 0;
	}
	wanted->word = found->watch | found->slot << NG_WATCH_SLOT_SHIFT;
	wanted->what = found->what;
	wanted->rule = !strcmp(found->word, "rule");
	if (wanted->rule && ctx->n_words < ++used)
		return ng_usage(ctx, "the rule's number is missing: %s rule N", ctx->command->name);
	if (used == ctx->n_words)
		return 0;
	ret = read_conditions(ctx, used, wanted);
	if (ret == -EINVAL && !used &&
	    begins_with(ctx->error.where + strlen(ctx->command->name), ":1:1"))
		ng_hint(&ctx->error, ret,
			"all, log, drop, invalid, blocked or rule N, then conditions as in a rule");
	return ret;
}
