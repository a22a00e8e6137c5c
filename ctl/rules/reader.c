// SPDX-License-Identifier: GPL-2.0-only
#include "rules/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "rules/check.h"
#include "rules/prefix.h"
#include "rules/rule.h"
#include "rules/set_file.h"
#include "base/work.h"

#define WORK_MASK 1023 /* rules between two words on how many they are */

/**
 * struct source - a text that is being read
 * @name:  for messages; owned by the ruleset
 * @base:  what stands before the names of files in it to make them relative to the main folder
 * @outer: the text that includes it
 * @depth: how many are open, this one included
 */
struct source {
	const char *name;
	const char *base;
	dev_t dev;
	ino_t ino;
	const struct source *outer;
	unsigned int depth;
	struct ng_lexer lexer;
};

static int read_source(struct ng_reader *reader, struct source *source, const struct ng_text *text);

/* ---- names of files -------------------------------------------------------------------- */

static char *join(const char *folder, const char *path)
{
	size_t len = strlen(folder);
	char *joined = NULL;

	if (*path == '/')
		return strdup(path);
	if (asprintf(&joined, "%s%s%s", folder, len && folder[len - 1] != '/' ? "/" : "", path) < 0)
		return NULL;
	return joined;
}

/* "-" is a file here, not standard input. */
static char *open_name(const struct ng_reader *reader, const char *path)
{
	char *name = join(reader->folder, path);

	if (name && !strcmp(name, "-")) {
		free(name);
		name = strdup("./-");
	}
	return name;
}

/* A copy that the ruleset owns, for its rules and sets to point to; NULL without memory. */
static const char *keep_name(struct ng_ruleset *ruleset, const char *name)
{
	char **files = reallocarray(ruleset->files, ruleset->n_files + 1, sizeof(*files));

	if (!files)
		return NULL;
	ruleset->files = files;
	files[ruleset->n_files] = strdup(name);
	if (!files[ruleset->n_files])
		return NULL;
	return files[ruleset->n_files++];
}

/* The string that is the current token, as a path; *@path is owned by the caller. */
static int read_path(struct ng_lexer *lexer, char **path, struct ng_error *err)
{
	const struct ng_token *token = &lexer->token;

	if (token->kind == NG_TOKEN_WORD) {
		ng_lexer_expected(lexer, "a file's name in quotes", err);
		return ng_hint(err, -EINVAL, "write \"%.*s\"",
			       (int)(token->len < NG_WORD_MAX ? token->len : NG_WORD_MAX),
			       token->text);
	}
	if (token->kind != NG_TOKEN_STRING)
		return ng_lexer_expected(lexer, "a file's name in quotes", err);
	if (!token->len)
		return ng_lexer_fail(lexer, token->place, err, "an empty name of a file");
	*path = strndup(token->text, token->len);
	if (!*path)
		return -ENOMEM;
	ng_lexer_next(lexer);
	return 0;
}

/* ---- default --------------------------------------------------------------------------- */

static int read_default(struct ng_reader *reader, struct source *source, struct ng_error *err)
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
	which = ng_token_is(&lexer->token, "out")	? 1
		: ng_token_is(&lexer->token, "invalid") ? 2
							: 0;
	if (which)
		ng_lexer_next(lexer);
	if (!ng_token_is(&lexer->token, "pass") && !ng_token_is(&lexer->token, "drop")) {
		bool in = ng_token_is(&lexer->token, "in");

		ng_lexer_expected(lexer, which ? "pass or drop" : "pass, drop, out or invalid",
				  err);
		return in ? ng_hint(err, -EINVAL, "without a direction it is about in") : -EINVAL;
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

/* ---- set ------------------------------------------------------------------------------- */

#define HEAP_ROUGHLY 16 /* what malloc() needs besides, of each piece */

static size_t bytes_of_rule(const struct ng_rule *rule)
{
	size_t bytes = sizeof(*rule) + HEAP_ROUGHLY;

	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct ng_condition *c = &rule->conditions[i];

		bytes += sizeof(*c) + c->n_ranges * sizeof(*c->ranges) +
			 c->n_prefixes * sizeof(*c->prefixes) +
			 (c->n_ranges || c->n_prefixes ? HEAP_ROUGHLY : 0);
	}
	return bytes;
}

/* Is there room for so many bytes more? What there is no room for ends the reading. */
static int take_room(struct ng_ruleset *ruleset, size_t bytes, struct ng_error *err)
{
	ruleset->bytes += bytes;
	if (ruleset->bytes <= NG_RULESET_BYTES)
		return 0;
	ng_fail(err, -E2BIG, "the ruleset is too large: up to here it takes more than %lu MiB",
		NG_RULESET_BYTES >> 20);
	return ng_hint(err, -E2BIG, "put addresses into sets, and only once");
}

static int add_set(struct ng_ruleset *ruleset, const struct ng_set *set)
{
	size_t n = ruleset->n_sets;
	struct ng_set *sets;

	/* Room is a power of two, so it is used up exactly when the count is one. */
	if (!(n & (n - 1))) {
		sets = reallocarray(ruleset->sets, n ? n * 2 : 1, sizeof(*sets));
		if (!sets)
			return -ENOMEM;
		ruleset->sets = sets;
	}
	ruleset->sets[ruleset->n_sets++] = *set;
	return 0;
}

/* From the file itself; @place is that of its name. */
static int load_set(struct ng_reader *reader, const struct source *source, struct ng_place place,
		    struct ng_set *set, struct ng_error *err)
{
	__cleanup_free char *name = NULL;
	struct ng_list_notes notes;
	struct ng_error warning;
	struct ng_text text;
	int ret;

	if (!reader->folder)
		return ng_lexer_fail(&source->lexer, place, err, "no files can be named here");
	name = open_name(reader, set->path);
	if (!name)
		return -ENOMEM;
	ret = ng_text_read(name, name, &text, err);
	if (!ret) {
		ret = ng_read_set_text(&text, name, set, &notes, err);
		ng_text_clear(&text);
	} else if (!strcmp(err->where, name)) {
		/* The file as such cannot be read: then the statement is what to look at. */
		ng_lexer_fail(&source->lexer, place, err, "%.400s: %.300s", name, err->what);
	}
	if (ret)
		return ret == -ENOMEM || ret == -E2BIG ? ret : -EINVAL;
	if (ng_list_noteworthy(&notes, name, set, &warning))
		ng_messages_add(reader->messages, true, &warning);
	return 0;
}

static int ask_source(struct ng_reader *reader, const struct source *source, struct ng_place place,
		      struct ng_set *set, struct ng_error *err)
{
	int ret = reader->source->read(reader->source->data, set, err);

	if (ret && ret != -ENOMEM)
		return ng_lexer_place(&source->lexer, place, err);
	return ret;
}

static int read_set_file(struct ng_reader *reader, struct source *source, struct ng_set *set,
			 struct ng_error *err)
{
	__cleanup_free char *path = NULL;
	struct ng_place place;
	int ret;

	ng_lexer_next(&source->lexer);
	place = source->lexer.token.place;
	ret = read_path(&source->lexer, &path, err);
	if (ret)
		return ret;
	set->path = join(source->base, path);
	if (!set->path)
		return -ENOMEM;
	if (reader->source)
		return ask_source(reader, source, place, set, err);
	return load_set(reader, source, place, set, err);
}

static int read_set_value(struct ng_reader *reader, struct source *source, struct ng_set *set,
			  struct ng_error *err)
{
	struct ng_lexer *lexer = &source->lexer;
	struct ng_place open = lexer->token.place;
	int ret;

	if (ng_token_is(&lexer->token, "file"))
		return read_set_file(reader, source, set, err);
	if (lexer->token.kind != NG_TOKEN_OPEN)
		return ng_lexer_expected(lexer, "'{' or file", err);
	ret = ng_prefixes_read(lexer, NG_LIST_PREFIXES_MAX, &set->prefixes, &set->n_prefixes, err);
	if (ret == -EINVAL && set->n_prefixes == NG_LIST_PREFIXES_MAX)
		ret = ng_hint(err, -E2BIG, "split it into several sets");
	if (!ret && !set->n_prefixes && reader->source)
		return ask_source(reader, source, open, set, err);
	if (!ret)
		set->duplicates = ng_prefixes_sort(set->prefixes, &set->n_prefixes);
	return ret;
}

static int read_set_name(struct ng_reader *reader, struct ng_lexer *lexer, struct ng_set *set,
			 struct ng_error *err)
{
	const struct ng_set *before;
	char text[NG_WORD_MAX];

	if (lexer->token.kind != NG_TOKEN_WORD)
		return ng_lexer_expected(lexer, "the name of the set", err);
	ng_token_copy(&lexer->token, text);
	if (*text == '@') {
		ng_set_name_read(lexer, lexer->token.place, text + 1, set->name, err);
		ng_lexer_fail(lexer, lexer->token.place, err, "a set is declared without '@'");
		return ng_hint(err, -EINVAL, "write set %s", text + 1);
	}
	if (ng_set_name_read(lexer, lexer->token.place, text, set->name, err))
		return -EINVAL;
	if (!strcmp(text, NG_BLOCKED))
		return ng_lexer_fail(lexer, lexer->token.place, err,
				     "the set 'blocked' is always there, for netguard block");
	before = ng_ruleset_set(reader->ruleset, text);
	if (before)
		return ng_lexer_fail(lexer, lexer->token.place, err,
				     "the set '%s' was declared before, at %s:%u", text,
				     before->file, before->line);
	ng_lexer_next(lexer);
	return 0;
}

/*
 * What is wrong with a set is one error, and rules that name it are right all the same: it is
 * declared with nothing in it. No ruleset comes of this text. Returns @ret, or -ENOMEM.
 */
static int declare_lost(struct ng_reader *reader, const struct ng_set *set, int ret)
{
	struct ng_set empty = { .file = set->file, .line = set->line };

	if (!*set->name || ng_ruleset_set(reader->ruleset, set->name))
		return ret;
	memcpy(empty.name, set->name, sizeof(empty.name));
	return add_set(reader->ruleset, &empty) ?: ret;
}

static int read_set(struct ng_reader *reader, struct source *source, struct ng_error *err)
{
	struct ng_set set = { .file = source->name, .line = source->lexer.token.place.line };
	int ret;

	ng_lexer_next(&source->lexer);
	ret = read_set_name(reader, &source->lexer, &set, err);
	if (!ret)
		ret = read_set_value(reader, source, &set, err);
	if (!ret)
		ret = take_room(reader->ruleset, set.n_prefixes * sizeof(*set.prefixes), err);
	if (ret == -E2BIG && !*err->where)
		ng_lexer_place(&source->lexer, (struct ng_place){ set.line, 1 }, err);
	if (!ret)
		ret = add_set(reader->ruleset, &set);
	if (!ret)
		return 0;
	free(set.path);
	free(set.prefixes);
	return ret == -EINVAL ? declare_lost(reader, &set, ret) : ret;
}

/* ---- include --------------------------------------------------------------------------- */

/* "main.rules > a.rules > @last" */
static void write_chain(const struct source *source, const char *last, char *text, size_t size)
{
	size_t len;

	if (source->outer)
		write_chain(source->outer, source->name, text, size);
	else
		snprintf(text, size, "%s", source->name);
	len = strlen(text);
	snprintf(text + len, size - len, " > %s", last);
}

static int fail_include(const struct source *source, struct ng_place place, const char *name,
			const char *what, struct ng_error *err)
{
	char chain[sizeof(err->hint)];

	write_chain(source, name, chain, sizeof(chain));
	ng_lexer_fail(&source->lexer, place, err, "cannot include \"%.300s\": %.300s", name, what);
	return ng_hint(err, -EINVAL, "the chain is %.480s", chain);
}

static bool is_open(const struct source *source, const struct ng_text *text)
{
	for (; source; source = source->outer)
		if (source->ino == text->ino && source->dev == text->dev)
			return true;
	return false;
}

/* Read the file @rel, which is relative to the main folder, and is opened as @name. */
static int include_file(struct ng_reader *reader, struct source *outer, struct ng_place place,
			const char *rel, const char *name, struct ng_error *err)
{
	__cleanup_free struct source *source = calloc(1, sizeof(*source));
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
	*source = (struct source){
		.name = keep_name(reader->ruleset, name),
		.base = base,
		.dev = text.dev,
		.ino = text.ino,
		.outer = outer,
		.depth = outer->depth + 1,
	};
	if (is_open(outer, &text))
		ret = fail_include(outer, place, name, "it is in the middle of including this file",
				   err);
	else if (!text.len)
		ret = fail_include(outer, place, name, "it is empty", err);
	else
		ret = source->name ? read_source(reader, source, &text) : -ENOMEM;
	ng_text_clear(&text);
	return ret;
}

static int read_include(struct ng_reader *reader, struct source *source, struct ng_error *err)
{
	__cleanup_free char *path = NULL, *rel = NULL, *name = NULL;
	struct ng_lexer *lexer = &source->lexer;
	struct ng_place place;
	int ret;

	ng_lexer_next(lexer);
	place = lexer->token.place;
	ret = read_path(lexer, &path, err);
	if (ret)
		return ret;
	if (!reader->folder)
		return ng_lexer_fail(lexer, place, err, "no files can be named here");
	rel = join(source->base, path);
	name = rel ? open_name(reader, rel) : NULL;
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

/* ---- rules ----------------------------------------------------------------------------- */

static int want_set(struct ng_reader *reader, const struct source *source, struct ng_place place,
		    const char *set)
{
	struct ng_wanted_set *wanted;

	if (!strcmp(set, NG_BLOCKED) || ng_ruleset_set(reader->ruleset, set))
		return 0;
	for (size_t i = 0; i < reader->n_wanted; i++)
		if (!strcmp(reader->wanted[i].name, set))
			return 0;
	wanted = reallocarray(reader->wanted, reader->n_wanted + 1, sizeof(*wanted));
	if (!wanted)
		return -ENOMEM;
	reader->wanted = wanted;
	wanted += reader->n_wanted++;
	snprintf(wanted->name, sizeof(wanted->name), "%s", set);
	ng_lexer_fail(&source->lexer, place, &wanted->error, "no set is called '%s'", set);
	return 0;
}

static int add_rule(struct ng_ruleset *ruleset, const struct ng_rule *rule)
{
	size_t n = ruleset->n_rules;
	struct ng_rule *rules;

	if (!(n & (n - 1))) { /* as in add_set() */
		rules = reallocarray(ruleset->rules, n ? n * 2 : 1, sizeof(*rules));
		if (!rules)
			return -ENOMEM;
		ruleset->rules = rules;
	}
	ruleset->rules[ruleset->n_rules++] = *rule;
	if (!(ruleset->n_rules & WORK_MASK) && rule->file)
		ng_work_at(rule->file, ruleset->n_rules, "rules");
	return 0;
}

static int check_rule(struct ng_reader *reader, struct source *source, const struct ng_rule *rule,
		      const struct ng_rule_places *places, struct ng_error *err)
{
	enum ng_field field;
	int found = ng_rule_check_iface(&source->lexer, rule, places, err);

	if (!found) {
		found = ng_check_rule(rule, &field, err);
		if (!found)
			return 0;
		ng_lexer_place(&source->lexer, places->conditions[field], err);
	}
	if (found != NG_RULE_IDLE && !reader->kept)
		return found;
	ng_messages_add(reader->messages, true, err);
	return 0;
}

static int find_room(struct ng_reader *reader, const struct source *source,
		     const struct ng_rule *rule, struct ng_error *err)
{
	int ret = take_room(reader->ruleset, bytes_of_rule(rule), err);

	if (!ret && reader->ruleset->n_rules == NG_RULESET_RULES) {
		ret = ng_fail(err, -E2BIG, "the ruleset is too large: more than %d rules",
			      NG_RULESET_RULES);
		ng_hint(err, ret, "put addresses into sets");
	}
	if (ret)
		ng_lexer_place(&source->lexer, (struct ng_place){ rule->line, rule->column }, err);
	return ret;
}

static int read_rule(struct ng_reader *reader, struct source *source, struct ng_error *err)
{
	struct ng_rule_places places;
	struct ng_rule rule;
	int ret;

	ret = ng_rule_read(&source->lexer, &rule, &places, err);
	if (ret)
		return ret;
	rule.file = source->name;
	for (size_t i = 0; i < rule.n_conditions && !ret; i++)
		if (*rule.conditions[i].set)
			ret = want_set(reader, source, places.values[rule.conditions[i].field],
				       rule.conditions[i].set);
	if (!ret && !reader->source)
		ret = check_rule(reader, source, &rule, &places, err);
	if (!ret && ng_check_until(&rule, err)) {
		ng_lexer_place(&source->lexer, (struct ng_place){ rule.line, rule.column }, err);
		ng_messages_add(reader->messages, true, err);
	}
	if (!ret)
		ret = find_room(reader, source, &rule, err);
	if (!ret)
		ret = add_rule(reader->ruleset, &rule);
	if (ret)
		ng_rule_clear(&rule);
	return ret;
}

/* ---- statements ------------------------------------------------------------------------ */

/* "table feed {": whatever begins so was meant to declare a set. */
static int declare_misspelt(struct ng_reader *reader, const struct source *source,
			    struct ng_lexer lexer)
{
	struct ng_set set = { .file = source->name, .line = lexer.token.place.line };
	char text[NG_WORD_MAX];

	ng_lexer_next(&lexer);
	ng_token_copy(&lexer.token, text);
	if (lexer.token.kind != NG_TOKEN_WORD ||
	    ng_set_name_read(&lexer, lexer.token.place, text + (*text == '@'), set.name, NULL))
		return 0;
	ng_lexer_next(&lexer);
	if (lexer.token.kind != NG_TOKEN_OPEN && !ng_token_is(&lexer.token, "file"))
		return 0;
	return declare_lost(reader, &set, 0);
}

static int read_statement(struct ng_reader *reader, struct source *source, struct ng_error *err)
{
	static const char *const words[] = { "default", "set",	 "include", "pass",
					     "drop",	"count", NULL };
	struct ng_lexer *lexer = &source->lexer;
	const struct ng_token *token = &lexer->token;
	char text[NG_WORD_MAX];
	int ret;

	reader->statements++;
	if (ng_token_is(token, "pass") || ng_token_is(token, "drop") || ng_token_is(token, "count"))
		return read_rule(reader, source, err);
	if (ng_token_is(token, "default"))
		return read_default(reader, source, err);
	if (ng_token_is(token, "set"))
		return read_set(reader, source, err);
	if (ng_token_is(token, "include")) {
		ret = read_include(reader, source, err);
		reader->unread |= ret != 0;
		return ret;
	}
	if (token->kind != NG_TOKEN_WORD)
		return ng_lexer_expected(lexer, "a statement", err);
	ng_token_copy(token, text);
	if (!strcmp(text, "limit"))
		return ng_lexer_fail(lexer, token->place, err,
				     "'limit' is not supported by this version");
	if (declare_misspelt(reader, source, *lexer))
		return -ENOMEM;
	ng_lexer_fail(lexer, token->place, err, "'%.64s' is not a statement", text);
	ng_hint(err, -EINVAL, "statements begin with default, set, include, pass, drop or count");
	return ng_word_unknown(text, words, NULL, err);
}

static int read_source(struct ng_reader *reader, struct source *source, const struct ng_text *text)
{
	struct ng_lexer *lexer = &source->lexer;
	struct ng_error err;
	int ret;

	ng_lexer_start(lexer, source->name, text->data, text->len);
	lexer->known = reader->source;
	while (lexer->token.kind != NG_TOKEN_END && reader->messages->errors < NG_ERRORS_MAX) {
		if (lexer->token.kind == NG_TOKEN_NEWLINE) {
			ng_lexer_next(lexer);
			continue;
		}
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
		if (ret) {
			ng_lexer_skip(lexer);
		}
	}
	return 0;
}

int ng_reader_read(struct ng_reader *reader, const char *name, const struct ng_text *text)
{
	__cleanup_free struct source *source = calloc(1, sizeof(*source));

	if (!source)
		return -ENOMEM;
	source->name = keep_name(reader->ruleset, name);
	source->base = "";
	source->dev = text->dev;
	source->ino = text->ino;
	source->depth = 1;
	reader->files = 1;
	return source->name ? read_source(reader, source, text) : -ENOMEM;
}

void ng_reader_check_sets(struct ng_reader *reader)
{
	/* What was not read may declare any of them. */
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
