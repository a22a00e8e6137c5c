// SPDX-License-Identifier: GPL-2.0-only
#include "rules/limit.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "layout/limit.h"
#include "rules/unknown.h"
#include "rules/value.h"

#define RATE_MAX      1000000000ULL    /* packets per second, minute or hour */
#define BITS_MAX      1000000000000ULL /* per second */
#define BITS_MIN      1000ULL
#define BURST_MAX     (1U << 30)      /* packets or bytes */
#define BURST_SECONDS (30 * 86400ULL) /* a longer burst would be no limit */
#define BURST_PACKETS 5		      /* at least, unless the rule says otherwise */
#define FRAME	      1514	      /* bytes of the longest frame of Ethernet */

static const char rate_hint[] =
	"write packets per second, minute or hour, as 10/s, 600/m, 100/h, or bits per second, as "
	"500kbit, 10mbit, 1gbit";

/** struct unit - what may follow the number of a rate; @bits: per second; 0: it counts packets */
static const struct unit {
	const char *name;
	enum ng_limit_unit unit;
	uint64_t bits;
} units[] = {
	{ "/s", NG_LIMIT_SECOND, 0 },	    { "/m", NG_LIMIT_MINUTE, 0 },
	{ "/h", NG_LIMIT_HOUR, 0 },	    { "gbit", NG_LIMIT_BITS, 1000000000 },
	{ "mbit", NG_LIMIT_BITS, 1000000 }, { "kbit", NG_LIMIT_BITS, 1000 },
	{ "bit", NG_LIMIT_BITS, 1 },
};
#define UNITS (sizeof(units) / sizeof(*units))

uint64_t ng_limit_seconds(const struct ng_rule_limit *limit)
{
	return limit->unit == NG_LIMIT_HOUR ? 3600 : limit->unit == NG_LIMIT_MINUTE ? 60 : 1;
}

uint64_t ng_limit_burst(const struct ng_rule_limit *limit)
{
	bool bits = ng_limit_counts_bits(limit);
	uint64_t least = bits ? BURST_PACKETS * FRAME : BURST_PACKETS, burst;

	if (limit->burst)
		return limit->burst;
	burst = limit->rate / ng_limit_seconds(limit) / 10 / (bits ? 8 : 1);
	return burst > least ? burst : least;
}

uint32_t ng_limit_table(const struct ng_rule_limit *limit)
{
	if (limit->per == NG_LIMIT_ALL)
		return 0;
	return limit->table ? limit->table : NG_LIMIT_TABLE_USUAL;
}

/* ---- reading --------------------------------------------------------------------------- */

/* A number from @min to @max in the first @len bytes of @text. */
static int read_number(const char *text, size_t len, const char *noun, uint64_t min, uint64_t max,
		       uint64_t *number, struct ng_error *err)
{
	struct ng_field_info info = { .noun = noun, .min = min, .max = max };
	char digits[NG_WORD_MAX];

	snprintf(digits, sizeof(digits), "%.*s", (int)len, text);
	return ng_value_number(&info, digits, number, err);
}

static int fail_rate(const struct ng_lexer *lexer, const char *text, struct ng_error *err)
{
	ng_lexer_fail(lexer, lexer->token.place, err, "'%.64s' is not a rate", text);
	return ng_hint(err, -EINVAL, "%s", rate_hint);
}

static int read_rate(struct ng_lexer *lexer, struct ng_rule_limit *limit, struct ng_error *err)
{
	char text[NG_WORD_MAX];
	size_t digits, i = 0;
	uint64_t number;

	if (lexer->token.kind != NG_TOKEN_WORD) {
		ng_lexer_expected(lexer, "a rate", err);
		return ng_hint(err, -EINVAL, "%s", rate_hint);
	}
	ng_token_copy(&lexer->token, text);
	digits = strspn(text, "0123456789");
	while (i < UNITS && strcmp(text + digits, units[i].name) != 0)
		i++;
	if (!digits || i == UNITS)
		return fail_rate(lexer, text, err);
	if (!strtoull(text, NULL, 10)) {
		ng_lexer_fail(lexer, lexer->token.place, err, "a rate of 0 admits nothing");
		return ng_hint(err, -EINVAL, "write drop");
	}
	if (read_number(text, digits, "a rate", 1,
			units[i].bits ? BITS_MAX / units[i].bits : RATE_MAX, &number, err))
		return ng_lexer_place(lexer, lexer->token.place, err);
	limit->unit = units[i].unit;
	limit->rate = units[i].bits ? number * units[i].bits : number;
	if (units[i].bits && limit->rate < BITS_MIN) {
		ng_lexer_fail(lexer, lexer->token.place, err,
			      "'%.64s' is less than a packet every few seconds", text);
		return ng_hint(err, -EINVAL, "write at least 1kbit, or packets per minute");
	}
	ng_lexer_next(lexer);
	return 0;
}

/* A word that begins with a number. */
static int expect_number(const struct ng_lexer *lexer, const char *what, char text[NG_WORD_MAX],
			 struct ng_error *err)
{
	if (lexer->token.kind != NG_TOKEN_WORD || !isdigit((unsigned char)*lexer->token.text))
		return ng_lexer_expected(lexer, what, err);
	ng_token_copy(&lexer->token, text);
	return 0;
}

static int read_burst(struct ng_lexer *lexer, struct ng_rule_limit *limit, struct ng_error *err)
{
	bool bits = ng_limit_counts_bits(limit);
	struct ng_place place = lexer->token.place;
	char text[NG_WORD_MAX];
	uint64_t number;

	if (expect_number(lexer, bits ? "a number of bytes" : "a number of packets", text, err))
		return -EINVAL;
	if (read_number(text, strlen(text), "a burst", 1, BURST_MAX, &number, err)) {
		ng_lexer_place(lexer, place, err);
		return ng_hint(err, -EINVAL, "a burst is a number of %s",
			       bits ? "bytes, as burst 15000" : "packets, as burst 20");
	}
	limit->burst = number;
	if (number * (bits ? 8 : 1) / limit->rate * ng_limit_seconds(limit) > BURST_SECONDS) {
		ng_lexer_fail(lexer, place, err, "a burst of more than 30 days of the rate");
		return ng_hint(err, -EINVAL, "the rate would not matter: write a smaller burst");
	}
	ng_lexer_next(lexer);
	return 0;
}

static int read_length(struct ng_lexer *lexer, const char *text, uint64_t most, uint8_t *length,
		       struct ng_error *err)
{
	uint64_t number;

	if (read_number(text, strlen(text), most == 32 ? "a prefix length of IPv4" : "one of IPv6",
			1, most, &number, err)) {
		ng_lexer_place(lexer, lexer->token.place, err);
		return *err->hint
			       ? -EINVAL
			       : ng_hint(err, -EINVAL,
					 "write the lengths for IPv4 and IPv6: per source/24,56");
	}
	*length = number;
	return 0;
}

/* source|destination[/LEN4[,LEN6]] */
static int read_per(struct ng_lexer *lexer, struct ng_rule_limit *limit, struct ng_error *err)
{
	static const char *const words[] = { "source", "destination", NULL };
	char text[NG_WORD_MAX], *slash;

	if (lexer->token.kind != NG_TOKEN_WORD)
		return ng_lexer_expected(lexer, "source or destination", err);
	ng_token_copy(&lexer->token, text);
	slash = strchr(text, '/');
	if (slash)
		*slash++ = '\0';
	if (strcmp(text, words[0]) && strcmp(text, words[1])) {
		ng_lexer_expected(lexer, "source or destination", err);
		return ng_word_unknown(text, words, NULL, err);
	}
	limit->per = strcmp(text, words[0]) ? NG_LIMIT_PER_DESTINATION : NG_LIMIT_PER_SOURCE;
	limit->len4 = 32;
	limit->len6 = 64;
	if (slash && read_length(lexer, slash, 32, &limit->len4, err))
		return -EINVAL;
	ng_lexer_next(lexer);
	if (!slash || lexer->token.kind != NG_TOKEN_COMMA)
		return 0;
	ng_lexer_next(lexer);
	if (expect_number(lexer, "a prefix length of IPv6", text, err) ||
	    read_length(lexer, text, 128, &limit->len6, err))
		return -EINVAL;
	ng_lexer_next(lexer);
	return 0;
}

static int read_table(struct ng_lexer *lexer, struct ng_rule_limit *limit, struct ng_error *err)
{
	struct ng_place place = lexer->token.place;
	char text[NG_WORD_MAX];
	uint64_t number, unit;
	size_t digits;

	if (expect_number(lexer, "a number of addresses", text, err))
		return -EINVAL;
	digits = strspn(text, "0123456789");
	unit = !strcmp(text + digits, "k") ? 1 << 10 : !strcmp(text + digits, "M") ? 1 << 20 : 1;
	if (unit == 1 && text[digits]) {
		ng_lexer_fail(lexer, place, err, "'%.64s' is not a size of a table", text);
		return ng_hint(
			err, -EINVAL,
			"write how many addresses it holds: table 5000, table 64k, table 1M");
	}
	if (read_number(text, digits, "a size of a table", 1, NG_LIMIT_TABLE_MAX / unit, &number,
			err))
		return ng_lexer_place(lexer, place, err);
	number *= unit;
	limit->table = number < NG_LIMIT_TABLE_MIN ? NG_LIMIT_TABLE_MIN : number;
	ng_lexer_next(lexer);
	return 0;
}

/** struct option - a word that may follow the rate */
static const struct option {
	const char *word;
	int (*read)(struct ng_lexer *lexer, struct ng_rule_limit *limit, struct ng_error *err);
} options[] = {
	{ "burst", read_burst },
	{ "per", read_per },
	{ "table", read_table },
};
#define OPTIONS (sizeof(options) / sizeof(*options))

int ng_limit_read(struct ng_lexer *lexer, struct ng_rule_limit *limit, struct ng_error *err)
{
	struct ng_place places[OPTIONS] = { 0 };
	struct ng_rule_limit read = { 0 };
	int ret = read_rate(lexer, &read, err);

	for (size_t i = 0; i < OPTIONS && !ret;) {
		if (!ng_token_is(&lexer->token, options[i].word)) {
			i++;
			continue;
		}
		if (places[i].line)
			return ng_lexer_fail(lexer, lexer->token.place, err, "%s is repeated",
					     options[i].word);
		places[i] = lexer->token.place;
		ng_lexer_next(lexer);
		ret = options[i].read(lexer, &read, err);
		i = 0;
	}
	if (ret)
		return ret;
	if (read.table && read.per == NG_LIMIT_ALL) {
		ng_lexer_fail(lexer, places[2], err,
			      "a table is for `per`: without it there is one "
			      "rate for all packets together");
		return ng_hint(err, -EINVAL, "write per source or per destination before it");
	}
	*limit = read;
	return 0;
}

/* ---- printing -------------------------------------------------------------------------- */

static const struct unit *unit_of(const struct ng_rule_limit *limit)
{
	const struct unit *unit = units;

	while (unit->unit != limit->unit || (unit->bits && limit->rate % unit->bits))
		unit++;
	return unit;
}

const char *ng_limit_text(const struct ng_rule_limit *limit, char text[NG_LIMIT_TEXT])
{
	const struct unit *unit = unit_of(limit);
	FILE *out = fmemopen(text, NG_LIMIT_TEXT, "w");

	*text = '\0';
	if (!out)
		return text;
	fprintf(out, "%" PRIu64 "%s", unit->bits ? limit->rate / unit->bits : limit->rate,
		unit->name);
	if (limit->burst)
		fprintf(out, " burst %u", limit->burst);
	if (limit->per != NG_LIMIT_ALL)
		fprintf(out, " per %s",
			limit->per == NG_LIMIT_PER_SOURCE ? "source" : "destination");
	if (limit->per != NG_LIMIT_ALL && (limit->len4 != 32 || limit->len6 != 64))
		fprintf(out, "/%u", limit->len4);
	if (limit->per != NG_LIMIT_ALL && limit->len6 != 64)
		fprintf(out, ",%u", limit->len6);
	if (limit->table && !(limit->table % (1 << 20)))
		fprintf(out, " table %uM", limit->table >> 20);
	else if (limit->table && !(limit->table % (1 << 10)))
		fprintf(out, " table %uk", limit->table >> 10);
	else if (limit->table)
		fprintf(out, " table %u", limit->table);
	fclose(out);
	return text;
}

static const char *word_end(const char *text, const char *end)
{
	const char *blank = memchr(text, ' ', end - text);

	return blank ? blank : end;
}

const char *ng_limit_skip(const char *text, const char *end)
{
	const char *at = word_end(text, end);

	for (;;) {
		const char *next = at;

		for (size_t i = 0; i < OPTIONS; i++) {
			size_t len = strlen(options[i].word);

			if ((size_t)(end - at) > len + 2 && *at == ' ' && at[1 + len] == ' ' &&
			    !memcmp(at + 1, options[i].word, len))
				next = word_end(at + len + 2, end);
		}
		if (next == at)
			return at;
		at = next;
	}
}
