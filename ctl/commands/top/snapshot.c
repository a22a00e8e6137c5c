// SPDX-License-Identifier: GPL-2.0-only
#include "commands/top/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "compile/image_read.h"
#include "kernel/state/state.h"
#include "rules/time.h"

/* What was read, until it is known to be consistent; @ruleset: NULL if the image has not changed.
 */
struct answers {
	uint64_t time;
	struct ng_held_image image;
	struct ng_ruleset *ruleset;
	struct ng_counter *counters;
	__u32 n_counters;
	struct ng_counting *hooks;
	char (*names)[NG_HOOK_TEXT];
	size_t n_hooks;
};

static void clear_answers(struct answers *answers)
{
	free(answers->names);
	ng_image_release(&answers->image);
	ng_ruleset_free(answers->ruleset);
	free(answers->counters);
	free(answers->hooks);
}

void ng_snapshot_clear(struct ng_snapshot *snapshot)
{
	ng_rates_clear(&snapshot->rates);
	ng_image_release(&snapshot->image);
	ng_ruleset_free(snapshot->ruleset);
	free(snapshot->counters);
	free(snapshot->hooks);
	free(snapshot->names);
	*snapshot = (struct ng_snapshot){ 0 };
}

uint64_t ng_snapshot_time(void)
{
	return ng_clock_read(CLOCK_BOOTTIME);
}

static __u64 created(const struct ng_held_image *image)
{
	return ((const struct ng_image_header *)image->data)->created;
}

static int ask_hooks(const struct ng_state *state, struct answers *answers, struct ng_error *err)
{
	int ret = ng_counting(state, &answers->hooks, &answers->n_hooks, err);

	if (ret)
		return ret;
	answers->names = calloc(answers->n_hooks + 1, sizeof(*answers->names));
	if (!answers->names)
		return ng_fail(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < answers->n_hooks; i++)
		snprintf(answers->names[i], NG_HOOK_TEXT, "%s %s", answers->hooks[i].iface,
			 ng_hook_name(answers->hooks[i].hook));
	return 0;
}

static int ask(const struct ng_state *state, const struct ng_snapshot *snapshot,
	       struct answers *answers, struct ng_error *err)
{
	int ret;

	if (!ng_counters_are_whole(state))
		return -EAGAIN;
	ret = ng_image_hold_in_force(state, &answers->image, err);
	if (!ret && (!snapshot->ruleset || created(&answers->image) != created(&snapshot->image)))
		ret = ng_image_ruleset(answers->image.data, &answers->ruleset, err);
	if (!ret)
		ret = ask_hooks(state, answers, err);
	if (!ret)
		ret = ng_counters_read(state, &answers->counters, &answers->n_counters, err);
	answers->time = ng_snapshot_time();
	if (!ret && !ng_counters_are_whole(state))
		return -EAGAIN;
	return ret;
}

static void own_rules(struct ng_snapshot *snapshot)
{
	size_t n;
	const struct ng_image_rule *rules = ng_image_rules(snapshot->image.data, &n);

	for (size_t i = 0; i < n; i++) {
		const char *text = ng_image_text(snapshot->image.data, &rules[i].text);

		ng_rates_own(&snapshot->rates, rules[i].slot, text, rules[i].text.count);
		if (snapshot->ruleset->rules[i].verdict == NG_LIMIT)
			ng_rates_own(&snapshot->rates,
				     ng_image_limiter(snapshot->image.data, rules[i].slot)->over,
				     text, rules[i].text.count);
	}
}

static void own_hooks(struct ng_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_hooks; i++) {
		size_t size = strlen(snapshot->names[i]);

		ng_rates_own(&snapshot->rates, snapshot->hooks[i].slot, snapshot->names[i], size);
		ng_rates_own(&snapshot->rates, snapshot->hooks[i].slot + 1, snapshot->names[i],
			     size);
	}
}

/* Move @answers into @snapshot. */
static int take(struct ng_snapshot *snapshot, struct answers *answers)
{
	int ret = ng_rates_room(&snapshot->rates, answers->n_counters);

	if (ret)
		return ret;
	if (answers->ruleset) {
		ng_image_release(&snapshot->image);
		ng_ruleset_free(snapshot->ruleset);
		snapshot->image = answers->image;
		snapshot->ruleset = answers->ruleset;
		answers->image = (struct ng_held_image){ 0 };
		answers->ruleset = NULL;
		own_rules(snapshot);
	}
	free(snapshot->counters);
	free(snapshot->hooks);
	free(snapshot->names);
	snapshot->counters = answers->counters;
	snapshot->hooks = answers->hooks;
	snapshot->names = answers->names;
	snapshot->n_hooks = answers->n_hooks;
	answers->counters = NULL;
	answers->hooks = NULL;
	answers->names = NULL;
	own_hooks(snapshot);
	ret = ng_rates_update(&snapshot->rates, answers->time, snapshot->counters,
			      answers->n_counters);
	snapshot->counts = (struct ng_counts){
		.ruleset = snapshot->ruleset,
		.image = snapshot->image.data,
		.counters = snapshot->counters,
		.n = answers->n_counters,
		.rates = &snapshot->rates,
	};
	return ret;
}

int ng_snapshot_update(struct ng_snapshot *snapshot, struct ng_error *err)
{
	__attribute__((cleanup(clear_answers))) struct answers answers = { 0 };
	struct ng_state *state;
	int ret = ng_state_open(NG_ACCESS_READ, &state, err);

	if (ret)
		return ret;
	ret = ask(state, snapshot, &answers, err);
	ng_state_close(state);
	if (!ret && take(snapshot, &answers))
		ret = ng_fail(err, -ENOMEM, "out of memory");
	return ret;
}

struct ng_rate ng_snapshot_passed(const struct ng_snapshot *snapshot, size_t index)
{
	return ng_rate_of(&snapshot->rates, snapshot->hooks[index].slot);
}

struct ng_rate ng_snapshot_dropped(const struct ng_snapshot *snapshot, size_t index)
{
	return ng_rate_of(&snapshot->rates, snapshot->hooks[index].slot + 1);
}
