/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rulesets of any size, each of a shape that a classifier may find hard: rules that all overlap,
 * that differ in one field alone, that nest, and those that firewalls have.
 */
#ifndef NG_TEST_SHAPE_H
#define NG_TEST_SHAPE_H

#include "rules/ruleset.h"

#include "random_number.h"

enum shape_family { SHAPE_IPV4, SHAPE_IPV6, SHAPE_MIXED, SHAPE_FAMILIES };

/**
 * struct shape_draw - a ruleset while it is drawn
 * @random: of the rule at hand
 * @seed:   of the ruleset, for what its rules have in common
 * @family: 4 or 6, of the rule at hand
 * @n, @i:  how many rules there will be, and how many there are
 * @n_sets: named set0, set1, …
 */
struct shape_draw {
	struct random *random;
	uint64_t seed;
	enum shape_family families;
	unsigned int family;
	size_t n, i;
	size_t n_sets;
};

/**
 * struct shape - how rules are drawn
 * @name:  as --shape has it
 * @deciders: about how many rules of a large ruleset decide, all others count: the more a rule
 *         matches, the fewer, or the first ones would decide about every frame
 * @sets:  how many sets there are
 * @large_sets: they grow with the ruleset, up to SHAPE_PREFIXES_MAX prefixes each
 * @put:   writes the conditions of one rule, each with a blank before it; NULL: every rule is
 *         of another shape
 */
struct shape {
	const char *name;
	unsigned int deciders;
	unsigned int sets;
	bool large_sets;
	void (*put)(FILE *out, struct shape_draw *draw);
};

#define SHAPE_PREFIXES_MAX 100000

extern const struct shape shapes[];
extern const size_t n_shapes;

extern const char *const shape_families[SHAPE_FAMILIES]; /* "ipv4", "ipv6", "mixed" */

const struct shape *shape_named(const char *name); /* NULL: there is none */

/**
 * shape_ruleset() - draw a ruleset of exactly @n rules
 *
 * The same @seed gives the same rules. Rules that the parser refuses, as those that can never
 * match, are drawn again.
 * Return: 0, -ENOMEM, or -EINVAL with @err when the parser refuses all that is drawn.
 */
int shape_ruleset(const struct shape *shape, enum shape_family families, uint64_t seed, size_t n,
		  struct ng_ruleset **ruleset, struct ng_error *err);

/* ---- shape_put.c ----------------------------------------------------------------------- */

/** shape_address() - an address of draw->family near to others of the ruleset; network order */
void shape_address(struct shape_draw *draw, uint8_t address[16]);

void shape_put_acl(FILE *out, struct shape_draw *draw);
void shape_put_fw(FILE *out, struct shape_draw *draw);
void shape_put_ipc(FILE *out, struct shape_draw *draw);
void shape_put_nested(FILE *out, struct shape_draw *draw);
void shape_put_overlap(FILE *out, struct shape_draw *draw);
void shape_put_rectangles(FILE *out, struct shape_draw *draw);
void shape_put_ladder(FILE *out, struct shape_draw *draw);
void shape_put_crosses(FILE *out, struct shape_draw *draw);
void shape_put_hosts(FILE *out, struct shape_draw *draw);
void shape_put_one_bit(FILE *out, struct shape_draw *draw);
void shape_put_same_address(FILE *out, struct shape_draw *draw);
void shape_put_duplicates(FILE *out, struct shape_draw *draw);
void shape_put_wildcards(FILE *out, struct shape_draw *draw);
void shape_put_lists(FILE *out, struct shape_draw *draw);
void shape_put_sets(FILE *out, struct shape_draw *draw);
void shape_put_ports(FILE *out, struct shape_draw *draw);
void shape_put_protos(FILE *out, struct shape_draw *draw);
void shape_put_flags(FILE *out, struct shape_draw *draw);
void shape_put_icmp(FILE *out, struct shape_draw *draw);
void shape_put_vlans(FILE *out, struct shape_draw *draw);
void shape_put_lengths(FILE *out, struct shape_draw *draw);
void shape_put_headers(FILE *out, struct shape_draw *draw);
void shape_put_ethernet(FILE *out, struct shape_draw *draw);

#endif
