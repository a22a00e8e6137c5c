// SPDX-License-Identifier: GPL-2.0-only
#include "rules/flow_settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules/time.h"

#define STATE_ROW(NAME, WORDS, SECONDS) [NG_FLOW_##NAME] = { WORDS, SECONDS },
static const struct {
	const char *words;
	uint32_t seconds;
} states[NG_FLOW_STATES] = { NG_FLOW_STATE_TABLE(STATE_ROW) };

static const struct {
	char letter;
	uint32_t factor;
} units[] = { { 'M', 1000000 }, { 'k', 1000 } };
#define UNITS (sizeof(units) / sizeof(*units))

const char *ng_flow_state_words(enum ng_flow_state state)
{
	return states[state].words;
}

bool ng_flow_rules_lead(const struct ng_token *token)
{
	return ng_token_is(token, "timeout") || ng_token_is(token, "flows");
}

static int note_once(struct ng_reader *reader, const struct ng_input *source, struct ng_place place,
		     struct ng_seen *seen, const char *what, struct ng_error *err)
{
	(void)reader;
	if (seen->file)
		return ng_lexer_fail(&source->lexer, place, err, "'%s' is repeated, first at %s:%u",
				     what, seen->file, seen->line);
	*seen = (struct ng_seen){ source->name, place.line };
	return 0;
}

/* "100k" */
static bool read_count(const char *text, uint32_t *count)
{
	char *end;
	uint64_t number;

	if (*text < '1' || *text > '9' || strlen(text) > 9)
		return false;
	number = strtoul(text, &end, 10);
	for (size_t i = 0; i < UNITS; i++)
		if (*end == units[i].letter) {
			number *= units[i].factor;
			end++;
			break;
		}
	if (*end || number < NG_FLOWS_LEAST || number > NG_FLOWS_MOST)
		return false;
	*count = number;
	return true;
}

static int read_flows(struct ng_reader *reader, struct ng_input *source, struct ng_place place,
		      struct ng_error *err)
{
	struct ng_lexer *lexer = &source->lexer;
	char text[NG_WORD_MAX];

	ng_lexer_next(lexer);
	if (lexer->token.kind != NG_TOKEN_WORD)
		return ng_lexer_expected(lexer, "a number of flows", err);
	ng_token_copy(&lexer->token, text);
	if (!read_count(text, &reader->ruleset->flows.flows)) {
		ng_lexer_fail(lexer, lexer->token.place, err, "'%.64s' is not a number of flows",
			      text);
		return ng_hint(err, -EINVAL, "write a number from 1k to 4M, such as 100k");
	}
	ng_lexer_next(lexer);
	return note_once(reader, source, place, &reader->flows, "default flows", err);
}

/* The state whose words come next: the longest that fits; NG_FLOW_STATES: none. */
static enum ng_flow_state read_state(struct ng_lexer *lexer)
{
	char first[NG_WORD_MAX], both[2 * NG_WORD_MAX + 1];
	enum ng_flow_state found = NG_FLOW_STATES;

	ng_token_copy(&lexer->token, first);
	for (int i = 0; i < NG_FLOW_STATES; i++)
		if (!strcmp(states[i].words, first))
			found = i;
	ng_lexer_next(lexer);
	if (lexer->token.kind != NG_TOKEN_WORD)
		return found;
	strcpy(both, first);
	strcat(both, " ");
	ng_token_copy(&lexer->token, both + strlen(both));
	for (int i = 0; i < NG_FLOW_STATES; i++)
		if (!strcmp(states[i].words, both)) {
			ng_lexer_next(lexer);
			return i;
		}
	return found;
}

static int fail_state(const struct ng_lexer *lexer, struct ng_place place, struct ng_error *err)
{
	ng_lexer_fail(lexer, place, err, "expected what the timeout is for");
	return ng_hint(err, -EINVAL,
		       "tcp syn, tcp established, tcp fin, tcp close, udp, udp stream or icmp");
}

static int read_timeout(struct ng_reader *reader, struct ng_input *source, struct ng_place place,
			struct ng_error *err)
{
	struct ng_lexer *lexer = &source->lexer;
	char text[NG_WORD_MAX], what[NG_WORD_MAX];
	enum ng_flow_state state;
	struct ng_place begin;
	uint64_t seconds;

	ng_lexer_next(lexer);
	begin = lexer->token.place;
	if (lexer->token.kind != NG_TOKEN_WORD)
		return fail_state(lexer, begin, err);
	state = read_state(lexer);
	if (state == NG_FLOW_STATES)
		return fail_state(lexer, begin, err);
	if (lexer->token.kind != NG_TOKEN_WORD)
		return ng_lexer_expected(lexer, "a time such as 30s", err);
	ng_token_copy(&lexer->token, text);
	if (ng_duration_read(text, &seconds, err))
		return ng_lexer_place(lexer, lexer->token.place, err);
	if (seconds > NG_FLOW_TIME_MOST)
		return ng_lexer_fail(lexer, lexer->token.place, err,
				     "a timeout is longer than a year");
	reader->ruleset->flows.timeouts[state] = seconds;
	ng_lexer_next(lexer);
	snprintf(what, sizeof(what), "default timeout %s", states[state].words);
	return note_once(reader, source, place, &reader->timeouts[state], what, err);
}

int ng_flow_rules_read(struct ng_reader *reader, struct ng_input *source, struct ng_place place,
		       struct ng_error *err)
{
	return ng_token_is(&source->lexer.token, "flows")
		       ? read_flows(reader, source, place, err)
		       : read_timeout(reader, source, place, err);
}

void ng_flow_rules_print(FILE *out, const struct ng_flow_rules *flows)
{
	char time[NG_TIME_TEXT];
	size_t unit = 0;

	for (int i = 0; i < NG_FLOW_STATES; i++)
		if (flows->timeouts[i] != states[i].seconds)
			fprintf(out, "default timeout %s %s\n", states[i].words,
				ng_duration_text(flows->timeouts[i], time));
	if (flows->flows == NG_FLOWS_USUAL)
		return;
	while (unit < UNITS && flows->flows % units[unit].factor)
		unit++;
	if (unit < UNITS)
		fprintf(out, "default flows %u%c\n", flows->flows / units[unit].factor,
			units[unit].letter);
	else
		fprintf(out, "default flows %u\n", flows->flows);
}
