// SPDX-License-Identifier: GPL-2.0-only
#include "compile/change.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "compile/entry/variant.h"
#include "compile/image_read.h"
#include "compile/tree/tree.h"
#include "compile/tree/tree_edit.h"
#include "layout/counters.h"

#define CHANGES_MAX 64		  /* then the trees are built again */
#define BYTES_NEAR  (128UL << 10) /* that a tree may grow by; if more, a new tree is better */
#define BYTES_FAR   (1UL << 20)	  /* the same, when no tree can be added */
#define COUNT_LEAF  256		  /* maximum of rules in a leaf of `count` rules */

/**
 * struct work - an image that is being changed
 * @old:      the image to change; @rules are its @n_rules rules
 * @from:     its source
 * @compiler: its body and source are those of the new image, its lists get the entries of the new
 *            rule
 * @source:   the beginning of the new source
 * @n:        number of rules after the removal
 */
struct work {
	const struct ng_change *change;
	const struct ng_image_header *old;
	const struct ng_image_source *from;
	const struct ng_image_rule *rules;
	size_t n_rules, n;
	struct ng_image_header header;
	struct ng_image_source *source;
	struct ng_compiler compiler;
	struct ng_image *image;
};

/* ---- possible changes ------------------------------------------------------------------ */

static bool names_set(const struct ng_rule *rule)
{
	for (size_t i = 0; i < rule->n_conditions; i++)
		if (*rule->conditions[i].set)
			return true;
	return false;
}

/* May the header or the lookups depend on this rule? */
static bool is_special(const struct ng_rule *rule)
{
	return rule->direction == NG_OUT || rule->verdict == NG_LIMIT || names_set(rule) ||
	       ng_rule_condition(rule, NG_FIELD_VLAN) ||
	       ng_rule_condition(rule, NG_FIELD_ESTABLISHED) ||
	       (rule->verdict == NG_COUNT && rule->log);
}

static bool names_blocked(const struct ng_rule *rule)
{
	for (size_t i = 0; i < rule->n_conditions; i++)
		if (!strcmp(rule->conditions[i].set, NG_BLOCKED))
			return true;
	return false;
}

/* Among rules with the same text, only the compiler assigns the slots correctly. */
static bool stands_twice(const void *image, const struct ng_image_rule *rules, size_t n,
			 const char *text, size_t len, size_t but)
{
	for (size_t i = 0; i < n; i++)
		if (rules[i].text.count == len && i + 1 != but &&
		    !memcmp(ng_image_text(image, &rules[i].text), text, len))
			return true;
	return false;
}

bool ng_image_can_change(const void *image, const struct ng_change *change)
{
	const struct ng_image_header *header = image;
	const struct ng_image_source *source = ng_image_source(image);
	size_t n, len = source->text.count;
	const struct ng_image_rule *rules = ng_image_rules(image, &n);
	const struct ng_list *gone = change->gone ? &rules[change->gone - 1].text : NULL;
	const __u8 *hides = (const __u8 *)source + source->hides.offset;

	if (!n || source->hides.count != n || header->changes == CHANGES_MAX || n == NG_RULES_MAX)
		return false;
	if (gone &&
	    (hides[change->gone - 1] || !change->gone_rule || is_special(change->gone_rule) ||
	     stands_twice(image, rules, n, ng_image_text(image, gone), gone->count, change->gone)))
		return false;
	if (change->put &&
	    (names_blocked(change->rule) || change->rule->verdict == NG_LIMIT ||
	     stands_twice(image, rules, n, change->text, strlen(change->text), change->gone)))
		return false;
	len -= gone ? gone->count + 1 : 0;
	len += change->put ? strlen(change->text) + 1 : 0;
	return ng_text_room(len) == ng_text_room(source->text.count);
}

size_t ng_image_changed_source(const void *image, const struct ng_change *change)
{
	const struct ng_image_source *source = ng_image_source(image);
	size_t n = source->rules.count - (change->gone != 0) + (change->put != 0);

	return source->hides.offset + (n + 7) / 8 * 8 + n * sizeof(struct ng_image_rule);
}

/* ---- the text and the table of rules --------------------------------------------------- */

static void change_text(struct work *work)
{
	const struct ng_change *change = work->change;
	char *text = (char *)work->source + work->from->text.offset;
	size_t len = work->from->text.count, at;

	if (change->gone) {
		const struct ng_list *line = &work->rules[change->gone - 1].text;

		at = line->offset - work->from->text.offset;
		memmove(text + at, text + at + line->count + 1, len - at - line->count - 1);
		len -= line->count + 1;
		memset(text + len, 0, line->count + 1);
	}
	if (change->put) {
		size_t more = strlen(change->text);

		at = len;
		for (size_t i = change->put; i <= work->n; i++) {
			size_t of = i + (change->gone && i >= change->gone) - 1;

			at -= work->rules[of].text.count + 1;
		}
		memmove(text + at + more + 1, text + at, len - at);
		memcpy(text + at, change->text, more);
		text[at + more] = '\n';
		len += more + 1;
	}
	work->source->text.count = len;
}

/* The new table of rules. */
static struct ng_image_rule *change_rules(struct work *work, __u32 slot, size_t *n_rules)
{
	const struct ng_change *change = work->change;
	struct ng_image_rule *rules = calloc(work->n + 2, sizeof(*rules));
	size_t n = 0, at = work->source->text.offset + work->source->text.count;

	for (size_t i = 0; rules && i <= work->n_rules; i++) {
		if (i + 1 == change->gone)
			continue;
		if (n + 1 == change->put)
			rules[n++] = (struct ng_image_rule){
				.slot = slot,
				.text.count = strlen(change->text),
			};
		if (i < work->n_rules)
			rules[n++] = work->rules[i];
	}
	*n_rules = n;
	for (size_t i = n; rules && i-- > 0;) {
		at -= rules[i].text.count + 1;
		rules[i].text.offset = at;
	}
	return rules;
}

/* The new @hides: the trees leave out nothing after a new rule. */
static __u8 *change_hides(const struct work *work)
{
	const struct ng_change *change = work->change;
	const __u8 *old = (const __u8 *)work->from + work->from->hides.offset;
	__u8 *hides = calloc(work->n + 2, 1);
	size_t n = 0;

	for (size_t i = 0; hides && i < work->n_rules; i++) {
		if (i + 1 == change->gone)
			continue;
		n += n + 1 == change->put;
		hides[n++] = old[i];
	}
	return hides;
}

/* ---- the counter's slot ---------------------------------------------------------------- */

static void take_slots(const void *image, size_t but, __u8 *taken)
{
	size_t n;
	const struct ng_image_rule *rules = ng_image_rules(image, &n);
	const struct ng_limiter *limiters;

	for (size_t i = 0; i < n; i++)
		taken[rules[i].slot] |= i + 1 != but;
	limiters = ng_image_limiters(image, &n);
	for (size_t i = 0; i < n; i++)
		taken[limiters[i].over] = 1;
}

static __u32 slot_of_text(const void *image, const char *text, const __u8 *given)
{
	size_t n, len = strlen(text);
	const struct ng_image_rule *rules = ng_image_rules(image, &n);

	for (size_t i = 0; i < n; i++)
		if (rules[i].text.count == len && !given[rules[i].slot] &&
		    !memcmp(ng_image_text(image, &rules[i].text), text, len))
			return rules[i].slot;
	return 0;
}

/* The slot that ng_slots_assign() would choose. 0: no memory. */
static __u32 choose_slot(struct work *work, const void *const *kept, size_t n_kept)
{
	size_t top = NG_SLOT_RULES + 1;
	__cleanup_free __u8 *given = NULL, *used = NULL;
	__u32 slot = 0;

	for (size_t i = 0; i < n_kept; i++)
		if (kept[i] && ng_image_slots(kept[i]) + 1 > top)
			top = ng_image_slots(kept[i]) + 1;
	given = calloc(top + 1, 1);
	used = calloc(top + 1, 1);
	work->image->fresh = calloc(1, sizeof(*work->image->fresh));
	if (!given || !used || !work->image->fresh)
		return 0;
	take_slots(work->old, work->change->gone, given);
	for (size_t i = 0; i < n_kept && !slot; i++)
		if (kept[i])
			slot = slot_of_text(kept[i], work->change->text, given);
	if (slot)
		return slot;
	for (size_t i = 0; i < n_kept; i++)
		if (kept[i])
			take_slots(kept[i], 0, used);
	for (slot = NG_SLOT_RULES; used[slot];)
		slot++;
	work->image->fresh[work->image->n_fresh++] = slot;
	return slot;
}

/* ---- the trees ------------------------------------------------------------------------- */

/* Update the rule numbers in all forests. */
static int renumber(struct work *work)
{
	struct ng_renumbering r = { .body = &work->compiler.body, .gone = work->change->gone };
	__cleanup_free __u64 *seen = calloc(r.body->size / 512 + 1, sizeof(*seen));
	struct ng_forest *forest = &work->header.forests[0][0];

	if (work->change->put <= work->n)
		r.from = work->change->put;
	if (!r.gone && !r.from)
		return 0;
	if (!seen)
		return -ENOMEM;
	r.seen = seen;
	for (size_t i = 0; i < NG_DIRECTIONS * NG_CLASSES; i++, forest++) {
		bool ipv6 = i % NG_CLASSES == NG_CLASS_IPV6;

		for (__u32 tree = 0; tree < forest->trees; tree++)
			forest->roots[tree] =
				ng_tree_renumber(&r, forest->roots[tree], ipv6, forest->rule_shift);
		if (forest->count)
			forest->count =
				ng_tree_renumber(&r, forest->count, ipv6, forest->rule_shift);
	}
	return r.beyond ? -EAGAIN : 0;
}

/* A tree of a single leaf. */
static __u64 plant(const struct ng_tree_place *place)
{
	size_t size = ng_items_entry_size(place->items);
	__u64 leaf = ng_leaf_append(place->body, 1, size);

	if (!leaf)
		return 0;
	memcpy(place->body->data + (leaf >> NG_NODE_OFFSET_SHIFT) + sizeof(struct ng_leaf),
	       place->items->entries + place->i * size, size);
	return ng_leaf_settle(place->body, leaf, 1, place->items->ipv6, place->rule_shift);
}

/* The tree that grows least, by at most @place->most; NG_TREES_MAX: none. */
static __u32 choose_tree(const struct ng_tree_place *place, const struct ng_forest *forest)
{
	struct ng_tree_place trial = *place;
	struct ng_buffer *body = place->body;
	__u32 best = NG_TREES_MAX;

	for (__u32 tree = 0; tree < forest->trees; tree++) {
		size_t before = body->size;

		if (ng_tree_insert(&trial, forest->roots[tree])) {
			best = tree;
			trial.most = body->size - before;
		}
		body->size = before;
		body->failed = 0;
	}
	return best;
}

static int insert(struct ng_tree_place *place, __u64 *root)
{
	__u64 node = *root ? ng_tree_insert(place, *root) : plant(place);

	if (!node)
		return -EAGAIN;
	*root = node;
	return 0;
}

/*
 * A deciding rule goes into a tree that grows little, else into a new one, else into any that grows
 * by at most BYTES_FAR.
 */
static int insert_decide(struct ng_tree_place *place, struct ng_forest *forest)
{
	__u32 tree;

	place->longest = NG_LEAF_STEPS;
	place->most = BYTES_NEAR;
	tree = choose_tree(place, forest);
	if (tree == NG_TREES_MAX && forest->trees < NG_TREES_MAX) {
		forest->roots[forest->trees] = 0;
		tree = forest->trees++;
	} else if (tree == NG_TREES_MAX) {
		place->most = BYTES_FAR;
		tree = choose_tree(place, forest);
	}
	return tree == NG_TREES_MAX ? -EAGAIN : insert(place, &forest->roots[tree]);
}

static int insert_all(struct work *work, const struct ng_items *items, bool counts,
		      struct ng_forest *forest)
{
	struct ng_tree_place place = {
		.body = &work->compiler.body,
		.items = items,
	};
	int failed = 0;

	for (size_t i = 0; i < items->n && !failed; i++) {
		__u32 rule = ng_items_rule(items, i);

		while (!forest->trees && !forest->count &&
		       rule >> forest->rule_shift >= NG_LEAF_RANK - 1)
			forest->rule_shift++;
		if (rule >> forest->rule_shift >= NG_LEAF_RANK - 1)
			return -EAGAIN;
		place.i = i;
		place.rule_shift = forest->rule_shift;
		place.longest = COUNT_LEAF;
		place.most = BYTES_FAR;
		failed = counts ? insert(&place, &forest->count) : insert_decide(&place, forest);
	}
	return failed;
}

static int change_trees(struct work *work)
{
	const struct ng_rules_of *rules = &work->compiler.rules[0][0];
	struct ng_forest *forest = &work->header.forests[0][0];
	int failed = renumber(work);

	for (size_t i = 0; i < NG_DIRECTIONS * NG_CLASSES && !failed; i++) {
		failed = insert_all(work, &rules[i].decide, false, &forest[i]);
		if (!failed)
			failed = insert_all(work, &rules[i].count, true, &forest[i]);
		if (rules[i].decide.n + rules[i].count.n)
			work->header.decides_out |= i / NG_CLASSES == NG_OUT;
	}
	return failed;
}

/* ---- the whole change ------------------------------------------------------------------ */

/* The sets that the image looks up: the new rule may need no other. */
static void know_sets(struct ng_compiler *compiler, const struct ng_image_header *header)
{
	const struct ng_lookup *lookups =
		(const void *)((const char *)header + header->lookups.offset);
	size_t n;
	const struct ng_image_set *sets = ng_image_set_list(header, &n);

	compiler->n_used = header->lookups.count;
	for (size_t i = 0; i < compiler->n_used; i++) {
		const char *name = lookups[i].set == NG_LOOKUP_BLOCKED ? NG_BLOCKED
								       : sets[lookups[i].set].name;

		snprintf(compiler->used[i].name, sizeof(compiler->used[i].name), "%s", name);
		compiler->used[i].daddr = lookups[i].daddr;
	}
}

/* Make the entries of the new rule. */
static int add_entries(struct ng_compiler *compiler, const struct ng_image_header *header,
		       const struct ng_rule *rule, __u32 number, __u32 slot)
{
	static const struct ng_ruleset none;
	struct ng_error ignored;
	int failed;

	compiler->ruleset = &none;
	know_sets(compiler, header);
	failed = ng_entries_add(compiler, rule, number, slot, &ignored);
	if (failed)
		return failed == -ENOMEM ? failed : -EAGAIN;
	return compiler->n_used > header->lookups.count ? -EAGAIN : 0;
}

static int put_rule(struct work *work, const void *const *kept, size_t n_kept, __u32 *slot)
{
	const struct ng_rule *rule = work->change->rule;
	int failed;

	if (!work->change->put)
		return 0;
	*slot = choose_slot(work, kept, n_kept);
	if (!*slot)
		return -ENOMEM;
	failed = add_entries(&work->compiler, work->old, rule, work->change->put, *slot);
	work->header.reads_vlan |= work->compiler.reads_vlan;
	work->header.logs_counted |= rule->log && rule->verdict == NG_COUNT;
	work->header.established |= ng_rule_condition(rule, NG_FIELD_ESTABLISHED) != NULL;
	return failed;
}

/* The new limits for records: @rules is the new table, of @n. */
static int change_log_limits(struct work *work, const struct ng_image_rule *rules, size_t n)
{
	const struct ng_change *change = work->change;
	const struct ng_log_limit *old =
		(const void *)((const char *)work->old + work->old->log_limits.offset);
	__u32 rate = change->put ? ng_image_log_rate(change->rule) : 0;
	struct ng_buffer *body = &work->compiler.body;
	struct ng_log_limit *limits;
	size_t of = 0;

	work->header.log_limits = (struct ng_list){ body->size, 0 };
	if (!work->old->log_limits.count && !rate)
		return 0;
	limits = ng_buffer_space(body, n * sizeof(*limits));
	if (!limits)
		return -EAGAIN;
	work->header.log_limits.count = n;
	for (size_t i = 0; i < n; i++) {
		limits[i].slot = rules[i].slot;
		if (i + 1 == change->put) {
			limits[i].rate = rate;
			continue;
		}
		of += of + 1 == change->gone;
		limits[i].rate = work->old->log_limits.count ? old[of].rate : 0;
		of++;
	}
	return 0;
}

static int write_tables(struct work *work, __u32 slot)
{
	struct ng_image_source *source = work->source;
	struct ng_buffer *body = &work->compiler.source;
	size_t n;
	__cleanup_free struct ng_image_rule *rules = change_rules(work, slot, &n);
	__cleanup_free __u8 *hides = change_hides(work);

	if (!rules || !hides)
		return -ENOMEM;
	source->hides = (struct ng_list){ ng_buffer_append(body, hides, n), n };
	source->rules = (struct ng_list){ ng_buffer_append(body, rules, n * sizeof(*rules)), n };
	source->size = body->size;
	return body->failed ? -EAGAIN : change_log_limits(work, rules, n);
}

static int change_all(struct work *work, const void *const *kept, size_t n_kept)
{
	struct ng_buffer *body = &work->compiler.body, *source = &work->compiler.source;
	__u32 slot = 0;
	int failed;

	if (work->old->log_limits.offset > body->capacity)
		return -EAGAIN;
	memcpy(body->data, work->old, work->old->log_limits.offset);
	body->size = work->old->log_limits.offset;
	memcpy(source->data, work->from, work->from->hides.offset);
	source->size = work->from->hides.offset;
	work->header = *work->old;
	work->header.created = ng_clock_read(CLOCK_REALTIME);
	work->header.source = body->capacity;
	work->header.source_id = 0;
	work->source->created = work->header.created;
	work->header.changes++;
	work->header.worst = 0;
	change_text(work);
	failed = put_rule(work, kept, n_kept, &slot);
	if (!failed)
		failed = change_trees(work);
	if (!failed)
		failed = write_tables(work, slot);
	if (failed)
		return failed;
	work->header.size = body->size;
	memcpy(body->data, &work->header, sizeof(work->header));
	return 0;
}

int ng_image_change(const struct ng_change *change, const void *const *kept, size_t n_kept,
		    void *room, size_t size, struct ng_image *image)
{
	struct ng_image made = {};
	struct work work = {
		.change = change,
		.old = kept[0],
		.from = ng_image_source(kept[0]),
		.source = (void *)((char *)room + size),
		.compiler.body = { .data = room, .capacity = size, .fixed = 1 },
		.image = &made,
	};
	int failed;

	if (!ng_image_can_change(kept[0], change))
		return -EAGAIN;
	work.compiler.source = (struct ng_buffer){
		.data = (void *)work.source,
		.capacity = ng_image_changed_source(kept[0], change),
		.fixed = 1,
	};
	work.rules = ng_image_rules(kept[0], &work.n_rules);
	work.n = work.n_rules - (change->gone != 0);
	failed = change_all(&work, kept, n_kept);
	made.data = room;
	made.size = work.compiler.body.size;
	ng_compiler_clear(&work.compiler);
	if (failed) {
		free(made.fresh);
		return failed;
	}
	made.slots = ng_image_slots(room);
	*image = made;
	return 0;
}

/* ---- rules near a rule ----------------------------------------------------------------- */

/* @data: what the entries of @items refer to. */
static void meet_all(const struct ng_image_header *header, const struct ng_items *items,
		     const void *data, const struct ng_forest *forest, __u8 *met)
{
	/* The body is only read. */
	struct ng_buffer body = { .data = (void *)header, .size = header->size, .fixed = 1 };
	struct ng_tree_place place = { .body = &body, .items = items, .data = data };

	for (place.i = 0; place.i < items->n; place.i++)
		for (__u32 tree = 0; tree < forest->trees; tree++)
			ng_tree_meet(&place, forest->roots[tree], met);
}

__u8 *ng_image_near(const void *image, const struct ng_rule *rule)
{
	const struct ng_image_header *header = image;
	const struct ng_forest *forest = &header->forests[0][0];
	struct ng_compiler compiler = {};
	const struct ng_rules_of *rules = &compiler.rules[0][0];
	__u8 *met = calloc(ng_image_source(image)->rules.count + 2, 1);

	if (met && add_entries(&compiler, header, rule, 1, NG_SLOT_RULES) != -ENOMEM) {
		for (size_t i = 0; i < NG_DIRECTIONS * NG_CLASSES; i++) {
			meet_all(header, &rules[i].decide, compiler.body.data, &forest[i], met);
			meet_all(header, &rules[i].count, compiler.body.data, &forest[i], met);
		}
	}
	ng_compiler_clear(&compiler);
	return met;
}
