/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of single packets that programs write while somebody reads them: one reader at a time
 * in a network namespace. Who reads says so again each second; when it dies, programs stop
 * by themselves some seconds later.
 */
#ifndef NG_RECORDS_H
#define NG_RECORDS_H

#include "base/error.h"
#include "base/buffer.h"
#include "layout/record.h"

struct ng_state;

struct ng_record_reader;

/** struct ng_missed - packets that were wanted and have no record, since the reader was opened */
struct ng_missed {
	__u64 limited; /* for the limit of records per second */
	__u64 full;    /* for want of room: the reader was too slow */
};

/**
 * ng_records_open() - let programs write records
 * @state: outlives the reader
 * @watch: NG_WATCH_*
 * @filter: of ng_filter_compile(), copied; empty: all that @watch says
 *
 * Return: 0 with *@reader for ng_records_close(); -EBUSY when another one reads; another -errno;
 * @err is filled.
 */
int ng_records_open(const struct ng_state *state, __u64 watch, const struct ng_buffer *filter,
		    struct ng_record_reader **reader, struct ng_error *err);
void ng_records_close(struct ng_record_reader *reader); /* NULL is fine; programs stop */

/**
 * ng_records_wait() - hand out the records that there are, or come within a second
 * @take: called for each, in order; when it returns a negative number, that is returned
 *
 * Return: 0; -ESTALE: other programs are in force, or none; open the state anew; -EINTR.
 */
int ng_records_wait(struct ng_record_reader *reader,
		    int (*take)(void *to, const struct ng_record *record), void *to);

/** ng_records_take() - likewise, but without waiting; to be called each second at least */
int ng_records_take(struct ng_record_reader *reader,
		    int (*take)(void *to, const struct ng_record *record), void *to);

void ng_records_missed(const struct ng_record_reader *reader, struct ng_missed *missed);

#endif
