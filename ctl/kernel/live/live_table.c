// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/live/live_table.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "kernel/maps/inner.h"
#include "layout/control.h"
#include "layout/image.h"
#include "layout/key.h"
#include "layout/live.h"

/*
 * How full tables are, and why a search always ends in time
 *
 * A table of T elements, a power of two, has about T - T/65 - 576 homes. It is made for up to 33/32
 * entries a home, and holds up to 5/4 (what was deleted counts until the next copy): so at least
 * 7/32 of its homes are written between two copies, and to copy costs a few steps for each entry.
 * T is then never more than 2 n + 4 NG_LIVE_BUCKETS for n entries: in bytes, four times the 32 of
 * each entry and what rows, names and head take. ng_live_wasteful() says when that is no longer so.
 *
 * A search fails when NG_LIVE_PROBES = 64 buckets in a row are full. Then some w >= 64 neighbours
 * were named by more than 2 w of the n = 5/4 homes hashes. SipHash is a pseudo-random function, so
 * whoever does not know the key, whatever addresses he chooses, makes this as seldom as chance
 * does: by Chernoff's bound each w has less than exp(-w (2 ln(2 / 1.25) - 0.75)) = exp(-0.19 w), at
 * 33/32 entries a home exp(-0.36 w). Summed over w from 64 on and a million homes: below 1e-4 for a
 * table that was just made, and some few per cent for all the time until it is full. Then it gets
 * a new key, no more memory. That NG_LIVE_KEYS keys in a row fail has less than 1e-32.
 */
#define MADE_FOR(homes) ((homes) + (homes) / 32)
#define HOLDS(homes)	((homes) + (homes) / 4)
#define HOMES(elements) (((elements)-NG_LIVE_BUCKETS - NG_LIVE_PROBES) * 64 / 65)

#define ELEMENTS_MAX (1ULL << 20)
_Static_assert(MADE_FOR(HOMES(ELEMENTS_MAX)) >= NG_LIVE_MAX, "the largest table holds them");
_Static_assert(NG_LIVE_FILTERED == 64, "the filter takes one element of 65");

#define NEVER (~0ULL)

/* ---- maps ------------------------------------------------------------------------------ */

static int create_table(__u64 elements)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE | BPF_F_INNER_MAP);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "ng_live_table", sizeof(__u32), NG_LIVE_ELEMENT,
				elements, &opts);

	return fd < 0 ? -errno : fd;
}

static int map_window(struct ng_live_table *table, size_t window)
{
	size_t offset = window * NG_LIVE_WINDOW, size = table->size - offset;
	int protection = table->writable ? PROT_READ | PROT_WRITE : PROT_READ;

	if (table->windows[window])
		return 0;
	if (size > NG_LIVE_WINDOW)
		size = NG_LIVE_WINDOW;
	if (mmap((char *)table->rows + offset, size, protection, MAP_SHARED | MAP_FIXED, table->fd,
		 offset) == MAP_FAILED)
		return -errno;
	table->windows[window] = true;
	return 0;
}

static int map_elements(struct ng_live_table *table, size_t first, size_t n)
{
	size_t window = first * NG_LIVE_ELEMENT / NG_LIVE_WINDOW;
	size_t last = ((first + n) * NG_LIVE_ELEMENT - 1) / NG_LIVE_WINDOW;
	int result = 0;

	for (; !result && window <= last; window++)
		result = map_window(table, window);
	return result;
}

int ng_live_reach_all(struct ng_live_table *table)
{
	int result = 0;

	for (size_t i = 0; !result && i * NG_LIVE_WINDOW < table->size; i++)
		result = map_window(table, i);
	return result;
}

/* Of a table that is mapped: @n_buckets and @homes. */
static int measure(struct ng_live_table *table)
{
	__u64 room = table->size / NG_LIVE_ELEMENT - NG_LIVE_BUCKETS;

	table->n_buckets = table->head->buckets;
	table->homes = table->n_buckets - (NG_LIVE_PROBES - 1);
	if (!table->n_buckets) { /* of an older layout, see stable.h */
		table->homes = 0;
		for (table->n_buckets = 1; 2 * table->n_buckets <= room;)
			table->n_buckets *= 2;
	}
	return table->n_buckets > room ? -EINVAL : 0;
}

/* Addresses for the whole table, and the first window of it. Takes @fd over. */
static int map_table(int fd, __u64 elements, bool writable, struct ng_live_table *table)
{
	struct ng_live_table mapped = {
		.size = elements * NG_LIVE_ELEMENT,
		.fd = fd,
		.writable = writable,
	};
	char *at = mmap(NULL, mapped.size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			-1, 0);
	int result = at == MAP_FAILED ? -errno : 0;

	if (result) {
		close(fd);
		return result;
	}
	mapped.rows = (void *)at;
	mapped.names = (void *)(at + (size_t)NG_LIVE_ROWS * NG_LIVE_ELEMENT);
	mapped.head = (void *)(at + (size_t)NG_LIVE_HEAD * NG_LIVE_ELEMENT);
	mapped.buckets = (void *)(at + (size_t)NG_LIVE_BUCKETS * NG_LIVE_ELEMENT);
	result = map_window(&mapped, 0);
	if (!result)
		result = measure(&mapped);
	if (result) {
		ng_live_unmap(&mapped);
		return result;
	}
	*table = mapped;
	return 0;
}

/* An empty table with a key of its own, that no program sees yet. */
static int make_table(__u64 elements, struct ng_live_table *table)
{
	__u64 key[2], homes = HOMES(elements);
	int fd, result;

	if (getrandom(key, sizeof(key), 0) != sizeof(key))
		return -EIO;
	fd = create_table(elements);
	if (fd < 0)
		return fd;
	result = map_table(fd, elements, true, table);
	if (result)
		return result;
	for (__u32 row = 0; row < NG_LIVE_ROWS; row++) {
		table->rows[row].homes = homes;
		memcpy(table->rows[row].key, key, sizeof(key));
	}
	table->head->expires = NEVER;
	table->head->buckets = homes + NG_LIVE_PROBES - 1;
	return measure(table);
}

static int create_live(const char *folder, int first)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = first);
	int live = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "ng_live", sizeof(__u32),
				  sizeof(__u32), 1, &opts);
	int result;

	if (live < 0)
		return -errno;
	result = ng_inner_put(folder, live, 0, first);
	if (result) {
		close(live);
		return result;
	}
	return live;
}

int ng_live_create(const char *folder)
{
	struct ng_live_table table;
	int live, result;

	result = make_table(NG_LIVE_MIN, &table);
	if (result)
		return result;
	strcpy(table.names[NG_LIVE_BLOCKED].name, NG_BLOCKED);
	table.names[NG_LIVE_BLOCKED].used = 1;
	table.names[NG_LIVE_BLOCKED].images = 1U << NG_IMAGE_CURRENT;
	live = create_live(folder, table.fd);
	ng_live_unmap(&table);
	return live;
}

int ng_live_map(const struct ng_state *state, bool writable, struct ng_live_table *table)
{
	struct bpf_map_info info = { 0 };
	int fd = ng_inner_fd(state->folder, state->now.live, 0), result;
	__u32 len = sizeof(info);

	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len)) {
		result = -errno;
		close(fd);
		return result;
	}
	return map_table(fd, info.max_entries, writable, table);
}

void ng_live_unmap(struct ng_live_table *table)
{
	if (table->rows) {
		munmap(table->rows, table->size);
		close(table->fd);
	}
	*table = (struct ng_live_table){ 0 };
}

/* ---- entries --------------------------------------------------------------------------- */

/**
 * struct key - of an entry
 * @meta: as ng_live_meta() makes it
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

/* The entry of the key, else in *@unused (not NULL) where it could be put; both may be missing. */
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
	int result = map_elements(table, NG_LIVE_BUCKETS + home, NG_LIVE_PROBES);

	return result ? result : map_elements(table, ng_live_filter(home, table->homes), 1);
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

bool ng_live_lasts(const struct ng_live_entry *entry, __u64 now)
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

/* The programs are to look for such keys from now on. */
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

/* The programs are to find an entry with this hash. */
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
	__u64 hash;

	entry = search(table, &key, &unused);
	if (!entry && table->head->written >= HOLDS(table->homes))
		return -ENOSPC;
	if ((!entry || !is_member(entry)) && table->head->entries >= NG_LIVE_MAX)
		return -ENOSPC;
	if (!entry && !unused)
		return -EXFULL;
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
	admit(table, hash);
	set_meta(unused, ng_live_tagged(key.meta, hash));
	return 0;
}

void ng_live_drop(struct ng_live_table *table, struct ng_live_entry *entry)
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
		if (map_elements(table, NG_LIVE_BUCKETS + at, 1))
			return;
		for (int j = 0; j < 2; j++) {
			struct ng_live_entry *entry = &table->buckets[at].entries[j];

			if (is_member(entry) && !ng_live_lasts(entry, now))
				ng_live_drop(table, entry);
		}
	}
	table->head->sweep = at;
}

/* ---- another map in its place ---------------------------------------------------------- */

static struct ng_live_entry *entry_at(const struct ng_live_table *table, __u64 i)
{
	return &table->buckets[i / 2].entries[i % 2];
}

/* Everything that lasts goes over; or as ng_live_put() says. */
static int copy(const struct ng_live_table *from, struct ng_live_table *to,
		struct ng_control *words, __u64 now)
{
	for (__u64 i = 0; i < 2 * from->n_buckets; i++) {
		const struct ng_live_entry *entry = entry_at(from, i);
		struct ng_prefix prefix;
		int result;

		if (!ng_live_lasts(entry, now))
			continue;
		ng_live_prefix(entry, &prefix);
		result = ng_live_put(to, words, ng_live_row_of(entry), &prefix, entry->until);
		if (result)
			return result;
	}
	memcpy(to->names, from->names, NG_LIVE_ROWS * sizeof(*to->names));
	return 0;
}

/* The elements of a table for @n entries. */
static __u64 elements_for(__u64 n)
{
	__u64 elements = NG_LIVE_MIN;

	while (elements < ELEMENTS_MAX && MADE_FOR(HOMES(elements)) < n)
		elements *= 2;
	return elements;
}

bool ng_live_wasteful(const struct ng_live_table *table)
{
	return table->size / NG_LIVE_ELEMENT > 2 * table->head->entries + 4 * NG_LIVE_BUCKETS;
}

/* A table with all that lasts. *@live is what control is to say. */
static int copy_once(const struct ng_live_table *from, __u64 elements, __u64 now,
		     struct ng_live_table *to, __u64 *live)
{
	struct ng_control words = { 0 };
	int result = make_table(elements, to);

	if (result)
		return result;
	result = ng_live_reach_all(to);
	if (!result)
		result = copy(from, to, &words, now);
	if (result)
		ng_live_unmap(to);
	*live = words.live;
	return result;
}

static int make_copy(const struct ng_live_table *from, __u64 elements, __u64 now,
		     struct ng_live_table *to, __u64 *live)
{
	int result = -EXFULL;

	for (int keys = 0; result == -EXFULL && keys < NG_LIVE_KEYS; keys++)
		result = copy_once(from, elements, now, to, live);
	return result;
}

/* How many entries last, and *@expires: the time before which none of them ends. */
static __u64 count_lasting(const struct ng_live_table *table, __u64 now, __u64 *expires)
{
	__u64 lasting = 0;

	*expires = NEVER;
	for (__u64 i = 0; i < 2 * table->n_buckets; i++) {
		const struct ng_live_entry *entry = entry_at(table, i);

		if (!ng_live_lasts(entry, now))
			continue;
		lasting++;
		if (entry->until && entry->until < *expires)
			*expires = entry->until;
	}
	return lasting;
}

/* Drop what has expired, and let the head say exactly what is left. */
static int sweep_all(struct ng_live_table *table)
{
	int result = ng_live_reach_all(table);
	__u64 expires, members;

	if (result)
		return result;
	ng_live_sweep(table, table->n_buckets);
	members = count_lasting(table, 0, &expires);
	__atomic_store_n(&table->head->entries, members, __ATOMIC_SEQ_CST);
	__atomic_store_n(&table->head->expires, expires, __ATOMIC_SEQ_CST);
	return 0;
}

static int put_in_place(const struct ng_state *state, struct ng_live_table *table,
			struct ng_live_table *next)
{
	int result;

	next->head->unsettled = table->head->unsettled;
	result = ng_inner_put(state->folder, state->now.live, 0, next->fd);
	if (result) {
		ng_inner_unpin(state->folder, next->fd);
		ng_live_unmap(next);
		return result;
	}
	ng_inner_unpin(state->folder, table->fd);
	ng_live_unmap(table);
	*table = *next;
	return 0;
}

int ng_live_rebuild(const struct ng_state *state, struct ng_live_table *table)
{
	bool was_full = table->head->entries >= NG_LIVE_MAX;
	__u64 now = ng_clock_now(), words;
	struct ng_live_table next;
	int result;

	if (now < table->head->full_until)
		return -ENOSPC;
	result = sweep_all(table);
	if (result)
		return result;
	if (table->head->entries >= NG_LIVE_MAX) {
		table->head->full_until = table->head->expires;
		return -ENOSPC;
	}
	if (was_full && table->head->written < HOLDS(table->homes))
		return 0;
	result = make_copy(table, elements_for(table->head->entries + 1), now, &next, &words);
	if (!result)
		result = put_in_place(state, table, &next);
	if (!result)
		__atomic_store_n(&state->words->live, words, __ATOMIC_SEQ_CST);
	return result;
}

int ng_live_carry(const struct ng_state *state)
{
	__u64 now = ng_clock_now(), expires, words;
	struct ng_live_table old, next;
	int live, result = ng_live_map(state, false, &old);

	if (result)
		return result;
	result = ng_live_reach_all(&old);
	if (!result)
		result = make_copy(&old, elements_for(count_lasting(&old, now, &expires)), now,
				   &next, &words);
	ng_live_unmap(&old);
	if (result)
		return result;
	next.head->unsettled = 1;
	live = create_live(state->folder, next.fd);
	ng_live_unmap(&next);
	if (live >= 0)
		__atomic_store_n(&state->words->live, words, __ATOMIC_SEQ_CST);
	return live;
}
