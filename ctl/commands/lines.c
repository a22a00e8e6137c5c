// SPDX-License-Identifier: GPL-2.0-only
#include "commands/lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "report/plain.h"

#define TOLD_AT_ONCE 20 /* errors of one chunk that are printed one by one */

void ng_lines_tell(struct ng_lines *lines)
{
	const struct ng_error *error = lines->err;

	/* An error that repeats line by line, such as a full table, is printed once. */
	if (lines->told < TOLD_AT_ONCE && strcmp(error->what, lines->last) != 0)
		ng_print(stderr, "standard input:%lu: %s%s%s\n", lines->number, error->what,
			 *error->hint ? "; " : "", error->hint);
	else
		lines->untold++;
	lines->told++;
	strcpy(lines->last, error->what);
}

static void tell_rest(struct ng_lines *lines)
{
	if (lines->untold)
		fprintf(stderr, "standard input: %zu more lines up to line %lu failed\n",
			lines->untold, lines->number - 1);
	lines->told = lines->untold = 0;
	*lines->last = '\0';
}

static void do_line(struct ng_lines *lines, char *line, const char *end)
{
	if (lines->user->line(lines->to, line, end)) {
		lines->failed++;
		ng_lines_tell(lines);
	}
}

static void do_too_long(struct ng_lines *lines)
{
	char empty[1] = "";

	ng_fail(lines->err, -EINVAL, "a line of more than %zu bytes", lines->limit);
	do_line(lines, empty, NULL);
}

/* Process the complete lines of the buffer, and move the rest to its beginning. */
static void do_lines(struct ng_lines *lines)
{
	char *line = lines->buffer, *end = lines->buffer + lines->len, *newline;

	while ((newline = memchr(line, '\n', end - line))) {
		*newline = '\0';
		if (!lines->skips && (size_t)(newline - line) > lines->limit)
			do_too_long(lines);
		else if (!lines->skips)
			do_line(lines, line, newline);
		lines->number++;
		lines->skips = false;
		line = newline + 1;
	}
	lines->len = end - line;
	memmove(lines->buffer, line, lines->len);
	if (lines->len > lines->limit && !lines->skips) {
		do_too_long(lines);
		lines->skips = true;
	}
	if (lines->skips)
		lines->len = 0;
}

static int do_chunk(struct ng_lines *lines)
{
	int ret = lines->user->begin(lines->to);

	if (ret)
		return ret;
	do_lines(lines);
	ret = lines->user->end(lines->to);
	tell_rest(lines);
	return ret;
}

/* Return: bytes read, 0 at the end, -errno. */
static ssize_t read_more(struct ng_lines *lines)
{
	ssize_t n;

	do
		n = read(STDIN_FILENO, lines->buffer + lines->len, NG_LINES_CHUNK - lines->len);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		int code = -errno;

		ng_fail_at(lines->err, code, "standard input", "%s", strerror(-code));
		return ng_hint(lines->err, code,
			       "lines up to here took effect, but no more is read");
	}
	lines->len += n;
	return n;
}

int ng_lines_run(struct ng_lines *lines)
{
	ssize_t n;
	int ret = 0;

	lines->number = 1;
	while (!ret && (n = read_more(lines)) > 0)
		if (lines->len > lines->limit || memchr(lines->buffer + lines->len - n, '\n', n))
			ret = do_chunk(lines);
	if (ret || n < 0)
		return ret ? ret : n;
	if (!lines->len || lines->skips)
		return 0;
	lines->buffer[lines->len++] = '\n'; /* the last line had no newline */
	return do_chunk(lines);
}

char *ng_line_cut(char *line, const char *word)
{
	char *at = line + strspn(line, "0123456789abcdefABCDEF:./- \t"), *rest;
	size_t len = strlen(word);

	/* Letters at the beginning of the word were skipped as hexadecimal digits. */
	while (at > line && !strchr(" \t", at[-1]))
		at--;
	if (at == line || strncmp(at, word, len) != 0 || (at[len] && !strchr(" \t\r#;", at[len])))
		return NULL;
	at[-1] = '\0';
	rest = at + len + strspn(at + len, " \t");
	rest[strcspn(rest, "#;")] = '\0';
	for (len = strlen(rest); len && strchr(" \t\r", rest[len - 1]); len--)
		rest[len - 1] = '\0';
	return rest;
}
