// SPDX-License-Identifier: GPL-2.0-only
#include "cli/completion/usage.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define WORD_LEN 64
#define DOTS	 "..."

bool ng_is_placeholder(const char *name)
{
	return isupper((unsigned char)*name);
}

static bool is_option(const char *name)
{
	return *name == '-';
}

/* Takes the next word of the usage, without brackets: false at the end. */
static bool next_word(const char **at, char word[WORD_LEN])
{
	size_t len;

	*at += strspn(*at, " []");
	len = strcspn(*at, " []");
	snprintf(word, WORD_LEN, "%.*s", (int)len, *at);
	*at += len;
	return len;
}

/* "IFACE...", or CONDITIONS, which are several words themselves. */
static bool repeats(const char *word)
{
	return strstr(word, DOTS) || strstr(word, "CONDITIONS");
}

/* Adds what the bars part in "A|B...|--all", but for options. */
static void add_choices(const char *word, struct ng_choices *choices)
{
	while (*word) {
		size_t len = strcspn(word, "|"), name = strcspn(word, "|.");

		if (!is_option(word) && choices->n < NG_CHOICES && name < sizeof(choices->names[0]))
			snprintf(choices->names[choices->n++], sizeof(choices->names[0]), "%.*s",
				 (int)name, word);
		word += len + (word[len] == '|');
	}
}

/* Steps over an option's value: "--mode auto|tc]" has one, "--force]" has none. */
static void skip_value(const char **at)
{
	char word[WORD_LEN];

	if (**at == ' ')
		next_word(at, word);
}

void ng_usage_argument(const char *usage, int before, struct ng_choices *choices)
{
	bool repeated = false;
	char word[WORD_LEN];
	int position = 0;

	memset(choices, 0, sizeof(*choices));
	while (next_word(&usage, word)) {
		if (is_option(word)) {
			skip_value(&usage);
			continue;
		}
		if (!repeated && !repeats(word) && position++ < before)
			continue;
		if (!repeated)
			choices->position = repeats(word) ? position : before;
		add_choices(word, choices);
		/* What follows one that is repeated may also stand in its place. */
		if (!repeated && !repeats(word))
			return;
		repeated = true;
	}
}

void ng_usage_value(const char *usage, const char *option, struct ng_choices *choices)
{
	char word[WORD_LEN];

	memset(choices, 0, sizeof(*choices));
	while (next_word(&usage, word)) {
		if (strcmp(word, option))
			continue;
		if (*usage == ' ' && next_word(&usage, word))
			add_choices(word, choices);
		return;
	}
}
