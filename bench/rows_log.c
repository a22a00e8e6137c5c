// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of records of packets: log-100-per-second, …-tc. Rules that are all marked `log 100/s` while
 * somebody reads, beside the same rules without: the whole filter, reading the frame included.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "bench.h"
#include "base/cleanup.h"
#include "filter.h"
#include "kernel/pins/handle.h"
#include "kernel/runner.h"
#include "sandbox.h"
#include "layout/record.h"

#define RULES	 10
#define TURNS	 4
#define LOGGED	 " log 100/s"
#define PER_RULE 100 /* records a second */
#define FOR_GOOD ~0ULL

/**
 * struct logging - a filter that makes records, and who reads them
 * @records: that were read
 */
struct logging {
	struct bench_filter filter;
	struct ng_runner *runner;
	struct ring_buffer *ring;
	uint64_t records;
};

/* What both filters are asked. */
struct work {
	struct bench_course *course;
	struct bench_trace trace;
	bool passes[RULES];
};

static int take(void *to, void *data, size_t size)
{
	struct logging *logging = to;

	(void)data;
	(void)size;
	logging->records++;
	return 0;
}

/* The rules' text; @mark stands at the end of each. */
static char *print_rules(const struct bench_rules *rules, const char *mark)
{
	__cleanup_free char *text = NULL;
	char *marked = NULL, *line, *next;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	bench_rules_print(rules, out);
	if (fclose(out))
		return NULL;
	out = open_memstream(&marked, &len);
	if (!out)
		return NULL;
	for (next = text; (line = strsep(&next, "\n")) && *line;)
		fprintf(out, "%s%s\n", line, strncmp(line, "default", 7) ? mark : "");
	return fclose(out) ? NULL : marked;
}

static int logging_open(const struct bench_rules *rules, const char *mark, enum ng_hook hook,
			struct logging *logging, struct ng_error *err)
{
	__cleanup_free char *text = print_rules(rules, mark);
	int result;

	if (!text)
		return ng_fail(err, -ENOMEM, "out of memory");
	result = bench_filter_make(text, strlen(text), NULL, &logging->filter, err);
	if (!result)
		result = ng_runner_open_plain(hook, &logging->filter.image, "", &logging->runner,
					      err);
	if (result || !*mark)
		return result;
	logging->ring = ring_buffer__new(ng_runner_state(logging->runner)->now.records, take,
					 logging, NULL);
	if (!logging->ring)
		return ng_fail(err, -errno, "cannot read the records: %s", strerror(errno));
	ng_runner_state(logging->runner)->words->lease = FOR_GOOD;
	ng_runner_state(logging->runner)->words->watch = NG_WATCH_LOG;
	return 0;
}

static void logging_close(struct logging *logging)
{
	ring_buffer__free(logging->ring);
	ng_runner_close(logging->runner);
	bench_filter_clear(&logging->filter);
}

/* The fastest of all turns so far. */
static int take_turn(struct work *work, struct logging *logging, struct bench_times *best,
		     struct ng_error *err)
{
	struct bench_times times;
	int result = bench_filter_run(&logging->filter, logging->runner, work->course, &work->trace,
				      work->passes, &times, err);

	if (result)
		return result;
	for (int i = 0; i < BENCH_BASES; i++)
		if (!best->all || times.base[i] < best->base[i])
			best->base[i] = times.base[i];
	if (!best->all || times.all < best->all)
		best->all = times.all;
	if (logging->ring)
		ring_buffer__consume(logging->ring);
	return 0;
}

/* Is each packet of the rules shown or counted, and no more shown than may be? */
static int check_records(const struct logging *logging, double ms, struct ng_error *err)
{
	uint64_t most = RULES * PER_RULE * (ms / 1000 + 2), logged = 0;
	uint64_t limited = ng_runner_counter(logging->runner, NG_SLOT_LOG_LIMITED).packets;
	uint64_t full = ng_runner_counter(logging->runner, NG_SLOT_LOG_FULL).packets;

	for (size_t i = 0; i < logging->filter.n_rules; i++)
		logged += ng_runner_counter(logging->runner, logging->filter.slots[i]).packets;
	if (logged == logging->records + limited + full && logging->records &&
	    logging->records <= most)
		return 0;
	return ng_fail(err, -EBADMSG,
		       "wrong records: of %llu packets %llu were shown (at most %llu may be), %llu "
		       "and %llu were not",
		       (unsigned long long)logged, (unsigned long long)logging->records,
		       (unsigned long long)most, (unsigned long long)limited,
		       (unsigned long long)full);
}

static int compare(struct work *work, struct logging filters[2], struct bench_times times[2],
		   struct ng_error *err)
{
	double begun = bench_now();
	int result = 0;

	for (int turn = 0; turn < TURNS; turn++)
		for (int i = 0; i < 2 && !result; i++)
			result = take_turn(work, &filters[i], &times[i], err);
	return result ? result : check_records(&filters[1], bench_now() - begun, err);
}

static int measure(struct bench *b, const struct bench_rules *rules, enum ng_hook hook,
		   struct bench_times times[2], struct ng_error *err)
{
	static const char *const marks[] = { "", LOGGED };
	struct logging filters[2] = { 0 };
	struct work work = { .course = bench_course(b, hook, 4, BENCH_PACKETS, err) };
	int result = work.course ? 0 : -EIO;

	for (size_t i = 0; i < RULES; i++)
		work.passes[i] = rules->list[i].pass;
	if (!result && bench_trace_rules(rules, BENCH_PACKETS, &work.trace))
		result = ng_fail(err, -ENOMEM, "out of memory");
	for (int i = 0; i < 2 && !result; i++)
		result = logging_open(rules, marks[i], hook, &filters[i], err);
	if (!result)
		result = compare(&work, filters, times, err);
	for (int i = 0; i < 2; i++)
		logging_close(&filters[i]);
	bench_trace_clear(&work.trace);
	return result;
}

static void row(struct bench *b, const char *name, enum ng_hook hook)
{
	struct bench_times times[2] = { 0 };
	struct bench_rules rules;
	double without, with;
	struct ng_error err;
	int result;

	if (!bench_wants(b, "%s", name))
		return;
	if (bench_generate(BENCH_ACL, 4, RULES, &rules)) {
		ng_fail(&err, -ENOMEM, "out of memory");
		bench_fail(b, name, &err);
		return;
	}
	result = measure(b, &rules, hook, times, &err);
	bench_rules_clear(&rules);
	if (result) {
		bench_fail(b, name, &err);
		return;
	}
	without = times[0].all - times[0].base[BENCH_WRITER];
	with = times[1].all - times[1].base[BENCH_WRITER];
	bench_row(b, name,
		  (struct bench_figure[]){
			  { "without_ns", without },
			  { "with_ns", with },
			  { "with_ratio", with / without },
			  { NULL },
		  });
}

void bench_log_rows(struct bench *b)
{
	row(b, "log-100-per-second", NG_HOOK_XDP);
	row(b, "log-100-per-second-tc", NG_HOOK_TC_IN);
}
