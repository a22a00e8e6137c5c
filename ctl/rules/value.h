/* SPDX-License-Identifier: GPL-2.0-only */
/* Single values of conditions, and lists of ranges. */
#ifndef NG_VALUE_H
#define NG_VALUE_H

#include "rules/fields.h"

/**
 * ng_value_number() - strict: digits without leading zeros, or 0x where @info reads that
 *
 * @min and @max of @info hold. Return: 0, or -EINVAL with @err without .where.
 */
int ng_value_number(const struct ng_field_info *info, const char *text, uint64_t *value,
		    struct ng_error *err);

/**
 * ng_value_range() - one element of a list: a number, a range of them, or a name
 * @names: instead of those of @info, which serve where this is NULL
 */
int ng_value_range(const struct ng_field_info *info, const struct ng_name *names, const char *text,
		   struct ng_range *range, struct ng_error *err);

/** ng_value_icmp() - the same for ICMP types: also TYPE/CODE; see struct ng_range */
int ng_value_icmp(const struct ng_name *names, const char *text, struct ng_range *range,
		  struct ng_error *err);

/** ng_value_ether() - a MAC address, or two with a dash between */
int ng_value_ether(const char *text, struct ng_range *range, struct ng_error *err);

/** ng_ranges_push() - append to an array that only this function has grown; 0 or -ENOMEM */
int ng_ranges_push(struct ng_range **list, size_t *n, const struct ng_range *range);

/** ng_ranges_sort() - sort and merge into the form that struct ng_condition has for @field */
void ng_ranges_sort(enum ng_field field, struct ng_range *list, size_t *n);

#endif
