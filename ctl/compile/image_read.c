// SPDX-License-Identifier: GPL-2.0-only
#include "compile/image_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compile/sets.h"
#include "layout/counters.h"
#include "layout/stable.h"
#include "layout/version.h"
#include "rules/messages.h"
#include "rules/parse.h"

#define FIRST_WITH_LIMITERS 9 /* the layout */

static bool is_inside(const struct ng_list *list, size_t element, size_t size)
{
	return (element == 1 || list->offset % 8 == 0) && list->offset <= size &&
	       list->count <= (size - list->offset) / element;
}

/* Of a layout without sources, an image's header has at its beginning what a source has. */
static bool is_source(const struct ng_image_source *source)
{
	return source->magic == NG_SOURCE_MAGIC || source->version < NG_LAYOUT_SOURCE;
}

const struct ng_image_source *ng_image_source(const void *image)
{
	const struct ng_image_header *header = image;

	return is_source(image) ? image : (const void *)((const char *)image + header->source);
}

size_t ng_image_extent(const void *image)
{
	const struct ng_image_source *source = ng_image_source(image);

	return (size_t)((const char *)source - (const char *)image) + source->size;
}

const char *ng_image_text(const void *image, const struct ng_list *list)
{
	return (const char *)ng_image_source(image) + list->offset;
}

void *ng_image_duplicate(const void *image)
{
	const struct ng_image_header *from = image;
	const struct ng_image_source *source = ng_image_source(image);
	size_t at = is_source(image) ? 0 : ng_source_offset(from->size);
	struct ng_image_header *copy = malloc(at + source->size);

	if (!copy)
		return NULL;
	if (at) {
		memcpy(copy, image, from->size);
		memset((char *)copy + from->size, 0, at - from->size);
		copy->source = at;
	}
	memcpy((char *)copy + at, source, source->size);
	return copy;
}

static bool is_slot(__u32 slot)
{
	return slot >= NG_SLOT_RULES && slot < NG_IMAGE_MAX / sizeof(struct ng_counter);
}

/* A source alone has none. */
static bool has_limiters(const struct ng_image_header *header)
{
	return header->magic == NG_IMAGE_MAGIC && header->version >= FIRST_WITH_LIMITERS;
}

static bool limiters_fit(const struct ng_image_header *header)
{
	const struct ng_limiter *limiters;
	size_t n = 0;

	if (has_limiters(header) && !is_inside(&header->limiters, sizeof(*limiters), header->size))
		return false;
	limiters = ng_image_limiters(header, &n);
	for (size_t i = 0; i < n; i++)
		if (!is_slot(limiters[i].slot) || !is_slot(limiters[i].over) ||
		    limiters[i].bucket >= NG_BUCKETS)
			return false;
	return true;
}

static bool lists_are_inside(const struct ng_image_source *source, size_t size)
{
	const struct ng_image_rule *rules;
	const struct ng_image_set *sets;

	if (!is_inside(&source->text, 1, size) ||
	    !is_inside(&source->rules, sizeof(*rules), size) ||
	    !is_inside(&source->sets, sizeof(*sets), size))
		return false;
	rules = (const void *)((const char *)source + source->rules.offset);
	for (size_t i = 0; i < source->rules.count; i++)
		if (!is_inside(&rules[i].text, 1, size) || !is_slot(rules[i].slot))
			return false;
	sets = (const void *)((const char *)source + source->sets.offset);
	for (size_t i = 0; i < source->sets.count; i++)
		if (!memchr(sets[i].name, '\0', sizeof(sets[i].name)) ||
		    !ng_source_prefixes_fit(source, size, &sets[i].ipv4, 4) ||
		    !ng_source_prefixes_fit(source, size, &sets[i].ipv6, 6))
			return false;
	return true;
}

/* Is there a source of the image's layout in the @size bytes? */
static bool has_source(const struct ng_image_header *header, size_t size)
{
	const struct ng_image_source *source = (const void *)header;

	if (is_source(source))
		return true;
	if (header->source < header->size || header->source % 8 || header->source > size ||
	    size - header->source < sizeof(*source))
		return false;
	source = ng_image_source(header);
	return source->magic == NG_SOURCE_MAGIC && source->version == header->version;
}

int ng_image_check(const void *data, size_t size, struct ng_error *err)
{
	const struct ng_image_header *header = data;
	const struct ng_image_source *source;

	if (size < NG_STABLE_HEADER ||
	    (header->magic != NG_IMAGE_MAGIC && header->magic != NG_SOURCE_MAGIC))
		return ng_fail(err, -EINVAL, "this is not an image of netguard");
	if (header->version < NG_LAYOUT_FIRST || header->version > NG_LAYOUT_VERSION) {
		ng_fail(err, -EINVAL, "the image in the kernel has layout %u, this netguard %u",
			header->version, NG_LAYOUT_VERSION);
		return ng_hint(err, -EINVAL, "use the netguard that attached it");
	}
	if (header->size <= size && has_source(header, size)) {
		source = ng_image_source(data);
		size -= (const char *)source - (const char *)data;
		if (source->size <= size && lists_are_inside(source, source->size) &&
		    limiters_fit(header))
			return 0;
	}
	return ng_fail(err, -EINVAL, "the image in the kernel is damaged");
}

const struct ng_image_rule *ng_image_rules(const void *data, size_t *n)
{
	const struct ng_image_source *source = ng_image_source(data);

	*n = source->rules.count;
	return (const void *)((const char *)source + source->rules.offset);
}

const struct ng_image_set *ng_image_set_list(const void *data, size_t *n)
{
	const struct ng_image_source *source = ng_image_source(data);

	*n = source->sets.count;
	return (const void *)((const char *)source + source->sets.offset);
}

const struct ng_limiter *ng_image_limiters(const void *image, size_t *n)
{
	const struct ng_image_header *header = image;

	*n = has_limiters(header) ? header->limiters.count : 0;
	return *n ? (const void *)((const char *)image + header->limiters.offset) : NULL;
}

const struct ng_limiter *ng_image_limiter(const void *image, __u32 slot)
{
	size_t n;
	const struct ng_limiter *limiters = ng_image_limiters(image, &n);

	for (size_t i = 0; i < n; i++)
		if (limiters[i].slot == slot)
			return &limiters[i];
	return NULL;
}

__u32 ng_image_slots(const void *data)
{
	size_t n;
	const struct ng_image_rule *rules = ng_image_rules(data, &n);
	const struct ng_limiter *limiters;
	__u32 used = NG_SLOT_RULES;

	for (size_t i = 0; i < n; i++)
		if (rules[i].slot >= used)
			used = rules[i].slot + 1;
	limiters = ng_image_limiters(data, &n);
	for (size_t i = 0; i < n; i++)
		if (limiters[i].over >= used)
			used = limiters[i].over + 1;
	return used;
}

/* The prefixes of a set from the image: its file may have changed since. */
static int read_set(void *data, struct ng_set *set, struct ng_error *err)
{
	size_t n_sets;
	const struct ng_image_set *sets = ng_image_set_list(data, &n_sets);

	for (size_t i = 0; i < n_sets; i++) {
		size_t n4 = sets[i].ipv4.count, n = n4 + sets[i].ipv6.count;
		struct ng_prefix *prefixes;

		if (strcmp(sets[i].name, set->name) != 0)
			continue;
		prefixes = malloc((n + 1) * sizeof(*prefixes));
		if (!prefixes)
			return -ENOMEM;
		ng_source_prefixes(ng_image_source(data), &sets[i].ipv4, 4, prefixes);
		ng_source_prefixes(ng_image_source(data), &sets[i].ipv6, 6, prefixes + n4);
		set->prefixes = prefixes;
		set->n_prefixes = n;
		return 0;
	}
	return ng_fail(err, -ENOENT, "set %s is not in the image", set->name);
}

struct ng_ruleset *ng_image_sets(const void *data)
{
	size_t n;
	const struct ng_image_set *sets = ng_image_set_list(data, &n);
	struct ng_ruleset *ruleset = ng_ruleset_new();

	if (!ruleset)
		return NULL;
	ruleset->sets = calloc(n + 1, sizeof(*ruleset->sets));
	if (!ruleset->sets) {
		ng_ruleset_free(ruleset);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		memcpy(ruleset->sets[ruleset->n_sets++].name, sets[i].name, sizeof(sets[i].name));
	return ruleset;
}

int ng_image_ruleset(const void *data, struct ng_ruleset **ruleset, struct ng_error *err)
{
	const struct ng_list *text = &ng_image_source(data)->text;
	struct ng_set_source source = { .read = read_set, .data = (void *)data };
	struct ng_messages messages = {};
	int failed;

	failed = ng_parse_text(ng_image_text(data, text), text->count, "ruleset in force", NULL,
			       &source, ruleset, &messages);
	if (failed) {
		ng_fail(err, failed, "%s",
			failed == -ENOMEM ? "out of memory"
					  : "the ruleset in the kernel cannot be read");
		for (size_t i = 0; i < messages.n; i++)
			if (err && !messages.list[i].warning) {
				*err = messages.list[i].error;
				break;
			}
	}
	ng_messages_clear(&messages);
	return failed;
}
