// SPDX-License-Identifier: GPL-2.0-only
#include "rules/input.h"
#include "rules/messages.h"
#include "rules/parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "rules/check.h"
#include "rules/condition.h"
#include "rules/cover.h"
#include "rules/reader.h"
#include "rules/rule.h"

/* The folder of @path with its slash, "" for the current one. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strndup(path, slash ? (size_t)(slash - path) + 1 : 0);
}

/* Checks that need the whole text. */
static int finish(struct ng_reader *reader, const char *name)
{
	struct ng_error err;
	char where[sizeof(err.where)];

	ng_reader_check_sets(reader);
	if (!reader->statements && !reader->messages->errors) {
		snprintf(where, sizeof(where), "%s:1:1", name);
		ng_fail_at(&err, -EINVAL, where, "there are no statements in it");
		ng_hint(&err, -EINVAL, "the shortest ruleset is: default pass");
		ng_messages_add(reader->messages, false, &err);
	}
	/* Rules are missing: which ones cover others cannot be known. */
	if (reader->messages->errors)
		return -EINVAL;
	/* A ruleset from an image was checked before it was compiled. */
	if (reader->source || reader->unsearched)
		return 0;
	return ng_check_cover(reader->ruleset, reader->messages);
}

static int parse(struct ng_reader *reader, const char *name, const struct ng_text *text,
		 struct ng_ruleset **ruleset)
{
	size_t before = reader->messages->errors;
	int ret;

	/* Count the errors of this text only. */
	reader->messages->errors = 0;
	reader->ruleset = ng_ruleset_new();
	ret = reader->ruleset ? ng_reader_read(reader, name, text) : -ENOMEM;
	if (!ret)
		ret = finish(reader, name);
	reader->messages->errors += before;
	if (ret == -E2BIG)
		ret = -EINVAL;
	if (ret) {
		ng_ruleset_free(reader->ruleset);
		reader->ruleset = NULL;
	} else {
		*ruleset = reader->ruleset;
	}
	ng_reader_clear(reader);
	return ret;
}

int ng_parse_text(const char *text, size_t len, const char *name, const char *folder,
		  const struct ng_set_source *source, struct ng_ruleset **ruleset,
		  struct ng_messages *messages)
{
	struct ng_reader reader = { .folder = folder, .source = source, .messages = messages };
	struct ng_text whole = { .data = (char *)text, .len = len };
	struct ng_error err;

	if (ng_text_check(text, len, name, &err)) {
		ng_messages_add(messages, false, &err);
		return -EINVAL;
	}
	return parse(&reader, name, &whole, ruleset);
}

static int parse_file(struct ng_reader *reader, const char *path, struct ng_ruleset **ruleset)
{
	bool is_stdin = !strcmp(path, "-");
	const char *name = is_stdin ? "<stdin>" : path;
	__cleanup_free char *folder = folder_of(path);
	struct ng_text text;
	struct ng_error err;
	int ret;

	if (!folder)
		return -ENOMEM;
	ret = ng_text_read(path, name, &text, &err);
	if (ret) {
		ng_messages_add(reader->messages, false, &err);
		return ret == -ENOMEM ? ret : -EINVAL;
	}
	reader->folder = folder;
	ret = parse(reader, name, &text, ruleset);
	ng_text_clear(&text);
	return ret;
}

int ng_parse_file(const char *path, struct ng_ruleset **ruleset, struct ng_messages *messages)
{
	struct ng_reader reader = { .messages = messages };

	return parse_file(&reader, path, ruleset);
}

int ng_parse_file_unsearched(const char *path, bool kept, struct ng_ruleset **ruleset,
			     struct ng_messages *messages)
{
	struct ng_reader reader = { .messages = messages, .unsearched = true, .kept = kept };

	return parse_file(&reader, path, ruleset);
}

static int check_typed(const struct ng_lexer *lexer, const struct ng_ruleset *sets,
		       const struct ng_rule *rule, const struct ng_rule_places *places,
		       struct ng_error *err)
{
	enum ng_field field;

	if (ng_rule_check_iface(lexer, rule, places, err))
		return -EINVAL;
	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct ng_condition *condition = &rule->conditions[i];

		if (*condition->set && strcmp(condition->set, NG_BLOCKED) != 0 &&
		    !(sets && ng_ruleset_set(sets, condition->set)))
			return ng_lexer_fail(lexer, places->values[condition->field], err,
					     "no set is called '%s'", condition->set);
	}
	if (ng_check_rule(rule, &field, err) < 0)
		return ng_lexer_place(lexer, places->conditions[field], err);
	return 0;
}

int ng_parse_rule(const char *text, const struct ng_ruleset *sets, struct ng_rule *rule,
		  struct ng_error *err)
{
	struct ng_rule_places places;
	struct ng_lexer lexer;
	struct ng_rule read;
	int ret;

	ret = ng_text_check(text, strlen(text), "rule", err);
	if (ret)
		return ret;
	ng_lexer_start(&lexer, "rule", text, strlen(text));
	if (ng_verdict_of(&lexer.token) == NG_VERDICTS)
		return ng_lexer_expected(&lexer, "pass, drop, count or limit", err);
	ret = ng_rule_read(&lexer, &read, &places, err);
	if (ret)
		return ret;
	ret = lexer.token.kind == NG_TOKEN_END ? check_typed(&lexer, sets, &read, &places, err)
					       : ng_lexer_fail(&lexer, lexer.token.place, err,
							       "a rule has to be on one line");
	if (ret) {
		ng_rule_clear(&read);
		return ret;
	}
	read.line = read.column = 0;
	*rule = read;
	return 0;
}

int ng_parse_conditions(const char *text, const char *name, const char *verdict,
			const struct ng_ruleset *sets, struct ng_rule *rule, struct ng_error *err)
{
	unsigned int column, cut = strlen(verdict) + 1;
	__cleanup_free char *line = NULL;
	int ret;

	if (asprintf(&line, "%s %s", verdict, text) < 0) {
		line = NULL;
		return -ENOMEM;
	}
	ret = ng_parse_rule(line, sets, rule, err);
	if (ret && sscanf(err->where, "rule:1:%u", &column) == 1)
		snprintf(err->where, sizeof(err->where), "%s:1:%u", name,
			 column > cut ? column - cut : 1);
	return ret;
}
