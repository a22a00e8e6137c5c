// SPDX-License-Identifier: GPL-2.0-only
#include "rules/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "rules/ahead.h"
#include "rules/flow_settings.h"
#include "rules/unknown.h"
#include "rules/rule.h"
#include "rules/rule_statement.h"
#include "rules/set_statement.h"

#define NG_FILES_MAX 1024 /* read in total: files that include another one twice multiply */

static int read_source(struct ng_reader *reader, struct ng_input *source,
		       const struct ng_text *text);

/* ---- default --------------------------------------------------------------------------- */

static int read_default(struct ng_reader *reader, struct ng_input *source, struct ng_error *err)
{
	static const char *const texts[] = { "default", "default out", "default invalid" };
	struct ng_lexer *lexer = &source->lexer;
	struct ng_place place = lexer->token.place;
	struct ng_ruleset *ruleset = reader->ruleset;
	enum ng_verdict *verdicts[] = { &ruleset->default_verdict[NG_IN],
					&ruleset->default_verdict[NG_OUT],
					&ruleset->default_invalid };
	size_t which;

	ng_lexer_next(lexer);
	if (ng_flow_rules_lead(&lexer->token))
		return ng_flow_rules_read(reader, source, place, err);
	which = ng_token_is(&lexer->token, "out")	? 1
		: ng_token_is(&lexer->token, "invalid") ? 2
							: 0;
	if (which)
		ng_lexer_next(lexer);
	if (!ng_token_is(&lexer->token, "pass") && !ng_token_is(&lexer->token, "drop")) {
		bool in = ng_token_is(&lexer->token, "in");

		ng_lexer_expected(
			lexer,
			which ? "pass or drop" : "pass, drop, out, invalid, timeout or flows", err);
		return in ? ng_hint(err, -EINVAL,
				    "for incoming packets write default drop or default pass")
			  : -EINVAL;
	}
	if (reader->defaults[which].file)
		return ng_lexer_fail(lexer, place, err, "'%s' is repeated, first at %s:%u",
				     texts[which], reader->defaults[which].file,
				     reader->defaults[which].line);
	*verdicts[which] = ng_token_is(&lexer->token, "drop") ? NG_DROP : NG_PASS;
	reader->defaults[which] = (struct ng_seen){ source->name, place.line };
	ng_lexer_next(lexer);
	return 0;
}

/* ---- include --------------------------------------------------------------------------- */

/* "main.rules > a.rules > @last" */
static void write_chain(const struct ng_input *source, const char *last, char *text, size_t size)
{
	size_t len;

	if (source->outer)
		write_chain(source->outer, source->name, text, size);
	else
		snprintf(text, size, "%s", source->name);
	len = strlen(text);
	snprintf(text + len, size - len, " > %s", last);
}

static int fail_include(const struct ng_input *source, struct ng_place place, const char *name,
			const char *what, struct ng_error *err)
{
	char chain[sizeof(err->hint)];

	write_chain(source, name, chain, sizeof(chain));
	ng_lexer_fail(&source->lexer, place, err, "cannot include \"%.300s\": %.300s", name, what);
	return ng_hint(err, -EINVAL, "included by way of %.480s", chain);
}

static bool is_open(const struct ng_input *source, const struct ng_text *text)
{
	for (; source; source = source->outer)
		if (source->ino == text->ino && source->dev == text->dev)
			return true;
	return false;
}

/* Read the file @rel, which is relative to the main folder, and is opened as @name. */
static int include_file(struct ng_reader *reader, struct ng_input *outer, struct ng_place place,
			const char *rel, const char *name, struct ng_error *err)
{
	__cleanup_free struct ng_input *source = calloc(1, sizeof(*source));
	__cleanup_free char *base = NULL;
	struct ng_text text;
	const char *slash = strrchr(rel, '/');
	int ret;

	base = strndup(rel, slash ? (size_t)(slash - rel) + 1 : 0);
	if (!source || !base)
		return -ENOMEM;
	ret = ng_text_read(name, name, &text, err);
	if (ret == -ENOMEM)
		return ret;
	if (ret)
		return strcmp(err->where, name) != 0
			       ? -EINVAL
			       : fail_include(outer, place, name, err->what, err);
	*source = (struct ng_input){
		.name = ng_input_keep_name(reader->ruleset, name),
		.base = base,
		.dev = text.dev,
		.ino = text.ino,
		.outer = outer,
		.depth = outer->depth + 1,
	};
	if (is_open(outer, &text))
		ret = fail_include(outer, place, name, "it includes this file itself", err);
	else if (!text.len)
		ret = fail_include(outer, place, name, "it is empty", err);
	else
		ret = source->name ? read_source(reader, source, &text) : -ENOMEM;
	ng_text_clear(&text);
	return ret;
}

static int read_include(struct ng_reader *reader, struct ng_input *source, struct ng_error *err)
{
	__cleanup_free char *path = NULL, *rel = NULL, *name = NULL;
	struct ng_lexer *lexer = &source->lexer;
	struct ng_place place;
	int ret;

	ng_lexer_next(lexer);
	place = lexer->token.place;
	ret = ng_input_read_path(lexer, &path, err);
	if (ret)
		return ret;
	if (!reader->folder)
		return ng_lexer_fail(lexer, place, err, "no files can be named here");
	rel = ng_input_join(source->base, path);
	name = rel ? ng_input_open_name(reader, rel) : NULL;
	if (!name)
		return -ENOMEM;
	if (source->depth == NG_INCLUDE_MAX)
		return fail_include(source, place, name, "includes nest at most 16 files deep",
				    err);
	if (reader->files++ == NG_FILES_MAX)
		return fail_include(source, place, name, "at most 1024 files can be included", err);
	return include_file(reader, source, place, rel, name, err);
}

_Static_assert(NG_INCLUDE_MAX == 16 && NG_FILES_MAX == 1024, "messages say so");

/* ---- statements ------------------------------------------------------------------------ */

static int read_statement(struct ng_reader *reader, struct ng_input *source, struct ng_error *err)
{
	static const char *const words[] = { "default", "set",	 "include", "pass",
					     "drop",	"count", "limit",   NULL };
	struct ng_lexer *lexer = &source->lexer;
	const struct ng_token *token = &lexer->token;
	char text[NG_WORD_MAX];
	int ret;

	reader->statements++;
	if (ng_verdict_of(token) != NG_VERDICTS)
		return ng_rule_statement_read(reader, source, err);
	if (ng_token_is(token, "default"))
		return read_default(reader, source, err);
	if (ng_token_is(token, "set"))
		return ng_set_statement_read(reader, source, err);
	if (ng_token_is(token, "include")) {
		ret = read_include(reader, source, err);
		reader->unread |= ret != 0;
		return ret;
	}
	if (token->kind != NG_TOKEN_WORD)
		return ng_lexer_expected(lexer, "a statement", err);
	ng_token_copy(token, text);
	if (ng_set_statement_misspelt(reader, source, *lexer))
		return -ENOMEM;
	ng_lexer_fail(lexer, token->place, err, "'%.64s' is not a statement", text);
	ng_hint(err, -EINVAL,
		"statements begin with default, set, include, pass, drop, count or limit");
	return ng_word_unknown(text, words, NULL, err);
}

static int read_statements(struct ng_reader *reader, struct ng_input *source,
			   struct ng_ahead *ahead)
{
	struct ng_lexer *lexer = &source->lexer;
	struct ng_error err;
	int ret;

	while (lexer->token.kind != NG_TOKEN_END && reader->messages->errors < NG_ERRORS_MAX) {
		if (lexer->token.kind == NG_TOKEN_NEWLINE) {
			ng_lexer_next(lexer);
			continue;
		}
		if (ng_ahead_take(ahead, reader, source))
			continue;
		ret = read_statement(reader, source, &err);
		if (!ret && !ng_token_ends(&lexer->token))
			ret = ng_lexer_expected(lexer, "the end of the line", &err);
		if (ret == -ENOMEM)
			return ret;
		if (ret && !reader->too_large)
			ng_messages_add(reader->messages, false, &err);
		if (ret == -E2BIG) {
			reader->too_large = true;
			return ret;
		}
		if (ret)
			ng_lexer_skip(lexer);
	}
	return 0;
}

static int read_source(struct ng_reader *reader, struct ng_input *source,
		       const struct ng_text *text)
{
	struct ng_ahead *ahead = ng_ahead_begin(reader, source, text);
	int ret;

	ng_lexer_start(&source->lexer, source->name, text->data, text->len);
	source->lexer.known = reader->source;
	ret = read_statements(reader, source, ahead);
	ng_ahead_end(ahead);
	return ret;
}

int ng_reader_read(struct ng_reader *reader, const char *name, const struct ng_text *text)
{
	__cleanup_free struct ng_input *source = calloc(1, sizeof(*source));

	if (!source)
		return -ENOMEM;
	source->name = ng_input_keep_name(reader->ruleset, name);
	source->base = "";
	source->dev = text->dev;
	source->ino = text->ino;
	source->depth = 1;
	reader->files = 1;
	return source->name ? read_source(reader, source, text) : -ENOMEM;
}

void ng_reader_check_sets(struct ng_reader *reader)
{
	/* A file that could not be read may declare any of them. */
	if (reader->unread || reader->messages->errors >= NG_ERRORS_MAX)
		return;
	for (size_t i = 0; i < reader->n_wanted; i++)
		if (!ng_ruleset_set(reader->ruleset, reader->wanted[i].name))
			ng_messages_add(reader->messages, false, &reader->wanted[i].error);
}

void ng_reader_clear(struct ng_reader *reader)
{
	free(reader->wanted);
	reader->wanted = NULL;
	reader->n_wanted = 0;
}
