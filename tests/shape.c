// SPDX-License-Identifier: GPL-2.0-only
#include "shape.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "layout/image.h"
#include "random_domain.h"
#include "random_ruleset.h"
#include "rules/parse.h"
#include "rules/prefix_sort.h"
#include "net/ip.h"

#define RULE_TEXT   32768 /* of a rule, in bytes */
#define REFUSED_MAX 1000  /* rules in a row */
#define BITS(draw)  ((draw)->family == 4 ? 32u : 128u)

static void put_language(FILE *out, struct shape_draw *draw);
static void put_iface(FILE *out, struct shape_draw *draw);

const struct shape shapes[] = {
	{ .name = "acl", .deciders = 20000, .put = shape_put_acl },
	{ .name = "fw", .deciders = 500, .put = shape_put_fw },
	{ .name = "ipc", .deciders = 2000, .put = shape_put_ipc },
	{ .name = "nested", .deciders = 20, .put = shape_put_nested },
	{ .name = "overlap", .deciders = 8, .put = shape_put_overlap },
	{ .name = "rectangles", .deciders = 8, .put = shape_put_rectangles },
	{ .name = "ladder", .deciders = 100000, .put = shape_put_ladder },
	{ .name = "crosses", .deciders = 500, .put = shape_put_crosses },
	{ .name = "hosts", .deciders = 100000, .put = shape_put_hosts },
	{ .name = "one-bit", .deciders = 8, .put = shape_put_one_bit },
	{ .name = "same-address", .deciders = 20000, .put = shape_put_same_address },
	{ .name = "duplicates", .deciders = 500, .put = shape_put_duplicates },
	{ .name = "counts", .deciders = 20, .put = shape_put_ipc },
	{ .name = "wildcards", .deciders = 2, .put = shape_put_wildcards },
	{ .name = "lists", .deciders = 50, .put = shape_put_lists },
	{ .name = "ports", .deciders = 200, .put = shape_put_ports },
	{ .name = "protos", .deciders = 4, .put = shape_put_protos },
	{ .name = "flags", .deciders = 8, .put = shape_put_flags },
	{ .name = "icmp", .deciders = 20, .put = shape_put_icmp },
	{ .name = "vlans", .deciders = 20, .put = shape_put_vlans },
	{ .name = "lengths", .deciders = 4, .put = shape_put_lengths },
	{ .name = "headers", .deciders = 4, .put = shape_put_headers },
	{ .name = "ethernet", .deciders = 8, .put = shape_put_ethernet },
	{ .name = "ifaces", .deciders = 2, .put = put_iface },
	{ .name = "sets",
	  .deciders = 2,
	  .sets = NG_LOOKUPS_MAX / 2 - 1, /* and @blocked, each on both sides */
	  .put = shape_put_sets },
	{ .name = "large-sets",
	  .deciders = 2,
	  .sets = 4,
	  .large_sets = true,
	  .put = shape_put_sets },
	{ .name = "language", .deciders = 4, .sets = RANDOM_RULE_SETS, .put = put_language },
	{ .name = "mixture", .sets = RANDOM_RULE_SETS },
};

const size_t n_shapes = sizeof(shapes) / sizeof(shapes[0]);

const char *const shape_families[SHAPE_FAMILIES] = { "ipv4", "ipv6", "mixed" };

const struct shape *shape_named(const char *name)
{
	for (size_t i = 0; i < n_shapes; i++)
		if (!strcmp(shapes[i].name, name))
			return &shapes[i];
	return NULL;
}

static unsigned int some_family(struct shape_draw *draw)
{
	if (draw->families == SHAPE_MIXED)
		return random_percent(draw->random, 50) ? 4 : 6;
	return draw->families == SHAPE_IPV4 ? 4 : 6;
}

/* ---- rules ----------------------------------------------------------------------------- */

/* The direction and the interface are drawn with the rest. */
static void put_language(FILE *out, struct shape_draw *draw)
{
	random_rule_text(out, draw->random, "");
}

/* `on` comes before all conditions. */
static void put_iface(FILE *out, struct shape_draw *draw)
{
	if (random_percent(draw->random, 60))
		fprintf(out, " on %s", RANDOM_OF(draw->random, domain_iface));
	else
		fprintf(out, " on if%u", (unsigned int)random_below(draw->random, 100000));
}

static const char *some_verdict(const struct shape *shape, struct shape_draw *draw)
{
	bool decides = random_below(draw->random, draw->n) < shape->deciders &&
		       random_percent(draw->random, 90);

	if (!decides)
		return "count";
	return random_percent(draw->random, 50) ? "pass" : "drop";
}

static void put_rule(FILE *out, const struct shape *shape, struct shape_draw *draw)
{
	struct random *random = draw->random;

	if (!shape->put)
		shape = &shapes[random_below(random, n_shapes - 1)];
	draw->family = some_family(draw);
	fputs(some_verdict(shape, draw), out);
	if (shape->put != put_language && random_percent(random, 25))
		fputs(" out", out);
	if (shape->put != put_language && shape->put != put_iface && random_percent(random, 2))
		fprintf(out, " on %s", RANDOM_OF(random, domain_iface));
	shape->put(out, draw);
	if (shape->put != put_language)
		random_until(out, random);
}

static int draw_rule(const struct shape *shape, struct shape_draw *draw,
		     const struct ng_ruleset *head, struct ng_rule *rule, struct ng_error *err)
{
	char text[RULE_TEXT];
	int ret = -EINVAL;

	for (int i = 0; i < REFUSED_MAX && ret == -EINVAL; i++) {
		FILE *out = fmemopen(text, sizeof(text), "w");

		if (!out)
			return -ENOMEM;
		put_rule(out, shape, draw);
		fclose(out);
		ret = ng_parse_rule(text, head, rule, err);
	}
	return ret;
}

/* ---- sets ------------------------------------------------------------------------------ */

/* Kinds of sets, by the set's number: hosts, nested, neighbours, every length. */
static unsigned int some_length(struct shape_draw *draw, size_t kind)
{
	static const uint8_t edges4[] = { 0, 1, 8, 31, 32 };
	static const uint8_t edges6[] = { 0, 1, 64, 127, 128 };
	unsigned int bits = BITS(draw);

	switch (kind % 4) {
	case 0:
		return bits;
	case 1: /* of a length at which they contain only a part of all addresses */
		return random_between(draw->random, bits / 4, bits);
	case 2:
		return bits - random_below(draw->random, 3);
	default:
		/* A /0 contains everything: rarely. */
		if (!random_percent(draw->random, 1))
			return random_between(draw->random, bits / 2, bits);
		return draw->family == 4 ? RANDOM_OF(draw->random, edges4)
					 : RANDOM_OF(draw->random, edges6);
	}
}

static void draw_prefix(struct shape_draw *draw, size_t kind, const struct ng_prefix *before,
			struct ng_prefix *prefix)
{
	unsigned int last;

	draw->family = some_family(draw);
	last = BITS(draw) / 8 - 1;
	if (before && before->family == draw->family && random_percent(draw->random, 60)) {
		*prefix = *before; /* close to it, or a duplicate */
		if (before->len + 8U > BITS(draw))
			prefix->addr[last] += random_below(draw->random, 4)
					      << (BITS(draw) - before->len);
	} else {
		*prefix = (struct ng_prefix){ .family = draw->family };
		shape_address(draw, prefix->addr);
	}
	prefix->family = draw->family;
	ng_prefix_mask(prefix, some_length(draw, kind));
}

static int draw_set(struct shape_draw *draw, size_t number, size_t n, struct ng_set *set)
{
	snprintf(set->name, sizeof(set->name), "set%zu", number);
	set->prefixes = calloc(n + 1, sizeof(*set->prefixes));
	if (!set->prefixes)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		draw_prefix(draw, number, i ? &set->prefixes[i - 1] : NULL, &set->prefixes[i]);
	set->n_prefixes = n;
	ng_prefixes_sort(set->prefixes, &set->n_prefixes);
	return 0;
}

static size_t some_set_size(const struct shape *shape, struct shape_draw *draw)
{
	size_t grown = draw->n * 32 < 1000 ? 1000 : draw->n * 32;

	if (shape->large_sets)
		return grown < SHAPE_PREFIXES_MAX ? grown : SHAPE_PREFIXES_MAX;
	if (random_percent(draw->random, 5))
		return 0;
	return random_between(draw->random, 1, 1 << random_between(draw->random, 0, 10));
}

static int draw_sets(const struct shape *shape, struct shape_draw *draw, struct ng_ruleset *ruleset)
{
	ruleset->sets = calloc(shape->sets + 1, sizeof(*ruleset->sets));
	if (!ruleset->sets)
		return -ENOMEM;
	for (size_t i = 0; i < shape->sets; i++) {
		ruleset->n_sets++;
		if (draw_set(draw, i, some_set_size(shape, draw), &ruleset->sets[i]))
			return -ENOMEM;
	}
	draw->n_sets = shape->sets;
	return 0;
}

/* ---- rulesets -------------------------------------------------------------------------- */

static enum ng_verdict some_default(struct random *random)
{
	return random_percent(random, 50) ? NG_DROP : NG_PASS;
}

static int draw_rules(const struct shape *shape, struct shape_draw *draw,
		      struct ng_ruleset *ruleset, struct ng_error *err)
{
	ruleset->rules = calloc(draw->n + 1, sizeof(*ruleset->rules));
	if (!ruleset->rules)
		return -ENOMEM;
	for (draw->i = 0; draw->i < draw->n; draw->i++) {
		int ret = draw_rule(shape, draw, ruleset, &ruleset->rules[draw->i], err);

		if (ret)
			return ret;
		ruleset->n_rules++;
	}
	return 0;
}

int shape_ruleset(const struct shape *shape, enum shape_family families, uint64_t seed, size_t n,
		  struct ng_ruleset **out, struct ng_error *err)
{
	struct random random = { seed };
	struct shape_draw draw = {
		.random = &random,
		.seed = random_next(&random),
		.families = families,
		.n = n,
	};
	struct ng_ruleset *ruleset = ng_ruleset_new();
	int ret;

	if (!ruleset)
		return -ENOMEM;
	ruleset->default_verdict[NG_IN] = some_default(&random);
	ruleset->default_verdict[NG_OUT] = some_default(&random);
	ruleset->default_invalid = some_default(&random);
	ret = draw_sets(shape, &draw, ruleset);
	if (!ret)
		ret = draw_rules(shape, &draw, ruleset, err);
	if (ret) {
		ng_ruleset_free(ruleset);
		return ret;
	}
	*out = ruleset;
	return 0;
}
