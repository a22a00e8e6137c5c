// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "commands/set_live.h"

#define CHUNK	     (64U << 10) /* bytes of input that are done under one lock; no line is longer */
#define TOLD_AT_ONCE 20		 /* errors of one chunk that are told one by one */

/**
 * struct stream - standard input so far
 * @buffer: what of it was read and not done yet, @len bytes, and room for a NUL
 * @line:   number of the line that begins there
 * @told:   errors of this chunk, @untold of them only counted
 * @last:   what the last of them was
 * @skips:  the line is too long: its rest is passed over
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
};

static void tell(struct stream *stream)
{
	const struct ng_error *error = &stream->ctx->error;

	/* What is wrong with one line after the other, such as a full table, is told once. */
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

/* Cuts remarks, and white space and a carriage return at the end. */
static char *bare(char *line)
{
	size_t len;

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " \t");
	for (len = strlen(line); len && strchr(" \t\r", line[len - 1]); len--)
		line[len - 1] = '\0';
	return line;
}

static void do_line(struct stream *stream, char *line)
{
	char outcome[NG_SET_OUTCOME];

	line = bare(line);
	if (*line && ng_set_change_one(stream->ctx, stream->state, stream->change, line, outcome))
		tell(stream);
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

/* Does the whole lines of the buffer; what is left moves to its beginning. */
static void do_lines(struct stream *stream)
{
	char *line = stream->buffer, *end = stream->buffer + stream->len, *newline;

	while ((newline = memchr(line, '\n', end - line))) {
		*newline = '\0';
		if (stream->skips)
			stream->line++;
		else
			do_line(stream, line);
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
	stream->buffer[stream->len++] = '\n'; /* the last line has none */
	return do_chunk(stream);
}

/* Nobody is to find out at the end of a day that the name was misspelt. */
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

int ng_set_change_stream(struct ng_context *ctx, struct ng_set_change *change)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	int ret;

	if (!stream)
		return -ENOMEM;
	stream->ctx = ctx;
	stream->change = change;
	stream->line = 1;
	ret = check_set(ctx, change->set);
	if (!ret)
		ret = run(stream);
	free(stream);
	return ret;
}
