/* SPDX-License-Identifier: GPL-2.0-only */
/* The sample of what is dropped: records of packets, asked for while somebody wants to see them. */
#ifndef NG_SAMPLE_H
#define NG_SAMPLE_H

#include "kernel/maps/records.h"
#include "commands/top/sources.h"

/**
 * struct ng_sample - begins zeroed: nothing is asked for
 * @sources: what was found
 * @missed:  of @reader, at the last look
 * @time:    of the last look
 * @error:   why there is nothing, in .what; else empty
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
 * ng_sample_take() - take in what there is; begins to ask if nobody has
 *
 * To be called several times a second: there is room for so much. When another one reads the
 * records, @error says so, and the next call tries again.
 */
void ng_sample_take(struct ng_sample *sample);

/** ng_sample_look() - the end of one interval and the begin of the next; @time in ns */
void ng_sample_look(struct ng_sample *sample, uint64_t time);

/** ng_sample_stop() - do not ask for the moment: others may */
void ng_sample_stop(struct ng_sample *sample);

/** ng_sample_end() - do not ask any more, and forget what was found */
void ng_sample_end(struct ng_sample *sample);

#endif
