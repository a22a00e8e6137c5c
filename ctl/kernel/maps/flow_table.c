// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/flow_table.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "kernel/maps/images.h"
#include "kernel/maps/inner.h"
#include "kernel/maps/map.h"

/*
 * Half of the entries may be in use: then fewer than one flow in 200 finds its bucket full. The
 * number of elements is a power of two, since the kernel rounds it up to that for a process without
 * CAP_PERFMON.
 */
#define FLOWS_OF(buckets) ((buckets)*NG_FLOW_WAYS / 2)

static __u64 elements_of(__u64 buckets)
{
	return ng_flow_keys_at(buckets) + NG_FLOW_WAYS * buckets;
}

static __u64 elements_for(__u64 flows)
{
	__u64 elements = NG_FLOWS_MIN;

	while (elements < elements_of((flows + FLOWS_OF(1) - 1) / FLOWS_OF(1)))
		elements *= 2;
	return elements;
}

/* The most buckets that fit. */
static __u64 buckets_of(__u64 elements)
{
	__u64 buckets = elements * 8 / 81;

	while (elements_of(buckets + 1) <= elements)
		buckets++;
	while (elements_of(buckets) > elements)
		buckets--;
	return buckets;
}

static int create_table(__u64 elements)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE | BPF_F_INNER_MAP);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "ng_flow_table", sizeof(__u32), NG_FLOW_ELEMENT,
				elements, &opts);

	return fd < 0 ? -errno : fd;
}

int ng_flows_create(void)
{
	__cleanup_fd int template = create_table(NG_FLOWS_MIN);
	LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = template);
	int fd;

	if (template <0)
		return template;
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "ng_flows", sizeof(__u32), sizeof(__u32), 1,
			    &opts);
	return fd < 0 ? -errno : fd;
}

static int map_table(int fd, bool writable, struct ng_flow_table *table)
{
	struct bpf_map_info info;
	int result = ng_map_info(fd, &info);
	char *at;

	if (result)
		return result;
	table->size = (size_t)info.max_entries * NG_FLOW_ELEMENT;
	at = mmap(NULL, table->size, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd,
		  0);
	if (at == MAP_FAILED)
		return -errno;
	table->head = (void *)at;
	if (writable && !table->head->buckets)
		table->head->buckets = buckets_of(info.max_entries);
	table->n = table->head->buckets * NG_FLOW_WAYS;
	table->marks = (void *)(at + NG_FLOW_ELEMENT);
	table->flows = (void *)(at + ng_flow_lines_at(table->head->buckets) * NG_FLOW_ELEMENT);
	table->keys = (void *)(at + ng_flow_keys_at(table->head->buckets) * NG_FLOW_ELEMENT);
	if (!table->n || elements_of(table->head->buckets) > info.max_entries) {
		ng_flows_unmap(table);
		return -EINVAL;
	}
	return 0;
}

static int table_fd(const struct ng_state *state)
{
	return state->now.flows < 0 ? -ENOENT : ng_inner_fd(state->folder, state->now.flows, 0);
}

int ng_flows_map(const struct ng_state *state, bool writable, struct ng_flow_table *table)
{
	__cleanup_fd int fd = table_fd(state);

	return fd < 0 ? fd : map_table(fd, writable, table);
}

void ng_flows_unmap(struct ng_flow_table *table)
{
	if (table->head)
		munmap(table->head, table->size);
	*table = (struct ng_flow_table){ 0 };
}

static size_t oldest_of(const struct ng_flow_entry *flows)
{
	size_t oldest = 0;

	for (size_t i = 1; i < NG_FLOW_WAYS; i++)
		if ((flows[i].meta & NG_FLOW_SEEN) < (flows[oldest].meta & NG_FLOW_SEEN))
			oldest = i;
	return oldest;
}

bool ng_flow_put(struct ng_flow_table *table, const struct ng_flow_key *key, __u64 seen,
		 enum ng_flow_state state)
{
	__u64 hash = ng_flow_hash(table->head->key, key);
	__u64 bucket = ng_flow_bucket(hash, table->head->buckets);
	struct ng_flow_entry *flows = table->flows + bucket * NG_FLOW_WAYS;
	size_t at = 0;
	bool had_room;

	while (at < NG_FLOW_WAYS && flows[at].tag && flows[at].tag != hash)
		at++;
	had_room = at < NG_FLOW_WAYS;
	if (!had_room)
		at = oldest_of(flows);
	table->keys[bucket * NG_FLOW_WAYS + at] = *key;
	flows[at].tag = hash;
	flows[at].meta =
		(hash & NG_FLOW_TAG) | (__u64)state << NG_FLOW_STATE_SHIFT | (seen & NG_FLOW_SEEN);
	((__u8 *)&table->marks[bucket])[at] = ng_flow_mark(hash);
	return had_room;
}

enum ng_flow_state ng_flow_state_of(const struct ng_flow_table *table, size_t i,
				    const struct ng_flow_settings *settings, __u64 tick)
{
	const volatile struct ng_flow_entry *flow = &table->flows[i];
	__u64 tag = flow->tag, meta = flow->meta, state;

	state = meta >> NG_FLOW_STATE_SHIFT & NG_FLOW_STATE;
	if (!tag || (tag ^ meta) & NG_FLOW_TAG || state >= NG_FLOW_STATES ||
	    ng_flow_age(meta, tick) > settings->timeouts[state] ||
	    ng_flow_hash(table->head->key, &table->keys[i]) != tag)
		return NG_FLOW_STATES;
	return state;
}

enum ng_flow_state ng_flow_read(const struct ng_flow_table *table, size_t i,
				const struct ng_flow_settings *settings, __u64 tick,
				struct ng_flow_key *key)
{
	const volatile struct ng_flow_entry *flow = &table->flows[i];
	enum ng_flow_state state;

	if (!flow->tag)
		return NG_FLOW_STATES;
	state = ng_flow_state_of(table, i, settings, tick);
	*key = table->keys[i];
	return ng_flow_hash(table->head->key, key) == flow->tag ? state : NG_FLOW_STATES;
}

/* The mark goes last: only then is the entry free for programs. */
void ng_flow_forget(struct ng_flow_table *table, size_t i)
{
	volatile struct ng_flow_entry *flow = &table->flows[i];
	volatile __u8 *marks = (volatile __u8 *)table->marks;

	flow->tag = 0;
	flow->meta = 0;
	marks[i] = 0;
}

bool ng_flow_has_room(const struct ng_flow_table *table, const struct ng_flow_key *key)
{
	__u64 hash = ng_flow_hash(table->head->key, key);
	__u64 bucket = ng_flow_bucket(hash, table->head->buckets);

	for (size_t i = 0; i < NG_FLOW_WAYS; i++)
		if (!table->flows[bucket * NG_FLOW_WAYS + i].tag ||
		    table->flows[bucket * NG_FLOW_WAYS + i].tag == hash)
			return true;
	return false;
}

void ng_flows_flush(struct ng_flow_table *table)
{
	memset(table->marks, 0, table->n);
	for (size_t i = 0; i < table->n; i++)
		table->flows[i] = (struct ng_flow_entry){ 0 };
}

/* What the previous table has; flows noted while it is copied may be missing. */
static void copy_flows(const struct ng_flow_table *from, struct ng_flow_table *to)
{
	for (size_t i = 0; i < from->n; i++) {
		struct ng_flow_key key = from->keys[i];
		__u64 meta = from->flows[i].meta;

		if (!from->flows[i].tag ||
		    ng_flow_hash(from->head->key, &key) != from->flows[i].tag)
			continue;
		ng_flow_put(to, &key, meta & NG_FLOW_SEEN,
			    meta >> NG_FLOW_STATE_SHIFT & NG_FLOW_STATE);
	}
}

static int make_table(struct ng_state *state, __u64 wanted, struct ng_flow_table *old)
{
	__cleanup_fd int fd = create_table(elements_for(wanted));
	struct ng_flow_table table = { 0 };
	int result = fd < 0 ? fd : map_table(fd, true, &table);

	if (result)
		return result;
	table.head->wanted = wanted;
	if (getrandom(table.head->key, sizeof(table.head->key), 0) != sizeof(table.head->key))
		result = -EIO;
	if (!result && old->head)
		copy_flows(old, &table);
	ng_flows_unmap(&table);
	return result ? result : ng_inner_put(state->folder, state->now.flows, 0, fd);
}

int ng_flows_bind(struct ng_state *state, const struct ng_image_header *image)
{
	struct ng_flow_table old = { 0 };
	int result, before;

	if (!image->established)
		return 0;
	before = table_fd(state);
	result = before < 0 ? before : map_table(before, false, &old);
	if (result && result != -ENOENT) {
		ng_cleanup_fd(&before);
		return result;
	}
	result = 0;
	if (!old.head || old.head->wanted != image->flows.flows) {
		result = make_table(state, image->flows.flows, &old);
		if (!result && before >= 0)
			ng_inner_unpin(state->folder, before);
	}
	ng_flows_unmap(&old);
	ng_cleanup_fd(&before);
	return result;
}

int ng_flows_share(struct ng_state *to, const struct ng_state *from)
{
	__cleanup_fd int fd = table_fd(from);

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	return ng_inner_put(to->folder, to->now.flows, 0, fd);
}

static int uses(const struct ng_state *state, enum ng_image_slot slot)
{
	__cleanup_fd int fd = ng_image_fd(&state->now, slot);
	struct ng_image_header head;
	int result = fd < 0 ? fd : ng_image_head(fd, &head);

	if (result == -ENOENT)
		return 0;
	return result ? result : head.established;
}

int ng_flows_settle(struct ng_state *state)
{
	__cleanup_fd int fd = table_fd(state);
	__u32 zero = 0;
	int used = 0;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	for (int slot = 0; !used && slot < NG_IMAGE_SLOTS; slot++)
		used = uses(state, slot);
	if (used)
		return used < 0 ? used : 0;
	if (bpf_map_delete_elem(state->now.flows, &zero) && errno != ENOENT)
		return -errno;
	ng_inner_unpin(state->folder, fd);
	return 0;
}
