// SPDX-License-Identifier: GPL-2.0-only
#include "compile/sets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "compile/bounds.h"

int ng_sets_write(struct ng_compiler *compiler, struct ng_image_header *header)
{
	const struct ng_ruleset *ruleset = compiler->ruleset;
	__cleanup_free struct ng_image_set *sets = calloc(ruleset->n_sets + 1, sizeof(*sets));

	if (!sets)
		return -ENOMEM;
	for (size_t i = 0; i < ruleset->n_sets; i++) {
		const struct ng_set *set = &ruleset->sets[i];

		memcpy(sets[i].name, set->name, sizeof(sets[i].name));
		sets[i].prefixes.count = set->n_prefixes;
		sets[i].prefixes.offset = compiler->body.size;
		for (size_t j = 0; j < set->n_prefixes; j++) {
			struct ng_image_prefix prefix = { .family = set->prefixes[j].family,
							  .len = set->prefixes[j].len };

			memcpy(prefix.addr, set->prefixes[j].addr, sizeof(prefix.addr));
			ng_buffer_append(&compiler->body, &prefix, sizeof(prefix));
		}
	}
	header->sets.offset =
		ng_buffer_append(&compiler->body, sets, ruleset->n_sets * sizeof(*sets));
	header->sets.count = ruleset->n_sets;
	return 0;
}

static int write_bounds(struct ng_compiler *compiler, const struct ng_set *set, int family,
			struct ng_list *list, struct ng_error *err)
{
	struct ng_bounds bounds;
	int failed;

	failed = ng_bounds_of_prefixes(set->prefixes, set->n_prefixes, family, &bounds);
	if (failed)
		return failed;
	if (bounds.n > NG_SET_BOUNDS)
		failed = ng_fail(err, -E2BIG, "set %s has %zu bounds of IPv%d ranges, %u fit",
				 set->name, bounds.n, family, NG_SET_BOUNDS);
	else
		*list = (struct ng_list){ ng_buffer_append(&compiler->body, bounds.list,
							   bounds.n * sizeof(*bounds.list)),
					  bounds.n };
	free(bounds.list);
	return failed;
}

int ng_lookups_write(struct ng_compiler *compiler, struct ng_image_header *header,
		     struct ng_error *err)
{
	struct ng_lookup lookups[NG_LOOKUPS_MAX] = {};

	for (size_t i = 0; i < compiler->n_used; i++) {
		const struct ng_used_set *used = &compiler->used[i];
		int failed = 0;

		lookups[i].daddr = used->daddr;
		lookups[i].row = used->set ? NG_LIVE_NO_ROW : NG_LIVE_BLOCKED;
		lookups[i].set = used->set ? (__u32)(used->set - compiler->ruleset->sets)
					   : NG_LOOKUP_BLOCKED;
		if (used->set)
			failed = write_bounds(compiler, used->set, 4, &lookups[i].ipv4, err);
		if (used->set && !failed)
			failed = write_bounds(compiler, used->set, 6, &lookups[i].ipv6, err);
		if (failed)
			return failed;
	}
	header->lookups.offset =
		ng_buffer_append(&compiler->body, lookups, compiler->n_used * sizeof(lookups[0]));
	header->lookups.count = compiler->n_used;
	return 0;
}
