// SPDX-License-Identifier: GPL-2.0-only
#include "commands/metrics/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compile/image_read.h"
#include "kernel/publish.h"

void ng_metrics_image_clear(struct ng_metrics_image *image)
{
	for (size_t i = 0; i < image->n; i++)
		free(image->rules[i].name);
	free(image->rules);
	free(image->sets);
	*image = (struct ng_metrics_image){ .all_rules = image->all_rules };
}

static int compare_rules(const void *left, const void *right)
{
	const struct ng_metrics_rule *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	if (!order)
		order = (int)a->direction - (int)b->direction;
	return order ? order : (int)a->verdict - (int)b->verdict;
}

bool ng_metrics_same_rule(const struct ng_metrics_rule *a, const struct ng_metrics_rule *b)
{
	return !compare_rules(a, b);
}

/* The name of the rule's series; the caller frees it; NULL: no memory. */
static char *name_of(const void *data, const struct ng_image_rule *place,
		     const struct ng_rule *rule)
{
	if (*rule->label)
		return strdup(rule->label);
	return strndup(ng_image_text(data, &place->text), place->text.count);
}

static int take_rules(const void *data, const struct ng_ruleset *ruleset,
		      struct ng_metrics_image *image)
{
	size_t n;
	const struct ng_image_rule *places = ng_image_rules(data, &n);

	image->rules = calloc(n + 1, sizeof(*image->rules));
	if (!image->rules)
		return -ENOMEM;
	for (size_t i = 0; i < n && i < ruleset->n_rules; i++) {
		const struct ng_rule *rule = &ruleset->rules[i];
		struct ng_metrics_rule *taken = &image->rules[image->n];

		if (!image->all_rules && !*rule->label)
			continue;
		*taken = (struct ng_metrics_rule){
			.name = name_of(data, &places[i], rule),
			.verdict = rule->verdict,
			.direction = rule->direction,
			.slot = places[i].slot,
		};
		if (!taken->name)
			return -ENOMEM;
		if (rule->verdict == NG_LIMIT && ng_image_limiter(data, taken->slot))
			taken->over = ng_image_limiter(data, taken->slot)->over;
		image->n++;
	}
	qsort(image->rules, image->n, sizeof(*image->rules), compare_rules);
	return 0;
}

static int take_sets(const void *data, struct ng_metrics_image *image)
{
	size_t n;
	const struct ng_image_set *sets = ng_image_set_list(data, &n);

	image->sets = calloc(n + 1, sizeof(*image->sets));
	if (!image->sets)
		return -ENOMEM;
	image->n_sets = n;
	for (size_t i = 0; i < image->n_sets; i++) {
		memcpy(image->sets[i].name, sets[i].name, sizeof(image->sets[i].name));
		image->sets[i].prefixes = (__u64)sets[i].ipv4.count + sets[i].ipv6.count;
	}
	return 0;
}

static int take(const void *data, struct ng_metrics_image *image, struct ng_error *err)
{
	const struct ng_image_header *header = data;
	struct ng_ruleset *ruleset;
	int ret = ng_image_ruleset(data, &ruleset, err);

	if (ret)
		return ret;
	ng_metrics_image_clear(image);
	image->size = header->size;
	image->slots = ng_image_slots(data);
	image->n_rules = ruleset->n_rules;
	for (int direction = 0; direction < NG_DIRECTIONS; direction++)
		image->drops_default[direction] = ruleset->default_verdict[direction] == NG_DROP;
	image->drops_invalid = ruleset->default_invalid == NG_DROP;
	ret = take_rules(data, ruleset, image);
	if (!ret)
		ret = take_sets(data, image);
	ng_ruleset_free(ruleset);
	if (ret) {
		ng_metrics_image_clear(image);
		return ng_fail(err, ret, "out of memory");
	}
	image->created = header->created;
	return 0;
}

int ng_metrics_image_read(const struct ng_state *state, struct ng_metrics_image *image,
			  struct ng_error *err)
{
	struct ng_held_image held = { 0 };
	const struct ng_image_header *header;
	int ret = ng_image_hold_in_force(state, &held, err);

	if (ret)
		return ret;
	header = held.data;
	if (!image->created || image->created != header->created || image->size != header->size)
		ret = take(header, image, err);
	ng_image_release(&held);
	return ret;
}
