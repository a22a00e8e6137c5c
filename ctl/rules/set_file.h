/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists of prefixes as their publishers write them; docs/rules.md describes what is read. */
#ifndef NG_SET_FILE_H
#define NG_SET_FILE_H

#include "rules/ruleset.h"
#include "rules/text.h"

/* Of one file: what an image can hold of both families. */
#define NG_LIST_PREFIXES_MAX (16U << 20)

/**
 * struct ng_list_notes - what was left out or corrected while a list was read
 * @comments:   lines that have nothing but a comment
 * @headers:    lines with the names of columns
 * @ranges:     ranges, which became prefixes
 * @duplicates: repeated prefixes
 * @masked:     prefixes whose host bits were cleared; the first one: its text, @first, its line,
 *              @first_line, and what became of it, @first_prefix
 */
struct ng_list_notes {
	size_t comments, headers, ranges, duplicates, masked;
	char first[64];
	size_t first_line;
	struct ng_prefix first_prefix;
};

/**
 * struct ng_list_reader - a list that is being read, line by line; zeroed but for @name and @err at
 * first
 * @name:     what messages call it
 * @number:   of the current line, from 1
 * @line, @next, @end: that line without its end, and how far it was read
 * @prefixes: what was read, @n of them; owned; @room is allocated; the caller may set @n to 0
 * @begun:    an entry was read, or the names of columns
 */
struct ng_list_reader {
	const char *name;
	size_t number;
	const char *line, *next, *end;
	struct ng_prefix *prefixes;
	size_t n, room;
	bool begun;
	struct ng_list_notes notes;
	struct ng_error *err;
};

/**
 * ng_list_read_line() - read one line, up to @end, which is not read; list->number is the caller's
 *
 * Appends its prefixes: one, those of a range, or none. Return: 0; -EINVAL with the place in
 * list->err, and then nothing is appended; -ENOMEM.
 */
int ng_list_read_line(struct ng_list_reader *list, const char *line, const char *end);

/**
 * ng_read_set_text() - the prefixes of a list file, as ng_text_read() read it, into @set
 * @name:  of the file, for messages
 * @notes: may be NULL
 *
 * One prefix a line; text after white space, ';' or '#' is a comment. Replaces @set's
 * prefixes and counts, nothing else of it.
 * Return: 0, -EINVAL with file:line:column for a line that is no prefix, -ENOMEM.
 */
int ng_read_set_text(const struct ng_text *text, const char *name, struct ng_set *set,
		     struct ng_list_notes *notes, struct ng_error *err);

/** ng_list_notes_text() - all that was left out or corrected, in words; "" for nothing */
const char *ng_list_notes_text(const struct ng_list_notes *notes, char *text, size_t size);

/**
 * ng_list_noteworthy() - was anything corrected, or is nothing in the list?
 * @warning: says so in one line, all notes included; .where is @name
 *
 * Comments alone are not worth a warning.
 */
bool ng_list_noteworthy(const struct ng_list_notes *notes, const char *name,
			const struct ng_set *set, struct ng_error *warning);

#endif
