// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ruleset -> image: the parts are written one after the other, the header last. The source is
 * written beside it, and put after it in the end.
 */
#include "compile/image.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "compile/entry/entry.h"
#include "compile/entry/variant.h"
#include "compile/limiter.h"
#include "compile/sets.h"
#include "compile/slots.h"
#include "compile/tree/bound.h"
#include "compile/tree/forest.h"
#include "layout/flows.h"
#include "layout/record.h"
#include "layout/version.h"
#include "rules/print.h"

/* Positions of the lines of @n rules, which are the last ones of the printed ruleset. */
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

static ssize_t append_text(void *source, const char *text, size_t size)
{
	struct ng_buffer *buffer = source;

	ng_buffer_text(buffer, text, size);
	return buffer->failed ? -1 : (ssize_t)size;
}

/* Print the ruleset at the end of @buffer. */
static int print_text(const struct ng_ruleset *ruleset, struct ng_buffer *buffer)
{
	cookie_io_functions_t functions = { .write = append_text };
	FILE *stream = fopencookie(buffer, "w", functions);
	int err;

	if (!stream)
		return -ENOMEM;
	err = ng_print_ruleset(stream, ruleset, NG_SETS_APART);
	return fclose(stream) || err || buffer->failed ? -ENOMEM : 0;
}

static int write_text(struct ng_compiler *compiler, struct ng_image_source *source,
		      struct ng_image_rule **rules)
{
	size_t offset = compiler->source.size, len;
	const char *text;
	int failed = print_text(compiler->ruleset, &compiler->source);

	if (failed)
		return failed;
	len = compiler->source.size - offset;
	source->text = (struct ng_list){ offset, len };
	if (!ng_buffer_space(&compiler->source, ng_text_room(len) - len))
		return -ENOMEM;
	text = (const char *)compiler->source.data + offset;
	*rules = rules_of_text(text, len, offset, compiler->ruleset->n_rules);
	return *rules ? 0 : -ENOMEM;
}

/* Unless a rule names @blocked, there is an implicit rule for it, before all others. */
static int write_blocked(struct ng_compiler *compiler, struct ng_image_header *header,
			 struct ng_error *err)
{
	if (ng_ruleset_names_set(compiler->ruleset, NG_BLOCKED))
		return 0;
	header->blocked = ng_set_bit(compiler, NG_BLOCKED, 0, err);
	return header->blocked ? 0 : -E2BIG;
}

/** struct kind - a kind of frames, which has its own forest */
struct kind {
	enum ng_direction direction;
	enum ng_class class;
};
#define KINDS (NG_DIRECTIONS * NG_CLASSES)

static struct kind kind_at(int i)
{
	return (struct kind){ .direction = i / NG_CLASSES, .class = i % NG_CLASSES };
}

/* The time that no packet exceeds, in a forest of @bytes. */
static int bound(const struct ng_compiler *compiler, const struct ng_rules_of *rules,
		 const struct ng_forest *forest, size_t bytes, struct ng_image_header *header)
{
	double ns;
	int failed = ng_bound_forest(&rules->decide, &rules->count, forest, compiler->body.data,
				     bytes, &ns);

	if (failed)
		return failed;
	ns = ceil(ns);
	if (ns > header->worst)
		header->worst = ns < UINT32_MAX ? ns : UINT32_MAX;
	return 0;
}

/* Are valid packets of this kind, which come before the invalid ones, slow for the same reason? */
static bool is_as_valid(const struct ng_image *image, const struct ng_slow *slow)
{
	const struct ng_slow *valid = image->n_slow ? &image->slow[image->n_slow - 1] : NULL;

	return valid && slow->invalid && valid->direction == slow->direction &&
	       valid->class == slow->class && valid->cause == slow->cause;
}

/*
 * Estimate the cost of an average packet in the forest of its kind, which begins at @before, and
 * of the dearest one.
 */
static int estimate(const struct ng_compiler *compiler, struct ng_image_header *header,
		    size_t before, struct ng_slow slow, struct ng_image *image)
{
	const struct ng_rules_of *rules = &compiler->rules[slow.direction][slow.class];
	const struct ng_forest *forest = &header->forests[slow.direction][slow.class];
	size_t bytes = compiler->body.size - before;
	int failed = ng_estimate(&rules->decide, &rules->count, forest, compiler->body.data, bytes,
				 compiler->ruleset->n_rules, &slow);
	double units;

	if (!failed && !slow.invalid) /* it is of all packets */
		failed = bound(compiler, rules, forest, bytes, header);
	if (failed)
		return failed;
	units = slow.ns / NG_IMAGE_COST_NS;
	header->cost[slow.direction][slow.class][slow.invalid] = units < 65535 ? units : 65535;
	if (slow.ns >= NG_SLOW_NS && !is_as_valid(image, &slow))
		image->slow[image->n_slow++] = slow;
	return 0;
}

#define TREES_SHARE 0.6 /* share of the free room for trees: they may take half as much again */

static size_t allowance_of(const struct ng_compiler *compiler, int i)
{
	struct kind kind = kind_at(i);
	const struct ng_rules_of *rules = &compiler->rules[kind.direction][kind.class];

	return ng_forest_allowance(&rules->decide, &rules->count);
}

/* What all forests from this one on would take when there is room enough. */
static size_t allowance_from(const struct ng_compiler *compiler, int first)
{
	size_t sum = 0;

	for (int i = first; i < KINDS; i++)
		sum += allowance_of(compiler, i);
	return sum;
}

static int write_forest(struct ng_compiler *compiler, struct ng_image_header *header,
			const struct kind *kind, size_t room, struct ng_image *image)
{
	const struct ng_rules_of *rules = &compiler->rules[kind->direction][kind->class];
	struct ng_forest *forest = &header->forests[kind->direction][kind->class];
	size_t before = compiler->body.size;
	int failed = 0;

	if (ng_forest_build(&rules->decide, &rules->count, room, compiler->hides, &compiler->body,
			    forest))
		return -ENOMEM;
	header->decides_out |= kind->direction == NG_OUT && (forest->trees || forest->count);
	for (int invalid = 0; invalid < 2 && !failed; invalid++) {
		struct ng_slow slow = { .direction = kind->direction,
					.class = kind->class,
					.invalid = invalid };

		failed = estimate(compiler, header, before, slow, image);
	}
	return failed;
}

/* What is written, and the @tail that comes after the trees. */
static size_t taken(const struct ng_compiler *compiler, size_t tail)
{
	return compiler->body.size + compiler->source.size + tail;
}

/* Even as single leaves they take at least a quarter of the allowance. */
static int check_room(const struct ng_compiler *compiler, size_t tail, struct ng_error *err)
{
	size_t least = taken(compiler, tail) + allowance_from(compiler, 0) / 4;

	if (least <= NG_IMAGE_MAX)
		return 0;
	ng_fail(err, -E2BIG, "the ruleset is too large: it compiles to more than %zu MiB, %u fit",
		least >> 20, NG_IMAGE_MAX >> 20);
	return ng_hint(err, -E2BIG, "put addresses into sets; use fewer rules with lists");
}

static int write_forests(struct ng_compiler *compiler, struct ng_image_header *header,
			 struct ng_image *image, struct ng_error *err)
{
	size_t rule = sizeof(struct ng_image_rule) + sizeof(struct ng_log_limit) + 1;
	size_t tail = compiler->ruleset->n_rules * rule;
	int failed = check_room(compiler, tail, err);

	for (int i = 0; i < KINDS && !failed; i++) {
		struct kind kind = kind_at(i);
		size_t used = taken(compiler, tail), most = allowance_of(compiler, i);
		double room = used < NG_IMAGE_MAX ? TREES_SHARE * (NG_IMAGE_MAX - used) : 0;
		double all = allowance_from(compiler, i);

		if (all > room)
			most = room * most / all;
		failed = write_forest(compiler, header, &kind, most, image);
	}
	return failed;
}

__u32 ng_image_log_rate(const struct ng_rule *rule)
{
	if (!rule->log)
		return 0;
	return rule->log_rate ? rule->log_rate : NG_WATCH_RATE_USUAL;
}

static int write_limiters(struct ng_compiler *compiler, struct ng_image_header *header,
			  const struct ng_image_rule *rules, const void *const *kept, size_t n_kept,
			  struct ng_image *image, struct ng_error *err)
{
	const struct ng_ruleset *ruleset = compiler->ruleset;
	struct ng_slots slots = { image->slots, image->fresh, image->n_fresh };
	__cleanup_free struct ng_limiter *limiters = NULL;
	size_t n = 0;
	int failed;

	for (size_t i = 0; i < ruleset->n_rules; i++)
		n += ruleset->rules[i].verdict == NG_LIMIT;
	if (!n)
		return 0;
	if (n > NG_LIMITERS_MAX)
		return ng_fail(err, -E2BIG, "there are %zu rules with a rate, %d fit", n,
			       NG_LIMITERS_MAX);
	limiters = calloc(n, sizeof(*limiters));
	if (!limiters)
		return -ENOMEM;
	n = 0;
	for (size_t i = 0; i < ruleset->n_rules; i++) {
		if (ruleset->rules[i].verdict != NG_LIMIT)
			continue;
		limiters[n] = ng_limiter_of(&ruleset->rules[i].limit);
		limiters[n++].slot = rules[i].slot;
	}
	failed = ng_limiters_assign(limiters, n, rules, ruleset->n_rules, kept, n_kept, &slots);
	image->slots = slots.end;
	image->fresh = slots.fresh;
	image->n_fresh = slots.n_fresh;
	header->limiters.count = n;
	header->limiters.offset =
		ng_buffer_append(&compiler->body, limiters, n * sizeof(*limiters));
	compiler->limiters = header->limiters;
	return failed;
}

/* Facts about all rules: another pass over many would take milliseconds. */
static void note_facts(const struct ng_rule *rule, struct ng_compiler *compiler,
		       struct ng_image_header *header)
{
	header->logs_counted |= rule->log && rule->verdict == NG_COUNT;
	header->established |= ng_rule_condition(rule, NG_FIELD_ESTABLISHED) != NULL;
	compiler->logs |= rule->log;
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

		note_facts(rule, compiler, header);
		failed = ng_entries_add(compiler, rule, i + 1, rules[i].slot, err);
		if (!failed)
			failed = ng_compiler_has_room(compiler, 0, err);
	}
	header->reads_vlan = compiler->reads_vlan;
	return failed;
}

/* The limits for records, if a rule has one. */
static int write_log_limits(struct ng_compiler *compiler, struct ng_image_header *header,
			    const struct ng_image_rule *rules)
{
	const struct ng_ruleset *ruleset = compiler->ruleset;
	struct ng_log_limit *limits;
	size_t size = ruleset->n_rules * sizeof(*limits);

	header->log_limits.offset = compiler->body.size;
	if (!compiler->logs)
		return 0;
	limits = ng_buffer_space(&compiler->body, size);
	if (!limits)
		return -ENOMEM;
	for (size_t i = 0; i < ruleset->n_rules; i++)
		limits[i] = (struct ng_log_limit){
			.slot = rules[i].slot,
			.rate = ng_image_log_rate(&ruleset->rules[i]),
		};
	header->log_limits.count = ruleset->n_rules;
	return 0;
}

static int assign_slots(const struct ng_compiler *compiler, struct ng_image_rule *rules,
			const void *const *kept, size_t n_kept, struct ng_image *image)
{
	struct ng_slots given;
	int failed = ng_slots_assign((const char *)compiler->source.data, rules,
				     compiler->ruleset->n_rules, kept, n_kept, &given);

	if (failed)
		return failed;
	image->slots = given.end;
	image->fresh = given.fresh;
	image->n_fresh = given.n_fresh;
	return 0;
}

/* Copy the image and its source into @place. Return: has it taken them? */
static bool put_in_place(const struct ng_compiler *compiler, const struct ng_image_place *place,
			 struct ng_image_header *header, struct ng_image *image)
{
	const struct ng_buffer *body = &compiler->body, *source = &compiler->source;
	size_t at;
	__u8 *to = place ? place->take(place->data, body->size, source->size, &at) : NULL;

	if (!to)
		return false;
	memcpy(to, body->data, body->size);
	memcpy(to + at, source->data, source->size);
	header->source = at;
	image->data = to;
	image->placed = true;
	return true;
}

/* Put the source after the image. */
static int join_source(struct ng_compiler *compiler, const struct ng_image_place *place,
		       struct ng_image_header *header, struct ng_image *image)
{
	struct ng_buffer *body = &compiler->body, *source = &compiler->source;

	header->size = body->size;
	if (put_in_place(compiler, place, header, image))
		return 0;
	ng_buffer_space(body, ng_source_offset(header->size) - header->size);
	header->source = ng_buffer_append(body, source->data, source->size);
	return body->failed ? -ENOMEM : 0;
}

/* Only the beginning of the source, @source, and its end are missing. */
static int write_source(struct ng_compiler *compiler, struct ng_image_source *source,
			const __u8 *hides, const struct ng_image_rule *rules)
{
	struct ng_buffer *body = &compiler->source;
	size_t n = compiler->ruleset->n_rules;

	source->hides = (struct ng_list){ ng_buffer_append(body, hides, n), n };
	source->rules = (struct ng_list){ ng_buffer_append(body, rules, n * sizeof(*rules)), n };
	source->size = body->size;
	if (body->failed || compiler->body.failed)
		return -ENOMEM;
	memcpy(body->data, source, sizeof(*source));
	return 0;
}

static int write_image(struct ng_compiler *compiler, struct ng_image_header *header,
		       const void *const *kept, size_t n_kept, struct ng_image *image,
		       struct ng_error *err)
{
	struct ng_image_source source = {
		.magic = NG_SOURCE_MAGIC,
		.version = NG_LAYOUT_VERSION,
		.created = header->created,
	};
	__cleanup_free struct ng_image_rule *rules = NULL;
	__cleanup_free __u8 *hides = calloc(compiler->ruleset->n_rules + 1, 1);
	int failed;

	if (!hides)
		return -ENOMEM;
	compiler->hides = hides;
	ng_buffer_append(&compiler->body, header, sizeof(*header));
	ng_buffer_append(&compiler->source, &source, sizeof(source));
	source.sets = (struct ng_list){ compiler->source.size, compiler->ruleset->n_sets };
	ng_buffer_space(&compiler->source, source.sets.count * sizeof(struct ng_image_set));
	failed = write_text(compiler, &source, &rules);
	if (!failed && (compiler->body.failed || compiler->source.failed))
		failed = -ENOMEM;
	if (!failed)
		failed = assign_slots(compiler, rules, kept, n_kept, image);
	if (!failed)
		failed = ng_sets_write(compiler, &source, err);
	if (!failed)
		failed = write_limiters(compiler, header, rules, kept, n_kept, image, err);
	if (!failed)
		failed = write_entries(compiler, header, rules, err);
	if (!failed)
		failed = ng_lookups_write(compiler, header);
	if (!failed) /* the last large part: trees adapt to the room that is left */
		failed = write_forests(compiler, header, image, err);
	if (!failed)
		failed = write_log_limits(compiler, header, rules);
	return failed ? failed : write_source(compiler, &source, hides + 1, rules);
}

static struct ng_flow_settings flow_settings(const struct ng_flow_rules *rules)
{
	struct ng_flow_settings settings = { .flows = rules->flows };

	for (int i = 0; i < NG_FLOW_STATES; i++)
		settings.timeouts[i] = ng_flow_ticks_of(rules->timeouts[i]);
	return settings;
}

/* Put the parts together, with the header. */
static int finish(struct ng_compiler *compiler, const struct ng_image_place *place,
		  struct ng_image_header *header, struct ng_image *image, struct ng_error *err)
{
	size_t size = ng_source_offset(compiler->body.size) + compiler->source.size;
	int failed;

	if (size > NG_IMAGE_MAX)
		return ng_fail(err, -E2BIG, "the ruleset compiles to %zu bytes, %u fit", size,
			       NG_IMAGE_MAX);
	failed = join_source(compiler, place, header, image);
	if (failed)
		return failed;
	image->worst = header->worst;
	image->size = header->size;
	if (!image->placed) {
		image->data = compiler->body.data;
		compiler->body = (struct ng_buffer){};
	}
	memcpy(image->data, header, sizeof(*header));
	return 0;
}

int ng_image_compile_to(const struct ng_image_place *place, const struct ng_ruleset *ruleset,
			const void *const *kept, size_t n_kept, struct ng_image *image,
			struct ng_error *err)
{
	struct ng_image_header header = { .magic = NG_IMAGE_MAGIC, .version = NG_LAYOUT_VERSION };
	struct ng_compiler compiler = { .ruleset = ruleset };
	struct ng_image made = { 0 };
	int failed;

	header.created = ng_clock_read(CLOCK_REALTIME);
	for (int direction = 0; direction < NG_DIRECTIONS; direction++)
		header.drop_default[direction] = ruleset->default_verdict[direction] == NG_DROP;
	header.drop_invalid = ruleset->default_invalid == NG_DROP;
	header.flows = flow_settings(&ruleset->flows);

	failed = write_image(&compiler, &header, kept, n_kept, &made, err);
	if (!failed)
		failed = finish(&compiler, place, &header, &made, err);
	ng_compiler_clear(&compiler);
	if (failed) {
		if (failed == -ENOMEM)
			ng_fail(err, failed, "out of memory while compiling the ruleset");
		ng_image_clear(&made);
		return failed;
	}
	*image = made;
	return 0;
}

int ng_image_compile(const struct ng_ruleset *ruleset, const void *const *kept, size_t n_kept,
		     struct ng_image *image, struct ng_error *err)
{
	return ng_image_compile_to(NULL, ruleset, kept, n_kept, image, err);
}

void ng_image_clear(struct ng_image *image)
{
	if (!image->placed)
		free(image->data);
	free(image->fresh);
	memset(image, 0, sizeof(*image));
}
