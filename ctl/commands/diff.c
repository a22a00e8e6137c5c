// SPDX-License-Identifier: GPL-2.0-only
/* diff: shows what `apply` would change. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/words.h"
#include "commands/diff_rules.h"
#include "commands/edit.h"
#include "commands/rules_file.h"
#include "report/counts.h"
#include "report/plain.h"
#include "rules/flow_settings.h"
#include "rules/prefix_sort.h"
#include "rules/time.h"

/* Output of differences: a line each, or members of the JSON object. */
struct differences {
	struct json_object *object, *defaults, *sets, *rules;
	size_t n;
};

static void diff_words(struct differences *out, const char *name, const char *old, const char *new)
{
	struct json_object *entry;

	if (!strcmp(old, new))
		return;
	out->n++;
	if (!out->object) {
		printf("-%s %s\n+%s %s\n", name, old, name, new);
		return;
	}
	entry = ng_json_object(out->defaults, NULL);
	ng_json_text(entry, "name", name);
	ng_json_text(entry, "old", old);
	ng_json_text(entry, "new", new);
}

static void diff_default(struct differences *out, const char *name, enum ng_verdict old,
			 enum ng_verdict new)
{
	diff_words(out, name, ng_verdict_name(old), ng_verdict_name(new));
}

/* Those that are usual are compared, too: they hold where a text says nothing. */
static void diff_flow_rules(struct differences *out, const struct ng_flow_rules *old,
			    const struct ng_flow_rules *new)
{
	char name[64], before[NG_TIME_TEXT], after[NG_TIME_TEXT];

	for (int i = 0; i < NG_FLOW_STATES; i++) {
		snprintf(name, sizeof(name), "default timeout %s", ng_flow_state_words(i));
		diff_words(out, name, ng_duration_text(old->timeouts[i], before),
			   ng_duration_text(new->timeouts[i], after));
	}
	snprintf(before, sizeof(before), "%u", old->flows);
	snprintf(after, sizeof(after), "%u", new->flows);
	diff_words(out, "default flows", before, after);
}

static void diff_set(struct differences *out, const struct ng_set *old, const struct ng_set *new)
{
	const char *name = old ? old->name : new->name;
	size_t removed = old ? old->n_prefixes : 0, added = new ? new->n_prefixes : 0, same;

	same = ng_prefixes_common(old ? old->prefixes : NULL, removed, new ? new->prefixes : NULL,
				  added);
	removed -= same;
	added -= same;
	if (old && new && !removed && !added)
		return;
	out->n++;
	if (!out->object) {
		ng_print(stdout, "%cset %s: %zu prefix%s added, %zu removed\n",
			 !old	? '+'
			 : !new ? '-'
				: '~',
			 name, added, added == 1 ? "" : "es", removed);
		return;
	}
	struct json_object *entry = ng_json_object(out->sets, NULL);

	ng_json_text(entry, "name", name);
	ng_json_text(entry, "change", !old ? "added" : !new ? "removed" : "changed");
	ng_json_number(entry, "added", added);
	ng_json_number(entry, "removed", removed);
}

static void diff_sets(struct differences *out, const struct ng_ruleset *old,
		      const struct ng_ruleset *new)
{
	for (size_t i = 0; i < old->n_sets; i++)
		diff_set(out, &old->sets[i], ng_ruleset_set(new, old->sets[i].name));
	for (size_t i = 0; i < new->n_sets; i++)
		if (!ng_ruleset_set(old, new->sets[i].name))
			diff_set(out, NULL, &new->sets[i]);
}

static void diff_rule(void *data, bool added, size_t number, const char *text)
{
	struct differences *out = data;

	out->n++;
	if (!out->object) {
		ng_print(stdout, "%crule %zu: %s\n", added ? '+' : '-', number, text);
		return;
	}
	struct json_object *entry = ng_json_object(out->rules, NULL);

	ng_json_text(entry, "change", added ? "added" : "removed");
	ng_json_number(entry, "index", number);
	ng_json_text(entry, "text", text);
}

static int diff(struct ng_context *ctx, const struct ng_ruleset *old, const struct ng_ruleset *new)
{
	struct differences out = { 0 };
	int ret;

	if (ctx->json) {
		out.object = ng_json_new();
		out.defaults = ng_json_array(out.object, "defaults");
		out.sets = ng_json_array(out.object, "sets");
		out.rules = ng_json_array(out.object, "rules");
	}
	diff_default(&out, "default", old->default_verdict[NG_IN], new->default_verdict[NG_IN]);
	diff_default(&out, "default out", old->default_verdict[NG_OUT],
		     new->default_verdict[NG_OUT]);
	diff_default(&out, "default invalid", old->default_invalid, new->default_invalid);
	diff_flow_rules(&out, &old->flows, &new->flows);
	diff_sets(&out, old, new);
	ret = ng_diff_rules(old, new, diff_rule, &out);
	if (ret) {
		json_object_put(out.object);
		return ret;
	}
	if (out.object) {
		ng_json_bool(out.object, "same", !out.n);
		ng_say_json(ctx, out.object, 0);
	}
	return out.n ? 1 : 0;
}

int ng_command_diff(struct ng_context *ctx)
{
	__cleanup_ruleset struct ng_ruleset *old = NULL, *new = NULL;
	__cleanup_state struct ng_state *state = NULL;
	__cleanup_free void *image = NULL;
	int ret;

	ret = ng_rules_read(ctx, ctx->words[0], true, &new);
	if (!ret)
		ret = ng_open_state(ctx, &state);
	if (!ret)
		ret = ng_image_of(ctx, state, &image, &old);
	return ret ? ret : diff(ctx, old, new);
}
