/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rulesets of any size and of shapes that are hard for a classifier: rules that all overlap, that
 * differ in only one field, that nest; and typical firewall rules.
 */
#ifndef NG_TEST_SHAPE_H
#define NG_TEST_SHAPE_H

#include "rules/ruleset.h"

#include "random_number.h"

enum shape_family { SHAPE_IPV4, SHAPE_IPV6, SHAPE_MIXED, SHAPE_FAMILIES };

/**
 * struct shape_draw - a ruleset while it is drawn
 * @random: of the current rule
 * @seed:   of the ruleset, for what its rules have in common
 * @family: 4 or 6, of the current rule
 * @n, @i:  number of rules in the end, and so far
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
 * @name:  for --shape
 * @deciders: number of deciding rules in a large ruleset, roughly; all others count. Fewer if rules
 *         match many frames, or the first ones would decide every frame
 * @sets:  number of sets
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

/** shape_address() - an address of draw->family close to others of the ruleset; network order */
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
