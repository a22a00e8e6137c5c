// SPDX-License-Identifier: GPL-2.0-only
#include "rules/condition.h"
#include "rules/rule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rules/fields.h"
#include "rules/limit.h"
#include "rules/time.h"
#include "rules/value.h"

/* Words that stand for several interfaces, or for any, in other filters. */
static bool is_pattern(const char *name)
{
	return strpbrk(name, "*?[]!") || name[strlen(name) - 1] == '+' || !strcmp(name, "any") ||
	       !strcmp(name, "all") || !strcmp(name, "not");
}

bool ng_iface_wants_quotes(const char *name)
{
	for (const char *c = name; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr("\"#,\\{}", *c))
			return true;
	return is_pattern(name);
}

int ng_rule_check_iface(const struct ng_lexer *lexer, const struct ng_rule *rule,
			const struct ng_rule_places *places, struct ng_error *err)
{
	if (!*rule->iface || places->quoted || !is_pattern(rule->iface))
		return 0;
	ng_lexer_fail(lexer, places->iface, err,
		      "'%s' is not a single interface: `on` compares whole names, without patterns",
		      rule->iface);
	if (!strcmp(rule->iface, "any") || !strcmp(rule->iface, "all"))
		return ng_hint(err, -EINVAL,
			       "a rule without `on` is for all interfaces; write an interface of "
			       "that name in quotes: on \"%s\"",
			       rule->iface);
	return ng_hint(
		err, -EINVAL,
		"write a rule for each; write an interface of that name in quotes: on \"%s\"",
		rule->iface);
}

/* As the kernel does: dev_valid_name() in net/core/dev.c. */
static bool can_be_name(const struct ng_token *token)
{
	if (!token->len || token->len >= NG_IFNAME_LEN)
		return false;
	for (size_t i = 0; i < token->len; i++)
		/* 0xa0 is a blank in the kernel's character set. */
		if (strchr("/: \t\n\v\f\r\xa0", token->text[i]))
			return false;
	return token->len > 2 || strncmp(token->text, "..", token->len) != 0;
}

/* The name after `on`. */
static int read_iface(struct ng_lexer *lexer, struct ng_rule *rule, struct ng_rule_places *places,
		      struct ng_error *err)
{
	struct ng_token *token = &lexer->token;

	places->iface = token->place;
	places->quoted = token->kind == NG_TOKEN_STRING;
	if (token->kind != NG_TOKEN_WORD && token->kind != NG_TOKEN_STRING)
		return ng_lexer_expected(lexer, "the name of an interface", err);
	if (!can_be_name(token)) {
		ng_lexer_fail(lexer, token->place, err, "no interface can have this name");
		return ng_hint(err, -EINVAL,
			       "names have up to 15 bytes, no '/', no ':' and no blanks");
	}
	memcpy(rule->iface, token->text, token->len);
	ng_lexer_next(lexer);
	if (token->kind != NG_TOKEN_COMMA)
		return 0;
	ng_lexer_fail(lexer, token->place, err, "`on` names one interface, not a list");
	return ng_hint(err, -EINVAL, "write a rule for each");
}

enum ng_verdict ng_verdict_of(const struct ng_token *token)
{
	static const char *const words[] = {
		[NG_PASS] = "pass",
		[NG_DROP] = "drop",
		[NG_COUNT] = "count",
		[NG_LIMIT] = "limit",
	};
	enum ng_verdict verdict = 0;

	while (verdict < NG_VERDICTS && !ng_token_is(token, words[verdict]))
		verdict++;
	return verdict;
}

/* VERDICT [in|out] [on IFACE] */
static int read_head(struct ng_lexer *lexer, struct ng_rule *rule, struct ng_rule_places *places,
		     struct ng_error *err)
{
	struct ng_token *token = &lexer->token;

	rule->verdict = ng_verdict_of(token);
	ng_lexer_next(lexer);
	if (rule->verdict == NG_LIMIT && ng_limit_read(lexer, &rule->limit, err))
		return -EINVAL;
	if (ng_token_is(token, "in") || ng_token_is(token, "out")) {
		rule->direction = ng_token_is(token, "out") ? NG_OUT : NG_IN;
		ng_lexer_next(lexer);
	}
	if (!ng_token_is(token, "on"))
		return 0;
	ng_lexer_next(lexer);
	return read_iface(lexer, rule, places, err);
}

/* The rate that may follow `log`: a number and /s. */
static int read_rate(struct ng_lexer *lexer, struct ng_rule *rule, struct ng_error *err)
{
	static const struct ng_field_info info = { .noun = "a rate", .min = 1, .max = 1000000 };
	struct ng_place place = lexer->token.place;
	char text[NG_WORD_MAX];
	uint64_t rate;
	char *unit;

	if (lexer->token.kind != NG_TOKEN_WORD || lexer->token.text[0] < '0' ||
	    lexer->token.text[0] > '9')
		return 0;
	ng_token_copy(&lexer->token, text);
	unit = strchr(text, '/');
	if (!unit || strcmp(unit, "/s") != 0) {
		ng_lexer_fail(lexer, place, err, "'%.64s' is not a rate", text);
		return ng_hint(err, -EINVAL, "write records per second: log 10/s");
	}
	*unit = '\0';
	if (ng_value_number(&info, text, &rate, err))
		return ng_lexer_place(lexer, place, err);
	rule->log_rate = rate;
	ng_lexer_next(lexer);
	return 0;
}

static int read_label(struct ng_lexer *lexer, struct ng_rule *rule, struct ng_error *err)
{
	struct ng_token *token = &lexer->token;

	if (token->kind != NG_TOKEN_STRING) {
		ng_lexer_expected(lexer, "a label", err);
		return token->kind == NG_TOKEN_BAD
			       ? -EINVAL
			       : ng_hint(err, -EINVAL, "write it in quotes: label \"telnet\"");
	}
	if (!token->len)
		return ng_lexer_fail(lexer, token->place, err, "an empty label");
	if (token->len >= NG_LABEL_LEN)
		return ng_lexer_fail(lexer, token->place, err, "a label is longer than %d bytes",
				     NG_LABEL_LEN - 1);
	memcpy(rule->label, token->text, token->len);
	ng_lexer_next(lexer);
	return 0;
}

static int read_until(struct ng_lexer *lexer, struct ng_rule *rule, struct ng_error *err)
{
	char text[NG_WORD_MAX];

	if (lexer->token.kind != NG_TOKEN_WORD)
		return ng_lexer_expected(lexer, "a time such as 2026-12-01T00:00:00Z", err);
	ng_token_copy(&lexer->token, text);
	if (ng_time_read(text, &rule->until, err))
		return ng_lexer_place(lexer, lexer->token.place, err);
	ng_lexer_next(lexer);
	return 0;
}

/* [log [N/s]] [label "…"] [until TIME] */
static int read_tail(struct ng_lexer *lexer, struct ng_rule *rule, struct ng_error *err)
{
	int ret = 0;

	if (ng_token_is(&lexer->token, "log")) {
		rule->log = true;
		ng_lexer_next(lexer);
		ret = read_rate(lexer, rule, err);
	}
	if (!ret && ng_token_is(&lexer->token, "label")) {
		ng_lexer_next(lexer);
		ret = read_label(lexer, rule, err);
	}
	if (!ret && ng_token_is(&lexer->token, "until")) {
		ng_lexer_next(lexer);
		ret = read_until(lexer, rule, err);
	}
	if (ret)
		return ret;
	if (ng_token_ends(&lexer->token))
		return 0;
	ng_lexer_expected(lexer, "the end of the rule", err);
	if (lexer->token.kind == NG_TOKEN_WORD)
		ng_hint(err, -EINVAL, "conditions come first, then log, then label, then until");
	return -EINVAL;
}

static int read_conditions(struct ng_rule_reader *reader)
{
	struct ng_token *token = &reader->lexer->token;
	int ret;

	while (!ng_token_ends(token) && !ng_token_is(token, "log") &&
	       !ng_token_is(token, "label") && !ng_token_is(token, "until")) {
		ret = ng_condition_read(reader);
		if (ret)
			return ret;
	}
	if (!reader->places->conditions[NG_FIELD_ICMP_TYPE].line)
		return 0;
	return ng_condition_read_icmp(reader);
}

/* Move the conditions into the rule, in the order of fields. */
static int collect(struct ng_rule_reader *reader, struct ng_rule *rule)
{
	size_t n = 0;

	for (size_t i = 0; i < NG_FIELDS; i++)
		n += reader->places->conditions[i].line != 0;
	if (!n)
		return 0;
	rule->conditions = reallocarray(NULL, n, sizeof(*rule->conditions));
	if (!rule->conditions)
		return -ENOMEM;
	for (size_t i = 0; i < NG_FIELDS; i++) {
		if (!reader->places->conditions[i].line)
			continue;
		rule->conditions[rule->n_conditions++] = reader->found[i];
	}
	return 0;
}

static void free_found(struct ng_rule_reader *reader)
{
	for (size_t i = 0; i < NG_FIELDS; i++) {
		if (!reader->places->conditions[i].line)
			continue;
		free(reader->found[i].ranges);
		free(reader->found[i].prefixes);
	}
}

int ng_rule_read(struct ng_lexer *lexer, struct ng_rule *rule, struct ng_rule_places *places,
		 struct ng_error *err)
{
	struct ng_rule_reader reader; /* large: conditions that are not there stay uninitialized */
	struct ng_rule read = {
		.line = lexer->token.place.line,
		.column = lexer->token.place.column,
	};
	int ret;

	*places = (struct ng_rule_places){ 0 };
	reader.lexer = lexer;
	reader.places = places;
	reader.err = err;
	ret = read_head(lexer, &read, places, err);
	if (!ret)
		ret = read_conditions(&reader);
	/* In `on not eth0` the name is wrong, not the condition after it. */
	if (ret == -EINVAL)
		ng_rule_check_iface(lexer, &read, places, err);
	if (!ret)
		ret = read_tail(lexer, &read, err);
	if (!ret)
		ret = collect(&reader, &read);
	if (ret)
		free_found(&reader);
	else
		*rule = read;
	return ret;
}

static bool begins(const char **text, const char *end, const char *with)
{
	size_t len = strlen(with);

	if ((size_t)(end - *text) < len || memcmp(*text, with, len) != 0)
		return false;
	*text += len;
	return true;
}

bool ng_text_iface(const char *text, size_t len, char iface[NG_IFNAME_LEN])
{
	const char *end = text + len, *at = memchr(text, ' ', len), *close;
	bool quoted;

	if (!at)
		return false;
	if (at - text == strlen("limit") && !memcmp(text, "limit", at - text))
		at = ng_limit_skip(at + 1, end);
	begins(&at, end, " out");
	if (!begins(&at, end, " on "))
		return false;
	quoted = at < end && *at == '"';
	at += quoted;
	close = memchr(at, quoted ? '"' : ' ', end - at);
	if (!close)
		close = end;
	if (close - at >= NG_IFNAME_LEN)
		return false;
	memset(iface, 0, NG_IFNAME_LEN);
	memcpy(iface, at, close - at);
	return true;
}
