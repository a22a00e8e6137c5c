// SPDX-License-Identifier: GPL-2.0-only
#include "rules/lexer.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "rules/text.h"

static bool is_word(unsigned char c)
{
	/* A bit for each printable ASCII character that is none of blank " # , \ { and }. */
	static const uint64_t words[2] = { ~0xffffffffULL & ~(1ULL << ' ' | 1ULL << '"' |
							      1ULL << '#' | 1ULL << ','),
					   ~(1ULL << ('\\' - 64) | 1ULL << ('{' - 64) |
					     1ULL << ('}' - 64) | 1ULL << (0x7f - 64)) };

	return c < 0x80 && words[c / 64] >> c % 64 & 1;
}

/* The byte at @ahead, or NUL after the end; the text itself contains no NUL. */
static char peek(const struct ng_lexer *lexer, size_t ahead)
{
	return (size_t)(lexer->end - lexer->next) > ahead ? lexer->next[ahead] : '\0';
}

static void new_line(struct ng_lexer *lexer)
{
	lexer->line++;
	lexer->line_start = lexer->next;
}

/* Skip blanks, comments, continued line ends and, inside braces, all line ends. */
static void skip_blanks(struct ng_lexer *lexer)
{
	/* Fast path: most words are separated by one blank. */
	if (peek(lexer, 0) == ' ' && is_word(peek(lexer, 1))) {
		lexer->next++;
		return;
	}
	for (;;) {
		char c = peek(lexer, 0);
		size_t end = c == '\\' ? 1 : 0;

		end += peek(lexer, end) == '\r';
		if (peek(lexer, end) == '\n' && (c == '\\' || lexer->depth)) {
			lexer->next += end + 1;
			new_line(lexer);
		} else if (c == ' ' || c == '\t') {
			lexer->next++;
		} else if (c == '#') {
			const char *newline = memchr(lexer->next, '\n', lexer->end - lexer->next);

			lexer->next = newline ? newline : lexer->end;
		} else {
			return;
		}
	}
}

static const char unprintable[] = "a string can contain only printable UTF-8 text";

/* Bytes of the character at @text; 0: it is not UTF-8, or not allowed in a string. */
static size_t printable(const struct ng_lexer *lexer, const char *text)
{
	unsigned int character;
	size_t len = ng_utf8_read(text, lexer->end - text, &character);

	/* A ruleset in force may have characters that earlier versions allowed; never controls. */
	if (lexer->known && character > 0x9f)
		return len;
	return ng_utf8_hidden(character) ? 0 : len;
}

static void bad(struct ng_lexer *lexer, const char *at, const char *why, const char *remedy)
{
	lexer->token.kind = NG_TOKEN_BAD;
	lexer->token.place.column = at - lexer->line_start + 1;
	lexer->token.why = why;
	lexer->token.remedy = remedy;
}

static void read_string(struct ng_lexer *lexer)
{
	const char *quote = lexer->next++;
	size_t len;

	lexer->token.kind = NG_TOKEN_STRING;
	lexer->token.text = lexer->next;
	lexer->token.len = 0; /* a bad one may be the end of the text */
	while (peek(lexer, 0) != '"') {
		if (!peek(lexer, 0) || peek(lexer, 0) == '\n' || peek(lexer, 0) == '\r') {
			bad(lexer, quote, "a '\"' is not closed on its line", NULL);
			return;
		}
		len = printable(lexer, lexer->next);
		if (!len) {
			bad(lexer, lexer->next, unprintable, NULL);
			lexer->token.text = lexer->next;
			return;
		}
		lexer->next += len;
	}
	lexer->token.len = lexer->next - lexer->token.text;
	lexer->next++;
}

static void read_invalid(struct ng_lexer *lexer)
{
	unsigned char c = *lexer->next;

	if (c == '\\')
		bad(lexer, lexer->next, "a '\\' that is not the last character of its line",
		    "it continues a line; delete it, or what comes after it");
	else if (c == '\r')
		bad(lexer, lexer->next, "a carriage return inside a line",
		    "lines end with LF or CR LF");
	else if (c >= 0x80)
		bad(lexer, lexer->next, "a character that is not ASCII",
		    "only labels and comments may have it: look for pasted quotes, dashes and "
		    "spaces");
	else
		bad(lexer, lexer->next, "a control character", NULL);
}

void ng_lexer_start(struct ng_lexer *lexer, const char *name, const char *text, size_t len)
{
	size_t start = ng_text_start(text, len);

	*lexer = (struct ng_lexer){
		.name = name,
		.next = text + start,
		.end = text + len,
		.line_start = text + start,
		.line = 1,
	};
	ng_lexer_next(lexer);
}

void ng_lexer_next(struct ng_lexer *lexer)
{
	struct ng_token *token = &lexer->token;
	unsigned int line = token->place.line;
	char c;

	skip_blanks(lexer);
	if (peek(lexer, 0) == '\r' && peek(lexer, 1) == '\n')
		lexer->next++;
	c = peek(lexer, 0);
	*token = (struct ng_token){
		.text = lexer->next,
		.len = 1,
		.place = { lexer->line, lexer->next - lexer->line_start + 1 },
		.leads = lexer->line != line,
	};
	if (lexer->next == lexer->end) {
		token->kind = NG_TOKEN_END;
		token->len = 0;
	} else if (c == '"') {
		read_string(lexer);
	} else if (is_word(c)) {
		const char *at = lexer->next + 1;

		token->kind = NG_TOKEN_WORD;
		while (at < lexer->end && is_word(*at))
			at++;
		token->len = at - token->text;
		lexer->next = at;
	} else if (c == '\n' || c == ',' || c == '{' || c == '}') {
		token->kind = c == '\n'	 ? NG_TOKEN_NEWLINE
			      : c == ',' ? NG_TOKEN_COMMA
			      : c == '{' ? NG_TOKEN_OPEN
					 : NG_TOKEN_CLOSE;
		lexer->next++;
		lexer->depth += c == '{';
		lexer->depth -= c == '}' && lexer->depth;
		if (c == '\n')
			new_line(lexer);
	} else {
		read_invalid(lexer);
	}
}

void ng_lexer_skip(struct ng_lexer *lexer)
{
	while (lexer->token.kind != NG_TOKEN_END) {
		if (lexer->token.kind == NG_TOKEN_NEWLINE)
			return;
		if (lexer->depth && ng_token_leads_statement(&lexer->token)) {
			lexer->depth = 0;
			return;
		}
		/* What follows a bad token is likely to be bad too: skip the rest of the line. */
		if (lexer->token.kind == NG_TOKEN_BAD)
			while (peek(lexer, 0) && peek(lexer, 0) != '\n')
				lexer->next++;
		ng_lexer_next(lexer);
	}
}

bool ng_token_is(const struct ng_token *token, const char *word)
{
	return token->kind == NG_TOKEN_WORD && *token->text == *word &&
	       strlen(word) == token->len && !memcmp(token->text, word, token->len);
}

bool ng_token_ends(const struct ng_token *token)
{
	return token->kind == NG_TOKEN_NEWLINE || token->kind == NG_TOKEN_END;
}

bool ng_token_leads_statement(const struct ng_token *token)
{
	static const char *const words[] = { "default", "set",	 "include", "pass",
					     "drop",	"count", "limit" };

	for (size_t i = 0; token->leads && i < sizeof(words) / sizeof(words[0]); i++)
		if (ng_token_is(token, words[i]))
			return true;
	return false;
}

const char *ng_token_copy(const struct ng_token *token, char text[NG_WORD_MAX])
{
	size_t len = token->len < NG_WORD_MAX ? token->len : NG_WORD_MAX - 1;

	memcpy(text, token->text, len);
	text[len] = '\0';
	return text;
}

int ng_lexer_place(const struct ng_lexer *lexer, struct ng_place place, struct ng_error *err)
{
	if (err)
		snprintf(err->where, sizeof(err->where), "%s:%u:%u", lexer->name, place.line,
			 place.column);
	return -EINVAL;
}

int ng_lexer_fail(const struct ng_lexer *lexer, struct ng_place place, struct ng_error *err,
		  const char *format, ...)
{
	char what[sizeof(err->what)];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	ng_fail(err, -EINVAL, "%s", what);
	return ng_lexer_place(lexer, place, err);
}

/* Names the character, since it cannot be seen. */
static int fail_unprintable(const struct ng_lexer *lexer, struct ng_error *err)
{
	const struct ng_token *token = &lexer->token;
	unsigned int character;

	if (!ng_utf8_read(token->text, lexer->end - token->text, &character))
		return ng_lexer_fail(lexer, token->place, err, "%s, not the byte 0x%02X",
				     unprintable, (unsigned char)*token->text);
	ng_lexer_fail(lexer, token->place, err, "%s, not U+%04X", unprintable, character);
	return ng_hint(err, -EINVAL, "it may be invisible: delete it");
}

int ng_lexer_expected(const struct ng_lexer *lexer, const char *what, struct ng_error *err)
{
	const struct ng_token *token = &lexer->token;
	char word[NG_WORD_MAX];

	if (token->kind == NG_TOKEN_BAD && token->why == unprintable)
		return fail_unprintable(lexer, err);
	if (token->kind == NG_TOKEN_BAD) {
		ng_lexer_fail(lexer, token->place, err, "%s", token->why);
		return token->remedy ? ng_hint(err, -EINVAL, "%s", token->remedy) : -EINVAL;
	}
	if (token->kind == NG_TOKEN_END && lexer->depth)
		return ng_lexer_fail(lexer, token->place, err,
				     "expected %s; the text ends inside braces", what);
	if (ng_token_ends(token))
		return ng_lexer_fail(lexer, token->place, err,
				     "expected %s before the end of the line", what);
	if (token->kind == NG_TOKEN_STRING)
		return ng_lexer_fail(lexer, token->place, err, "expected %s, found a string", what);
	return ng_lexer_fail(lexer, token->place, err, "expected %s, found '%.64s'", what,
			     ng_token_copy(token, word));
}
