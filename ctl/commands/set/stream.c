// SPDX-License-Identifier: GPL-2.0-only
#include "commands/set/stream.h"

#include <errno.h>
#include <string.h>

#include "cli/context.h"
#include "cli/words.h"
#include "commands/lines.h"
#include "rules/set_file.h"
#include "rules/time.h"

/**
 * struct stream - reading standard input
 * @list: the prefixes of the current line, and what was corrected in all lines
 */
struct stream {
	struct ng_context *ctx;
	struct ng_set_change *change;
	struct ng_state *state;
	struct ng_list_reader list;
	struct ng_lines lines;
};

/* Cut "for TIME" off a line. */
static int cut_duration(char *line, uint64_t *seconds, struct ng_error *err)
{
	char *time = ng_line_cut(line, "for");

	if (!time)
		return 0;
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
	list->number = stream->lines.number;
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

static int do_line(void *to, char *line, const char *end)
{
	struct stream *stream = to;
	size_t bom = 0;

	if (!end)
		return -EINVAL;
	if (stream->lines.number == 1)
		bom = ng_text_start(line, end - line);
	return change_line(stream, line + bom, end);
}

static int begin(void *to)
{
	struct stream *stream = to;

	return ng_open_state(stream->ctx, &stream->state);
}

static int end(void *to)
{
	struct stream *stream = to;

	ng_state_close(stream->state);
	stream->state = NULL;
	return 0;
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
	static const struct ng_lines_user user = { begin, do_line, end };
	struct stream *stream = calloc(1, sizeof(*stream));
	int ret;

	if (!stream)
		return -ENOMEM;
	stream->ctx = ctx;
	stream->change = change;
	stream->lines.user = &user;
	stream->lines.to = stream;
	stream->lines.limit = NG_LINES_CHUNK - 1;
	stream->lines.err = &ctx->error;
	stream->list = (struct ng_list_reader){ .name = "standard input", .err = &ctx->error };
	ret = check_set(ctx, change->set);
	if (!ret)
		ret = ng_lines_run(&stream->lines);
	change->failed += stream->lines.failed;
	tell_notes(&stream->list.notes);
	free(stream->list.prefixes);
	free(stream);
	return ret;
}
