/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of rules with a rate (layout/limit.h): buckets, and tables of buckets. All generations
 * share it, so that no debt is forgotten when programs are exchanged.
 */
#ifndef NG_KERNEL_BUCKETS_H
#define NG_KERNEL_BUCKETS_H

#include "kernel/pins/handle.h"

/** ng_buckets_create() - create both maps; 0 or -errno */
int ng_buckets_create(struct ng_generation *generation);

/**
 * ng_buckets_bind() - make sure that all rules of @image have buckets, before programs see it
 * @to:   the generation where it will be published
 * @kept: the generation that is in force: rules of its images keep the state of their buckets, all
 *        others begin with full ones; NULL: all do
 *
 * Return: 0 or -errno.
 */
int ng_buckets_bind(const struct ng_generation *to, const struct ng_generation *kept,
		    const void *image);

/** ng_buckets_settle() - free the tables that no image needs any more; 0 or -errno */
int ng_buckets_settle(const struct ng_generation *generation);

#endif
