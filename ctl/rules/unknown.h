/* SPDX-License-Identifier: GPL-2.0-only */
/* Words that mean nothing to the rule language. */
#ifndef NG_UNKNOWN_H
#define NG_UNKNOWN_H

#include "base/error.h"
#include "rules/names.h"

/**
 * ng_word_unknown() - what a word that means nothing here may have been meant for, as a hint
 * @words, @names: what could stand here; @words ends with NULL, @names may be NULL
 *
 * Leaves @err as it is when nothing comes near. Return: -EINVAL.
 */
int ng_word_unknown(const char *text, const char *const *words, const struct ng_name *names,
		    struct ng_error *err);

#endif
