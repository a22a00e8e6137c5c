// SPDX-License-Identifier: GPL-2.0-only
#include "rules/set_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/parse.h"
#include "rules/prefix.h"

/* The word of one line; nothing in it means nothing but a remark. */
struct entry {
	char word[64]; /* longer than any prefix */
	size_t column; /* from 1 */
};

/* False when the word is longer than any prefix: then it is cut. */
static bool cut_word(const char *line, size_t len, struct entry *entry)
{
	size_t start = 0, n = 0;

	while (start < len && (line[start] == ' ' || line[start] == '\t'))
		start++;
	while (start + n < len && !strchr(" \t\r;#", line[start + n]))
		n++;
	entry->column = start + 1;
	snprintf(entry->word, sizeof(entry->word), "%.*s", (int)(n < 64 ? n : 64), line + start);
	return n < sizeof(entry->word);
}

/* What stands on a line may be anything: only what can be shown is. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

static int read_line(const char *line, size_t len, struct ng_set *set, size_t *column,
		     struct ng_error *err)
{
	struct ng_prefix prefix;
	struct entry entry;
	bool whole, masked;

	whole = cut_word(line, len, &entry);
	*column = entry.column;
	if (!*entry.word)
		return 0;
	make_printable(entry.word);
	if (!whole)
		return ng_fail(err, -EINVAL, "'%.32s…' is not an address", entry.word);
	if (ng_prefix_read(entry.word, &prefix, &masked, err))
		return -EINVAL;
	if (ng_prefixes_push(&set->prefixes, &set->n_prefixes, &prefix))
		return -ENOMEM;
	set->masked += masked;
	return 0;
}

int ng_read_set_text(const struct ng_text *text, const char *name, struct ng_set *set,
		     struct ng_error *err)
{
	size_t start = ng_text_start(text->data, text->len), line = 1, column = 0;
	const char *next = text->data + start, *end = text->data + text->len;
	struct ng_set read = { 0 };
	int ret;

	for (; next < end; line++) {
		const char *newline = memchr(next, '\n', end - next);
		size_t len = (newline ? newline : end) - next;

		ret = read_line(next, len, &read, &column, err);
		if (ret) {
			free(read.prefixes);
			if (ret == -ENOMEM)
				return ng_fail_at(err, ret, name, "out of memory");
			if (err)
				snprintf(err->where, sizeof(err->where), "%s:%zu:%zu", name, line,
					 column);
			return ret;
		}
		next += len + 1;
	}
	free(set->prefixes);
	set->duplicates = ng_prefixes_sort(read.prefixes, &read.n_prefixes);
	set->prefixes = read.prefixes;
	set->n_prefixes = read.n_prefixes;
	set->masked = read.masked;
	return 0;
}

int ng_read_set_file(const char *path, struct ng_set *set, struct ng_error *err)
{
	struct ng_text text;
	int ret;

	ret = ng_text_read(path, path, &text, err);
	if (ret)
		return ret;
	ret = ng_read_set_text(&text, path, set, err);
	ng_text_clear(&text);
	return ret;
}
