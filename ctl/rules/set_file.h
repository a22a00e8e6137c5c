/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_SET_FILE_H
#define NG_SET_FILE_H

#include "rules/ruleset.h"
#include "rules/text.h"

/** ng_read_set_text() - the part of ng_read_set_file() that comes after reading; see there */
int ng_read_set_text(const struct ng_text *text, const char *name, struct ng_set *set,
		     struct ng_error *err);

#endif
