/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of single packets. Programs write them only while there is a reader, one at a time in a
 * network namespace. The reader renews a lease each second; if it dies, programs stop writing a few
 * seconds later.
 */
#ifndef NG_RECORDS_H
#define NG_RECORDS_H

#include "base/error.h"
#include "base/buffer.h"
#include "layout/record.h"

struct ng_state;

struct ng_record_reader;

/** struct ng_missed - selected packets without a record, since the reader was opened */
struct ng_missed {
	__u64 limited; /* over the limit of records a second */
	__u64 full;    /* the buffer was full: the reader was too slow */
};

/**
 * ng_records_open() - start reading records
 * @state: outlives the reader
 * @watch: NG_WATCH_*
 * @filter: from ng_filter_compile(), copied; empty: no conditions beyond @watch
 *
 * Return: 0 with *@reader for ng_records_close(); -EBUSY when there is a reader already; another
 * -errno; @err is filled.
 */
int ng_records_open(const struct ng_state *state, __u64 watch, const struct ng_buffer *filter,
		    struct ng_record_reader **reader, struct ng_error *err);
void ng_records_close(struct ng_record_reader *reader); /* programs stop writing; NULL is fine */

/**
 * ng_records_wait() - read the records that are there or arrive within half a second
 * @take: called for each, in order; a negative return value ends this and is returned
 *
 * Return: 0; -ESTALE: other programs are in force, or none: open the state again; -EINTR.
 */
int ng_records_wait(struct ng_record_reader *reader,
		    int (*take)(void *to, const struct ng_record *record), void *to);

/** ng_records_take() - likewise, without waiting; call it at least once a second */
int ng_records_take(struct ng_record_reader *reader,
		    int (*take)(void *to, const struct ng_record *record), void *to);

void ng_records_missed(const struct ng_record_reader *reader, struct ng_missed *missed);

#endif
