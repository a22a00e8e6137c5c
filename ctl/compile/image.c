// SPDX-License-Identifier: GPL-2.0-only
/* Ruleset -> image: the parts are written one after the other, the header last of all. */
#include "compile/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "compile/entry/entry.h"
#include "compile/entry/variant.h"
#include "compile/forests.h"
#include "compile/sets.h"
#include "compile/slots.h"
#include "layout/record.h"
#include "layout/version.h"
#include "rules/print.h"

/* Where the lines of @n rules stand: they are the last ones of the printed ruleset. */
static struct ng_image_rule *rules_of_text(const char *text, size_t len, size_t offset, size_t n)
{
	struct ng_image_rule *rules = calloc(n + 1, sizeof(*rules));
	size_t end = len;

	for (size_t i = n; rules && i-- > 0;) {
		const char *line;
		size_t start;

		end--; /* the newline */
		line = memrchr(text, '\n', end);
		start = line ? (size_t)(line - text) + 1 : 0;
		rules[i].text = (struct ng_list){ offset + start, end - start };
		end = start;
	}
	return rules;
}

#define ROOM_LEAST 512
#define ROOM_MOST  (64UL << 10)
#define ROOM_SHARE 16

size_t ng_text_room(size_t len)
{
	size_t step = ROOM_LEAST;

	while (step < ROOM_MOST && step * ROOM_SHARE <= len)
		step *= 2;
	return (len / step + 1) * step;
}

static int write_text(struct ng_compiler *compiler, struct ng_image_header *header,
		      struct ng_image_rule **rules)
{
	__cleanup_free char *text = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&text, &len);
	char *room;
	int err;

	if (!stream)
		return -ENOMEM;
	err = ng_print_ruleset(stream, compiler->ruleset, NG_SETS_APART);
	if (fclose(stream) || err)
		return -ENOMEM;
	header->text = (struct ng_list){ compiler->body.size, len };
	room = ng_buffer_space(&compiler->body, ng_text_room(len));
	if (!room)
		return -ENOMEM;
	memcpy(room, text, len);
	*rules = rules_of_text(text, len, header->text.offset, compiler->ruleset->n_rules);
	return *rules ? 0 : -ENOMEM;
}

/* Unless the ruleset says itself where @blocked stands, its rule comes first. */
static int write_blocked(struct ng_compiler *compiler, struct ng_image_header *header,
			 struct ng_error *err)
{
	if (ng_ruleset_names_set(compiler->ruleset, NG_BLOCKED))
		return 0;
	header->blocked = ng_set_bit(compiler, NG_BLOCKED, 0, err);
	return header->blocked ? 0 : -E2BIG;
}

__u32 ng_image_log_rate(const struct ng_rule *rule)
{
	if (!rule->log)
		return 0;
	return rule->log_rate ? rule->log_rate : NG_WATCH_RATE_USUAL;
}

static int write_entries(struct ng_compiler *compiler, struct ng_image_header *header,
			 struct ng_image_rule *rules, struct ng_error *err)
{
	int failed = write_blocked(compiler, header, err);

	if (compiler->ruleset->n_rules > NG_RULES_MAX)
		return ng_fail(err, -E2BIG, "there are %zu rules, %llu fit",
			       compiler->ruleset->n_rules, NG_RULES_MAX);
	for (size_t i = 0; !failed && i < compiler->ruleset->n_rules; i++) {
		const struct ng_rule *rule = &compiler->ruleset->rules[i];

		rules[i].log = ng_image_log_rate(rule);
		header->logs_counted |= rule->log && rule->verdict == NG_COUNT;
		failed = ng_entries_add(compiler, rule, i + 1, rules[i].slot, err);
		if (!failed)
			failed = ng_compiler_has_room(compiler, 0, err);
	}
	header->reads_vlan = compiler->reads_vlan;
	return failed;
}

static int assign_slots(const struct ng_compiler *compiler, struct ng_image_rule *rules,
			const void *const *kept, size_t n_kept, struct ng_image *image)
{
	struct ng_slots given;
	int failed = ng_slots_assign((const char *)compiler->body.data, rules,
				     compiler->ruleset->n_rules, kept, n_kept, &given);

	if (failed)
		return failed;
	image->slots = given.end;
	image->fresh = given.fresh;
	image->n_fresh = given.n_fresh;
	return 0;
}

static int write_image(struct ng_compiler *compiler, struct ng_image_header *header,
		       const void *const *kept, size_t n_kept, struct ng_image *image,
		       struct ng_error *err)
{
	__cleanup_free struct ng_image_rule *rules = NULL;
	__cleanup_free __u8 *hides = calloc(compiler->ruleset->n_rules + 1, 1);
	int failed;

	if (!hides)
		return -ENOMEM;
	compiler->hides = hides;
	ng_buffer_append(&compiler->body, header, sizeof(*header));
	failed = write_text(compiler, header, &rules);
	if (!failed && compiler->body.failed)
		failed = -ENOMEM;
	if (!failed)
		failed = assign_slots(compiler, rules, kept, n_kept, image);
	if (!failed)
		failed = ng_sets_write(compiler, header, err);
	header->source = compiler->body.size;
	if (!failed)
		failed = write_entries(compiler, header, rules, err);
	if (!failed)
		failed = ng_lookups_write(compiler, header);
	if (!failed) /* last of what is large: they do with the room that is left */
		failed = ng_forests_write(compiler, header, image->slow, &image->n_slow, err);
	if (failed)
		return failed;
	header->hides.count = compiler->ruleset->n_rules;
	header->hides.offset = ng_buffer_append(&compiler->body, hides + 1, header->hides.count);
	header->rules.count = compiler->ruleset->n_rules;
	header->rules.offset =
		ng_buffer_append(&compiler->body, rules, header->rules.count * sizeof(*rules));
	return compiler->body.failed ? -ENOMEM : 0;
}

int ng_image_compile(const struct ng_ruleset *ruleset, const void *const *kept, size_t n_kept,
		     struct ng_image *image, struct ng_error *err)
{
	struct ng_image_header header = { .magic = NG_IMAGE_MAGIC, .version = NG_LAYOUT_VERSION };
	struct ng_compiler compiler = { .ruleset = ruleset };
	struct ng_image made = { .needs_out = ng_ruleset_needs_out(ruleset) };
	int failed;

	header.created = ng_clock_read(CLOCK_REALTIME);
	for (int direction = 0; direction < NG_DIRECTIONS; direction++)
		header.drop_default[direction] = ruleset->default_verdict[direction] == NG_DROP;
	header.drop_invalid = ruleset->default_invalid == NG_DROP;

	failed = write_image(&compiler, &header, kept, n_kept, &made, err);
	if (!failed && compiler.body.size > NG_IMAGE_MAX) {
		ng_fail(err, -E2BIG, "the ruleset compiles to %zu bytes, %u fit",
			compiler.body.size, NG_IMAGE_MAX);
		failed = -E2BIG;
	}
	if (failed) {
		if (failed == -ENOMEM)
			ng_fail(err, failed, "out of memory while compiling the ruleset");
		ng_compiler_clear(&compiler);
		ng_image_clear(&made);
		return failed;
	}
	header.size = compiler.body.size;
	memcpy(compiler.body.data, &header, sizeof(header));
	made.data = compiler.body.data;
	made.size = compiler.body.size;
	compiler.body = (struct ng_buffer){};
	ng_compiler_clear(&compiler);
	*image = made;
	return 0;
}

void ng_image_clear(struct ng_image *image)
{
	free(image->data);
	free(image->fresh);
	memset(image, 0, sizeof(*image));
}
