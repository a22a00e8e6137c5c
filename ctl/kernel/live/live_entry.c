// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/live/live_entry.h"

#include <errno.h>

#include "base/clock.h"
#include "layout/control.h"
#include "layout/key.h"
#include "layout/live.h"

/**
 * struct key - the key of an entry
 * @meta: from ng_live_meta()
 * @mark: the one bit of struct ng_live_lengths, 0 for a single address
 */
struct key {
	__u64 hi, lo;
	__u64 meta;
	__u64 mark[2];
	__u64 class;
};

static __u64 big_endian(const __u8 *bytes, unsigned int n)
{
	__u64 number = 0;

	for (unsigned int i = 0; i < n; i++)
		number = number << 8 | bytes[i];
	return number;
}

static struct key key_of(__u32 row, const struct ng_prefix *prefix)
{
	unsigned int bits = prefix->family == 4 ? 32 : 128, host = bits - prefix->len;
	struct key key = { .class = prefix->family == 4 ? NG_CLASS_IPV4 : NG_CLASS_IPV6 };

	if (prefix->family == 4) {
		key.lo = big_endian(prefix->addr, 4);
	} else {
		key.hi = big_endian(prefix->addr, 8);
		key.lo = big_endian(prefix->addr + 8, 8);
	}
	key.mark[0] = host > 64 ? 1ULL << (host - 65) : 0;
	key.mark[1] = host && host <= 64 ? 1ULL << (host - 1) : 0;
	key.hi |= key.mark[0];
	key.lo |= key.mark[1];
	key.meta = ng_live_meta(key.class, row, !host);
	return key;
}

void ng_live_prefix(const struct ng_live_entry *entry, struct ng_prefix *prefix)
{
	__u64 words[2] = { entry->hi, entry->lo };
	bool v6 = entry->meta >> 3 & 1;

	*prefix = (struct ng_prefix){ .family = v6 ? 6 : 4, .len = v6 ? 128 : 32 };
	if (!(entry->meta & NG_LIVE_SINGLE)) {
		int word = words[1] ? 1 : 0, zeros = __builtin_ctzll(words[word]);

		words[word] &= words[word] - 1;
		prefix->len -= zeros + 1 + (word ? 0 : 64);
	}
	for (int i = 0; i < 8 && v6; i++) {
		prefix->addr[i] = words[0] >> (56 - 8 * i);
		prefix->addr[8 + i] = words[1] >> (56 - 8 * i);
	}
	for (int i = 0; i < 4 && !v6; i++)
		prefix->addr[i] = words[1] >> (24 - 8 * i);
}

static __u64 meta_of(const struct ng_live_entry *entry)
{
	return __atomic_load_n(&entry->meta, __ATOMIC_ACQUIRE);
}

static bool is_key(const struct ng_live_entry *entry, const struct key *key, __u64 tagged)
{
	return (meta_of(entry) | NG_LIVE_STATE) == (tagged | NG_LIVE_STATE) &&
	       entry->hi == key->hi && entry->lo == key->lo;
}

static __u64 hash_of(const struct ng_live_table *table, const struct key *key)
{
	const __u64 *secret = table->rows[0].key;

	return ng_live_hash(secret[0], secret[1], key->hi, key->lo, key->meta);
}

/* The entry with the key; else NULL, and *@unused is a place for it, or NULL when there is none. */
static struct ng_live_entry *search(const struct ng_live_table *table, const struct key *key,
				    struct ng_live_entry **unused)
{
	__u64 hash = hash_of(table, key), home = ng_live_home(hash, table->homes);
	__u64 tagged = ng_live_tagged(key->meta, hash);

	*unused = NULL;
	for (__u64 i = 0; i < 2 * NG_LIVE_PROBES; i++) {
		struct ng_live_entry *entry = &table->buckets[home + i / 2].entries[i % 2];

		if (!meta_of(entry)) {
			*unused = entry;
			return NULL;
		}
		if (is_key(entry, key, tagged))
			return entry;
	}
	return NULL;
}

int ng_live_reach(struct ng_live_table *table, __u32 row, const struct ng_prefix *prefix)
{
	struct key key = key_of(row, prefix);
	__u64 home = ng_live_home(hash_of(table, &key), table->homes);
	int result = ng_live_reach_elements(table, NG_LIVE_BUCKETS + home, NG_LIVE_PROBES);

	return result ? result
		      : ng_live_reach_elements(table, ng_live_filter(home, table->homes), 1);
}

struct ng_live_entry *ng_live_find(const struct ng_live_table *table, __u32 row,
				   const struct ng_prefix *prefix)
{
	struct key key = key_of(row, prefix);
	struct ng_live_entry *unused;

	return search(table, &key, &unused);
}

static bool is_member(const struct ng_live_entry *entry)
{
	return (meta_of(entry) & NG_LIVE_STATE) == NG_LIVE_MEMBER;
}

bool ng_live_is_valid(const struct ng_live_entry *entry, __u64 now)
{
	__u64 until;

	if (!is_member(entry))
		return false;
	until = __atomic_load_n(&entry->until, __ATOMIC_RELAXED);
	return !until || now < until;
}

static void set_meta(struct ng_live_entry *entry, __u64 meta)
{
	__atomic_store_n(&entry->meta, meta, __ATOMIC_RELEASE);
}

static void set_until(struct ng_live_entry *entry, __u64 until)
{
	__atomic_store_n(&entry->until, until, __ATOMIC_RELEASE);
}

/* Make programs look for keys of this row and length from now on. */
static void announce(struct ng_live_table *table, struct ng_control *control, __u32 row,
		     const struct key *key)
{
	struct ng_live_lengths *lengths = &table->rows[row].lengths[key->class];

	for (int word = 0; word < 2; word++)
		__atomic_or_fetch(&lengths->marks[word], key->mark[word], __ATOMIC_SEQ_CST);
	if (control)
		__atomic_store_n(&control->live, 1, __ATOMIC_SEQ_CST);
}

static void note_expiry(struct ng_live_head *head, __u64 until)
{
	if (until && until < head->expires)
		__atomic_store_n(&head->expires, until, __ATOMIC_SEQ_CST);
}

/* Add @hash to the filter that programs check before they search. */
static void admit(struct ng_live_table *table, __u64 hash)
{
	__u64 home = ng_live_home(hash, table->homes);
	struct ng_live_filter *filter =
		(void *)((char *)table->rows +
			 ng_live_filter(home, table->homes) * NG_LIVE_ELEMENT);

	__atomic_or_fetch(&filter->words[ng_live_filter_word(home)], ng_live_filtered(hash),
			  __ATOMIC_SEQ_CST);
}

static void count(__u64 *counter, __s64 change)
{
	__atomic_add_fetch(counter, change, __ATOMIC_SEQ_CST);
}

int ng_live_put(struct ng_live_table *table, struct ng_control *control, __u32 row,
		const struct ng_prefix *prefix, __u64 until)
{
	struct ng_live_entry *entry, *unused;
	struct key key = key_of(row, prefix);
	bool claim = row >= NG_LIVE_ROWS;
	__u64 hash;

	entry = search(table, &key, &unused);
	if (!entry && ng_live_is_full(table))
		return -ENOSPC;
	if ((!entry || !is_member(entry)) && table->head->entries >= NG_LIVE_MAX)
		return -ENOSPC;
	if (!entry && !unused)
		return -EXFULL;
	if (!claim)
		announce(table, control, row, &key);
	note_expiry(table->head, until);
	if (entry && is_member(entry)) {
		set_until(entry, until);
		table->head->full_until = 0;
		return 0;
	}
	count(&table->head->entries, 1);
	if (entry) {
		set_until(entry, until);
		set_meta(entry, (entry->meta & ~NG_LIVE_STATE) | NG_LIVE_MEMBER);
		return 0;
	}
	count(&table->head->written, 1);
	hash = hash_of(table, &key);
	unused->hi = key.hi;
	unused->lo = key.lo;
	unused->until = until;
	if (!claim)
		admit(table, hash);
	set_meta(unused, ng_live_tagged(key.meta, hash));
	return 0;
}

void ng_live_entry_delete(struct ng_live_table *table, struct ng_live_entry *entry)
{
	if (!is_member(entry))
		return;
	set_meta(entry, (entry->meta & ~NG_LIVE_STATE) | NG_LIVE_DELETED);
	count(&table->head->entries, -1);
	table->head->full_until = 0;
}

void ng_live_sweep(struct ng_live_table *table, __u64 n)
{
	__u64 now = ng_clock_now(), at = table->head->sweep;

	if (now < table->head->expires)
		return;
	if (at >= table->n_buckets)
		at = 0;
	if (n > table->n_buckets)
		n = table->n_buckets;
	for (; n; n--, at = (at + 1) % table->n_buckets) {
		if (ng_live_reach_elements(table, NG_LIVE_BUCKETS + at, 1))
			return;
		for (int j = 0; j < 2; j++) {
			struct ng_live_entry *entry = &table->buckets[at].entries[j];

			if (is_member(entry) && !ng_live_is_valid(entry, now))
				ng_live_entry_delete(table, entry);
		}
	}
	table->head->sweep = at;
}
