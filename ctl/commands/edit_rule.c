// SPDX-License-Identifier: GPL-2.0-only
#include "commands/edit_rule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "compile/change.h"
#include "compile/image_read.h"
#include "kernel/maps/images.h"
#include "rules/check.h"
#include "rules/cover.h"
#include "rules/parse.h"
#include "rules/print.h"

#define RULES_MANY 1000	       /* fewer are compiled fast enough */
#define BYTES_MORE (4UL << 20) /* that a change may add to an image */

static const struct ng_image_rule *rule_at(const struct ng_edit *edit, size_t number)
{
	size_t n;

	return &ng_image_rules(edit->kept[NG_IMAGE_CURRENT].data, &n)[number - 1];
}

static const char *text_at(const struct ng_edit *edit, size_t number)
{
	return ng_image_text(edit->kept[NG_IMAGE_CURRENT].data, &rule_at(edit, number)->text);
}

size_t ng_edit_count(const struct ng_edit *edit)
{
	size_t n;

	ng_image_rules(edit->kept[NG_IMAGE_CURRENT].data, &n);
	return n;
}

char *ng_edit_text(const struct ng_edit *edit, size_t number)
{
	return strndup(text_at(edit, number), rule_at(edit, number)->text.count);
}

static int parse(const struct ng_edit *edit, size_t number, struct ng_rule *rule)
{
	__cleanup_free char *text = ng_edit_text(edit, number);
	struct ng_error ignored;

	return text ? ng_parse_rule(text, edit->sets, rule, &ignored) : -ENOMEM;
}

int ng_edit_rule(struct ng_context *ctx, struct ng_edit *edit, size_t number, struct ng_rule *rule)
{
	int ret = parse(edit, number, rule);

	/* An older netguard may have accepted what this one refuses. */
	if (ret && !edit->ruleset) {
		ret = ng_edit_read(ctx, edit);
		if (!ret && ng_rule_copy(rule, &edit->ruleset->rules[number - 1]))
			ret = ng_fail(&ctx->error, -ENOMEM, "out of memory");
	}
	return ret;
}

int ng_edit_find(const struct ng_edit *edit, const struct ng_rule *rule, size_t *number, bool *same,
		 bool *first)
{
	static const char until[] = " until ";
	struct ng_rule timeless = *rule;
	__cleanup_free char *whole = ng_rule_text(rule), *text = NULL;
	size_t n = ng_edit_count(edit), len, whole_len;

	timeless.until = 0;
	text = ng_rule_text(&timeless);
	if (!whole || !text)
		return -ENOMEM;
	len = strlen(text);
	whole_len = strlen(whole);
	*number = 0;
	*same = false;
	*first = true;
	for (size_t i = 1; i <= n && !*number; i++) {
		const char *line = text_at(edit, i);
		size_t line_len = rule_at(edit, i)->text.count;

		if (line_len >= len && !memcmp(line, text, len) &&
		    (line_len == len || (line_len > len + strlen(until) &&
					 !memcmp(line + len, until, strlen(until))))) {
			*number = i;
			*same = line_len == whole_len && !memcmp(line, whole, whole_len);
		} else {
			*first &= *line == *text || *line == 'c'; /* `count` decides nothing */
		}
	}
	return 0;
}

/* ---- changing the image --------------------------------------------------------------- */

static size_t renumbered(const struct ng_change *change, size_t number)
{
	number -= change->gone && number > change->gone;
	return number + (number >= change->put);
}

/* Warn if the new rule covers rule @number or is covered by it. Return: has it warned? */
static bool compare(struct ng_context *ctx, const struct ng_edit *edit,
		    const struct ng_change *change, size_t number, unsigned long *steps)
{
	size_t now = renumbered(change, number);
	bool before = now < change->put, found;
	struct ng_rule other;

	if (parse(edit, number, &other))
		return false;
	found = before ? ng_check_covers(&other, change->rule, steps)
		       : ng_check_covers(change->rule, &other, steps);
	if (found)
		ng_warn_covered(before ? change->put : now, before ? now : change->put,
				&ctx->messages);
	ng_rule_clear(&other);
	return found;
}

/* Warn as ng_check_new_rules() does, but compare the new rule only with rules near it. */
static int check(struct ng_context *ctx, const struct ng_edit *edit, const struct ng_change *change)
{
	const void *image = edit->kept[NG_IMAGE_CURRENT].data;
	unsigned long steps = NG_COVER_STEPS;
	__cleanup_free __u8 *near = NULL;
	size_t n = ng_edit_count(edit);

	if (!change->put)
		return 0;
	ng_check_new_rule(edit->sets, change->rule, change->put, &ctx->messages);
	near = ng_image_near(image, change->rule);
	if (!near)
		return ng_fail(&ctx->error, -ENOMEM, "out of memory");
	for (size_t i = 1; i <= n; i++) {
		if (!near[i] || i == change->gone)
			continue;
		if (compare(ctx, edit, change, i, &steps) && renumbered(change, i) < change->put)
			break;
	}
	return ctx->messages.errors ? -EINVAL : 0;
}

/* Return: 0 with @edit->image; -EAGAIN: it has to be compiled; another -errno. */
static int change_image(struct ng_context *ctx, struct ng_edit *edit,
			const struct ng_change *change)
{
	const void *kept[NG_IMAGE_SLOTS];
	const struct ng_image_header *current = edit->kept[NG_IMAGE_CURRENT].data;
	size_t source;
	int ret;

	for (int slot = 0; slot < NG_IMAGE_SLOTS; slot++)
		kept[slot] = edit->kept[slot].data;
	if (ng_edit_count(edit) < RULES_MANY || !ng_image_can_change(kept[0], change))
		return -EAGAIN;
	source = ng_image_changed_source(current, change);
	ret = ng_publish_room(edit->state, current->size + BYTES_MORE, source, &edit->room);
	if (!ret)
		ret = ng_image_room_source(&edit->room, source);
	if (ret)
		return ng_fail(&ctx->error, ret, "cannot make room for the ruleset: %s",
			       strerror(-ret));
	ret = ng_image_change(change, kept, NG_IMAGE_SLOTS, edit->room.data, edit->room.size,
			      &edit->image);
	if (ret == -ENOMEM)
		ng_fail(&ctx->error, ret, "out of memory");
	edit->image.placed = !ret;
	if (ret)
		ng_image_room_close(&edit->room);
	return ret ? ret : check(ctx, edit, change);
}

/* ---- changing the ruleset ------------------------------------------------------------- */

static int change_ruleset(struct ng_context *ctx, struct ng_edit *edit,
			  const struct ng_change *change)
{
	int ret = edit->ruleset ? 0 : ng_edit_read(ctx, edit);

	if (ret)
		return ret;
	if (change->gone)
		ng_ruleset_delete(edit->ruleset, change->gone - 1);
	if (change->put)
		ret = ng_ruleset_insert(edit->ruleset, change->put - 1, change->rule);
	if (ret)
		return ng_fail(&ctx->error, ret, "out of memory");
	return ng_edit_publish(ctx, edit);
}

int ng_edit_change(struct ng_context *ctx, struct ng_edit *edit, size_t gone, size_t put,
		   const struct ng_rule *rule)
{
	__cleanup_free char *text = put ? ng_rule_text(rule) : NULL;
	struct ng_change change = { .gone = gone, .put = put, .rule = rule, .text = text };
	struct ng_rule gone_rule = { 0 };
	int ret;

	if (put && !text)
		return ng_fail(&ctx->error, -ENOMEM, "out of memory");
	/* Without @gone_rule, since this netguard refuses it, the ruleset is compiled. */
	if (gone && !parse(edit, gone, &gone_rule))
		change.gone_rule = &gone_rule;
	ret = change_image(ctx, edit, &change);
	if (!ret)
		ret = ng_edit_publish_image(ctx, edit);
	else if (ret == -EAGAIN)
		ret = change_ruleset(ctx, edit, &change);
	ng_rule_clear(&gone_rule);
	return ret;
}
