// SPDX-License-Identifier: GPL-2.0-only
#include "commands/slow.h"

#include <string.h>

#define MUCH 1.25 /* so many times slower is worth a warning */

static const char *const directions[] = { [NG_IN] = "in", [NG_OUT] = "out" };
static const char *const ways[] = { [NG_IN] = "incoming", [NG_OUT] = "outgoing" };
static const char *const classes[] = {
	[NG_CLASS_IPV4] = "ipv4", [NG_CLASS_IPV6] = "ipv6", [NG_CLASS_OTHER] = "other"
};
static const char *const names[] = {
	[NG_CLASS_IPV4] = "IPv4", [NG_CLASS_IPV6] = "IPv6", [NG_CLASS_OTHER] = "non-IP"
};

static const struct {
	const char *name, *hint;
} causes[NG_SLOW_CAUSES] = {
	[NG_SLOW_OVERLAP] = { "overlap",
			      "rules whose ranges are wide in several fields cannot be told apart: "
			      "narrow them, put addresses into a set, and put the rules that "
			      "decide "
			      "most packets first" },
	[NG_SLOW_COUNT] = { "count", "all `count` rules that a packet may match are compared and "
				     "counted: narrow their ranges, or use fewer of them" },
	[NG_SLOW_LISTS] = { "lists",
			    "long lists and `not` are searched rule by rule: put addresses into a "
			    "set, and write one rule for all that has the same list" },
};

/* "web.rules:14:9", or "rule 5" */
static void place_of(const struct ng_ruleset *ruleset, __u32 number, char *text, size_t size)
{
	const struct ng_rule *rule = &ruleset->rules[number - 1];

	if (rule->file)
		snprintf(text, size, "%s:%u:%u", rule->file, rule->line, rule->column);
	else
		snprintf(text, size, "rule %u", number);
}

/* ", mostly this one and 4 others (such as web.rules:15:1, web.rules:19:1)" */
static void say_rules(const struct ng_ruleset *ruleset, const struct ng_slow *slow, char *text,
		      size_t size)
{
	size_t named = slow->n_rules < NG_SLOW_RULES ? slow->n_rules : NG_SLOW_RULES, len;
	char place[200];

	len = snprintf(text, size, ", mostly this one");
	if (slow->n_rules > 1)
		len += snprintf(text + len, size - len, " and %zu other%s", slow->n_rules - 1,
				slow->n_rules == 2 ? "" : "s");
	for (size_t i = 1; i < named; i++) {
		place_of(ruleset, slow->rules[i], place, sizeof(place));
		len += snprintf(text + len, size - len, "%s%s", i == 1 ? " (such as " : ", ",
				place);
	}
	if (named > 1)
		snprintf(text + len, size - len, ")");
}

/* Are both slow because of the same rules, which are for both families? */
static bool is_same(const struct ng_slow *a, const struct ng_slow *b)
{
	return a->direction == b->direction && a->invalid == b->invalid && a->cause == b->cause &&
	       a->ns < MUCH * b->ns && b->ns < MUCH * a->ns &&
	       !memcmp(a->rules, b->rules, sizeof(a->rules));
}

static void warn(struct ng_context *ctx, const struct ng_ruleset *ruleset,
		 const struct ng_slow *slow, const char *packets)
{
	double us = slow->ns / 1000;
	struct ng_error warning;
	char rules[500], where[sizeof(warning.where)];

	say_rules(ruleset, slow, rules, sizeof(rules));
	place_of(ruleset, slow->rules[0], where, sizeof(where));
	ng_fail_at(&warning, 0, where,
		   "an average %s%s %s packet takes about %.*f µs: it is compared with about %.0f "
		   "rules%s",
		   slow->invalid ? "invalid " : "", ways[slow->direction], packets, us < 10 ? 1 : 0,
		   us, slow->compared, rules);
	ng_hint(&warning, 0, "%s", causes[slow->cause].hint);
	ng_messages_put_first(&ctx->messages, &warning);
}

/* Was there a warning already for the image in force? */
static bool is_known(const struct ng_slow *slow, const struct ng_image_header *before)
{
	double ns;

	if (!before)
		return false;
	ns = NG_IMAGE_COST_NS * before->cost[slow->direction][slow->class][slow->invalid];
	return ns >= NG_SLOW_NS && slow->ns < MUCH * ns;
}

/* Another family that is slow because of the same rules, or NULL. */
static const struct ng_slow *other_family(const struct ng_image *image, const struct ng_slow *slow)
{
	for (size_t i = 0; i < image->n_slow; i++)
		if (image->slow[i].class != slow->class && is_same(&image->slow[i], slow))
			return &image->slow[i];
	return NULL;
}

void ng_slow_warn(struct ng_context *ctx, const struct ng_ruleset *ruleset,
		  const struct ng_image *image, const void *before)
{
	for (size_t i = image->n_slow; i--;) {
		const struct ng_slow *slow = &image->slow[i], *other = other_family(image, slow);

		if (is_known(slow, before) || (other && other->class < slow->class))
			continue;
		warn(ctx, ruleset, slow, other ? "IPv4 or IPv6" : names[slow->class]);
	}
}

static void add_slow(struct json_object *list, const struct ng_ruleset *ruleset,
		     const struct ng_slow *slow)
{
	struct json_object *entry = ng_json_object(list, NULL), *rules;

	ng_json_text(entry, "direction", directions[slow->direction]);
	ng_json_text(entry, "packets", classes[slow->class]);
	ng_json_bool(entry, "invalid", slow->invalid);
	ng_json_number(entry, "ns", slow->ns);
	ng_json_number(entry, "compared", slow->compared);
	ng_json_text(entry, "cause", causes[slow->cause].name);
	ng_json_number(entry, "rules", slow->n_rules);
	rules = ng_json_array(entry, "such_as");
	for (size_t i = 0; i < NG_SLOW_RULES && i < slow->n_rules; i++) {
		struct json_object *rule = ng_json_object(rules, NULL);
		char where[512];

		place_of(ruleset, slow->rules[i], where, sizeof(where));
		ng_json_number(rule, "index", slow->rules[i]);
		ng_json_text(rule, "where", where);
	}
}

const char *ng_slow_bound(const struct ng_image *image, char *text, size_t size)
{
	double ns = image->worst, us = ns / 1000;

	text[0] = '\0';
	if (ns >= 1000)
		snprintf(text, size, ", a packet takes at most about %.*f µs", us < 10 ? 1 : 0, us);
	else if (ns > 0)
		snprintf(text, size, ", a packet takes at most about %.0f ns", ns);
	return text;
}

void ng_slow_json(struct json_object *object, const struct ng_ruleset *ruleset,
		  const struct ng_image *image)
{
	struct json_object *list = ng_json_array(object, "slow");

	for (size_t i = 0; i < image->n_slow; i++)
		add_slow(list, ruleset, &image->slow[i]);
	ng_json_number(object, "worst_ns", image->worst);
}
