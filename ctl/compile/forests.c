// SPDX-License-Identifier: GPL-2.0-only
#include "compile/forests.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/threads.h"
#include "compile/tree/forest.h"
#include "compile/tree/tree_edit.h"

#define RULES_MANY  2000 /* of fewer all trees are built in no time */
#define TREES_SHARE 0.6	 /* of what is left, for trees: they may take half as much again */
#define CACHE_LINE  64

/**
 * struct planting - forests that are written one after the other
 * @invalid: those for invalid frames; @both: all
 * @body:    the image, or a copy of what entries refer to with room behind it
 * @hides:   see struct ng_compiler
 * @slow:    by kind: what packets cost in the forest
 */
struct planting {
	const struct ng_compiler *compiler;
	struct ng_image_header *header;
	bool invalid, both;
	struct ng_buffer *body;
	__u8 *hides;
	struct ng_slow slow[NG_FORESTS];
	size_t tail;
	int failed;
};

static bool same_rules(const struct ng_rules_of *a, const struct ng_rules_of *b)
{
	return a->decide.n == b->decide.n && a->count.n == b->count.n;
}

/*
 * What may match an invalid frame may also match a valid one unless it asks for `invalid`; so
 * where both have as many rules and none asks, they have the same and share their trees.
 */
static bool is_shared(const struct ng_compiler *compiler, const struct ng_rules_of *rules)
{
	return !compiler->asks_invalid && same_rules(&rules[0], &rules[1]);
}

/* The @i-th kind of packets; invalid ones come behind the valid ones of their class. */
static struct ng_slow kind_at(int i)
{
	return (struct ng_slow){ .direction = i / 2 / NG_CLASSES,
				 .class = i / 2 % NG_CLASSES,
				 .invalid = i % 2 };
}

/* What all forests from this one on would take when there is room enough. */
static size_t allowance_from(const struct ng_compiler *compiler, int first)
{
	size_t sum = 0;

	for (int i = first; i < NG_FORESTS; i++) {
		struct ng_slow kind = kind_at(i);
		const struct ng_rules_of *rules = compiler->rules[kind.direction][kind.class];

		if (!kind.invalid || !is_shared(compiler, rules))
			sum += ng_forest_allowance(&rules[kind.invalid].decide,
						   &rules[kind.invalid].count);
	}
	return sum;
}

/* In whole leaves they take no less than a quarter of what they are allowed. */
static int check_room(const struct ng_compiler *compiler, size_t tail, struct ng_error *err)
{
	size_t least = compiler->body.size + tail + allowance_from(compiler, 0) / 4;

	if (least <= NG_IMAGE_MAX)
		return 0;
	ng_fail(err, -E2BIG, "the ruleset is too large: it compiles to more than %zu MiB, %u fit",
		least >> 20, NG_IMAGE_MAX >> 20);
	return ng_hint(err, -E2BIG, "put addresses into sets; use fewer rules with lists");
}

static double room_behind(size_t taken)
{
	return taken < NG_IMAGE_MAX ? TREES_SHARE * (NG_IMAGE_MAX - taken) : 0;
}

/* One forest, and how long an average packet takes in it. */
static int write_forest(struct planting *p, struct ng_slow *kind, size_t most)
{
	const struct ng_rules_of *rules =
		&p->compiler->rules[kind->direction][kind->class][kind->invalid];
	struct ng_forest *forest = &p->header->forests[kind->direction][kind->class][kind->invalid];
	size_t before = p->body->size;

	if (ng_forest_build(&rules->decide, &rules->count, kind->invalid, most, p->hides, p->body,
			    forest))
		return -ENOMEM;
	return ng_estimate(&rules->decide, &rules->count, forest, p->body->data,
			   p->body->size - before, p->compiler->ruleset->n_rules, kind);
}

static void *write_kinds(void *data)
{
	struct planting *p = data;

	for (int i = 0; i < NG_FORESTS && !p->failed; i++) {
		struct ng_slow *kind = &p->slow[i];
		const struct ng_rules_of *of = p->compiler->rules[kind->direction][kind->class];
		double room = room_behind(p->body->size + p->tail);
		double all = allowance_from(p->compiler, i);
		size_t most;

		if ((!p->both && p->invalid != kind->invalid) ||
		    (kind->invalid && is_shared(p->compiler, of)))
			continue;
		most = ng_forest_allowance(&of[kind->invalid].decide, &of[kind->invalid].count);
		if (p->both && all > room)
			most = room * most / all;
		p->failed = write_forest(p, kind, most);
	}
	return NULL;
}

static int align(struct ng_buffer *body)
{
	return ng_buffer_space(body, -body->size % CACHE_LINE) ? 0 : -ENOMEM;
}

/* What entries refer to, where it stands in the image; the text before it is left out. */
static int copy_body(const struct ng_compiler *compiler, const struct ng_image_header *header,
		     struct ng_buffer *copy)
{
	const struct ng_buffer *body = &compiler->body;

	copy->data = calloc(1, body->size + 1);
	copy->size = copy->capacity = body->size;
	if (!copy->data)
		return -ENOMEM;
	memcpy(copy->data + header->source, body->data + header->source,
	       body->size - header->source);
	return 0;
}

/* The trees that were written to @from behind the first @start bytes go to the end of @body. */
static int move_trees(struct ng_buffer *body, struct ng_buffer *from, size_t start,
		      struct ng_image_header *header)
{
	__cleanup_free __u64 *seen = calloc(from->size / 512 + 1, sizeof(*seen));
	struct ng_forest *forest = &header->forests[0][0][1];
	size_t by;

	if (!seen || align(body))
		return -ENOMEM;
	by = body->size - start;
	for (int i = 1; i < NG_FORESTS; i += 2, forest += 2) {
		for (__u32 tree = 0; tree < forest->trees; tree++)
			forest->roots[tree] = ng_tree_move(from, forest->roots[tree], by, seen);
		if (forest->count)
			forest->count = ng_tree_move(from, forest->count, by, seen);
	}
	ng_buffer_append(body, from->data + start, from->size - start);
	return body->failed ? -ENOMEM : 0;
}

/* Those for invalid frames beside the others. */
static int write_both(struct planting *valid)
{
	size_t start, n_rules = valid->compiler->ruleset->n_rules;
	__cleanup_free __u8 *hides = calloc(n_rules + 1, 1);
	struct planting invalid = *valid;
	struct ng_buffer copy = {};
	pthread_t thread;
	bool beside;
	int failed = hides ? align(valid->body) : -ENOMEM;

	if (!failed)
		failed = copy_body(valid->compiler, valid->header, &copy);
	if (failed)
		return failed;
	start = copy.size;
	valid->both = invalid.both = false;
	invalid.invalid = true;
	invalid.body = &copy;
	invalid.hides = hides;
	beside = ng_threads(2) > 1 && !pthread_create(&thread, NULL, write_kinds, &invalid);
	write_kinds(valid);
	if (beside)
		pthread_join(thread, NULL);
	else
		write_kinds(&invalid);
	failed = valid->failed ? valid->failed : invalid.failed;
	if (!failed)
		failed = move_trees(valid->body, &copy, start, valid->header);
	for (size_t i = 0; i <= n_rules; i++)
		valid->hides[i] |= hides[i];
	for (int i = 1; i < NG_FORESTS; i += 2)
		valid->slow[i] = invalid.slow[i];
	ng_buffer_clear(&copy);
	return failed;
}

static void note_cost(const struct planting *p, struct ng_slow *list, size_t *n)
{
	for (int i = 0; i < NG_FORESTS; i++) {
		const struct ng_slow *slow = &p->slow[i];
		double units = slow->ns / NG_IMAGE_COST_NS;

		p->header->cost[slow->direction][slow->class][slow->invalid] =
			units < 65535 ? units : 65535;
		if (slow->ns >= NG_SLOW_NS)
			list[(*n)++] = *slow;
	}
}

int ng_forests_write(struct ng_compiler *compiler, struct ng_image_header *header,
		     struct ng_slow slow[NG_FORESTS], size_t *n_slow, struct ng_error *err)
{
	struct planting p = {
		.compiler = compiler,
		.header = header,
		.both = true,
		.body = &compiler->body,
		.hides = compiler->hides,
		.tail = compiler->ruleset->n_rules * (sizeof(struct ng_image_rule) + 1),
	};
	int failed = check_room(compiler, p.tail, err);
	bool many = compiler->ruleset->n_rules > RULES_MANY &&
		    allowance_from(compiler, 0) < room_behind(compiler->body.size + p.tail);

	for (int i = 0; i < NG_FORESTS; i++)
		p.slow[i] = kind_at(i);
	if (!failed && many)
		failed = write_both(&p);
	else if (!failed)
		write_kinds(&p);
	failed = failed ? failed : p.failed;
	if (failed)
		return failed;
	for (int i = 0; i < NG_FORESTS; i += 2) {
		struct ng_slow kind = kind_at(i);
		struct ng_forest *forests = header->forests[kind.direction][kind.class];

		if (is_shared(compiler, compiler->rules[kind.direction][kind.class]))
			forests[1] = forests[0];
		header->decides_out |=
			kind.direction == NG_OUT && (forests[0].trees || forests[0].count ||
						     forests[1].trees || forests[1].count);
	}
	note_cost(&p, slow, n_slow);
	return 0;
}
