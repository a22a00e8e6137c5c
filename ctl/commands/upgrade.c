// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "base/cleanup.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/words.h"
#include "compile/image_read.h"
#include "kernel/maps/window.h"
#include "kernel/publish.h"
#include "kernel/upgrade.h"
#include "layout/version.h"
#include "rules/check.h"

/**
 * struct upgrade - what an upgrade carries over, by enum ng_image_slot
 * @old: as published by the old netguard
 * @new: the same rulesets, compiled by this one
 */
struct upgrade {
	struct ng_state *state;
	struct ng_held_image old[NG_IMAGE_SLOTS];
	struct ng_image new[NG_IMAGE_SLOTS];
	size_t rules;
};

static void clear(struct upgrade *upgrade)
{
	for (int slot = 0; slot < NG_IMAGE_SLOTS; slot++) {
		ng_image_clear(&upgrade->new[slot]);
		ng_image_release(&upgrade->old[slot]);
	}
	ng_state_close(upgrade->state);
}

/* A ruleset that was not confirmed in time is not carried over. */
static int hold(struct ng_context *ctx, struct upgrade *upgrade)
{
	enum ng_image_slot now = ng_window_slot(upgrade->state);
	int ret = ng_image_hold(upgrade->state, now, &upgrade->old[NG_IMAGE_CURRENT], &ctx->error);
	struct ng_error error;

	if (ret)
		return ret;
	ret = ng_image_hold(upgrade->state, NG_IMAGE_PREVIOUS, &upgrade->old[NG_IMAGE_PREVIOUS],
			    &error);
	if (ret && ret != -ENOENT)
		ctx->error = error;
	return ret == -ENOENT ? 0 : ret;
}

/*
 * A rule keeps the slot it has in its own image; then come the new current image and the other old
 * one. So two rulesets with the same rule share its slot even if this netguard prints the rule in
 * another way.
 */
static int compile(struct ng_context *ctx, struct upgrade *upgrade, enum ng_image_slot slot)
{
	const void *kept[] = {
		upgrade->old[slot].data,
		upgrade->new[NG_IMAGE_CURRENT].data,
		upgrade->old[!slot].data,
	};
	__cleanup_ruleset struct ng_ruleset *ruleset = NULL;
	int ret = ng_image_check(kept[0], upgrade->old[slot].size, &ctx->error);

	if (!ret)
		ret = ng_image_ruleset(kept[0], &ruleset, &ctx->error);
	if (!ret)
		ret = ng_image_compile(ruleset, kept, sizeof(kept) / sizeof(*kept),
				       &upgrade->new[slot], &ctx->error);
	if (ret)
		return ret;
	/* The time of its publication, not of this compilation. */
	((struct ng_image_header *)upgrade->new[slot].data)->created =
		((const struct ng_image_header *)kept[0])->created;
	if (slot == NG_IMAGE_CURRENT) {
		upgrade->rules = ruleset->n_rules;
		ng_check_kept(ruleset, &ctx->messages);
	}
	return 0;
}

static void say(struct ng_context *ctx, const struct upgrade *upgrade,
		const struct ng_upgraded *done)
{
	struct json_object *object;
	struct ng_summary summary;

	if (!ctx->json) {
		printf("%zu program%s replaced", done->programs, ng_plural(done->programs));
		if (done->from != NG_LAYOUT_VERSION)
			printf(", layout %u became %u", done->from, NG_LAYOUT_VERSION);
		printf("; %zu rule%s in force, with their counters\n", upgrade->rules,
		       upgrade->rules == 1 ? " stays" : "s stay");
		return;
	}
	ng_state_summary(upgrade->state, &summary);
	object = ng_json_new();
	ng_json_number(object, "from", done->from);
	ng_json_number(object, "to", NG_LAYOUT_VERSION);
	ng_json_number(object, "programs", done->programs);
	ng_json_number(object, "rules", upgrade->rules);
	ng_json_number(object, "generation", summary.generation);
	ng_say_json(ctx, object, 0);
}

int ng_command_upgrade(struct ng_context *ctx)
{
	__attribute__((cleanup(clear))) struct upgrade upgrade = { 0 };
	struct ng_upgraded done;
	int ret = ng_state_open(NG_ACCESS_UPGRADE, &upgrade.state, &ctx->error);

	if (!ret)
		ret = hold(ctx, &upgrade);
	for (int slot = 0; !ret && slot < NG_IMAGE_SLOTS; slot++)
		if (upgrade.old[slot].data)
			ret = compile(ctx, &upgrade, slot);
	if (!ret)
		ret = ng_upgrade(upgrade.state, upgrade.new, &done, &ctx->error);
	if (!ret)
		say(ctx, &upgrade, &done);
	return ret;
}
