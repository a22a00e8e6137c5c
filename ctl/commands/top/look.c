// SPDX-License-Identifier: GPL-2.0-only
#include "commands/top/look.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "compile/image_read.h"
#include "kernel/state/state.h"
#include "rules/time.h"

/* What is asked before any of it is believed; @ruleset: NULL when the image is the one before. */
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

void ng_look_clear(struct ng_look *look)
{
	ng_rates_clear(&look->rates);
	ng_image_release(&look->image);
	ng_ruleset_free(look->ruleset);
	free(look->counters);
	free(look->hooks);
	free(look->names);
	*look = (struct ng_look){ 0 };
}

uint64_t ng_look_time(void)
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

static int ask(const struct ng_state *state, const struct ng_look *look, struct answers *answers,
	       struct ng_error *err)
{
	int ret;

	if (!ng_counters_are_whole(state))
		return -EAGAIN;
	ret = ng_image_hold_in_force(state, &answers->image, err);
	if (!ret && (!look->ruleset || created(&answers->image) != created(&look->image)))
		ret = ng_image_ruleset(answers->image.data, &answers->ruleset, err);
	if (!ret)
		ret = ask_hooks(state, answers, err);
	if (!ret)
		ret = ng_counters_read(state, &answers->counters, &answers->n_counters, err);
	answers->time = ng_look_time();
	if (!ret && !ng_counters_are_whole(state))
		return -EAGAIN;
	return ret;
}

static void own_rules(struct ng_look *look)
{
	size_t n;
	const struct ng_image_rule *rules = ng_image_rules(look->image.data, &n);
	const char *data = look->image.data;

	for (size_t i = 0; i < n; i++)
		ng_rates_own(&look->rates, rules[i].slot, data + rules[i].text.offset,
			     rules[i].text.count);
}

static void own_hooks(struct ng_look *look)
{
	for (size_t i = 0; i < look->n_hooks; i++) {
		size_t size = strlen(look->names[i]);

		ng_rates_own(&look->rates, look->hooks[i].slot, look->names[i], size);
		ng_rates_own(&look->rates, look->hooks[i].slot + 1, look->names[i], size);
	}
}

/* @look owns what is taken out of @answers. */
static int take(struct ng_look *look, struct answers *answers)
{
	int ret = ng_rates_room(&look->rates, answers->n_counters);

	if (ret)
		return ret;
	if (answers->ruleset) {
		ng_image_release(&look->image);
		ng_ruleset_free(look->ruleset);
		look->image = answers->image;
		look->ruleset = answers->ruleset;
		answers->image = (struct ng_held_image){ 0 };
		answers->ruleset = NULL;
		own_rules(look);
	}
	free(look->counters);
	free(look->hooks);
	free(look->names);
	look->counters = answers->counters;
	look->hooks = answers->hooks;
	look->names = answers->names;
	look->n_hooks = answers->n_hooks;
	answers->counters = NULL;
	answers->hooks = NULL;
	answers->names = NULL;
	own_hooks(look);
	ret = ng_rates_look(&look->rates, answers->time, look->counters, answers->n_counters);
	look->counts = (struct ng_counts){
		.ruleset = look->ruleset,
		.image = look->image.data,
		.counters = look->counters,
		.n = answers->n_counters,
		.rates = &look->rates,
	};
	return ret;
}

int ng_look_again(struct ng_look *look, struct ng_error *err)
{
	__attribute__((cleanup(clear_answers))) struct answers answers = { 0 };
	struct ng_state *state;
	int ret = ng_state_open(NG_ACCESS_READ, &state, err);

	if (ret)
		return ret;
	ret = ask(state, look, &answers, err);
	ng_state_close(state);
	if (!ret && take(look, &answers))
		ret = ng_fail(err, -ENOMEM, "out of memory");
	return ret;
}

struct ng_rate ng_look_passed(const struct ng_look *look, size_t index)
{
	return ng_rate_of(&look->rates, look->hooks[index].slot);
}

struct ng_rate ng_look_dropped(const struct ng_look *look, size_t index)
{
	return ng_rate_of(&look->rates, look->hooks[index].slot + 1);
}
