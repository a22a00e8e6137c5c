// SPDX-License-Identifier: GPL-2.0-only
#include "report/busy.h"

#include <pthread.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/work.h"
#include "report/progress.h"
#include "report/terminal.h"

#define STEP (NG_NS_PER_SECOND / 5)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_t thread;
static bool begun, ends;

static void wait_a_step(void)
{
	const __u64 until = ng_clock_read(CLOCK_REALTIME) + STEP;

	pthread_cond_timedwait(&changed, &lock,
			       &(struct timespec){ .tv_sec = until / NG_NS_PER_SECOND,
						   .tv_nsec = until % NG_NS_PER_SECOND });
}

static void *show(void *unused)
{
	struct ng_progress progress;

	(void)unused;
	ng_progress_begin(&progress);
	pthread_mutex_lock(&lock);
	while (!ends) {
		struct ng_work work = ng_work_now();

		if (*work.where)
			ng_progress_say(&progress, work.where, work.n, work.unit);
		wait_a_step();
	}
	pthread_mutex_unlock(&lock);
	ng_progress_end(&progress);
	return NULL;
}

void ng_busy_begin(void)
{
	ends = false;
	ng_work_at("", 0, "");
	begun = ng_terminal_width(stderr) && !pthread_create(&thread, NULL, show, NULL);
}

void ng_busy_end(void)
{
	if (!begun)
		return;
	pthread_mutex_lock(&lock);
	ends = true;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
	begun = false;
}
