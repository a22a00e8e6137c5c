// SPDX-License-Identifier: GPL-2.0-only
#include "commands/feed/line.h"

#include <errno.h>
#include <string.h>

#include "commands/lines.h"
#include "rules/time.h"

#define BLANKS " \t\r"

static const struct verb {
	const char *word;
	enum ng_feed_verb verb;
	bool set, prefix;
} verbs[] = {
	{ "add", NG_FEED_ADD, true, true },	 { "del", NG_FEED_DELETE, true, true },
	{ "begin", NG_FEED_BEGIN, true, false }, { "commit", NG_FEED_COMMIT, true, false },
	{ "ping", NG_FEED_PING, false, false },
};

#define FORM                                                                                    \
	"write: add SET PREFIX [until EPOCH|for TIME], del SET PREFIX, begin SET, commit SET, " \
	"ping"

/* The next word of *@at, which is moved behind it; empty at the end of the line. */
static char *next_word(char **at)
{
	char *word = *at + strspn(*at, BLANKS);
	size_t len = strcspn(word, BLANKS);

	*at = word + len + (word[len] != '\0');
	word[len] = '\0';
	return word;
}

static int read_set(struct ng_list_reader *list, const char *word, const char *verb, char *set)
{
	word += *word == '@';
	if (!*word || strchr("#;", *word)) {
		ng_fail(list->err, -EINVAL, "%s: the name of a set is missing", verb);
		return ng_hint(list->err, -EINVAL, FORM);
	}
	if (strlen(word) >= NG_SET_NAME_LEN)
		return ng_fail(list->err, -EINVAL, "the name of the set is longer than %d bytes",
			       NG_SET_NAME_LEN - 1);
	strcpy(set, word);
	return 0;
}

static int read_end(struct ng_list_reader *list, char *text, struct ng_feed_line *line)
{
	char *time = ng_line_cut(text, "for"), *until = time ? NULL : ng_line_cut(text, "until");

	if (time) {
		line->end = NG_FEED_FOR;
		return ng_duration_read_exact(time, &line->ns, list->err);
	}
	if (until) {
		line->end = NG_FEED_UNTIL;
		return ng_epoch_read(until, &line->ns, list->err);
	}
	return 0;
}

/* "192.0.2.1 10m" would be for good, and "192.0.2.1 fro 10m", too. */
static int check_rest(struct ng_list_reader *list, const char *text)
{
	const char *rest = text + strspn(text, BLANKS);

	rest += strcspn(rest, BLANKS "#;");
	rest += strspn(rest, BLANKS);
	if (!*rest || strchr("#;-", *rest))
		return 0;
	ng_fail(list->err, -EINVAL, "unexpected '%.64s' after the address", rest);
	return ng_hint(list->err, -EINVAL, "for TIME, until EPOCH, or # before a comment");
}

static int read_prefixes(struct ng_list_reader *list, char *text, const char *end,
			 struct ng_feed_line *line)
{
	int ret = 0;

	if (line->verb == NG_FEED_ADD)
		ret = read_end(list, text, line);
	if (ret)
		return ret;
	/* The line may have been cut: then it ends at a NUL. */
	if (strlen(text) < (size_t)(end - text))
		end = text + strlen(text);
	ret = check_rest(list, text);
	if (!ret)
		ret = ng_list_read_line(list, text, end);
	if (ret == -ENOMEM)
		return ng_fail(list->err, ret, "out of memory");
	if (ret || list->n)
		return ret;
	ng_fail(list->err, -EINVAL, "an address is missing");
	return ng_hint(list->err, -EINVAL, FORM);
}

static int read_line(struct ng_list_reader *list, const struct verb *verb, char *at,
		     const char *end, struct ng_feed_line *line)
{
	char *word;
	int ret;

	if (verb->set) {
		ret = read_set(list, next_word(&at), verb->word, line->set);
		if (ret)
			return ret;
	}
	if (verb->prefix)
		return at <= end ? read_prefixes(list, at, end, line)
				 : read_prefixes(list, (char *)end, end, line);
	word = at <= end ? next_word(&at) : "";
	if (!*word || strchr("#;", *word))
		return 0;
	ng_fail(list->err, -EINVAL, "unexpected '%.64s' after %s", word, verb->word);
	return ng_hint(list->err, -EINVAL, FORM);
}

int ng_feed_read(struct ng_list_reader *list, char *text, const char *end,
		 struct ng_feed_line *line)
{
	struct ng_feed_line read = { 0 };
	char *at = text, *word;

	list->n = 0;
	list->begun = true; /* no line has the names of columns */
	*list->err = (struct ng_error){ 0 };
	if (memchr(text, '\0', end - text))
		return ng_fail(list->err, -EINVAL, "a NUL byte in the line");
	word = next_word(&at);
	if (!*word || strchr("#;", *word)) {
		*line = read;
		return 0;
	}
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		int ret;

		if (strcmp(word, verbs[i].word) != 0)
			continue;
		read.verb = verbs[i].verb;
		ret = read_line(list, &verbs[i], at, end, &read);
		if (!ret)
			*line = read;
		return ret;
	}
	ng_fail(list->err, -EINVAL, "'%.64s' is not known here", word);
	return ng_hint(list->err, -EINVAL, FORM);
}
