/* SPDX-License-Identifier: GPL-2.0-only */
/* Splits text into tokens, which point into it. A copy of a lexer remembers a position. */
#ifndef NG_LEXER_H
#define NG_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum ng_token_kind {
	NG_TOKEN_END,
	NG_TOKEN_NEWLINE, /* ends a statement; not inside braces */
	NG_TOKEN_WORD,
	NG_TOKEN_STRING, /* @text is what is between the quotes */
	NG_TOKEN_COMMA,
	NG_TOKEN_OPEN,
	NG_TOKEN_CLOSE,
	NG_TOKEN_BAD, /* @why says what is wrong there */
};

/* Both from 1; columns are bytes. Line 0: no place. */
struct ng_place {
	unsigned int line, column;
};

struct ng_token {
	enum ng_token_kind kind;
	const char *text;
	size_t len;
	struct ng_place place;
	bool leads; /* first on its line */
	const char *why, *remedy;
};

/**
 * struct ng_lexer - a text and how far it was read
 * @name:  of the text, for messages
 * @token: the current one
 * @depth: of braces
 * @known: the text is that of an image, so it was accepted before
 */
struct ng_lexer {
	const char *name;
	const char *next, *end, *line_start;
	unsigned int line;
	unsigned int depth;
	bool known;
	struct ng_token token;
};

/** ng_lexer_start() - and read the first token; @text and @name must outlive the lexer */
void ng_lexer_start(struct ng_lexer *lexer, const char *name, const char *text, size_t len);
void ng_lexer_next(struct ng_lexer *lexer);

/**
 * ng_lexer_skip() - after an error: to the end of the statement
 *
 * An open brace ends at a line that begins like a statement, so that a forgotten one does not
 * swallow the rest of the text.
 */
void ng_lexer_skip(struct ng_lexer *lexer);

bool ng_token_is(const struct ng_token *token, const char *word);
bool ng_token_ends(const struct ng_token *token); /* the statement */
/** ng_token_leads_statement() - does a statement begin with it, as the first word of a line? */
bool ng_token_leads_statement(const struct ng_token *token);

#define NG_WORD_MAX 128 /* with its NUL: longer than any word of the language */

/** ng_token_copy() - the text with a NUL, for messages and comparing; truncated if longer */
const char *ng_token_copy(const struct ng_token *token, char text[NG_WORD_MAX]);

/**
 * ng_lexer_fail() - like ng_fail(), with the place as .where; returns -EINVAL
 *
 * The arguments may point into @err.
 */
int ng_lexer_fail(const struct ng_lexer *lexer, struct ng_place place, struct ng_error *err,
		  const char *format, ...) __attribute__((format(printf, 4, 5)));

/** ng_lexer_place() - put @place into an error that was filled without; returns -EINVAL */
int ng_lexer_place(const struct ng_lexer *lexer, struct ng_place place, struct ng_error *err);

/** ng_lexer_expected() - "expected @what, found …" about the current token; returns -EINVAL */
int ng_lexer_expected(const struct ng_lexer *lexer, const char *what, struct ng_error *err);

#endif
