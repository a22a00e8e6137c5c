// SPDX-License-Identifier: GPL-2.0-only
#include "compile/sets.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "compile/trie/trie.h"
#include "layout/live.h"

/* ---- what the command reads back ------------------------------------------------------- */

static size_t padded(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

static size_t prefixes_size(unsigned int family, size_t n, size_t n_long)
{
	if (family == 4)
		return padded(n) + padded(n * sizeof(__u32));
	return padded(n) + (n + n_long) * sizeof(__u64);
}

static void pack_prefixes4(const struct ng_prefix *prefixes, size_t n, __u8 *lengths)
{
	__u32 *addresses = (void *)(lengths + padded(n));

	for (size_t i = 0; i < n; i++) {
		lengths[i] = prefixes[i].len;
		memcpy(&addresses[i], prefixes[i].addr, sizeof(addresses[i]));
		addresses[i] = be32toh(addresses[i]);
	}
}

static void pack_prefixes6(const struct ng_prefix *prefixes, size_t n, __u8 *lengths)
{
	__u64 *upper = (void *)(lengths + padded(n)), *lower = upper + n, half[2];

	for (size_t i = 0; i < n; i++) {
		lengths[i] = prefixes[i].len;
		memcpy(half, prefixes[i].addr, sizeof(half));
		upper[i] = be64toh(half[0]);
		if (prefixes[i].len > 64)
			*lower++ = be64toh(half[1]);
	}
}

/* Append @n prefixes of one family. */
static int write_prefixes(struct ng_compiler *compiler, const struct ng_prefix *prefixes, size_t n,
			  unsigned int family, struct ng_list *list, struct ng_error *err)
{
	__cleanup_free __u8 *packed = NULL;
	size_t n_long = 0, size;
	int failed;

	for (size_t i = 0; i < n; i++)
		n_long += prefixes[i].len > 64;
	size = prefixes_size(family, n, n_long);
	failed = ng_compiler_has_room(compiler, size, err);
	if (failed)
		return failed;
	packed = calloc(1, size + 1);
	if (!packed)
		return -ENOMEM;
	if (family == 4)
		pack_prefixes4(prefixes, n, packed);
	else
		pack_prefixes6(prefixes, n, packed);
	*list = (struct ng_list){ ng_buffer_append(&compiler->source, packed, size), n };
	return 0;
}

/* The number of IPv4 prefixes, which come first. */
static size_t count4(const struct ng_set *set)
{
	size_t n = 0, end = set->n_prefixes;

	while (n < end) {
		size_t middle = n + (end - n) / 2;

		if (set->prefixes[middle].family == 4)
			n = middle + 1;
		else
			end = middle;
	}
	return n;
}

static size_t count_long_of(const struct ng_set *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n_prefixes; i++)
		n += set->prefixes[i].len > 64;
	return n;
}

/* Add the size of a set's tries: an upper bound, or with @exact the size itself. */
static int add_tries(const struct ng_set *set, bool exact, size_t *size)
{
	size_t n4 = count4(set), n6 = set->n_prefixes - n4, exact4, exact6;
	int failed;

	if (!exact) {
		*size += n4 * NG_TRIE_PREFIX_SIZE4 + n6 * NG_TRIE_PREFIX_SIZE6 +
			 2 * NG_TRIE_EXTRA_SIZE;
		return 0;
	}
	failed = ng_trie_size(set->prefixes, n4, 4, &exact4);
	if (!failed)
		failed = ng_trie_size(set->prefixes + n4, n6, 6, &exact6);
	if (!failed)
		*size += exact4 + exact6;
	return failed;
}

/* Will all sets fit into the image? To be called before the first is written. */
static int check_room(const struct ng_compiler *compiler, bool exact, struct ng_error *err)
{
	const struct ng_ruleset *ruleset = compiler->ruleset;
	size_t size = compiler->body.size + compiler->source.size;
	int failed = 0;

	for (size_t i = 0; i < ruleset->n_sets && size <= NG_IMAGE_MAX && !failed; i++) {
		const struct ng_set *set = &ruleset->sets[i];
		size_t n4 = count4(set), n6 = set->n_prefixes - n4;

		size += prefixes_size(4, n4, 0) +
			prefixes_size(6, n6, exact ? count_long_of(set) : n6);
		if (!exact || ng_ruleset_names_set(ruleset, set->name))
			failed = add_tries(set, exact, &size);
	}
	if (failed || size <= NG_IMAGE_MAX / 2)
		return failed;
	if (!exact)
		return check_room(compiler, true, err);
	if (size <= NG_IMAGE_MAX)
		return 0;
	ng_fail(err, -E2BIG,
		"the ruleset is too large: its sets come to more than the %u MiB of an image",
		NG_IMAGE_MAX >> 20);
	return ng_hint(err, -E2BIG, "use fewer or shorter prefixes");
}

int ng_sets_write(struct ng_compiler *compiler, struct ng_image_source *source,
		  struct ng_error *err)
{
	const struct ng_ruleset *ruleset = compiler->ruleset;
	__cleanup_free struct ng_image_set *sets = calloc(ruleset->n_sets + 1, sizeof(*sets));
	int failed = check_room(compiler, false, err);

	if (!sets)
		return -ENOMEM;
	for (size_t i = 0; i < ruleset->n_sets && !failed; i++) {
		const struct ng_set *set = &ruleset->sets[i];
		const struct ng_prefix *ipv6 = set->prefixes; /* NULL when there are none */
		size_t n4 = count4(set);

		if (n4)
			ipv6 += n4;
		memcpy(sets[i].name, set->name, sizeof(sets[i].name));
		failed = write_prefixes(compiler, set->prefixes, n4, 4, &sets[i].ipv4, err);
		if (!failed)
			failed = write_prefixes(compiler, ipv6, set->n_prefixes - n4, 6,
						&sets[i].ipv6, err);
	}
	if (failed)
		return failed;
	if (!compiler->source.failed)
		memcpy(compiler->source.data + source->sets.offset, sets,
		       ruleset->n_sets * sizeof(*sets));
	return 0;
}

static const void *lengths_at(const struct ng_image_source *source, const struct ng_list *list)
{
	return (const char *)source + list->offset;
}

static size_t count_long(const __u8 *lengths, size_t n)
{
	size_t n_long = 0;

	for (size_t i = 0; i < n; i++)
		n_long += lengths[i] > 64;
	return n_long;
}

bool ng_source_prefixes_fit(const struct ng_image_source *source, size_t size,
			    const struct ng_list *list, unsigned int family)
{
	const __u8 *lengths = lengths_at(source, list);

	if (list->offset % 8 || list->offset > size || list->count > size - list->offset)
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (lengths[i] > (family == 4 ? 32 : 128))
			return false;
	return prefixes_size(family, list->count, count_long(lengths, list->count)) <=
	       size - list->offset;
}

void ng_source_prefixes(const struct ng_image_source *source, const struct ng_list *list,
			unsigned int family, struct ng_prefix *prefixes)
{
	const __u8 *lengths = lengths_at(source, list);
	const __u32 *addresses = (const void *)(lengths + padded(list->count));
	const __u64 *upper = (const void *)addresses, *lower = upper + list->count;

	for (size_t i = 0; i < list->count; i++) {
		struct ng_prefix *to = &prefixes[i];

		*to = (struct ng_prefix){ .family = family, .len = lengths[i] };
		if (family == 4) {
			memcpy(to->addr, &(__u32){ htobe32(addresses[i]) }, sizeof(__u32));
			continue;
		}
		memcpy(to->addr, &(__u64){ htobe64(upper[i]) }, sizeof(__u64));
		if (to->len > 64)
			memcpy(to->addr + 8, &(__u64){ htobe64(*lower++) }, sizeof(__u64));
	}
}

/* ---- what the programs look up --------------------------------------------------------- */

/* A set that is looked up for both addresses has only one pair of tries. */
static int write_tries(struct ng_compiler *compiler, size_t which, struct ng_lookup *lookups)
{
	const struct ng_set *set = compiler->used[which].set;
	struct ng_lookup *lookup = &lookups[which];
	int failed;

	for (size_t i = 0; i < which; i++)
		if (compiler->used[i].set == set) {
			lookup->ipv4 = lookups[i].ipv4;
			lookup->ipv6 = lookups[i].ipv6;
			return 0;
		}
	failed = ng_trie_write(set->prefixes, set->n_prefixes, 4, &compiler->body, &lookup->ipv4);
	if (failed)
		return failed;
	return ng_trie_write(set->prefixes, set->n_prefixes, 6, &compiler->body, &lookup->ipv6);
}

int ng_lookups_write(struct ng_compiler *compiler, struct ng_image_header *header)
{
	struct ng_lookup lookups[NG_LOOKUPS_MAX] = {};
	int failed;

	for (size_t i = 0; i < compiler->n_used; i++) {
		const struct ng_used_set *used = &compiler->used[i];

		lookups[i].daddr = used->daddr;
		lookups[i].row = used->set ? NG_LIVE_NO_ROW : NG_LIVE_BLOCKED;
		lookups[i].set = used->set ? (__u32)(used->set - compiler->ruleset->sets)
					   : NG_LOOKUP_BLOCKED;
		failed = used->set ? write_tries(compiler, i, lookups) : 0;
		if (failed)
			return failed;
		if (lookups[i].ipv4.root | lookups[i].ipv6.root)
			header->tries = i + 1;
	}
	header->lookups.offset =
		ng_buffer_append(&compiler->body, lookups, compiler->n_used * sizeof(lookups[0]));
	header->lookups.count = compiler->n_used;
	return 0;
}
