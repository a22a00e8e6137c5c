/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the tests of the live table: the program with a ruleset in force (@runner, @state), its
 * decisions, and what commands do.
 */
#ifndef NG_TEST_LIVE_HELP_H
#define NG_TEST_LIVE_HELP_H

#include <stdlib.h>
#include <string.h>

#include "image_help.h"
#include "kernel/live/live_owned.h"
#include "kernel/live/live_table.h"
#include "rules/prefix.h"
#include "net/ip.h"

#define FRAME_MAX 62
#define HOUR	  (3600 * 1000000000ULL)

static const char two_sets[] = "set near { 192.0.2.0/24 }\nset far { }\n"
			       "drop from @near\ndrop to @far\n";

static struct ng_runner *runner;
static struct ng_state *state;

static inline int begin(void **unused)
{
	(void)unused;
	runner = runner_of(NG_HOOK_XDP, two_sets);
	state = ng_runner_state(runner);
	return 0;
}

static inline int end(void **unused)
{
	(void)unused;
	ng_runner_close(runner);
	return 0;
}

static inline void put_in_force(const char *text)
{
	struct ng_image image = image_of(text);

	assert_int_equal(ng_runner_publish(runner, &image), 0);
	ng_image_clear(&image);
}

static inline struct ng_prefix prefix(const char *text)
{
	struct ng_prefix read;
	struct ng_error err;

	if (ng_parse_prefix(text, &read, &err))
		fail_msg("%s", err.what);
	return read;
}

/* ---- what the program decides ---------------------------------------------------------- */

/* A UDP datagram between two addresses of one family. */
static inline size_t make_frame(uint8_t frame[FRAME_MAX], const struct ng_prefix *from,
				const struct ng_prefix *to)
{
	size_t bytes = from->family == 4 ? 4 : 16;
	uint8_t *ip = frame + 14, *at = ip + (from->family == 4 ? 12 : 8);

	memset(frame, 0, FRAME_MAX);
	frame[12] = from->family == 4 ? 0x08 : 0x86;
	frame[13] = from->family == 4 ? 0x00 : 0xdd;
	if (from->family == 4)
		memcpy(ip, (uint8_t[]){ 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17 }, 10);
	else
		memcpy(ip, (uint8_t[]){ 0x60, 0, 0, 0, 0, 8, 17, 64 }, 8);
	memcpy(at, from->addr, bytes);
	memcpy(at + bytes, to->addr, bytes);
	at += 2 * bytes;
	at[5] = 8;
	return at + 8 - frame;
}

static inline bool drops(const struct ng_prefix *from, const struct ng_prefix *to)
{
	struct ng_decision decision;
	uint8_t frame[FRAME_MAX];
	size_t len = make_frame(frame, from, to);

	assert_int_equal(ng_runner_run(runner, frame, len, NULL, &decision), 0);
	return decision.drop;
}

static inline bool drops_from(const char *from)
{
	struct ng_prefix source = prefix(from);
	struct ng_prefix to = prefix(source.family == 4 ? "198.18.0.9" : "2001:db8:ffff::9");

	return drops(&source, &to);
}

static inline bool drops_to(const char *to)
{
	struct ng_prefix destination = prefix(to);
	struct ng_prefix from = prefix(destination.family == 4 ? "198.18.0.8" : "2001:db8:ffff::8");

	return drops(&from, &destination);
}

/* ---- what the commands do -------------------------------------------------------------- */

static inline enum ng_live_change add_until(const char *set, const char *what, __u64 until)
{
	struct ng_prefix entry = prefix(what);
	enum ng_live_change change;
	struct ng_error err;

	if (ng_live_add(state, set, &entry, until, &change, &err))
		fail_msg("%s: %s", what, err.what);
	return change;
}

static inline enum ng_live_change add(const char *set, const char *what)
{
	return add_until(set, what, NG_LIVE_FOR_GOOD);
}

static inline bool delete (const char *set, const char *what)
{
	struct ng_prefix entry = prefix(what);
	struct ng_error err;
	bool there;

	if (ng_live_delete(state, set, &entry, &there, &err))
		fail_msg("%s: %s", what, err.what);
	return there;
}

static inline size_t count_of(const char *set)
{
	struct ng_live_member *members;
	size_t n;

	assert_int_equal(ng_live_list(state, set, &members, &n, NULL), 0);
	free(members);
	return n;
}

/* ---- owners ---------------------------------------------------------------------------- */

static inline enum ng_live_change claim_until(const char *owner, const char *set, const char *what,
					      __u64 until)
{
	struct ng_prefix entry = prefix(what);
	enum ng_live_change change;
	struct ng_error err;

	if (ng_live_claim(state, set, &entry, owner, until, &change, &err))
		fail_msg("%s: %s", what, err.what);
	return change;
}

static inline bool release(const char *owner, const char *set, const char *what)
{
	struct ng_prefix entry = prefix(what);
	struct ng_error err;
	bool there;

	if (ng_live_release(state, set, &entry, owner, &there, &err))
		fail_msg("%s: %s", what, err.what);
	return there;
}

#define HELD_TEXT 1024

/*
 * Who wants what in @set, one line for each prefix: "203.0.113.5 b:2 a:1", in whole hours after
 * @since, "good" without an end, "" for the operator.
 */
static inline const char *held(const char *set, __u64 since, char text[HELD_TEXT])
{
	struct ng_live_holdings holdings;
	struct ng_error err;
	char *end = text;

	if (ng_live_holdings(state, set, NULL, &holdings, &err))
		fail_msg("%s", err.what);
	*text = '\0';
	for (size_t i = 0, n; i < holdings.n; i += n) {
		char name[64];

		n = ng_live_holders(&holdings, i);
		end += sprintf(end, "%s%s", i ? "\n" : "",
			       ng_prefix_text(&holdings.list[i].prefix, name, sizeof(name)));
		for (size_t j = i; j < i + n; j++) {
			const struct ng_live_holding *holding = &holdings.list[j];

			assert_true(end - text < HELD_TEXT - 128);
			end += sprintf(end, " %s:", holdings.owners[holding->owner]);
			if (holding->until)
				end += sprintf(
					end, "%llu",
					(unsigned long long)((holding->until - since) / HOUR));
			else
				end += sprintf(end, "good");
		}
	}
	ng_live_holdings_clear(&holdings);
	return text;
}

/* The @i-th of many addresses. */
static inline struct ng_prefix numbered(uint32_t i)
{
	return (struct ng_prefix){
		.addr = { 100, i >> 16, i >> 8, i },
		.family = 4,
		.len = 32,
	};
}

static inline int add_numbered(uint32_t i, struct ng_error *err)
{
	struct ng_prefix entry = numbered(i);

	return ng_live_add(state, "near", &entry, NG_LIVE_FOR_GOOD, NULL, err);
}

static inline bool drops_numbered(uint32_t i)
{
	struct ng_prefix from = numbered(i), to = prefix("198.18.0.9");

	return drops(&from, &to);
}

/* Of the current table. */
static inline __u64 elements(void)
{
	struct ng_live_table table;
	__u64 n;

	assert_int_equal(ng_live_map(state, false, &table), 0);
	n = table.size / NG_LIVE_ELEMENT;
	ng_live_unmap(&table);
	return n;
}

/* The parent's mapping may be of a table that a child process has replaced. */
static inline void map_anew(void)
{
	if (state->table)
		ng_live_unmap(state->table);
	free(state->table);
	state->table = NULL;
}

#endif
