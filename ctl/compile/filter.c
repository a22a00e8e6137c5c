// SPDX-License-Identifier: GPL-2.0-only
#include "compile/filter.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "compile/entry/entry.h"
#include "compile/entry/variant.h"
#include "layout/record.h"

/* To be appended after what they refer to. */
static void append_entries(struct ng_compiler *compiler, const struct ng_rule *rule,
			   struct ng_filter *filter)
{
	for (int class = 0; class < NG_CLASSES; class ++) {
		const struct ng_items *items = &compiler->rules[rule->direction][class].decide;

		filter->entries[class].count = items->n;
		filter->entries[class].offset = ng_buffer_append(
			&compiler->body, items->entries, items->n * ng_items_entry_size(items));
	}
}

static int refuse_set(const struct ng_condition *condition, struct ng_error *err)
{
	ng_fail(err, -EINVAL, "'@%s' is a set: only rules can use sets", condition->set);
	return ng_hint(err, -EINVAL, "insert a rule, as in `count %s @%s log`",
		       condition->field == NG_FIELD_TO ? "to" : "from", condition->set);
}

int ng_filter_compile(const struct ng_rule *rule, __u32 directions, struct ng_buffer *filter,
		      struct ng_error *err)
{
	__attribute__((cleanup(ng_compiler_clear))) struct ng_compiler compiler = { 0 };
	struct ng_filter head = { .directions = directions };
	int ret;

	for (size_t i = 0; i < rule->n_conditions; i++)
		if (rule->conditions[i].set[0])
			return refuse_set(&rule->conditions[i], err);
	ng_buffer_append(&compiler.body, &head, sizeof(head));
	ret = ng_entries_add(&compiler, rule, 1, 0, err);
	if (ret)
		return ret == -ENOMEM ? ng_fail(err, ret, "out of memory") : ret;
	append_entries(&compiler, rule, &head);
	if (compiler.body.failed)
		return ng_fail(err, -ENOMEM, "out of memory");
	if (compiler.body.size > NG_FILTER_SIZE)
		return ng_fail(err, -E2BIG, "the conditions compile to %zu bytes, %u fit",
			       compiler.body.size, NG_FILTER_SIZE);
	memcpy(compiler.body.data, &head, sizeof(head));
	*filter = compiler.body;
	compiler.body = (struct ng_buffer){ 0 };
	return 0;
}
