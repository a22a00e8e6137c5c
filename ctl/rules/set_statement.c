// SPDX-License-Identifier: GPL-2.0-only
#include "rules/set_statement.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "rules/condition.h"
#include "rules/prefix_sort.h"
#include "rules/set_file.h"

static int add_set(struct ng_ruleset *ruleset, const struct ng_set *set)
{
	if (ng_array_grow(&ruleset->sets, ruleset->n_sets, sizeof(*set)))
		return -ENOMEM;
	ruleset->sets[ruleset->n_sets++] = *set;
	return 0;
}

/* Read it from its file; @place is that of the file's name. */
static int load_set(struct ng_reader *reader, const struct ng_input *source, struct ng_place place,
		    struct ng_set *set, struct ng_error *err)
{
	__cleanup_free char *name = NULL;
	struct ng_list_notes notes;
	struct ng_error warning;
	struct ng_text text;
	int ret;

	if (!reader->folder)
		return ng_lexer_fail(&source->lexer, place, err, "no files can be named here");
	name = ng_input_open_name(reader, set->path);
	if (!name)
		return -ENOMEM;
	ret = ng_text_read(name, name, &text, err);
	if (!ret) {
		ret = ng_read_set_text(&text, name, set, &notes, err);
		ng_text_clear(&text);
	} else if (!strcmp(err->where, name)) {
		/* The file itself cannot be read: point at the statement. */
		ng_lexer_fail(&source->lexer, place, err, "%.400s: %.300s", name, err->what);
	}
	if (ret)
		return ret == -ENOMEM || ret == -E2BIG ? ret : -EINVAL;
	if (ng_list_noteworthy(&notes, name, set, &warning))
		ng_messages_add(reader->messages, true, &warning);
	return 0;
}

static int ask_source(struct ng_reader *reader, const struct ng_input *source,
		      struct ng_place place, struct ng_set *set, struct ng_error *err)
{
	int ret = reader->source->read(reader->source->data, set, err);

	if (ret && ret != -ENOMEM)
		return ng_lexer_place(&source->lexer, place, err);
	return ret;
}

static int read_set_file(struct ng_reader *reader, struct ng_input *source, struct ng_set *set,
			 struct ng_error *err)
{
	__cleanup_free char *path = NULL;
	struct ng_place place;
	int ret;

	ng_lexer_next(&source->lexer);
	place = source->lexer.token.place;
	ret = ng_input_read_path(&source->lexer, &path, err);
	if (ret)
		return ret;
	set->path = ng_input_join(source->base, path);
	if (!set->path)
		return -ENOMEM;
	if (reader->source)
		return ask_source(reader, source, place, set, err);
	return load_set(reader, source, place, set, err);
}

static int read_set_value(struct ng_reader *reader, struct ng_input *source, struct ng_set *set,
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
		return ng_lexer_fail(
			lexer, lexer->token.place, err,
			"the set 'blocked' always exists, and netguard block adds to it");
	before = ng_ruleset_set(reader->ruleset, text);
	if (before)
		return ng_lexer_fail(lexer, lexer->token.place, err,
				     "the set '%s' was declared before, at %s:%u", text,
				     before->file, before->line);
	ng_lexer_next(lexer);
	return 0;
}

/*
 * Declare an empty set in place of one that cannot be read, so that rules which name it are no
 * further errors. The text is refused in any case. Returns @ret, or -ENOMEM.
 */
static int declare_empty(struct ng_reader *reader, const struct ng_set *set, int ret)
{
	struct ng_set empty = { .file = set->file, .line = set->line };

	if (!*set->name || ng_ruleset_set(reader->ruleset, set->name))
		return ret;
	memcpy(empty.name, set->name, sizeof(empty.name));
	return add_set(reader->ruleset, &empty) ?: ret;
}

int ng_set_statement_read(struct ng_reader *reader, struct ng_input *source, struct ng_error *err)
{
	struct ng_set set = { .file = source->name, .line = source->lexer.token.place.line };
	int ret;

	ng_lexer_next(&source->lexer);
	ret = read_set_name(reader, &source->lexer, &set, err);
	if (!ret)
		ret = read_set_value(reader, source, &set, err);
	if (!ret)
		ret = ng_input_take_room(reader->ruleset, set.n_prefixes * sizeof(*set.prefixes),
					 err);
	if (ret == -E2BIG && !*err->where)
		ng_lexer_place(&source->lexer, (struct ng_place){ set.line, 1 }, err);
	if (!ret)
		ret = add_set(reader->ruleset, &set);
	if (!ret)
		return 0;
	free(set.path);
	free(set.prefixes);
	return ret == -EINVAL ? declare_empty(reader, &set, ret) : ret;
}

int ng_set_statement_misspelt(struct ng_reader *reader, const struct ng_input *source,
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
	return declare_empty(reader, &set, 0);
}
