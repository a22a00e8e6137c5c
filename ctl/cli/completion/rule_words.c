// SPDX-License-Identifier: GPL-2.0-only
#include "cli/completion/rule_words.h"

#include <string.h>

#include "rules/fields.h"

void ng_offer_sets(const struct ng_offer *offer, const struct ng_set *sets, size_t n, bool at)
{
	char name[NG_SET_NAME_LEN + 1];

	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s%s", at ? "@" : "", sets[i].name);
		ng_offer(offer, name, "set");
	}
}

void ng_offer_blocked(const struct ng_offer *offer, bool at)
{
	ng_offer(offer, at ? "@" NG_BLOCKED : NG_BLOCKED, "filled by `netguard block`");
}

static bool is_among(const char *word, char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

static const struct ng_field_info *find_field(const char *keyword)
{
	for (size_t i = 0; i < NG_FIELDS; i++)
		if (ng_fields[i].keyword && !strcmp(ng_fields[i].keyword, keyword))
			return &ng_fields[i];
	return NULL;
}

static void offer_value(const struct ng_offer *offer, const struct ng_field_info *field,
			char *const *words, size_t n, const struct ng_set *sets, size_t n_sets)
{
	switch (field->kind) {
	case NG_VALUE_ADDRESS:
		ng_offer(offer, "any", "every packet with an address");
		ng_offer_sets(offer, sets, n_sets, true);
		ng_offer_blocked(offer, true);
		break;
	case NG_VALUE_ICMP:
		ng_offer_names(offer,
			       is_among("icmpv6", words, n) ? ng_icmp6_types : ng_icmp4_types);
		break;
	default:
		ng_offer_names(offer, field->names);
	}
}

static void offer_unused(const struct ng_offer *offer, const char *word, const char *about,
			 char *const *words, size_t n)
{
	if (!is_among(word, words, n))
		ng_offer(offer, word, about);
}

static bool is_option_of_limit(const char *word)
{
	return !strcmp(word, "burst") || !strcmp(word, "per") || !strcmp(word, "table");
}

/* What may stand in a `limit` rule before the conditions. Return: nothing else may. */
static bool offer_limit(const struct ng_offer *offer, char *const *words, size_t n)
{
	static const char *const options[][2] = {
		{ "burst", "packets, or bytes, that are admitted at once" },
		{ "per", "a rate for each source or destination" },
		{ "table", "how many addresses `per` has room for" },
	};
	size_t at = 2;

	if (n < 2) {
		ng_offer(offer, "10/s", "packets per second; also 600/m, 100/h");
		ng_offer(offer, "10mbit", "bits per second; also 500kbit, 1gbit");
		return true;
	}
	while (at + 1 < n && is_option_of_limit(words[at]))
		at += 2;
	if (at < n && !strcmp(words[at], "per")) {
		ng_offer(offer, "source", "each /32 of IPv4, each /64 of IPv6");
		ng_offer(offer, "source/24,56", "each /24 and each /56");
		ng_offer(offer, "destination", "likewise");
		return true;
	}
	if (at < n)
		return is_option_of_limit(words[at]);
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		offer_unused(offer, options[i][0], options[i][1], words, n);
	return false;
}

static void offer_keywords(const struct ng_offer *offer, char *const *words, size_t n)
{
	static const char *const others[][2] = {
		{ "in", "incoming packets" },
		{ "out", "outgoing packets" },
		{ "on", "one interface" },
		{ "ipv4", "IPv4 packets" },
		{ "ipv6", "IPv6 packets" },
		{ "log", "show packets in `watch`" },
		{ "label", "a name for the rule" },
		{ "until", "the time at which the rule expires" },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		offer_unused(offer, others[i][0], others[i][1], words, n);
	for (size_t i = 0; i < NG_FIELDS; i++)
		if (ng_fields[i].keyword)
			offer_unused(offer, ng_fields[i].keyword, ng_fields[i].noun, words, n);
	for (const struct ng_name *name = ng_protocols; name->name; name++)
		offer_unused(offer, name->name, "a protocol", words, n);
}

void ng_offer_rule_word(const struct ng_offer *offer, char *const *words, size_t n, bool verdict,
			const struct ng_set *sets, size_t n_sets)
{
	bool negated = n > 1 && !strcmp(words[n - 1], "not");
	const char *last = n ? words[n - 1 - negated] : "";
	const struct ng_field_info *field = find_field(last);

	if (!n && verdict) {
		ng_offer(offer, "pass", "the packet passes");
		ng_offer(offer, "drop", "the packet is dropped");
		ng_offer(offer, "count", "count the packet and try the next rule");
		ng_offer(offer, "limit", "drop what is above a rate, else try the next rule");
	} else if (n && verdict && !strcmp(words[0], "limit") && offer_limit(offer, words, n)) {
		return;
	} else if (!strcmp(last, "on")) {
		ng_offer_interfaces(offer);
	} else if (field && field->kind != NG_VALUE_NONE && field->kind != NG_VALUE_BOOL) {
		if (!negated && field->kind != NG_VALUE_FLAGS)
			ng_offer(offer, "not", "all other values");
		offer_value(offer, field, words, n, sets, n_sets);
	} else if (strcmp(last, "label") && strcmp(last, "until")) {
		if (field && field->kind == NG_VALUE_BOOL)
			ng_offer(offer, "no", "the flag is not set");
		offer_keywords(offer, words, n);
	}
}
