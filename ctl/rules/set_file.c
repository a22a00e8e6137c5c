// SPDX-License-Identifier: GPL-2.0-only
#include "rules/set_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/work.h"
#include "net/ip.h"
#include "rules/address.h"
#include "rules/prefix.h"
#include "rules/prefix_sort.h"

#define WORD_MAX  64   /* with its NUL: longer than any prefix */
#define WORK_MASK 4095 /* lines between two reports of progress */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_comment(char c)
{
	return c == ';' || c == '#';
}

/* Does a column end at @at? */
static bool ends_column(const struct ng_list_reader *list, const char *at)
{
	return at == list->end || is_blank(*at) || *at == ',' || is_comment(*at);
}

static void skip_blanks(struct ng_list_reader *list)
{
	while (list->next < list->end && is_blank(*list->next))
		list->next++;
}

/* To the next column: skip blanks with at most one comma among them. */
static void skip_to_column(struct ng_list_reader *list)
{
	skip_blanks(list);
	if (list->next < list->end && *list->next == ',')
		list->next++;
	skip_blanks(list);
}

/* ---- errors ---------------------------------------------------------------------------- */

/* The column at @at, with '?' for what is not printable. */
static const char *copy_column(const struct ng_list_reader *list, const char *at,
			       char word[WORD_MAX])
{
	size_t n = 0;

	for (; !ends_column(list, at) && n < WORD_MAX - 1; at++)
		word[n++] = *at > ' ' && *at <= '~' ? *at : '?';
	word[n] = '\0';
	return word;
}

static int place(const struct ng_list_reader *list, const char *at)
{
	if (list->err)
		snprintf(list->err->where, sizeof(list->err->where), "%s:%zu:%zu", list->name,
			 list->number, at - list->line + 1);
	return -EINVAL;
}

/* Files that are often fetched or saved as a list, but are none. */
static const char *other_format(const struct ng_list_reader *list, const char *at)
{
	size_t n = list->end - at;

	if (*at == '{' || *at == '[')
		return "this looks like JSON; a list has one prefix a line, which `jq -r` can "
		       "make of it";
	if (*at == '<')
		return "this looks like a web page; look at what was fetched";
	if ((n > 4 && !memcmp(at, "add ", 4)) || (n > 7 && !memcmp(at, "create ", 7)))
		return "this looks like the output of `ipset save`: leave only the third word of "
		       "its `add` lines";
	if (*at == '"' || *at == '\'')
		return "write the address without quotes";
	return NULL;
}

static int fail_column(const struct ng_list_reader *list, const char *at)
{
	const char *hint = other_format(list, at);
	struct ng_prefix prefix;
	char word[WORD_MAX];
	bool masked;

	/* A prefix with something after it is not an address either. */
	if (!ng_prefix_read(copy_column(list, at, word), &prefix, &masked, list->err))
		ng_fail(list->err, -EINVAL, "'%.32s…' is not an address", word);
	if (strchr(word, '%'))
		hint = "leave out the zone after '%'";
	else if (!hint && !strpbrk(word, ".:"))
		hint = "a line begins with an address, a prefix such as 192.0.2.0/24 or a range; "
		       "comments begin with # or ;";
	if (hint)
		ng_hint(list->err, -EINVAL, "%s", hint);
	return place(list, at);
}

static int fail_range(const struct ng_list_reader *list, const char *at, const char *what,
		      const char *hint)
{
	ng_fail(list->err, -EINVAL, "%s", what);
	ng_hint(list->err, -EINVAL, "%s", hint);
	return place(list, at);
}

static int fail_second(const struct ng_list_reader *list, const char *at)
{
	char word[WORD_MAX];

	ng_fail(list->err, -EINVAL, "a second address on the line: '%s'",
		copy_column(list, at, word));
	ng_hint(list->err, -EINVAL,
		"one entry a line: write 192.0.2.0/24, or 192.0.2.0-192.0.2.9 for a range; put # "
		"before a comment");
	return place(list, at);
}

/* ---- entries --------------------------------------------------------------------------- */

static int push(struct ng_list_reader *list, const struct ng_prefix *prefix)
{
	size_t room = list->room ? list->room * 2 : 64;
	struct ng_prefix *grown;

	if (list->n == NG_LIST_PREFIXES_MAX) {
		ng_fail(list->err, -E2BIG, "more than %u prefixes", NG_LIST_PREFIXES_MAX);
		place(list, list->line);
		return -E2BIG;
	}
	if (list->n == list->room) {
		grown = reallocarray(list->prefixes, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		list->prefixes = grown;
		list->room = room;
	}
	list->prefixes[list->n++] = *prefix;
	return 0;
}

static int check_mapped(const struct ng_list_reader *list, const char *at,
			const struct ng_prefix *prefix)
{
	return ng_prefix_check_mapped(at, list->end, prefix, list->err) ? place(list, at) : 0;
}

typedef unsigned __int128 u128;

/* The address as a number; an IPv4 address takes the lower 32 bits. */
static u128 number_of(const struct ng_prefix *address)
{
	u128 number = 0;

	for (unsigned int i = 0; i < (address->family == 4 ? 4 : 16); i++)
		number = number << 8 | address->addr[i];
	return number;
}

static struct ng_prefix prefix_of(u128 number, unsigned int family, unsigned int host_bits)
{
	unsigned int bytes = family == 4 ? 4 : 16;
	struct ng_prefix prefix = { .family = family, .len = bytes * 8 - host_bits };

	for (unsigned int i = bytes; i--; number >>= 8)
		prefix.addr[i] = number;
	return prefix;
}

/* The distance from the first address with so many host bits to the last. */
static u128 span_of(unsigned int host_bits)
{
	return host_bits ? ~(u128)0 >> (128 - host_bits) : 0;
}

/* The fewest prefixes that contain the addresses from @from to @to and no others. */
static int push_range(struct ng_list_reader *list, const struct ng_prefix *from,
		      const struct ng_prefix *to)
{
	u128 first = number_of(from), last = number_of(to);

	list->notes.ranges++;
	for (;;) {
		struct ng_prefix prefix;
		unsigned int bits = 0;
		int ret;

		while (bits < from->len && !(first >> bits & 1) &&
		       span_of(bits + 1) <= last - first)
			bits++;
		prefix = prefix_of(first, from->family, bits);
		ret = push(list, &prefix);
		if (ret || span_of(bits) == last - first)
			return ret;
		first += span_of(bits) + 1;
	}
}

/* ---- columns --------------------------------------------------------------------------- */

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_word_letter(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Does the column at @at consist of digits? */
static bool is_number(const struct ng_list_reader *list, const char *at)
{
	const char *first = at;

	while (at < list->end && *at >= '0' && *at <= '9')
		at++;
	return at > first && ends_column(list, at);
}

/* Was this column meant as an address, correct or not? */
static bool looks_like_address(const struct ng_list_reader *list, const char *at)
{
	while (at < list->end && is_hex(*at))
		at++;
	return at < list->end && (*at == '.' || *at == ':');
}

/* Is the column at @at a whole address or prefix? Returns its end, or NULL. */
static const char *scan_column(const struct ng_list_reader *list, const char *at,
			       struct ng_prefix *prefix)
{
	bool masked;
	const char *end = ng_prefix_scan(at, list->end, prefix, &masked);

	return end && ends_column(list, end) ? end : NULL;
}

/* May an address begin after this character? Not inside names, URLs and times of day. */
static bool is_boundary(char c)
{
	return !is_word_letter(c) && !strchr("./:-_@", c);
}

/* Is there a complete address or prefix at @at? */
static bool is_address(const struct ng_list_reader *list, const char *at)
{
	struct ng_prefix prefix;
	bool masked;
	const char *end;

	if (!looks_like_address(list, at))
		return false;
	end = ng_prefix_scan(at, list->end, &prefix, &masked);
	if (!end)
		return false;
	/* The end of a sentence. */
	if (end < list->end && (*end == '.' || *end == ':') && ends_column(list, end + 1))
		return true;
	return end == list->end || is_boundary(*end) || *end == '-';
}

/*
 * "/8" after a blank, a dash with a number or nothing after it, or a word that joins the columns on
 * both sides of it: the entry is more than its first column.
 */
static bool changes_entry(const struct ng_list_reader *list, const char *at)
{
	static const char *const words[] = { "to",	"through",  "thru", "until", "except",
					     "exclude", "without",  "not",  "but",   "mask",
					     "netmask", "wildcard", "for" };
	char word[WORD_MAX];
	size_t n;

	if (!strchr("/-tuewnbmfTUEWNBMF", *at))
		return false;
	copy_column(list, at, word);
	n = strlen(word);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcasecmp(word, words[i]))
			return true;
	return n > 1 && (*word == '/' || *word == '-') && strspn(word + 1, "0123456789") == n - 1;
}

static int fail_rest(const struct ng_list_reader *list, const char *at)
{
	char word[WORD_MAX];

	ng_fail(list->err, -EINVAL, "unexpected text after the entry: '%s'",
		copy_column(list, at, word));
	ng_hint(list->err, -EINVAL,
		"one entry a line: write 192.0.2.0/24, or 192.0.2.0-192.0.2.9 for a range; put # "
		"before a comment");
	return place(list, at);
}

/*
 * The columns after an entry are comments, unless they have addresses or change the entry: then
 * the first column alone would be wrong. Text after a # or ; is not looked at, except in "a;b",
 * where the ; is meant as a comma.
 */
static int check_rest(const struct ng_list_reader *list, bool is_first)
{
	const char *at = list->next;
	size_t len = list->end - at;
	bool begins = true;

	if (len > 1 && *at == ';' && !is_blank(at[-1]) && is_address(list, at + 1))
		return fail_second(list, at + 1);
	while (at < list->end && (is_blank(*at) || *at == ','))
		at++;
	if (at == list->end || is_comment(*at))
		return 0;
	if (is_first && changes_entry(list, at))
		return fail_rest(list, at);
	/* Every address has one of them, most comments have none, and lists are long. */
	len = list->end - at;
	if (!memchr(at, '.', len) && !memchr(at, ':', len))
		return 0;
	for (; at < list->end && !is_comment(*at); at++) {
		if ((is_hex(*at) || *at == ':') && (begins || is_boundary(at[-1])) &&
		    is_address(list, at))
			return fail_second(list, at);
		begins = is_blank(*at) || *at == ',';
	}
	return 0;
}

/* A range whose first address is read, and whose last one begins at @list->next. */
static int read_range_end(struct ng_list_reader *list, const char *word,
			  const struct ng_prefix *from)
{
	const char *at = list->next, *end;
	struct ng_prefix to;

	end = ng_address_scan(at, list->end, &to);
	if (!end || !ends_column(list, end))
		return at == list->end ? fail_range(list, at, "a range without a last address",
						    "write 192.0.2.1-192.0.2.9")
				       : fail_column(list, at);
	list->next = end;
	if (check_rest(list, true))
		return -EINVAL;
	if (from->family != to.family)
		return fail_range(list, word, "a range from one family to the other",
				  "both addresses are IPv4 or both are IPv6");
	if (memcmp(from->addr, to.addr, sizeof(to.addr)) > 0)
		return fail_range(list, word, "the range goes backwards",
				  "write the lower address first");
	if (check_mapped(list, at, &to))
		return -EINVAL;
	return push_range(list, from, &to);
}

/*
 * DShield's columns: first address, last address, prefix length. A second address on a line is
 * accepted only if all three are there and agree.
 */
static bool is_three_columns(const struct ng_list_reader *list, const struct ng_prefix *from,
			     const struct ng_prefix *to, const char *at, struct ng_prefix *prefix)
{
	struct ng_list_reader rest = *list;
	unsigned int len = 0;

	rest.next = at;
	skip_to_column(&rest);
	for (at = rest.next; at < list->end && *at >= '0' && *at <= '9' && len <= from->len; at++)
		len = len * 10 + (*at - '0');
	if (at == rest.next || !ends_column(list, at) || len > from->len ||
	    from->family != to->family)
		return false;
	*prefix = *from;
	ng_prefix_mask(prefix, len);
	return !memcmp(prefix->addr, from->addr, sizeof(from->addr)) &&
	       number_of(to) - number_of(from) == span_of(from->len - len);
}

/* What follows a single address or a prefix: comments, or the rest of a range. */
static int read_rest(struct ng_list_reader *list, const char *word, struct ng_prefix *prefix)
{
	bool is_single = !memchr(word, '/', list->next - word);
	const char *behind = list->next, *end;
	struct ng_prefix second, whole;

	skip_to_column(list);
	if (list->next < list->end && *list->next == '-' && is_single) {
		list->next++;
		skip_blanks(list);
		if (list->next == list->end || looks_like_address(list, list->next))
			return read_range_end(list, word, prefix);
		/* A dash may begin a comment, but a number after it would be the end of a range. */
		if (is_number(list, list->next))
			return fail_rest(list, list->next);
		return check_rest(list, true) ? -EINVAL : push(list, prefix);
	}
	end = is_single ? scan_column(list, list->next, &second) : NULL;
	if (end && is_three_columns(list, prefix, &second, end, &whole)) {
		list->next = end;
		return check_rest(list, false) ? -EINVAL : push(list, &whole);
	}
	list->next = behind;
	return check_rest(list, true) ? -EINVAL : push(list, prefix);
}

static void note_masked(struct ng_list_reader *list, const char *word,
			const struct ng_prefix *prefix)
{
	if (list->notes.masked++)
		return;
	copy_column(list, word, list->notes.first);
	list->notes.first_line = list->number;
	list->notes.first_prefix = *prefix;
}

/* The names of columns, on the first line that is not a comment. */
static bool is_header(const struct ng_list_reader *list)
{
	static const char *const names[] = { "start",	"start_ip", "first",	"ip",
					     "address", "network",  "netblock", "prefix",
					     "cidr",	"subnet",   "range",	"ip_address" };
	char word[WORD_MAX];

	if (list->begun)
		return false;
	copy_column(list, list->next, word);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcasecmp(word, names[i]))
			return true;
	return false;
}

static int read_line(struct ng_list_reader *list)
{
	struct ng_prefix prefix;
	const char *word, *end;
	bool masked;

	skip_blanks(list);
	word = list->next;
	if (word == list->end)
		return 0;
	if (is_comment(*word)) {
		list->notes.comments++;
		return 0;
	}
	end = ng_prefix_scan(word, list->end, &prefix, &masked);
	if (!end || (!ends_column(list, end) && *end != '-')) {
		if (!is_header(list))
			return fail_column(list, word);
		/* "network 10.0.0.0/8" is not a header. */
		if (check_rest(list, false))
			return -EINVAL;
		list->begun = true;
		list->notes.headers++;
		return 0;
	}
	list->begun = true;
	if (check_mapped(list, word, &prefix))
		return -EINVAL;
	if (masked)
		note_masked(list, word, &prefix);
	list->next = end;
	if (end == list->end)
		return push(list, &prefix);
	if (*end != '-')
		return read_rest(list, word, &prefix);
	if (memchr(word, '/', end - word))
		return fail_range(list, word, "a range of prefixes",
				  "a range goes from address to address");
	list->next++;
	skip_blanks(list);
	return read_range_end(list, word, &prefix);
}

/* ---- the list -------------------------------------------------------------------------- */

int ng_list_read_line(struct ng_list_reader *list, const char *line, const char *end)
{
	size_t before = list->n;
	int ret;

	list->line = list->next = line;
	list->end = end;
	ret = read_line(list);
	if (ret)
		list->n = before;
	return ret;
}

static int read_lines(struct ng_list_reader *list, const struct ng_text *text)
{
	const char *end = text->data + text->len;
	const char *line = text->data + ng_text_start(text->data, text->len);
	int ret = 0;

	for (list->number = 1; line < end && !ret; list->number++) {
		const char *newline = memchr(line, '\n', end - line);

		ret = ng_list_read_line(list, line, newline ? newline : end);
		line = list->end + 1;
		if (!(list->number & WORK_MASK))
			ng_work_at(list->name, list->n, "prefixes");
	}
	return ret;
}

int ng_read_set_text(const struct ng_text *text, const char *name, struct ng_set *set,
		     struct ng_list_notes *notes, struct ng_error *err)
{
	struct ng_list_reader list = { .name = name, .err = err };
	int ret = read_lines(&list, text);

	if (ret) {
		free(list.prefixes);
		return ret == -ENOMEM ? ng_fail_at(err, ret, name, "out of memory") : ret;
	}
	list.notes.duplicates = ng_prefixes_sort(list.prefixes, &list.n);
	free(set->prefixes);
	set->prefixes = list.prefixes;
	set->n_prefixes = list.n;
	set->duplicates = list.notes.duplicates;
	set->masked = list.notes.masked;
	if (notes)
		*notes = list.notes;
	return 0;
}

/* ---- notes ----------------------------------------------------------------------------- */

/* ", 3 duplicates" at the end of @text; nothing when there are none. */
static void add_count(char *text, size_t size, size_t count, const char *one, const char *many)
{
	size_t len = strlen(text);

	if (count)
		snprintf(text + len, size - len, "%s%zu %s", len ? ", " : "", count,
			 count == 1 ? one : many);
}

const char *ng_list_notes_text(const struct ng_list_notes *notes, char *text, size_t size)
{
	char prefix[WORD_MAX];
	size_t len;

	*text = '\0';
	add_count(text, size, notes->comments, "comment line", "comment lines");
	add_count(text, size, notes->headers, "line of column names", "");
	add_count(text, size, notes->ranges, "range turned into prefixes",
		  "ranges turned into prefixes");
	add_count(text, size, notes->duplicates, "duplicate", "duplicates");
	add_count(text, size, notes->masked, "with host bits set", "with host bits set");
	len = strlen(text);
	if (notes->masked)
		snprintf(text + len, size - len, " (first: line %zu: %s -> %s)", notes->first_line,
			 notes->first,
			 ng_prefix_text(&notes->first_prefix, prefix, sizeof(prefix)));
	return text;
}

bool ng_list_noteworthy(const struct ng_list_notes *notes, const char *name,
			const struct ng_set *set, struct ng_error *warning)
{
	char text[400];

	if (set->n_prefixes && !notes->headers && !notes->ranges && !notes->duplicates &&
	    !notes->masked)
		return false;
	ng_list_notes_text(notes, text, sizeof(text));
	ng_fail_at(warning, -EINVAL, name, "%zu prefix%s%s%s", set->n_prefixes,
		   set->n_prefixes == 1 ? "" : "es", *text ? "; " : "", text);
	return true;
}
