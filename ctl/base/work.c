// SPDX-License-Identifier: GPL-2.0-only
#include "base/work.h"

#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct ng_work now;

void ng_work_at(const char *where, uint64_t n, const char *unit)
{
	pthread_mutex_lock(&lock);
	snprintf(now.where, sizeof(now.where), "%s", where);
	now.n = n;
	now.unit = unit;
	pthread_mutex_unlock(&lock);
}

struct ng_work ng_work_now(void)
{
	struct ng_work work;

	pthread_mutex_lock(&lock);
	work = now;
	pthread_mutex_unlock(&lock);
	return work;
}
