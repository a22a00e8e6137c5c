// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/records.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>

#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "kernel/maps/rows.h"
#include "layout/record.h"
#include "rules/time.h"

#define LEASE	(3 * NG_NS_PER_SECOND)
#define WAIT_MS 500 /* so that the lease is renewed in time */

/**
 * struct ng_record_reader - see records.h
 * @words:  the control map, to write
 * @folder: of the generation, locked
 * @begun:  CLOCK_BOOTTIME, ns: older records were left by an earlier reader
 * @before: records missed until then
 */
struct ng_record_reader {
	const struct ng_state *state;
	struct ng_control *words;
	struct ring_buffer *ring;
	struct ng_rows rows;
	int folder;
	__u64 watch;
	__u64 begun;
	struct ng_missed before;
	int (*take)(void *to, const struct ng_record *record);
	void *to;
};

static int on_record(void *context, void *data, size_t size)
{
	const struct ng_record_reader *reader = context;
	const struct ng_record *record = data;

	if (size < sizeof(*record) || record->time < reader->begun)
		return 0;
	return reader->take(reader->to, record);
}

static int lock(struct ng_record_reader *reader, struct ng_error *err)
{
	char path[NG_PIN_PATH];
	int result;

	ng_pin_path(reader->state, path, "gen-%u", reader->state->now.number);
	reader->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (reader->folder < 0)
		return ng_fail_bpf(err, -errno, "cannot open the state");
	if (!flock(reader->folder, LOCK_EX | LOCK_NB))
		return 0;
	result = -errno;
	if (result != -EWOULDBLOCK)
		return ng_fail(err, result, "cannot lock the records: %s", strerror(-result));
	ng_fail(err, -EBUSY, "another netguard watch, capture or top is reading records here");
	return ng_hint(err, -EBUSY, "stop that one first");
}

static int open_maps(struct ng_record_reader *reader, struct ng_error *err)
{
	const struct ng_state *state = reader->state;
	int result;

	reader->words = mmap(NULL, sizeof(*reader->words), PROT_READ | PROT_WRITE, MAP_SHARED,
			     state->control, 0);
	if (reader->words == MAP_FAILED) {
		reader->words = NULL;
		return ng_fail_bpf(err, -errno, "cannot map the state");
	}
	result = ng_rows_map(&state->now, false, &reader->rows);
	if (result)
		return ng_fail_bpf(err, result, "cannot read the counters");
	reader->ring = ring_buffer__new(state->now.records, on_record, reader, NULL);
	return reader->ring ? 0 : ng_fail_bpf(err, -errno, "cannot read the records");
}

/*
 * An earlier reader may have left conditions in the map: switch records off before they are
 * replaced.
 */
static int put_filter(struct ng_record_reader *reader, const struct ng_buffer *filter,
		      struct ng_error *err)
{
	size_t size = NG_FILTER_SIZE + NG_IMAGE_SLACK;
	__u8 *map;

	__atomic_store_n(&reader->words->watch, 0, __ATOMIC_SEQ_CST);
	if (!filter->size)
		return 0;
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, reader->state->now.filter, 0);
	if (map == MAP_FAILED)
		return ng_fail_bpf(err, -errno, "cannot map the conditions");
	memcpy(map, filter->data, filter->size);
	munmap(map, size);
	reader->watch |= NG_WATCH_FILTER;
	return 0;
}

static void renew_lease(struct ng_record_reader *reader)
{
	__atomic_store_n(&reader->words->lease, ng_clock_now() + LEASE, __ATOMIC_SEQ_CST);
	__atomic_store_n(&reader->words->watch, reader->watch, __ATOMIC_SEQ_CST);
}

static void count_missed(const struct ng_record_reader *reader, struct ng_missed *missed)
{
	missed->limited = ng_rows_sum(&reader->rows, NG_SLOT_LOG_LIMITED).packets;
	missed->full = ng_rows_sum(&reader->rows, NG_SLOT_LOG_FULL).packets;
}

int ng_records_open(const struct ng_state *state, __u64 watch, const struct ng_buffer *filter,
		    struct ng_record_reader **reader, struct ng_error *err)
{
	struct ng_record_reader *opened = calloc(1, sizeof(*opened));
	int result;

	if (!opened)
		return ng_fail(err, -ENOMEM, "out of memory");
	opened->state = state;
	opened->folder = -1;
	opened->watch = watch;
	opened->begun = ng_clock_now();
	result = lock(opened, err);
	if (!result)
		result = open_maps(opened, err);
	if (!result)
		result = put_filter(opened, filter, err);
	if (result) {
		ng_records_close(opened);
		return result;
	}
	count_missed(opened, &opened->before);
	renew_lease(opened);
	*reader = opened;
	return 0;
}

void ng_records_close(struct ng_record_reader *reader)
{
	if (!reader)
		return;
	if (reader->ring)
		__atomic_store_n(&reader->words->watch, 0, __ATOMIC_SEQ_CST);
	ring_buffer__free(reader->ring);
	if (reader->rows.rows)
		ng_rows_unmap(&reader->rows);
	if (reader->words)
		munmap(reader->words, sizeof(*reader->words));
	ng_cleanup_fd(&reader->folder);
	free(reader);
}

/* Are the programs that write here still in force? The last detach removes the pins. */
static bool is_in_force(const struct ng_record_reader *reader)
{
	const struct ng_state *state = reader->state;
	__u32 now = __atomic_load_n(&reader->words->generation, __ATOMIC_ACQUIRE);
	char path[NG_PIN_PATH];

	return now == state->now.number &&
	       !access(ng_pin_path(state, path, "gen-%u/records", now), F_OK);
}

static int read_for(struct ng_record_reader *reader, int ms,
		    int (*take)(void *to, const struct ng_record *record), void *to)
{
	int result;

	reader->take = take;
	reader->to = to;
	renew_lease(reader);
	result = ring_buffer__poll(reader->ring, ms);
	if (result >= 0 && !is_in_force(reader))
		return -ESTALE;
	return result < 0 ? result : 0;
}

int ng_records_wait(struct ng_record_reader *reader,
		    int (*take)(void *to, const struct ng_record *record), void *to)
{
	return read_for(reader, WAIT_MS, take, to);
}

int ng_records_take(struct ng_record_reader *reader,
		    int (*take)(void *to, const struct ng_record *record), void *to)
{
	return read_for(reader, 0, take, to);
}

void ng_records_missed(const struct ng_record_reader *reader, struct ng_missed *missed)
{
	count_missed(reader, missed);
	missed->limited -= reader->before.limited;
	missed->full -= reader->before.full;
}
