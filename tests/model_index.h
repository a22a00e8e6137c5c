/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the model fast enough for large rulesets: a filter that leaves out rules which cannot
 * match, and sets as disjoint ranges. The filter only checks necessary conditions and leaves the
 * rest to the model, so a mistake in it can hide a match but never invent one;
 * tests/model_index_test.c compares the model with and without it.
 */
#ifndef NG_TEST_MODEL_INDEX_H
#define NG_TEST_MODEL_INDEX_H

#include "model_read.h"

/** struct model_case - one frame under some rules */
struct model_case {
	const struct model_rules *rules;
	const struct model_frame *frame;
	const struct packet *packet;
};

/** model_in_prefixes() - is @address (network order) in one of @n prefixes of its @family? */
bool model_in_prefixes(const struct ng_prefix *prefixes, size_t n, uint64_t family,
		       const uint8_t *address);

/** model_in_set() - is @address, of the packet's family, in the set, static or live? */
bool model_in_set(const struct model_case *at, const char *name, const uint8_t *address);

/* By pairs of a set and source or destination; more are not filtered by. */
#define MODEL_PAIRS_MAX 64

struct model_index;

/**
 * model_index_new() - index @ruleset, which must not change meanwhile
 *
 * Return: 0 with *@index, to be freed with model_index_free(); or -ENOMEM.
 */
int model_index_new(const struct ng_ruleset *ruleset, struct model_index **index);
void model_index_free(struct model_index *index); /* NULL is fine */

/** model_index_names_blocked() - does a rule say @blocked? */
bool model_index_names_blocked(const struct model_index *index);

/** model_index_set_holds() - is @address in a static prefix of @set, one of the ruleset's? */
bool model_index_set_holds(const struct model_index *index, const struct ng_set *set,
			   uint64_t family, const uint8_t *address);

#define MODEL_BLOCK 256 /* rules that are filtered at a time */

/**
 * struct model_search - the search for rules that may match a frame
 * @have:   the frame's numbers, by column of the index; columns are in model_index.c
 * @block:  the rules of @passed, MODEL_BLOCK from this index on
 * @passed: rules of that block that may match
 */
struct model_search {
	const struct model_index *index;
	uint32_t have[40];
	size_t block;
	uint32_t passed[MODEL_BLOCK];
};

/** model_index_search() - begin with the case @at */
void model_index_search(const struct model_case *at, struct model_search *search);

/** model_index_next() - the first rule from index @from on that may match, or the count of rules */
size_t model_index_next(struct model_search *search, size_t from);

#endif
