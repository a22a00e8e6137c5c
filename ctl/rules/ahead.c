// SPDX-License-Identifier: GPL-2.0-only
#include "rules/ahead.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/threads.h"
#include "rules/rule.h"
#include "rules/rule_statement.h"

#define PART_LEAST (128UL << 10)
#define PARTS_MAX  8

/**
 * struct part - a part of a text
 * @text, @end: where it is
 * @before:     the text before it
 * @discarded:  the reader has to read it itself
 */
struct part {
	const char *text, *end;
	struct ng_text before;
	struct ng_reader reader;
	struct ng_messages messages;
	struct ng_input source;
	bool discarded;
	pthread_t thread;
};

/**
 * struct ng_ahead - @n parts, in order; those before @at have been taken or discarded
 */
struct ng_ahead {
	struct part parts[PARTS_MAX];
	size_t n, at;
};

static bool looks_like_rule(const char *line, const char *end)
{
	static const char *const words[] = { "pass ", "drop ", "count " };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i]);

		if ((size_t)(end - line) > len && !memcmp(line, words[i], len))
			return true;
	}
	return false;
}

/* The first line from @at on that looks like a rule, or NULL. */
static const char *find_rule(const char *at, const char *end)
{
	while (at && at < end && !looks_like_rule(at, end)) {
		at = memchr(at, '\n', end - at);
		at = at ? at + 1 : NULL;
	}
	return at && at < end ? at : NULL;
}

static unsigned int count_lines(const char *text, const char *end)
{
	unsigned int n = 0;

	while (text < end && (text = memchr(text, '\n', end - text))) {
		text++;
		n++;
	}
	return n;
}

static void *read_part(void *data)
{
	struct part *part = data;
	struct ng_lexer *lexer = &part->source.lexer;
	unsigned int line = count_lines(part->before.data, part->text);
	struct ng_error ignored;

	ng_lexer_start(lexer, part->source.name, part->text, part->end - part->text);
	lexer->known = part->reader.source;
	lexer->line += line;
	lexer->token.place.line += line;
	while (lexer->token.kind != NG_TOKEN_END && !part->discarded) {
		if (lexer->token.kind == NG_TOKEN_NEWLINE) {
			ng_lexer_next(lexer);
			continue;
		}
		part->reader.statements++;
		part->discarded = ng_verdict_of(&lexer->token) == NG_VERDICTS ||
				  ng_rule_statement_read(&part->reader, &part->source, &ignored) ||
				  !ng_token_ends(&lexer->token) || part->messages.n;
	}
	return NULL;
}

static bool begin_part(struct part *part, const struct ng_reader *reader,
		       const struct ng_input *source)
{
	part->reader = *reader;
	part->reader.ahead = true;
	part->reader.messages = &part->messages;
	part->reader.statements = 0;
	part->reader.wanted = NULL;
	part->reader.n_wanted = 0;
	part->reader.ruleset = ng_ruleset_new();
	part->source = *source;
	return part->reader.ruleset && !pthread_create(&part->thread, NULL, read_part, part);
}

struct ng_ahead *ng_ahead_begin(const struct ng_reader *reader, const struct ng_input *source,
				const struct ng_text *text)
{
	size_t n = text->len / PART_LEAST;
	const char *end = text->data + text->len, *last = end;
	struct ng_ahead *ahead;

	n = ng_threads(n < PARTS_MAX ? n + !n : PARTS_MAX);
	ahead = n > 1 ? calloc(1, sizeof(*ahead)) : NULL;
	if (!ahead)
		return NULL;
	/* The first of @n parts is read by the reader itself. */
	for (size_t i = 1; i < n; i++) {
		const char *at = memchr(text->data + i * (text->len / n), '\n', text->len / n);
		struct part *part = &ahead->parts[ahead->n];

		at = at ? find_rule(at + 1, end) : NULL;
		if (!at || (ahead->n && at <= part[-1].text))
			continue;
		part->text = at;
		part->before = (struct ng_text){ .data = text->data };
		ahead->n++;
	}
	for (size_t i = ahead->n; i-- > 0; last = ahead->parts[i].text)
		ahead->parts[i].end = last;
	for (size_t i = 0; i < ahead->n; i++)
		if (!begin_part(&ahead->parts[i], reader, source)) {
			ng_ruleset_free(ahead->parts[i].reader.ruleset);
			ahead->n = i;
		}
	return ahead;
}

static bool fits(const struct ng_ruleset *a, const struct ng_ruleset *b)
{
	return a->n_rules + b->n_rules <= NG_RULESET_RULES &&
	       a->bytes + b->bytes <= NG_RULESET_BYTES;
}

/* Sets that rules of the part name, without those that the reader knows. */
static bool take_wanted(struct ng_reader *reader, const struct ng_reader *from)
{
	for (size_t i = 0; i < from->n_wanted; i++)
		if (ng_wanted_set_add(reader, &from->wanted[i]))
			return false;
	return true;
}

static bool take_rules(struct ng_ruleset *to, struct ng_ruleset *from)
{
	if (ng_array_reserve(&to->rules, to->n_rules, from->n_rules, sizeof(*to->rules)))
		return false;
	if (from->n_rules)
		memcpy(to->rules + to->n_rules, from->rules, from->n_rules * sizeof(*to->rules));
	to->n_rules += from->n_rules;
	to->bytes += from->bytes;
	from->n_rules = 0;
	return true;
}

static void continue_after(struct ng_lexer *lexer, const struct part *part)
{
	lexer->line = part->source.lexer.line;
	lexer->next = lexer->line_start = part->end;
	ng_lexer_next(lexer);
}

static bool take(struct part *part, struct ng_reader *reader, struct ng_input *source)
{
	if (part->discarded || !fits(reader->ruleset, part->reader.ruleset) ||
	    !take_wanted(reader, &part->reader) ||
	    !take_rules(reader->ruleset, part->reader.ruleset))
		return false;
	reader->statements += part->reader.statements;
	continue_after(&source->lexer, part);
	return true;
}

static void end_part(struct part *part)
{
	ng_ruleset_free(part->reader.ruleset);
	ng_messages_clear(&part->messages);
	free(part->reader.wanted);
}

bool ng_ahead_take(struct ng_ahead *ahead, struct ng_reader *reader, struct ng_input *source)
{
	const struct ng_lexer *lexer = &source->lexer;
	struct part *part;
	bool taken = false;

	/* The reader may have come past several. */
	while (ahead && ahead->at < ahead->n && !taken &&
	       ahead->parts[ahead->at].text <= lexer->token.text) {
		part = &ahead->parts[ahead->at++];
		pthread_join(part->thread, NULL);
		if (part->text == lexer->token.text)
			taken = take(part, reader, source);
		end_part(part);
	}
	return taken;
}

void ng_ahead_end(struct ng_ahead *ahead)
{
	for (; ahead && ahead->at < ahead->n; ahead->at++) {
		pthread_join(ahead->parts[ahead->at].thread, NULL);
		end_part(&ahead->parts[ahead->at]);
	}
	free(ahead);
}
