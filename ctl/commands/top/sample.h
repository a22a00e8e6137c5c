/* SPDX-License-Identifier: GPL-2.0-only */
/* A sample of dropped packets, from records that are requested while sources are shown. */
#ifndef NG_SAMPLE_H
#define NG_SAMPLE_H

#include "commands/top/sources.h"
#include "kernel/maps/records.h"

/**
 * struct ng_sample - zero it at first: there is no reader
 * @sources: the addresses in the sample
 * @missed:  of @reader, at the end of the last interval
 * @time:    end of the last interval
 * @error:   why there is no sample; empty if there is one
 */
struct ng_sample {
	struct ng_sources sources;
	struct ng_state *state;
	struct ng_record_reader *reader;
	struct ng_missed missed;
	uint64_t time;
	struct ng_error error;
};

/**
 * ng_sample_take() - read the records that there are; opens a reader if there is none
 *
 * To be called several times a second, since room for records is limited. If another process reads
 * the records, @error says so, and the next call tries again.
 */
void ng_sample_take(struct ng_sample *sample);

/** ng_sample_advance() - end one interval and begin the next; @time in ns */
void ng_sample_advance(struct ng_sample *sample, uint64_t time);

/** ng_sample_stop() - close the reader for the moment, so that others can read */
void ng_sample_stop(struct ng_sample *sample);

/** ng_sample_end() - close the reader and delete the sample */
void ng_sample_end(struct ng_sample *sample);

#endif
