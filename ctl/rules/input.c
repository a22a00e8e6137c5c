// SPDX-License-Identifier: GPL-2.0-only
#include "rules/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

char *ng_input_join(const char *folder, const char *path)
{
	size_t len = strlen(folder);
	char *joined = NULL;

	if (*path == '/')
		return strdup(path);
	if (asprintf(&joined, "%s%s%s", folder, len && folder[len - 1] != '/' ? "/" : "", path) < 0)
		return NULL;
	return joined;
}

char *ng_input_open_name(const struct ng_reader *reader, const char *path)
{
	char *name = ng_input_join(reader->folder, path);

	if (name && !strcmp(name, "-")) {
		free(name);
		name = strdup("./-");
	}
	return name;
}

const char *ng_input_keep_name(struct ng_ruleset *ruleset, const char *name)
{
	char *copy;

	if (ng_array_grow(&ruleset->files, ruleset->n_files, sizeof(*ruleset->files)))
		return NULL;
	copy = strdup(name);
	if (copy)
		ruleset->files[ruleset->n_files++] = copy;
	return copy;
}

int ng_input_read_path(struct ng_lexer *lexer, char **path, struct ng_error *err)
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
		return ng_lexer_fail(lexer, token->place, err, "the file's name is empty");
	*path = strndup(token->text, token->len);
	if (!*path)
		return -ENOMEM;
	ng_lexer_next(lexer);
	return 0;
}

int ng_input_take_room(struct ng_ruleset *ruleset, size_t bytes, struct ng_error *err)
{
	ruleset->bytes += bytes;
	if (ruleset->bytes <= NG_RULESET_BYTES)
		return 0;
	ng_fail(err, -E2BIG, "the ruleset is too large: up to here it takes more than %lu MiB",
		NG_RULESET_BYTES >> 20);
	return ng_hint(err, -E2BIG, "put addresses into sets, and only once");
}

bool ng_set_is_known(const struct ng_reader *reader, const char *name)
{
	for (size_t i = 0; i < reader->n_wanted; i++)
		if (!strcmp(reader->wanted[i].name, name))
			return true;
	return !strcmp(name, NG_BLOCKED) || ng_ruleset_set(reader->ruleset, name);
}

int ng_wanted_set_add(struct ng_reader *reader, const struct ng_wanted_set *wanted)
{
	if (ng_set_is_known(reader, wanted->name))
		return 0;
	if (ng_array_grow(&reader->wanted, reader->n_wanted, sizeof(*wanted)))
		return -ENOMEM;
	reader->wanted[reader->n_wanted++] = *wanted;
	return 0;
}
