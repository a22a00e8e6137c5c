/* SPDX-License-Identifier: GPL-2.0-only */
/* The image of a ruleset, not compiled from it but come to by changes of another one's. */
#ifndef NG_TEST_BY_CHANGES_H
#define NG_TEST_BY_CHANGES_H

#include <stdint.h>

#include "compile/image.h"

/**
 * struct by_changes - how it came about
 * @tried: changes that were made; @compiled: those that were left to the compiler
 */
struct by_changes {
	uint64_t tried, compiled;
};

/**
 * image_by_changes() - @n changes drawn by @seed, the last of which leads to @ruleset
 *
 * Rules are put where @ruleset has them, and others that it does not have go. Fails when text and
 * rules are not those of the compiled image.
 * Return: 0 with *@image, -errno with @err filled.
 */
int image_by_changes(const struct ng_ruleset *ruleset, uint64_t seed, size_t n,
		     struct by_changes *tally, struct ng_image *image, struct ng_error *err);

#endif
