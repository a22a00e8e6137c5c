// SPDX-License-Identifier: GPL-2.0-only
#include "rules/unknown.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "rules/fields.h"

/* Is @word one of the words in @list, which blanks separate? */
static bool is_among(const char *word, const char *list)
{
	size_t len = strlen(word);

	for (const char *at = list; at && *at; at += strspn(at, " ")) {
		size_t n = strcspn(at, " ");

		if (n == len && !strncasecmp(at, word, n))
			return true;
		at += n;
	}
	return false;
}

int ng_word_unknown(const char *text, const char *const *words, const struct ng_name *names,
		    struct ng_error *err)
{
	/* Words of other packet filters that spelling does not lead to. See also @others. */
	static const struct {
		const char *theirs, *ours;
	} others[] = {
		{ "accept", "pass" },	 { "allow", "pass" },	    { "permit", "pass" },
		{ "deny", "drop" },	 { "block", "drop" },	    { "reject", "drop" },
		{ "policy", "default" }, { "iif", "on" },	    { "iifname", "on" },
		{ "interface", "on" },	 { "ip", "ipv4" },	    { "inet", "ipv4" },
		{ "ip6", "ipv6" },	 { "inet6", "ipv6" },	    { "icmp6", "icmpv6" },
		{ "comment", "label" },	 { "ipv6-icmp", "icmpv6" }, { "table", "set" },
	};
	struct ng_guess guess = { 0 };
	const char *ours = text;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcasecmp(text, others[i].theirs))
			ours = others[i].ours;
	for (size_t i = 0; i < NG_FIELDS; i++)
		if (is_among(text, ng_fields[i].others))
			ours = ng_fields[i].keyword;
	for (; *words; words++)
		ng_guess_word(&guess, ours, *words);
	ng_guess_names(&guess, text, names);
	return guess.best ? ng_hint(err, -EINVAL, "did you mean '%s'?", guess.best) : -EINVAL;
}
