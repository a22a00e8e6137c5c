/* SPDX-License-Identifier: GPL-2.0-only */
/* Hints for words that are not in the rule language. */
#ifndef NG_UNKNOWN_H
#define NG_UNKNOWN_H

#include "base/error.h"
#include "rules/names.h"

/**
 * ng_word_unknown() - hint at the word that was probably meant by an unknown one
 * @words, @names: what could stand here; @words ends with NULL, @names may be NULL
 *
 * Leaves @err as it is if no word is similar. Return: -EINVAL.
 */
int ng_word_unknown(const char *text, const char *const *words, const struct ng_name *names,
		    struct ng_error *err);

#endif
