/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live set @blocked: addresses outside all images, so that no update of the rules loses or
 * revives one. Prefixes here are of full length, -EINVAL else.
 */
#ifndef NG_LIVE_H
#define NG_LIVE_H

#include "kernel/state.h"
#include "rules/ruleset.h"

/**
 * ng_live_add() - add an address, for good
 * @state: opened with NG_ACCESS_CHANGE
 * @there: may be NULL; set to whether it was in before
 *
 * Return: 0; -ENOSPC when the set is full; another -errno; @err is filled.
 */
int ng_live_add(struct ng_state *state, const struct ng_prefix *prefix, bool *there,
		struct ng_error *err);

/** ng_live_delete() - take an address out; @there as above: it is no error when it was not in */
int ng_live_delete(struct ng_state *state, const struct ng_prefix *prefix, bool *there,
		   struct ng_error *err);

/** ng_live_test() - is the address in? *@there says */
int ng_live_test(const struct ng_state *state, const struct ng_prefix *prefix, bool *there,
		 struct ng_error *err);

/**
 * ng_live_list() - all addresses, sorted by family and address
 *
 * Addresses added or deleted while the list is read may be in or not.
 * Return: 0 with *@prefixes, @*n of them, for free(); -errno with @err filled.
 */
int ng_live_list(const struct ng_state *state, struct ng_prefix **prefixes, size_t *n,
		 struct ng_error *err);

#endif
