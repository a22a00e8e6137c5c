// SPDX-License-Identifier: GPL-2.0-only
#include "commands/top/sample.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "kernel/state/state.h"
#include "layout/record.h"
#include "rules/time.h"

/*
 * The records of a second are made at its beginning, as fast as packets arrive, and all have to fit
 * into the ring buffer, which has room for 4096.
 */
#define RATE 1000ULL

static int take(void *to, const struct ng_record *record)
{
	struct ng_sample *sample = to;

	return ng_sources_take(&sample->sources, record);
}

void ng_sample_stop(struct ng_sample *sample)
{
	ng_records_close(sample->reader);
	ng_state_close(sample->state);
	sample->reader = NULL;
	sample->state = NULL;
	sample->missed = (struct ng_missed){ 0 };
}

static int start(struct ng_sample *sample)
{
	int ret = ng_state_open(NG_ACCESS_READ, &sample->state, &sample->error);

	if (!ret)
		ret = ng_records_open(sample->state, NG_WATCH_DROPPED | RATE << NG_WATCH_RATE_SHIFT,
				      &(struct ng_buffer){ 0 }, &sample->reader, &sample->error);
	if (ret)
		ng_sample_stop(sample);
	else
		memset(&sample->error, 0, sizeof(sample->error));
	return ret;
}

void ng_sample_take(struct ng_sample *sample)
{
	int ret = sample->reader ? 0 : start(sample);

	if (ret)
		return;
	ret = ng_records_take(sample->reader, take, sample);
	if (ret && ret != -EINTR && ret != -ESTALE)
		ng_fail(&sample->error, ret, "cannot read the records: %s", strerror(-ret));
	/* After a change of programs the next call opens a reader for the new ones. */
	if (ret && ret != -EINTR)
		ng_sample_stop(sample);
}

void ng_sample_advance(struct ng_sample *sample, uint64_t time)
{
	double seconds = sample->time ? (double)(time - sample->time) / NG_NS_PER_SECOND : 0;
	struct ng_missed missed = sample->missed;

	if (sample->reader)
		ng_records_missed(sample->reader, &missed);
	if (ng_sources_advance(&sample->sources, seconds,
			       missed.limited + missed.full - sample->missed.limited -
				       sample->missed.full))
		ng_fail(&sample->error, -ENOMEM, "out of memory");
	sample->missed = missed;
	sample->time = time;
}

void ng_sample_end(struct ng_sample *sample)
{
	ng_sample_stop(sample);
	ng_sources_clear(&sample->sources);
	memset(&sample->error, 0, sizeof(sample->error));
	sample->time = 0;
}
