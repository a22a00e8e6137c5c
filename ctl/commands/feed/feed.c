// SPDX-License-Identifier: GPL-2.0-only
/* netguard feed: live entries of one owner, from a stream of lines. */
#include "commands/feed/do.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "cli/usage.h"
#include "commands/lines.h"
#include "report/plain.h"

#define OWNER "feed" /* when none is named */
#define SHORTEST      \
	{             \
		8, 19 \
	}

/**
 * struct stream - the feed and its lines
 * @answers: of the lines that have arrived; NULL without --ack. They are written when the lock is
 *           free again, since nobody may read them
 */
struct stream {
	struct ng_feed feed;
	struct ng_lines lines;
	FILE *answers;
	char *text;
	size_t size;
	bool acks;
};

/* ---- options --------------------------------------------------------------------------- */

static int read_owner(struct ng_context *ctx, const char **owner)
{
	static const char chars[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	const char *name = ng_option(ctx, "--owner");

	if (!name)
		name = OWNER;
	if (!*name || strlen(name) > NG_LIVE_OWNER_LEN || strspn(name, chars) != strlen(name)) {
		ng_usage(ctx, "--owner: '%.64s' is not a name", name);
		return ng_hint(&ctx->error, -EINVAL,
			       "1 to %d letters, digits, '-', '_' and '.', such as fail2ban",
			       NG_LIVE_OWNER_LEN);
	}
	if (!strcmp(name, NG_OPERATOR))
		return ng_usage(ctx, "--owner: " NG_OPERATOR " is who uses block and set add");
	*owner = name;
	return 0;
}

static int read_shortest(struct ng_context *ctx, unsigned int shortest[2])
{
	static const unsigned int usual[2] = SHORTEST;
	const char *value = ng_option(ctx, "--shortest");
	int used = 0;

	memcpy(shortest, usual, sizeof(usual));
	if (!value)
		return 0;
	if (strspn(value, "0123456789,") == strlen(value) &&
	    sscanf(value, "%3u,%3u%n", &shortest[0], &shortest[1], &used) == 2 && !value[used] &&
	    shortest[0] <= 32 && shortest[1] <= 128)
		return 0;
	ng_usage(ctx, "--shortest: '%.64s' is not two prefix lengths", value);
	return ng_hint(&ctx->error, -EINVAL, "write those for IPv4 and IPv6, such as 16,32");
}

/* ---- answers --------------------------------------------------------------------------- */

static void answer_error(struct stream *stream)
{
	const struct ng_error *error = &stream->feed.ctx->error;

	ng_print(stream->answers, "error %lu: %s%s%s\n", stream->lines.number, error->what,
		 *error->hint ? "; " : "", error->hint);
}

static void answer(struct stream *stream, int ret, const char *words)
{
	if (!stream->answers)
		return;
	if (ret)
		answer_error(stream);
	else
		fprintf(stream->answers, "ok%s%s\n", *words ? " " : "", words);
}

/* Write the answers to the lines of this chunk. */
static int write_answers(struct stream *stream)
{
	int ret = 0;

	if (!stream->answers)
		return 0;
	if (fclose(stream->answers))
		ret = ng_fail(&stream->feed.ctx->error, -ENOMEM, "out of memory");
	stream->answers = NULL;
	if (!ret && stream->size)
		fwrite(stream->text, 1, stream->size, stdout);
	free(stream->text);
	stream->text = NULL;
	if (!ret && (fflush(stdout) || ferror(stdout)))
		ret = -EPIPE;
	return ret;
}

/* ---- lines ----------------------------------------------------------------------------- */

static int do_line(void *to, char *line, const char *end)
{
	struct stream *stream = to;
	struct ng_feed *feed = &stream->feed;
	char words[NG_FEED_ANSWER] = "";
	struct ng_feed_line read;
	int ret = end ? 0 : -EINVAL;

	feed->list.number = stream->lines.number;
	if (!ret)
		ret = ng_feed_read(&feed->list, line, end, &read);
	if (!ret && !feed->state && read.verb != NG_FEED_NOTHING && read.verb != NG_FEED_BEGIN) {
		feed->ctx->error = feed->closed;
		ret = -ENODEV;
	}
	if (ret)
		ng_feed_break(feed, stream->lines.number);
	else
		ret = ng_feed_do(feed, &read, stream->lines.number, words);
	answer(stream, ret, words);
	return ret;
}

/* A filter that is not attached now may be in a while. */
static int begin(void *to)
{
	struct stream *stream = to;
	struct ng_feed *feed = &stream->feed;

	if (stream->acks) {
		stream->answers = open_memstream(&stream->text, &stream->size);
		if (!stream->answers)
			return ng_fail(&feed->ctx->error, -ENOMEM, "out of memory");
	}
	feed->state = NULL;
	if (ng_open_state(feed->ctx, &feed->state))
		feed->closed = feed->ctx->error;
	return 0;
}

/* The session check may have warned. */
static void print_warnings(struct ng_context *ctx)
{
	for (size_t i = 0; i < ctx->messages.n; i++)
		ng_print_error(stderr, "netguard: ", "warning: ", &ctx->messages.list[i].error);
	ng_messages_clear(&ctx->messages);
	ctx->messages = (struct ng_messages){ 0 };
}

static int end(void *to)
{
	struct stream *stream = to;
	struct ng_feed *feed = &stream->feed;

	if (feed->state)
		ng_state_close(feed->state);
	feed->state = NULL;
	print_warnings(feed->ctx);
	return write_answers(stream);
}

/* ---- the command ----------------------------------------------------------------------- */

static void say(struct stream *stream)
{
	const struct ng_live_replaced *counts = &stream->feed.counts;
	struct ng_context *ctx = stream->feed.ctx;
	struct json_object *object;

	if (stream->acks)
		return;
	if (!ctx->json) {
		printf("%s: %zu added, %zu changed, %zu deleted, %zu unchanged, %zu lines failed\n",
		       stream->feed.owner, counts->added, counts->changed, counts->deleted,
		       counts->unchanged, stream->lines.failed);
		return;
	}
	object = ng_json_new();
	ng_json_text(object, "action", "feed");
	ng_json_text(object, "owner", stream->feed.owner);
	ng_json_number(object, "added", counts->added);
	ng_json_number(object, "changed", counts->changed);
	ng_json_number(object, "deleted", counts->deleted);
	ng_json_number(object, "unchanged", counts->unchanged);
	ng_json_number(object, "failed", stream->lines.failed);
	ng_say_json(ctx, object, 0);
}

static int run(struct stream *stream)
{
	static const struct ng_lines_user user = { begin, do_line, end };
	struct ng_feed *feed = &stream->feed;
	int ret;

	stream->lines.user = &user;
	stream->lines.to = stream;
	stream->lines.limit = NG_FEED_LINE_MAX;
	stream->lines.err = &feed->ctx->error;
	feed->list = (struct ng_list_reader){ .name = "standard input", .err = &feed->ctx->error };
	ret = ng_lines_run(&stream->lines);
	if (!ret && *feed->block.set) {
		ng_fail(&feed->ctx->error, -EINVAL,
			"the input ended before commit: @%s is not replaced", feed->block.set);
		ng_lines_tell(&stream->lines);
		stream->lines.failed++;
	}
	free(feed->list.prefixes);
	free(feed->block.members);
	return ret;
}

int ng_command_feed(struct ng_context *ctx)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	int ret;

	if (!stream)
		return -ENOMEM;
	stream->feed.ctx = ctx;
	stream->acks = ng_option(ctx, "--ack");
	ret = read_owner(ctx, &stream->feed.owner);
	if (!ret)
		ret = read_shortest(ctx, stream->feed.shortest);
	if (!ret && stream->acks && ctx->json)
		ret = ng_usage(ctx, "--ack and --json exclude each other");
	if (!ret)
		ret = run(stream);
	if (!ret) {
		say(stream);
		ret = stream->lines.failed ? 1 : 0;
	}
	free(stream);
	return ret;
}
