// SPDX-License-Identifier: GPL-2.0-only
#include "commands/feed/do.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "cli/words.h"
#include "commands/session_check.h"
#include "rules/prefix.h"

#define PREFIX_LEN 64

/* ---- what is refused ------------------------------------------------------------------- */

static int check_length(const struct ng_feed *feed, const struct ng_prefix *prefix)
{
	struct ng_error *err = &feed->ctx->error;
	unsigned int shortest = feed->shortest[prefix->family == 6];
	char text[PREFIX_LEN];

	if (prefix->len >= shortest)
		return 0;
	ng_fail(err, -EPERM, "%s is shorter than /%u, the shortest that this feed may add",
		ng_prefix_text(prefix, text, sizeof(text)), shortest);
	return ng_hint(err, -EPERM, "--shortest permits others");
}

/* Would it cut the connection that the command is run from? */
static int check_session(struct ng_feed *feed, const char *set, const struct ng_prefix *prefix,
			 bool deletes)
{
	return ng_session_check_step(feed->ctx, feed->state,
				     &(struct ng_live_step){ set, prefix, deletes });
}

static int check_all(struct ng_feed *feed, const struct ng_feed_line *line)
{
	bool adds = line->verb == NG_FEED_ADD;
	int ret = 0;

	for (size_t i = 0; !ret && i < feed->list.n; i++) {
		const struct ng_prefix *prefix = &feed->list.prefixes[i];

		ret = adds ? check_length(feed, prefix) : 0;
		if (!ret)
			ret = check_session(feed, line->set, prefix, !adds);
	}
	return ret;
}

/* ---- times ----------------------------------------------------------------------------- */

/* The end as in struct ng_live_member; false: it is over already. */
static bool find_end(const struct ng_feed_line *line, __u64 *until)
{
	uint64_t now = ng_clock_read(CLOCK_REALTIME);

	*until = NG_LIVE_FOR_GOOD;
	if (line->end == NG_FEED_FOR)
		*until = ng_live_until(line->ns);
	if (line->end == NG_FEED_UNTIL && line->ns > now)
		*until = ng_live_until(line->ns - now);
	return line->end == NG_FEED_FOR_GOOD ||
	       (line->end == NG_FEED_FOR ? line->ns > 0 : line->ns > now);
}

/* ---- one entry ------------------------------------------------------------------------- */

static const char *word_of(enum ng_live_change change)
{
	static const char *const words[] = {
		[NG_LIVE_ADDED] = "added",
		[NG_LIVE_CHANGED] = "changed",
		[NG_LIVE_UNCHANGED] = "unchanged",
		[NG_LIVE_HELD] = "held",
	};

	return words[change];
}

static void count(struct ng_live_replaced *counts, enum ng_live_change change)
{
	counts->added += change == NG_LIVE_ADDED;
	counts->changed += change == NG_LIVE_CHANGED || change == NG_LIVE_HELD;
	counts->unchanged += change == NG_LIVE_UNCHANGED;
}

/* A range is several prefixes; the answer is of the first that was not there. */
static int add(struct ng_feed *feed, const struct ng_feed_line *line, char *answer)
{
	enum ng_live_change change, most = NG_LIVE_UNCHANGED;
	__u64 until;
	int ret = 0;

	if (!find_end(line, &until)) {
		strcpy(answer, "expired");
		return 0;
	}
	for (size_t i = 0; !ret && i < feed->list.n; i++) {
		ret = ng_live_claim(feed->state, line->set, &feed->list.prefixes[i], feed->owner,
				    until, &change, &feed->ctx->error);
		if (ret)
			return ret;
		count(&feed->counts, change);
		if (most == NG_LIVE_UNCHANGED || change == NG_LIVE_ADDED)
			most = change;
	}
	strcpy(answer, word_of(most));
	return 0;
}

static int delete (struct ng_feed *feed, const struct ng_feed_line *line, char *answer)
{
	bool any = false;
	int ret = 0;

	for (size_t i = 0; !ret && i < feed->list.n; i++) {
		bool there = false;

		ret = ng_live_release(feed->state, line->set, &feed->list.prefixes[i], feed->owner,
				      &there, &feed->ctx->error);
		feed->counts.deleted += there;
		any |= there;
	}
	strcpy(answer, any ? "deleted" : "absent");
	return ret;
}

static int ping(struct ng_feed *feed, char *answer)
{
	bool knows = false;
	int ret = ng_live_knows_owner(feed->state, feed->owner, &knows, &feed->ctx->error);

	if (!ret && !knows)
		strcpy(answer, "new");
	return ret;
}

/* ---- from begin to commit -------------------------------------------------------------- */

static bool is_in_block(const struct ng_feed *feed, const struct ng_feed_line *line)
{
	return *feed->block.set && !strcmp(feed->block.set, line->set);
}

static void close_block(struct ng_feed_block *block)
{
	free(block->members);
	*block = (struct ng_feed_block){ 0 };
}

void ng_feed_break(struct ng_feed *feed, unsigned long number)
{
	if (*feed->block.set && !feed->block.broken)
		feed->block.broken = number;
}

static int begin(struct ng_feed *feed, const struct ng_feed_line *line)
{
	close_block(&feed->block);
	strcpy(feed->block.set, line->set);
	return 0;
}

static int append(struct ng_feed_block *block, const struct ng_prefix *prefix, __u64 until,
		  struct ng_error *err)
{
	if (block->n >= NG_LIVE_MAX)
		return ng_fail(err, -ENOSPC, "more than %u entries since begin", NG_LIVE_MAX);
	if (ng_array_grow(&block->members, block->n, sizeof(*block->members)))
		return ng_fail(err, -ENOMEM, "out of memory");
	block->members[block->n++] = (struct ng_live_member){ *prefix, until };
	return 0;
}

/* What may not be added is left out; what cannot be read or kept spoils the block. */
static int collect(struct ng_feed *feed, const struct ng_feed_line *line, unsigned long number,
		   char *answer)
{
	__u64 until;
	int ret = check_all(feed, line);

	if (ret) {
		feed->block.refused += feed->list.n;
		return ret;
	}
	if (!find_end(line, &until)) {
		strcpy(answer, "expired");
		return 0;
	}
	for (size_t i = 0; !ret && i < feed->list.n; i++)
		ret = append(&feed->block, &feed->list.prefixes[i], until, &feed->ctx->error);
	if (ret)
		ng_feed_break(feed, number);
	return ret;
}

static bool has(const struct ng_feed_block *block, const struct ng_prefix *prefix)
{
	for (size_t i = 0; i < block->n; i++)
		if (!memcmp(&block->members[i].prefix, prefix, sizeof(*prefix)))
			return true;
	return false;
}

/* An entry whose end would cut the session stays: only then is this loop long. */
static int keep_for_session(struct ng_feed *feed)
{
	struct ng_live_holdings holdings = { 0 };
	int ret = 0;

	if (!feed->ctx->sessions.n)
		return 0;
	ret = ng_live_holdings(feed->state, feed->block.set, NULL, &holdings, &feed->ctx->error);
	for (size_t i = 0; !ret && i < holdings.n; i++) {
		const struct ng_live_holding *held = &holdings.list[i];

		if (strcmp(holdings.owners[held->owner], feed->owner) != 0 ||
		    !check_session(feed, feed->block.set, &held->prefix, true) ||
		    has(&feed->block, &held->prefix))
			continue;
		feed->block.refused++;
		ret = append(&feed->block, &held->prefix, held->until, &feed->ctx->error);
	}
	ng_live_holdings_clear(&holdings);
	return ret;
}

static int commit(struct ng_feed *feed, const struct ng_feed_line *line, char *answer)
{
	struct ng_feed_block *block = &feed->block;
	struct ng_error *err = &feed->ctx->error;
	struct ng_live_replaced done;
	size_t n;
	int ret;

	if (!is_in_block(feed, line)) {
		ng_fail(err, -EINVAL, "commit @%s without begin before it", line->set);
		return ng_hint(err, -EINVAL, "write begin %s and all its entries first", line->set);
	}
	if (block->broken) {
		ng_fail(err, -EINVAL, "@%s is not replaced, because of line %lu", line->set,
			block->broken);
		return ng_hint(err, -EINVAL, "send all from begin on again");
	}
	ret = keep_for_session(feed);
	n = block->n;
	ng_live_sort(block->members, &n);
	if (!ret)
		ret = ng_live_replace(feed->state, line->set, feed->owner, block->members, n, &done,
				      err);
	if (ret)
		return ret;
	snprintf(answer, NG_FEED_ANSWER,
		 "%zu added, %zu changed, %zu deleted, %zu unchanged, %zu refused", done.added,
		 done.changed, done.deleted, done.unchanged, block->refused);
	feed->counts.added += done.added;
	feed->counts.changed += done.changed;
	feed->counts.deleted += done.deleted;
	feed->counts.unchanged += done.unchanged;
	return 0;
}

/* ---- a line ---------------------------------------------------------------------------- */

int ng_feed_do(struct ng_feed *feed, const struct ng_feed_line *line, unsigned long number,
	       char answer[NG_FEED_ANSWER])
{
	int ret;

	switch (line->verb) {
	case NG_FEED_ADD:
		if (is_in_block(feed, line))
			return collect(feed, line, number, answer);
		ret = check_all(feed, line);
		return ret ? ret : add(feed, line, answer);
	case NG_FEED_DELETE:
		if (is_in_block(feed, line)) {
			ng_feed_break(feed, number);
			return ng_fail(&feed->ctx->error, -EINVAL,
				       "del between begin and commit of @%s", line->set);
		}
		ret = check_all(feed, line);
		return ret ? ret : delete (feed, line, answer);
	case NG_FEED_BEGIN:
		return begin(feed, line);
	case NG_FEED_COMMIT:
		ret = commit(feed, line, answer);
		if (ret != -EINVAL || is_in_block(feed, line))
			close_block(&feed->block);
		return ret;
	case NG_FEED_PING:
		return ping(feed, answer);
	default:
		return 0;
	}
}
