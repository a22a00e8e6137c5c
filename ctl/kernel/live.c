// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "kernel/private.h"

static int key_of(const struct ng_prefix *prefix, struct ng_live_key *key, struct ng_error *err)
{
	size_t bytes = prefix->family == 4 ? 4 : 16;

	if (prefix->len != bytes * 8) {
		ng_fail(err, -EINVAL, "the live set holds single addresses, no prefixes");
		return ng_hint(err, -EINVAL, "a rule can drop a prefix");
	}
	memset(key, 0, sizeof(*key));
	memcpy(key->addr, prefix->addr, bytes);
	key->family = prefix->family;
	return 0;
}

static int look_up(const struct ng_state *state, const struct ng_live_key *key, bool *there,
		   struct ng_error *err)
{
	struct ng_live_value value;

	if (!bpf_map_lookup_elem(state->live, key, &value))
		*there = true;
	else if (errno == ENOENT)
		*there = false;
	else
		return ng_fail_bpf(err, -errno, "cannot read the live set");
	return 0;
}

/*
 * The programs look nothing up while the count is 0: it is raised before an entry is made and
 * lowered after one is gone. A command killed in between leaves it too high, which costs them a
 * look-up and no more.
 */
static void count(struct ng_state *state, __s64 change)
{
	__atomic_add_fetch(&state->words->live_entries, change, __ATOMIC_SEQ_CST);
}

int ng_live_add(struct ng_state *state, const struct ng_prefix *prefix, bool *there,
		struct ng_error *err)
{
	struct ng_live_value for_good = { 0 };
	struct ng_live_key key;
	bool before;
	int result = key_of(prefix, &key, err);

	if (!result)
		result = look_up(state, &key, &before, err);
	if (result)
		return result;
	if (!before) {
		count(state, 1);
		if (bpf_map_update_elem(state->live, &key, &for_good, BPF_NOEXIST)) {
			result = -errno;
			count(state, -1);
			if (result == -E2BIG)
				return ng_fail(err, -ENOSPC,
					       "the live set is full: it holds %u "
					       "addresses",
					       NG_LIVE_MAX);
			return ng_fail_bpf(err, result, "cannot add to the live set");
		}
	}
	if (there)
		*there = before;
	return 0;
}

int ng_live_delete(struct ng_state *state, const struct ng_prefix *prefix, bool *there,
		   struct ng_error *err)
{
	struct ng_live_key key, first;
	bool before = true;
	int result = key_of(prefix, &key, err);

	if (result)
		return result;
	if (!bpf_map_delete_elem(state->live, &key))
		count(state, -1);
	else if (errno == ENOENT)
		before = false;
	else
		return ng_fail_bpf(err, -errno, "cannot delete from the live set");
	/* Mends a count that a killed command left too high. */
	if (bpf_map_get_next_key(state->live, NULL, &first) && errno == ENOENT)
		__atomic_store_n(&state->words->live_entries, 0, __ATOMIC_SEQ_CST);
	if (there)
		*there = before;
	return 0;
}

int ng_live_test(const struct ng_state *state, const struct ng_prefix *prefix, bool *there,
		 struct ng_error *err)
{
	struct ng_live_key key;
	int result = key_of(prefix, &key, err);

	return result ? result : look_up(state, &key, there, err);
}

static int by_address(const void *a, const void *b)
{
	const struct ng_prefix *x = a, *y = b;

	if (x->family != y->family)
		return x->family - y->family;
	return memcmp(x->addr, y->addr, sizeof(x->addr));
}

static int append(struct ng_prefix **list, size_t *n, size_t *room, const struct ng_live_key *key)
{
	struct ng_prefix *more;

	if (*n == *room) {
		*room = *room ? 2 * *room : 64;
		more = reallocarray(*list, *room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		*list = more;
	}
	more = &(*list)[(*n)++];
	memset(more, 0, sizeof(*more));
	memcpy(more->addr, key->addr, sizeof(more->addr));
	more->family = key->family;
	more->len = key->family == 4 ? 32 : 128;
	return 0;
}

int ng_live_list(const struct ng_state *state, struct ng_prefix **prefixes, size_t *n,
		 struct ng_error *err)
{
	struct ng_live_key key, next, *last = NULL;
	struct ng_prefix *list = NULL;
	size_t length = 0, room = 0;

	/*
	 * A walk begins anew when the entry that it stands on is deleted: it ends all the same,
	 * the table having an end, and what it saw twice is dropped below.
	 */
	while (!bpf_map_get_next_key(state->live, last, &next)) {
		if (length > 2 * NG_LIVE_MAX)
			break;
		if (append(&list, &length, &room, &next)) {
			free(list);
			return ng_fail(err, -ENOMEM, "out of memory");
		}
		key = next;
		last = &key;
	}
	if (length)
		qsort(list, length, sizeof(*list), by_address);
	*n = 0;
	for (size_t i = 0; i < length; i++)
		if (!i || by_address(&list[i], &list[*n - 1]))
			list[(*n)++] = list[i];
	*prefixes = list;
	return 0;
}
