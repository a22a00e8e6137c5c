/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the usage of commands, such as "NAME ADDRESS|PREFIX... [for TIME] [--force]": what stands
 * there in capitals is a placeholder, all else is to be typed.
 */
#ifndef NG_USAGE_H
#define NG_USAGE_H

#include <stdbool.h>
#include <stddef.h>

#define NG_CHOICES 16

/**
 * struct ng_choices - what one argument may be
 * @names:    "ADDRESS", "PREFIX", "for"; @n of them
 * @position: how many arguments that are no options stand before the first of these
 */
struct ng_choices {
	char names[NG_CHOICES][16];
	size_t n;
	int position;
};

/** ng_is_placeholder() - "FILE", in contrast to "native" */
bool ng_is_placeholder(const char *name);

/** ng_usage_argument() - of the argument behind @before others that are no options */
void ng_usage_argument(const char *usage, int before, struct ng_choices *choices);

/** ng_usage_value() - of the value of @option; none when the usage does not name it */
void ng_usage_value(const char *usage, const char *option, struct ng_choices *choices);

#endif
