// SPDX-License-Identifier: GPL-2.0-only
#include "rules/condition.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/ip.h"
#include "rules/prefix.h"
#include "rules/prefix_sort.h"
#include "rules/unknown.h"
#include "rules/value.h"

static int fail_here(struct ng_rule_reader *reader, const char *what, const char *hint)
{
	ng_lexer_fail(reader->lexer, reader->lexer->token.place, reader->err, "%s", what);
	return hint ? ng_hint(reader->err, -EINVAL, "%s", hint) : -EINVAL;
}

static int fail_repeated(struct ng_rule_reader *reader, enum ng_field field)
{
	static const char *const hints[] = {
		[NG_VALUE_ADDRESS] = "write it once, with a list: { 192.0.2.1, 192.0.2.2 }",
		[NG_VALUE_NUMBER] = "write it once; its value may be a list, as in dport 80,443",
		[NG_VALUE_ICMP] = "write it once; its value may be a list, as in icmp-type 3,11",
		[NG_VALUE_ETHER] = "write it once; its value may be a list, separated by commas",
		[NG_VALUE_BOOL] = "write it once, alone or with 'no'",
	};
	const char *hint = hints[ng_fields[field].kind];

	if (field == NG_FIELD_PROTO)
		hint = "for one of several protocols write a list: proto tcp,udp";
	return fail_here(reader, "a condition is repeated", hint ?: "write it once");
}

/* The place of the current token is that of the keyword. */
static int begin(struct ng_rule_reader *reader, enum ng_field field)
{
	struct ng_place *place = &reader->places->conditions[field];

	if (place->line && field == NG_FIELD_FAMILY)
		return fail_here(reader, "ipv4 and ipv6 in one rule never match", NULL);
	if (place->line)
		return fail_repeated(reader, field);
	*place = reader->lexer->token.place;
	reader->found[field] = (struct ng_condition){ .field = field };
	return 0;
}

int ng_set_name_read(const struct ng_lexer *lexer, struct ng_place place, const char *text,
		     char name[NG_SET_NAME_LEN], struct ng_error *err)
{
	size_t len = strlen(text);

	if (!len || strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789_-") != len) {
		ng_lexer_fail(lexer, place, err, "'%.64s' is not the name of a set", text);
		return ng_hint(err, -EINVAL, "names consist of letters, digits, '_' and '-'");
	}
	if (len >= NG_SET_NAME_LEN)
		return ng_lexer_fail(lexer, place, err, "a set's name is longer than %d characters",
				     NG_SET_NAME_LEN - 1);
	memcpy(name, text, len + 1);
	return 0;
}

static int read_prefix(struct ng_lexer *lexer, struct ng_prefix *prefix, struct ng_error *err)
{
	struct ng_place place = lexer->token.place;
	char text[NG_WORD_MAX];

	if (lexer->token.kind != NG_TOKEN_WORD)
		return ng_lexer_expected(lexer, "an address", err);
	ng_token_copy(&lexer->token, text);
	if (ng_parse_prefix(text, prefix, err))
		return ng_lexer_place(lexer, place, err);
	ng_lexer_next(lexer);
	return 0;
}

int ng_prefixes_read(struct ng_lexer *lexer, size_t max, struct ng_prefix **list, size_t *n,
		     struct ng_error *err)
{
	struct ng_place open = lexer->token.place;
	struct ng_prefix prefix;
	int ret;

	ng_lexer_next(lexer);
	while (lexer->token.kind != NG_TOKEN_CLOSE) {
		if (lexer->token.kind == NG_TOKEN_END || ng_token_leads_statement(&lexer->token))
			return ng_lexer_fail(lexer, open, err, "this '{' is never closed");
		if (lexer->token.kind == NG_TOKEN_WORD && lexer->token.text[0] == '@') {
			ng_lexer_fail(lexer, lexer->token.place, err,
				      "a list of addresses cannot contain a set");
			return ng_hint(err, -EINVAL, "write a set alone, as in from @name");
		}
		ret = read_prefix(lexer, &prefix, err);
		if (ret)
			return ret;
		if (max && *n == max) {
			ng_lexer_fail(lexer, open, err, "a list of more than %zu prefixes", max);
			return ng_hint(err, -EINVAL, "name it: set NAME { … }");
		}
		if (ng_prefixes_push(list, n, &prefix))
			return -ENOMEM;
		if (lexer->token.kind == NG_TOKEN_COMMA)
			ng_lexer_next(lexer);
		else if (lexer->token.kind == NG_TOKEN_WORD &&
			 !ng_token_leads_statement(&lexer->token))
			return ng_lexer_expected(lexer, "',' or '}'", err);
	}
	ng_lexer_next(lexer);
	return 0;
}

static int read_any(struct ng_condition *condition)
{
	static const struct ng_prefix any[] = { { .family = 4 }, { .family = 6 } };

	for (size_t i = 0; i < 2; i++)
		if (ng_prefixes_push(&condition->prefixes, &condition->n_prefixes, &any[i]))
			return -ENOMEM;
	return 0;
}

static int read_address(struct ng_rule_reader *reader, struct ng_condition *condition)
{
	struct ng_lexer *lexer = reader->lexer;
	struct ng_token *token = &lexer->token;
	struct ng_prefix prefix;
	char text[NG_WORD_MAX];
	int ret;

	ng_token_copy(token, text);
	if (token->kind == NG_TOKEN_OPEN) {
		ret = ng_prefixes_read(lexer, NG_VALUES_MAX, &condition->prefixes,
				       &condition->n_prefixes, reader->err);
		if (!ret && !condition->n_prefixes)
			ret = fail_here(reader, "an empty list of addresses never matches", NULL);
	} else if (token->kind == NG_TOKEN_WORD && text[0] == '@') {
		ret = ng_set_name_read(lexer, token->place, text + 1, condition->set, reader->err);
		ng_lexer_next(lexer);
	} else if (ng_token_is(token, "any")) {
		ret = read_any(condition);
		ng_lexer_next(lexer);
	} else {
		ret = read_prefix(lexer, &prefix, reader->err);
		if (!ret)
			ret = ng_prefixes_push(&condition->prefixes, &condition->n_prefixes,
					       &prefix);
	}
	if (ret)
		return ret;
	if (token->kind == NG_TOKEN_COMMA)
		return fail_here(reader, "a list of addresses needs braces",
				 "write { 192.0.2.0/24, 2001:db8::/32 }");
	ng_prefixes_sort(condition->prefixes, &condition->n_prefixes);
	return 0;
}

static int read_icmp(const struct ng_rule_reader *reader, const char *text, struct ng_range *range)
{
	bool has_proto = reader->places->conditions[NG_FIELD_PROTO].line;
	const struct ng_condition *proto = &reader->found[NG_FIELD_PROTO];
	const struct ng_name *names = ng_icmp_types(has_proto && proto->n_ranges ? proto : NULL);

	if (names || (text[0] >= '0' && text[0] <= '9'))
		return ng_value_icmp(names, text, range, reader->err);
	/* The rule's protocol may come later: until it is known, accept the names of both. */
	if (reader->lexer != &reader->icmp)
		return ng_value_icmp(ng_name_find(ng_icmp4_types, text) ? ng_icmp4_types
									: ng_icmp6_types,
				     text, range, reader->err);
	ng_fail(reader->err, -EINVAL, "'%s' is one number in ICMP and another in ICMPv6", text);
	return ng_hint(reader->err, -EINVAL, "add icmp or icmpv6 to this rule, or write a number");
}

/* Names of the IANA registry that are conditions here, and words for all protocols. */
static int explain_proto(const char *text, struct ng_error *err)
{
	if (!strcmp(text, "any") || !strcmp(text, "all") || !strcmp(text, "ip"))
		return ng_hint(err, -EINVAL, "for all protocols leave proto out");
	if (!strcasecmp(text, "ipv4") || !strcasecmp(text, "ipip") || !strcasecmp(text, "ipencap"))
		return ng_hint(err, -EINVAL,
			       "write ipv4 alone for IPv4 packets, proto 4 for IPv4 inside IP");
	if (!strcasecmp(text, "ipv6"))
		return ng_hint(err, -EINVAL,
			       "write ipv6 alone for IPv6 packets, proto 41 for IPv6 inside IP");
	return -EINVAL;
}

/*
 * Read one element of a list. `any` and `none` set *@whole: they have to be the only element.
 */
static int read_element(const struct ng_rule_reader *reader, enum ng_field field, const char *text,
			struct ng_range *range, bool *whole)
{
	const struct ng_field_info *info = &ng_fields[field];

	if (!strcmp(text, "any") && (field == NG_FIELD_VLAN || field == NG_FIELD_FRAGMENT)) {
		*range = (struct ng_range){ 1, info->max }; /* 0 is NG_VLAN_NONE, NG_FRAGMENT_NO */
		*whole = true;
		return 0;
	}
	if (!strcmp(text, "none") && field == NG_FIELD_VLAN) {
		*range = (struct ng_range){ NG_VLAN_NONE, NG_VLAN_NONE };
		*whole = true;
		return 0;
	}
	if (info->kind == NG_VALUE_ICMP)
		return read_icmp(reader, text, range);
	if (info->kind == NG_VALUE_ETHER)
		return ng_value_ether(text, range, reader->err);
	if (!ng_value_range(info, NULL, text, range, reader->err))
		return 0;
	return field == NG_FIELD_PROTO ? explain_proto(text, reader->err) : -EINVAL;
}

/* `any` or `none` is in a list with other elements. */
static int fail_whole(struct ng_rule_reader *reader, enum ng_field field)
{
	if (field == NG_FIELD_FRAGMENT)
		return fail_here(reader, "'any' cannot be in a list: it means first,later",
				 "for every IP packet that can be read write no,first,later");
	return fail_here(reader, "'any' and 'none' cannot be in a list", NULL);
}

static int read_list(struct ng_rule_reader *reader, struct ng_condition *condition)
{
	const struct ng_field_info *info = &ng_fields[condition->field];
	struct ng_lexer *lexer = reader->lexer;
	bool whole = false;
	char text[NG_WORD_MAX];
	struct ng_range range;

	for (;;) {
		if (lexer->token.kind == NG_TOKEN_OPEN)
			return fail_here(reader, "only lists of addresses have braces",
					 "write 80,443");
		if (lexer->token.kind != NG_TOKEN_WORD)
			return ng_lexer_expected(lexer, info->noun, reader->err);
		ng_token_copy(&lexer->token, text);
		if (read_element(reader, condition->field, text, &range, &whole))
			return ng_lexer_place(lexer, lexer->token.place, reader->err);
		if (whole && condition->n_ranges)
			return fail_whole(reader, condition->field);
		if (condition->n_ranges == NG_VALUES_MAX)
			return fail_here(reader, "a list of more than 1024 values",
					 "write ranges, or several rules");
		if (ng_ranges_push(&condition->ranges, &condition->n_ranges, &range))
			return -ENOMEM;
		ng_lexer_next(lexer);
		if (lexer->token.kind != NG_TOKEN_COMMA)
			break;
		if (whole)
			return fail_whole(reader, condition->field);
		ng_lexer_next(lexer);
	}
	ng_ranges_sort(condition->field, condition->ranges, &condition->n_ranges);
	return 0;
}

_Static_assert(NG_VALUES_MAX == 1024, "a message says so");

/* One side of VALUE/MASK as it is read. */
struct flags_side {
	uint8_t bits;
	unsigned int words;
	bool none;
};

static int read_flag(struct ng_rule_reader *reader, const char *text, struct flags_side *side)
{
	const struct ng_name *flag = ng_name_find(ng_tcp_flags, text);
	struct ng_guess guess = { 0 };

	side->words++;
	side->none |= !strcmp(text, "none");
	if (side->none && side->words > 1)
		return fail_here(reader, "'none' cannot be in a list", NULL);
	if (flag)
		side->bits |= flag->value;
	if (flag || side->none)
		return 0;
	ng_lexer_fail(reader->lexer, reader->lexer->token.place, reader->err,
		      "'%.64s' is not a TCP flag", text);
	ng_guess_names(&guess, text, ng_tcp_flags);
	if (guess.best)
		return ng_hint(reader->err, -EINVAL, "did you mean '%s'?", guess.best);
	return ng_hint(reader->err, -EINVAL,
		       "they are fin, syn, rst, psh, ack, urg, ece, cwr and none");
}

static int check_flags(struct ng_rule_reader *reader, const struct flags_side *side, bool has_mask)
{
	if (!has_mask)
		return fail_here(reader, "flags without a mask",
				 "write VALUE/MASK: flags syn/syn,ack is the first packet of a "
				 "connection, flags ack/ack any with ACK set");
	if (!side[1].bits)
		return fail_here(reader, "a mask without any flag matches everything", NULL);
	if (side[0].bits & ~side[1].bits)
		return fail_here(
			reader, "never matches: a flag of the value is not in the mask",
			"the mask has to contain the flags of the value, as in syn/syn,ack");
	return 0;
}

static int read_flags(struct ng_rule_reader *reader, struct ng_condition *condition)
{
	struct ng_lexer *lexer = reader->lexer, before;
	struct flags_side side[2] = { 0 };
	bool has_mask = false;
	char text[NG_WORD_MAX];
	int ret;

	for (;;) {
		before = *lexer;
		if (lexer->token.kind != NG_TOKEN_WORD)
			return ng_lexer_expected(lexer, "a TCP flag", reader->err);
		ng_token_copy(&lexer->token, text);
		for (char *part = text, *slash; part; part = slash) {
			slash = strchr(part, '/');
			if (slash)
				*slash++ = '\0';
			ret = read_flag(reader, part, &side[has_mask]);
			if (ret)
				return ret;
			if (slash && has_mask)
				return fail_here(reader, "a second '/'", NULL);
			has_mask |= slash != NULL;
		}
		ng_lexer_next(lexer);
		if (lexer->token.kind != NG_TOKEN_COMMA)
			break;
		ng_lexer_next(lexer);
	}
	condition->flags_value = side[0].bits;
	condition->flags_mask = side[1].bits;
	ret = check_flags(reader, side, has_mask);
	return ret ? ng_lexer_place(&before, before.token.place, reader->err) : 0;
}

/* The keyword may be followed by `no`. */
static int read_bool(struct ng_rule_reader *reader, enum ng_field field)
{
	struct ng_condition *condition = &reader->found[field];
	struct ng_lexer *lexer = reader->lexer;
	bool no = ng_token_is(&lexer->token, "no");

	if (ng_token_is(&lexer->token, "yes") || ng_token_is(&lexer->token, "not")) {
		ng_lexer_fail(lexer, lexer->token.place, reader->err,
			      "after '%s' only 'no' can be written", ng_fields[field].keyword);
		return ng_hint(reader->err, -EINVAL, "write %s or %s no", ng_fields[field].keyword,
			       ng_fields[field].keyword);
	}
	reader->places->values[field] = lexer->token.place;
	if (no)
		ng_lexer_next(lexer);
	return ng_ranges_push(&condition->ranges, &condition->n_ranges,
			      &(struct ng_range){ !no, !no });
}

static int read_value(struct ng_rule_reader *reader, enum ng_field field)
{
	struct ng_condition *condition = &reader->found[field];
	struct ng_lexer *lexer = reader->lexer;

	if (ng_fields[field].kind == NG_VALUE_BOOL)
		return read_bool(reader, field);
	condition->negated = ng_token_is(&lexer->token, "not");
	if (condition->negated)
		ng_lexer_next(lexer);
	reader->places->values[field] = lexer->token.place;
	if (ng_fields[field].kind == NG_VALUE_ADDRESS)
		return read_address(reader, condition);
	if (ng_fields[field].kind == NG_VALUE_FLAGS)
		return read_flags(reader, condition);
	if (field == NG_FIELD_VLAN && condition->negated && ng_token_is(&lexer->token, "none"))
		return fail_here(reader, "vlan not none is another way to say vlan any",
				 "write vlan any");
	return read_list(reader, condition);
}

static int read_single(struct ng_rule_reader *reader, enum ng_field field, uint64_t value)
{
	struct ng_condition *condition = &reader->found[field];

	ng_lexer_next(reader->lexer);
	if (ng_ranges_push(&condition->ranges, &condition->n_ranges,
			   &(struct ng_range){ value, value }))
		return -ENOMEM;
	if (reader->lexer->token.kind == NG_TOKEN_COMMA)
		return fail_here(reader, "a list without its keyword",
				 "several protocols are written proto tcp,udp");
	return 0;
}

/* Words of other filters for the state of a connection, of which there is one here. */
static bool asks_state(const char *text)
{
	static const char *const words[] = {
		"related", "new", "state", "ct", "ctstate", "conntrack"
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcasecmp(text, words[i]))
			return true;
	return false;
}

static int read_unknown(struct ng_rule_reader *reader, const char *text)
{
	const char *words[NG_FIELDS + 6] = { "ipv4", "ipv6", "log", "label", "until" };
	size_t n = 5;

	if (!strcmp(text, "limit"))
		return fail_here(reader, "'limit' is not supported by this version", NULL);
	if (asks_state(text)) {
		ng_lexer_fail(reader->lexer, reader->lexer->token.place, reader->err,
			      "'%.64s' is not a condition here", text);
		return ng_hint(reader->err, -EINVAL,
			       "write established for packets of known conversations and ICMP "
			       "errors about them, tcp flags syn/syn,ack for the first packet of a "
			       "connection");
	}
	if (!strcmp(text, "in") || !strcmp(text, "out") || !strcmp(text, "on"))
		return fail_here(reader, "in, out and on come before the conditions",
				 "write drop in on eth0 …");
	if (!strcmp(text, "not"))
		return fail_here(reader, "'not' comes before a value, not before a condition",
				 "write proto not tcp, or df no");
	ng_lexer_fail(reader->lexer, reader->lexer->token.place, reader->err,
		      "'%.64s' is not a condition", text);
	if (text[0] >= '0' && text[0] <= '9')
		return ng_hint(reader->err, -EINVAL,
			       "a value comes after its condition, as in "
			       "dport 22 or from 192.0.2.1");
	for (size_t i = 0; i < NG_FIELDS; i++)
		if (ng_fields[i].keyword)
			words[n++] = ng_fields[i].keyword;
	words[n] = NULL;
	return ng_word_unknown(text, words, ng_protocols, reader->err);
}

int ng_condition_read(struct ng_rule_reader *reader)
{
	struct ng_token *token = &reader->lexer->token;
	const struct ng_name *proto;
	char text[NG_WORD_MAX];

	if (token->kind != NG_TOKEN_WORD)
		return ng_lexer_expected(reader->lexer, "a condition", reader->err);
	ng_token_copy(token, text);
	if (!strcmp(text, "ipv4") || !strcmp(text, "ipv6"))
		return begin(reader, NG_FIELD_FAMILY)
			       ? -EINVAL
			       : read_single(reader, NG_FIELD_FAMILY, text[3] - '0');
	for (enum ng_field field = 0; field < NG_FIELDS; field++) {
		const char *keyword = ng_fields[field].keyword;

		if (!keyword || *text != *keyword || strcmp(text, keyword) != 0)
			continue;
		if (begin(reader, field))
			return -EINVAL;
		ng_lexer_next(reader->lexer);
		if (field == NG_FIELD_ICMP_TYPE)
			reader->icmp = *reader->lexer;
		return ng_fields[field].kind == NG_VALUE_NONE ? 0 : read_value(reader, field);
	}
	proto = ng_name_find(ng_protocols, text);
	if (!proto)
		return read_unknown(reader, text);
	return begin(reader, NG_FIELD_PROTO) ? -EINVAL
					     : read_single(reader, NG_FIELD_PROTO, proto->value);
}

int ng_condition_read_icmp(struct ng_rule_reader *reader)
{
	struct ng_condition *condition = &reader->found[NG_FIELD_ICMP_TYPE];
	struct ng_lexer *lexer = reader->lexer;
	int ret;

	free(condition->ranges);
	condition->ranges = NULL;
	condition->n_ranges = 0;
	reader->lexer = &reader->icmp;
	ret = read_value(reader, NG_FIELD_ICMP_TYPE);
	reader->lexer = lexer;
	return ret;
}
