// SPDX-License-Identifier: GPL-2.0-only
#include "commands/set/stream.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/context.h"
#include "cli/words.h"
#include "report/plain.h"
#include "rules/set_file.h"
#include "rules/time.h"

#define CHUNK	     (64U << 10) /* bytes of input to process under one lock; the longest line */
#define TOLD_AT_ONCE 20		 /* errors of one chunk that are printed one by one */

/**
 * struct stream - reading standard input
 * @buffer: input that was read and not processed yet, @len bytes, and room for a NUL
 * @line:   number of the first line in @buffer
 * @told:   errors of this chunk; @untold of them were not printed
 * @last:   text of the last one
 * @skips:  the line is too long: skip the rest of it
 * @list:   the prefixes of the current line, and what was corrected in all lines
 */
struct stream {
	struct ng_context *ctx;
	struct ng_set_change *change;
	struct ng_state *state;
	char buffer[CHUNK + 1];
	size_t len;
	unsigned long line;
	size_t told, untold;
	char last[sizeof(((struct ng_error *)0)->what)];
	bool skips;
	struct ng_list_reader list;
};

static void tell(struct stream *stream)
{
	const struct ng_error *error = &stream->ctx->error;

	/* An error that repeats line by line, such as a full table, is printed once. */
	if (stream->told < TOLD_AT_ONCE && strcmp(error->what, stream->last) != 0)
		ng_print(stderr, "standard input:%lu: %s%s%s\n", stream->line, error->what,
			 *error->hint ? "; " : "", error->hint);
	else
		stream->untold++;
	stream->told++;
	strcpy(stream->last, error->what);
}

static void tell_rest(struct stream *stream)
{
	if (stream->untold)
		fprintf(stderr, "standard input: %zu more lines up to line %lu failed\n",
			stream->untold, stream->line - 1);
	stream->told = stream->untold = 0;
	*stream->last = '\0';
}

/* Cut "for TIME" off a line that has only an address, a prefix or a range before it. */
static int cut_duration(char *line, uint64_t *seconds, struct ng_error *err)
{
	char *at = line + strspn(line, "0123456789abcdefABCDEF:./- \t"), *time;

	/* The f of "for" was skipped as a hexadecimal digit. */
	if (at - line < 2 || strncmp(at - 1, "for", 3) != 0 || !strchr(" \t", at[-2]) ||
	    (at[2] && !strchr(" \t\r#;", at[2])))
		return 0;
	time = at + 2 + strspn(at + 2, " \t");
	time[strcspn(time, "#;")] = '\0';
	for (size_t len = strlen(time); len && strchr(" \t\r", time[len - 1]); len--)
		time[len - 1] = '\0';
	at[-1] = '\0';
	if (*time)
		return ng_duration_read(time, seconds, err);
	ng_fail(err, -EINVAL, "a duration is missing after 'for'");
	return ng_hint(err, -EINVAL, "as in for 10m");
}

/* Refuse "192.0.2.1 10m", also with a comment after it. */
static int check_not_forgotten(const char *line, struct ng_error *err)
{
	char address[64], time[16], more[2];

	if (sscanf(line, " %63s %15s %1[^#;]", address, time, more) != 2)
		return 0;
	return ng_check_not_forgotten(address, time, err);
}

/* A range is several prefixes: all are tried, and the line fails at most once. */
static int change_line(struct stream *stream, char *line, const char *end)
{
	struct ng_list_reader *list = &stream->list;
	struct ng_error *err = &stream->ctx->error;
	struct ng_error first = { 0 };
	char outcome[NG_SET_OUTCOME];
	uint64_t seconds = 0;
	int ret = cut_duration(line, &seconds, err), failed = 0;

	if (!ret && !seconds)
		ret = check_not_forgotten(line, err);
	if (ret)
		return ret;
	/* The line was cut: it ends at the NUL. */
	if (seconds)
		end = line + strlen(line);
	list->number = stream->line;
	list->n = 0;
	ret = ng_list_read_line(list, line, end);
	for (size_t i = 0; !ret && i < list->n; i++) {
		int done = ng_set_change_prefix(stream->ctx, stream->state, stream->change,
						&list->prefixes[i], seconds, outcome);

		if (!done || failed)
			continue;
		failed = done;
		first = *err;
	}
	if (failed)
		*err = first;
	return ret ? ret : failed;
}

static void do_line(struct stream *stream, char *line, const char *end)
{
	size_t bom = stream->line == 1 ? ng_text_start(line, end - line) : 0;

	if (change_line(stream, line + bom, end)) {
		stream->change->failed++;
		tell(stream);
	}
	stream->line++;
}

static void do_too_long(struct stream *stream)
{
	ng_fail(&stream->ctx->error, -EINVAL, "a line of more than %u bytes", CHUNK);
	stream->change->failed++;
	tell(stream);
	stream->skips = true;
	stream->len = 0;
}

/* Process the complete lines of the buffer, and move the rest to its beginning. */
static void do_lines(struct stream *stream)
{
	char *line = stream->buffer, *end = stream->buffer + stream->len, *newline;

	while ((newline = memchr(line, '\n', end - line))) {
		*newline = '\0';
		if (stream->skips)
			stream->line++;
		else
			do_line(stream, line, newline);
		stream->skips = false;
		line = newline + 1;
	}
	stream->len = end - line;
	memmove(stream->buffer, line, stream->len);
	if (stream->len == CHUNK)
		do_too_long(stream);
	else if (stream->skips)
		stream->len = 0;
}

static int do_chunk(struct stream *stream)
{
	int ret = ng_open_state(stream->ctx, &stream->state);

	if (ret)
		return ret;
	do_lines(stream);
	ng_state_close(stream->state);
	stream->state = NULL;
	tell_rest(stream);
	return 0;
}

/* Return: bytes read, 0 at the end, -errno. */
static ssize_t read_more(struct stream *stream)
{
	ssize_t n;

	do
		n = read(STDIN_FILENO, stream->buffer + stream->len, CHUNK - stream->len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return ng_fail_at(&stream->ctx->error, -errno, "standard input", "%s",
				  strerror(errno));
	stream->len += n;
	return n;
}

static int run(struct stream *stream)
{
	ssize_t n;
	int ret = 0;

	while (!ret && (n = read_more(stream)) > 0)
		if (stream->len == CHUNK || memchr(stream->buffer + stream->len - n, '\n', n))
			ret = do_chunk(stream);
	if (ret || n < 0)
		return ret ? ret : n;
	if (!stream->len || stream->skips)
		return 0;
	stream->buffer[stream->len++] = '\n'; /* the last line had no newline */
	return do_chunk(stream);
}

/* Report a misspelt name at once, not when the first line comes. */
static int check_set(struct ng_context *ctx, const char *set)
{
	struct ng_prefix any = { .family = 4, .len = 32 };
	struct ng_live_member member;
	struct ng_state *state;
	bool there;
	int ret = ng_state_open(NG_ACCESS_READ, &state, &ctx->error);

	if (ret)
		return ret;
	ret = ng_live_test(state, set, &any, &there, &member, &ctx->error);
	ng_state_close(state);
	return ret;
}

/* As set load does. Comments alone are not reported. */
static void tell_notes(const struct ng_list_notes *notes)
{
	char text[400];

	if (notes->headers || notes->ranges || notes->masked)
		fprintf(stderr, "standard input: warning: %s\n",
			ng_list_notes_text(notes, text, sizeof(text)));
}

int ng_set_change_stream(struct ng_context *ctx, struct ng_set_change *change)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	int ret;

	if (!stream)
		return -ENOMEM;
	stream->ctx = ctx;
	stream->change = change;
	stream->line = 1;
	stream->list = (struct ng_list_reader){ .name = "standard input", .err = &ctx->error };
	ret = check_set(ctx, change->set);
	if (!ret)
		ret = run(stream);
	tell_notes(&stream->list.notes);
	free(stream->list.prefixes);
	free(stream);
	return ret;
}
