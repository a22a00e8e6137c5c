/* SPDX-License-Identifier: GPL-2.0-only */
/* The image of a ruleset, reached by changing the image of another ruleset. */
#ifndef NG_TEST_BY_CHANGES_H
#define NG_TEST_BY_CHANGES_H

#include <stdint.h>

#include "compile/image.h"

/**
 * struct by_changes - how the image was made
 * @tried: changes that were made; @compiled: those that needed the compiler
 */
struct by_changes {
	uint64_t tried, compiled;
};

/**
 * image_by_changes() - @n changes drawn by @seed, the last of which leads to @ruleset
 *
 * Inserts rules that @ruleset has, and deletes others. The test fails if text and
 * rules differ from those of the compiled image.
 * Return: 0 with *@image, -errno with @err filled.
 */
int image_by_changes(const struct ng_ruleset *ruleset, uint64_t seed, size_t n,
		     struct by_changes *tally, struct ng_image *image, struct ng_error *err);

#endif
