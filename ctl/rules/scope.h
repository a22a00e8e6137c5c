/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which kinds of packets conditions can match: families, protocols, fragments. Coarse, but never
 * too narrow: what a scope excludes cannot match.
 */
#ifndef NG_SCOPE_H
#define NG_SCOPE_H

#include "rules/fields.h"

/**
 * struct ng_scope - kinds of packets
 * @families:  bits of enum ng_family
 * @fragments: bits by enum ng_fragment
 * @protos:    a bit for each protocol, of IPv4 and of IPv6
 * @knows_proto, @knows_fragment: in all packets that are left these could be read
 * @valid, @invalid: only such frames are left
 * @foreign:   only frames are left whose Ethernet type is known and not IP's
 * @l4:        the least bytes of L4 that a packet has
 * @length:    the condition on `length`; NULL: none
 */
struct ng_scope {
	unsigned int families;
	unsigned int fragments;
	uint64_t protos[2][4];
	bool knows_proto, knows_fragment;
	bool valid, invalid, foreign;
	unsigned int l4;
	const struct ng_condition *length;
};

/** ng_scope_all() - every packet */
void ng_scope_all(struct ng_scope *scope);

/** ng_scope_narrow() - leave only what @condition can match; it must outlive the scope */
void ng_scope_narrow(struct ng_scope *scope, const struct ng_condition *condition);

/** ng_scope_is_empty() - is nothing left? */
bool ng_scope_is_empty(const struct ng_scope *scope);

/** ng_scope_begin() - what @rule can match apart from its conditions: a `pass` only valid frames */
void ng_scope_begin(struct ng_scope *scope, const struct ng_rule *rule);

/** ng_scope_of() - what @rule can match */
void ng_scope_of(struct ng_scope *scope, const struct ng_rule *rule);

/** ng_ranges_hold() - does one range of the list contain [@lo, @hi]? */
bool ng_ranges_hold(const struct ng_range *list, size_t n, uint64_t lo, uint64_t hi);

/** ng_condition_meets() - is a condition on a number true of any number in [@lo, @hi]? */
bool ng_condition_meets(const struct ng_condition *condition, uint64_t lo, uint64_t hi);

#endif
