/* SPDX-License-Identifier: GPL-2.0-only */
/* Values of fields: random rulesets and random frames draw from the same few. */
#ifndef NG_TEST_RANDOM_VALUE_H
#define NG_TEST_RANDOM_VALUE_H

#include "rules/ruleset.h"

#include "random_number.h"

/**
 * random_value() - a value of a field that is a number
 *
 * One of random_domain.h; for a field that has none there the least, the greatest, one next to them
 * or one in between.
 */
uint64_t random_value(struct random *random, enum ng_field field);

#endif
