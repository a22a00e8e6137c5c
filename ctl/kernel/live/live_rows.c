// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/live/live_rows.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "compile/image_read.h"
#include "kernel/live/live_entry.h"
#include "kernel/maps/images.h"
#include "layout/image.h"
#include "layout/live.h"
#include "rules/ruleset.h"

/*
 * Rows for sets that no rule names. The others are enough for all sets that the rules of three
 * rulesets look up: the current one, the previous one, and one that is to be published.
 */
#define ROWS_FOR_ALL (NG_LIVE_ROWS - 3 * NG_LOOKUPS_MAX)

_Static_assert(sizeof(((struct ng_live_name *)0)->name) == NG_SET_NAME_LEN, "a name fits");

static __u32 find(const struct ng_live_table *table, const char *set)
{
	for (__u32 row = 0; row < NG_LIVE_ROWS; row++)
		if (table->names[row].used && !strcmp(table->names[row].name, set))
			return row;
	return NG_LIVE_NO_ROW;
}

bool ng_live_row_in_force(const struct ng_live_table *table, __u32 row, enum ng_image_slot slot)
{
	const struct ng_live_name *name = &table->names[row];

	return name->used && (row == NG_LIVE_BLOCKED || name->images & 1U << slot);
}

__u32 ng_live_row_find(const struct ng_live_table *table, const char *set, enum ng_image_slot slot)
{
	__u32 row = find(table, set);

	return row < NG_LIVE_ROWS && ng_live_row_in_force(table, row, slot) ? row : NG_LIVE_NO_ROW;
}

static size_t rows_in_use(const struct ng_live_table *table)
{
	size_t n = 0;

	for (__u32 row = 0; row < NG_LIVE_ROWS; row++)
		n += table->names[row].used;
	return n;
}

/* The row of the set, or a new one; NG_LIVE_NO_ROW when all are taken. */
static __u32 give(struct ng_live_table *table, const char *set)
{
	__u32 row = find(table, set);

	if (row < NG_LIVE_ROWS)
		return row;
	for (row = 0; row < NG_LIVE_ROWS; row++) {
		struct ng_live_name *name = &table->names[row];

		if (name->used)
			continue;
		memset(name->name, 0, sizeof(name->name));
		strncpy(name->name, set, sizeof(name->name) - 1);
		name->images = 0;
		__atomic_store_n(&name->used, 1, __ATOMIC_RELEASE);
		return row;
	}
	return NG_LIVE_NO_ROW;
}

static struct ng_lookup *lookups_of(void *image)
{
	const struct ng_image_header *header = image;

	return (void *)((char *)image + header->lookups.offset);
}

int ng_live_bind(struct ng_state *state, void *image)
{
	const struct ng_image_header *header = image;
	struct ng_lookup *lookups = lookups_of(image);
	size_t n_sets;
	const struct ng_image_set *sets = ng_image_set_list(image, &n_sets);
	struct ng_live_table table;
	int result = ng_live_map(state, true, &table);

	if (result)
		return result;
	__atomic_store_n(&table.head->unsettled, 1, __ATOMIC_SEQ_CST);
	for (__u32 i = 0; i < header->lookups.count; i++)
		lookups[i].row = lookups[i].set == NG_LOOKUP_BLOCKED
					 ? NG_LIVE_BLOCKED
					 : give(&table, sets[lookups[i].set].name);
	for (size_t i = 0; i < n_sets && rows_in_use(&table) < ROWS_FOR_ALL; i++)
		give(&table, sets[i].name);
	ng_live_unmap(&table);
	return 0;
}

int ng_live_unsettle(struct ng_state *state)
{
	struct ng_live_table table;
	int result = ng_live_map(state, true, &table);

	if (result)
		return result;
	__atomic_store_n(&table.head->unsettled, 1, __ATOMIC_SEQ_CST);
	ng_live_unmap(&table);
	return 0;
}

/*
 * Note in @needed that the image in @slot needs the rows of its sets, as in struct ng_live_name. If
 * its source is missing, it may need any.
 */
static int note_needed(const struct ng_state *state, enum ng_image_slot slot,
		       const struct ng_live_table *table, __u8 needed[NG_LIVE_ROWS])
{
	const struct ng_image_set *sets;
	const void *image;
	size_t size, n_sets;
	int result = ng_image_map_sets(&state->now, slot, &image, &size);

	for (__u32 row = 0; result == -ENODATA && row < NG_LIVE_ROWS; row++)
		needed[row] |= 1U << slot;
	if (result)
		return result == -ENODATA || (result == -ENOENT && slot != NG_IMAGE_CURRENT)
			       ? 0
			       : result;
	sets = ng_image_set_list(image, &n_sets);
	for (size_t i = 0; i < n_sets; i++) {
		__u32 row = find(table, sets[i].name);

		if (row < NG_LIVE_ROWS)
			needed[row] |= 1U << slot;
	}
	munmap((void *)image, size);
	return 0;
}

/*
 * A row is freed only after its entries are deleted: a command that is killed before leaves the row
 * in use, and the next one does this again.
 */
static int free_rows(struct ng_live_table *table, const __u8 needed[NG_LIVE_ROWS])
{
	bool any = false;
	int result;

	for (__u32 row = 0; row < NG_LIVE_ROWS; row++)
		any |= table->names[row].used && !needed[row];
	result = any ? ng_live_reach_all(table) : 0;
	if (result)
		return result;
	for (__u64 i = 0; any && i < table->n_buckets; i++)
		for (int j = 0; j < 2; j++) {
			struct ng_live_entry *entry = &table->buckets[i].entries[j];

			if (entry->meta && !needed[ng_live_row_of(entry)])
				ng_live_entry_delete(table, entry);
		}
	for (__u32 row = 0; row < NG_LIVE_ROWS; row++) {
		__atomic_store_n(&table->names[row].images, needed[row], __ATOMIC_SEQ_CST);
		if (needed[row] || !table->names[row].used)
			continue;
		memset(table->rows[row].lengths, 0, sizeof(table->rows[row].lengths));
		__atomic_store_n(&table->names[row].used, 0, __ATOMIC_SEQ_CST);
	}
	return 0;
}

int ng_live_settle(struct ng_state *state)
{
	__u8 needed[NG_LIVE_ROWS] = { [NG_LIVE_BLOCKED] = 1U << NG_IMAGE_CURRENT };
	struct ng_live_table table;
	int result = ng_live_map(state, true, &table);

	if (result)
		return result;
	for (int slot = 0; !result && slot < NG_IMAGE_SLOTS; slot++)
		result = note_needed(state, slot, &table, needed);
	if (!result)
		result = free_rows(&table, needed);
	if (!result) {
		ng_live_sweep(&table, table.n_buckets);
		__atomic_store_n(&table.head->unsettled, 0, __ATOMIC_SEQ_CST);
	}
	ng_live_unmap(&table);
	return result;
}

int ng_live_recover(struct ng_state *state)
{
	struct ng_live_table table;
	bool unsettled;
	int result = ng_live_map(state, true, &table);

	if (result)
		return result;
	unsettled = table.head->unsettled;
	ng_live_unmap(&table);
	return unsettled ? ng_live_settle(state) : 0;
}
