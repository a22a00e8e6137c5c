// SPDX-License-Identifier: GPL-2.0-only
#include "commands/edit.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/threads.h"
#include "cli/context.h"
#include "cli/words.h"
#include "commands/origin.h"
#include "commands/rules_file.h"
#include "commands/session_check.h"
#include "compile/image_read.h"
#include "kernel/state/state.h"
#include "kernel/status.h"
#include "rules/check.h"
#include "rules/rule.h"

int ng_image_of(struct ng_context *ctx, const struct ng_state *state, void **data,
		struct ng_ruleset **ruleset)
{
	struct ng_held_image image = { 0 };
	void *copy = NULL;
	int ret = ng_image_hold_in_force(state, &image, &ctx->error);

	if (!ret)
		copy = ng_image_duplicate(image.data);
	ng_image_release(&image);
	if (!ret && !copy)
		ret = ng_fail(&ctx->error, -ENOMEM, "out of memory");
	if (!ret)
		ret = ng_image_ruleset(copy, ruleset, &ctx->error);
	if (ret) {
		free(copy);
		return ret;
	}
	*data = copy;
	return 0;
}

static int open_kept(struct ng_context *ctx, struct ng_edit *edit)
{
	int ret = ng_open_state(ctx, &edit->state);

	for (int slot = 0; !ret && slot < NG_IMAGE_SLOTS; slot++) {
		struct ng_error error;

		ret = ng_image_hold(edit->state, slot, &edit->kept[slot], &error);
		if (ret == -ENOENT && slot == NG_IMAGE_PREVIOUS)
			ret = 0;
		else if (ret)
			ctx->error = error;
	}
	return ret;
}

int ng_edit_open(struct ng_context *ctx, struct ng_edit *edit)
{
	int ret = open_kept(ctx, edit);

	if (ret)
		return ret;
	edit->sets = ng_image_sets(edit->kept[NG_IMAGE_CURRENT].data);
	return edit->sets ? 0 : ng_fail(&ctx->error, -ENOMEM, "out of memory");
}

int ng_edit_read(struct ng_context *ctx, struct ng_edit *edit)
{
	int ret = ng_image_ruleset(edit->kept[NG_IMAGE_CURRENT].data, &edit->ruleset, &ctx->error);

	if (ret)
		return ret;
	/* Messages name a rule by its number, not by its line in the image's text. */
	for (size_t i = 0; i < edit->ruleset->n_rules; i++)
		edit->ruleset->rules[i].file = NULL;
	return 0;
}

int ng_edit_begin(struct ng_context *ctx, struct ng_edit *edit)
{
	int ret = ng_edit_open(ctx, edit);

	return ret ? ret : ng_edit_read(ctx, edit);
}

int ng_edit_replace(struct ng_context *ctx, struct ng_edit *edit, struct ng_ruleset *ruleset)
{
	edit->ruleset = ruleset;
	edit->checked = true;
	return open_kept(ctx, edit);
}

static bool is_attached(const struct ng_hook_info *hooks, size_t n, const char *iface)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(hooks[i].iface, iface))
			return true;
	return false;
}

static bool is_named(char names[][NG_IFNAME_LEN], size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* The user of a command that changes rules expects them to be applied on all hooks. */
static void warn_of_open_hooks(struct ng_context *ctx, const struct ng_hook_info *hooks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct ng_error warning;

		if (hooks[i].attached)
			continue;
		ng_fail_at(&warning, 0, hooks[i].iface, "not filtered by %s: %s",
			   ng_hook_words(hooks[i].hook, hooks[i].way), hooks[i].problem);
		ng_hint(&warning, 0, "%s", hooks[i].repair);
		ng_messages_add(&ctx->messages, true, &warning);
	}
}

/* `on` may name an interface that is not attached: that is a warning. */
static int warn_of_names(struct ng_context *ctx, const struct ng_edit *edit)
{
	__cleanup_free struct ng_hook_info *hooks = NULL;
	char named[NG_MESSAGES_MAX][NG_IFNAME_LEN], iface[NG_IFNAME_LEN];
	const struct ng_image_rule *rules;
	size_t n, n_rules, n_named = 0;
	NG_RAISED;
	int ret;

	ret = ng_hooks(edit->state, &hooks, &n, &ctx->error);
	if (ret)
		return ret;
	/* Without it libxdp sees none of its programs. */
	if (ng_privilege_has(CAP_SYS_ADMIN))
		warn_of_open_hooks(ctx, hooks, n);
	rules = ng_image_rules(edit->image.data, &n_rules);
	for (size_t i = 0; i < n_rules && n_named < NG_MESSAGES_MAX; i++) {
		struct ng_error warning;

		if (!ng_text_iface(ng_image_text(edit->image.data, &rules[i].text),
				   rules[i].text.count, iface) ||
		    is_attached(hooks, n, iface) || is_named(named, n_named, iface))
			continue;
		memcpy(named[n_named++], iface, sizeof(iface));
		ng_fail(&warning, 0, "rule %zu names interface %s, which is not attached", i + 1,
			iface);
		ng_hint(&warning, 0, "%s attach %s", ng_netguard(), iface);
		ng_messages_add(&ctx->messages, true, &warning);
	}
	return 0;
}

static int check_session(struct ng_context *ctx, const struct ng_edit *edit)
{
	struct ng_session_question question = {
		.state = edit->state,
		.image = edit->image.data,
		.before = edit->kept[NG_IMAGE_CURRENT].data,
	};

	return ng_session_check(ctx, &question, edit->ruleset);
}

int ng_edit_publish_image(struct ng_context *ctx, struct ng_edit *edit)
{
	int ret = warn_of_names(ctx, edit);

	if (!ret)
		ret = check_session(ctx, edit);
	if (!ret)
		ret = ng_history_note(ctx, edit->state, edit->image.data);
	if (ret)
		return ret;
	ret = ng_publish_there(edit->state, &edit->image, &edit->room, &ctx->error);
	if (edit->image.placed) /* in the room, which is mapped no more */
		edit->image.data = NULL;
	ng_history_done(ctx, edit->state);
	ctx->waits = !ret && ctx->confirm;
	return ret;
}

/* ---- room for a large image, made while it is compiled -------------------------------- */

#define RULES_MANY  1000	/* with fewer, creating it takes too little time to matter */
#define SOURCE_MORE (1UL << 20) /* of a source, beside what its rules and sets take in memory */

struct making {
	struct ng_edit *edit;
	bool threaded;
	pthread_t thread;
};

/* If this fails, room is made when the image is published. */
static void *make_room(void *data)
{
	struct ng_edit *edit = data;
	struct ng_summary summary;

	ng_state_summary(edit->state, &summary);
	if (ng_publish_room(edit->state, summary.capacity / 4 * 3,
			    2 * edit->ruleset->bytes + SOURCE_MORE, &edit->room))
		edit->room = (struct ng_image_room){ 0 };
	return NULL;
}

static void begin_room(struct making *making)
{
	making->threaded = making->edit->ruleset->n_rules >= RULES_MANY && ng_threads(2) > 1 &&
			   !pthread_create(&making->thread, NULL, make_room, making->edit);
}

/* Wait for the room. */
static void end_room(struct making *making)
{
	if (making->threaded)
		pthread_join(making->thread, NULL);
	making->threaded = false;
}

/* See struct ng_image_place. */
static void *take_room(void *data, size_t size, size_t source, size_t *at)
{
	struct making *making = data;
	struct ng_image_room *room = &making->edit->room;

	end_room(making);
	if (!room->data)
		return NULL;
	if (size > room->size || ng_image_room_source(room, source)) {
		ng_image_room_close(room);
		return NULL;
	}
	*at = room->size;
	return room->data;
}

int ng_edit_publish(struct ng_context *ctx, struct ng_edit *edit)
{
	struct making making = { .edit = edit };
	const struct ng_image_place place = { .take = take_room, .data = &making };
	const void *kept[NG_IMAGE_SLOTS];
	int ret;

	for (int slot = 0; slot < NG_IMAGE_SLOTS; slot++)
		kept[slot] = edit->kept[slot].data;

	/* The other rules are in force: warnings about them were given when they were added. */
	if (!edit->checked)
		ng_check_new_rules(edit->ruleset, &ctx->messages);
	if (ctx->messages.errors)
		return -EINVAL;
	begin_room(&making);
	ret = ng_rules_compile(ctx, edit->ruleset, edit->search, kept, NG_IMAGE_SLOTS, &place,
			       &edit->image);
	end_room(&making);
	return ret ? ret : ng_edit_publish_image(ctx, edit);
}

void ng_edit_end(struct ng_edit *edit)
{
	ng_image_clear(&edit->image);
	ng_image_room_close(&edit->room);
	ng_rules_leave(&edit->ruleset);
	ng_ruleset_free(edit->sets);
	for (int slot = 0; slot < NG_IMAGE_SLOTS; slot++)
		ng_image_release(&edit->kept[slot]);
	ng_state_close(edit->state);
}
