// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows about sets of addresses: set-v4-1000000, set-v6-mixed-1000, …; and the job that xdp-filter
 * is for, by netguard (blocked-100000, blocked-live-100000) and by itself (xdp-filter-100000).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "bench.h"
#include "base/cleanup.h"
#include "filter.h"
#include "kernel/runner.h"
#include "peers.h"
#include "sets.h"

#define BLOCKED 100000

static const bool drops[] = { false };

/**
 * struct subject - a set made ready
 * @folder: with the list file of a set that is read
 */
struct subject {
	struct bench_set set;
	struct bench_trace random, flows;
};

static void subject_clear(struct subject *subject)
{
	bench_set_clear(&subject->set);
	bench_trace_clear(&subject->random);
	bench_trace_clear(&subject->flows);
}

static int subject_make(int family, bool mixed, size_t n, struct subject *subject,
			struct ng_error *err)
{
	struct subject made = { 0 };

	if (bench_set_generate(family, mixed, n, &made.set) ||
	    bench_trace_set(&made.set, BENCH_SET_PACKETS, &made.random) ||
	    bench_trace_flows(&made.random, &made.flows)) {
		subject_clear(&made);
		return ng_fail(err, -ENOMEM, "out of memory");
	}
	*subject = made;
	return 0;
}

static int write_list(const struct bench_set *set, const char *path, struct ng_error *err)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return ng_fail_at(err, -errno, path, "cannot write it: %s", strerror(errno));
	bench_set_print(set, file);
	if (fclose(file))
		return ng_fail_at(err, -EIO, path, "cannot write it");
	return 0;
}

static int compile(const struct bench_set *set, struct bench_filter *filter, struct ng_error *err)
{
	static const char text[] = "set feed file \"feed.txt\"\ndrop from @feed\n";
	char folder[] = "/tmp/ng-bench.XXXXXX", path[64];
	int result;

	if (!mkdtemp(folder))
		return ng_fail_at(err, -errno, folder, "cannot make a folder: %s", strerror(errno));
	snprintf(path, sizeof(path), "%s/feed.txt", folder);
	result = write_list(set, path, err);
	if (!result)
		result = bench_filter_make(text, sizeof(text) - 1, folder, filter, err);
	unlink(path);
	rmdir(folder);
	return result;
}

/* The ruleset in force, over both traces. */
static int run_traces(const struct subject *subject, const struct bench_filter *filter,
		      struct ng_runner *runner, struct bench_course *course,
		      struct bench_times *random, struct bench_times *flows, struct ng_error *err)
{
	int result = bench_filter_run(filter, runner, course, &subject->random, drops, random, err);

	if (result)
		return result;
	return bench_filter_run(filter, runner, course, &subject->flows, drops, flows, err);
}

static int measure_set(struct bench *b, const char *name, const struct subject *subject,
		       enum bench_base above, struct ng_error *err)
{
	struct bench_course *course =
		bench_course(b, NG_HOOK_XDP, subject->set.family, BENCH_SET_PACKETS, err);
	struct ng_runner *runner = NULL;
	struct bench_times random, flows;
	struct bench_filter filter;
	int result;

	if (!course)
		return -1;
	result = compile(&subject->set, &filter, err);
	if (result)
		return result;
	result = ng_runner_open_plain(NG_HOOK_XDP, &filter.image, "", &runner, err);
	if (!result)
		result = run_traces(subject, &filter, runner, course, &random, &flows, err);
	if (!result)
		bench_row(b, name,
			  (struct bench_figure[]){
				  { "floor_ns", random.base[BENCH_FLOOR] },
				  { above == BENCH_PARSE ? "over_parsing_ns" : "over_floor_ns",
				    random.all - random.base[above] },
				  { "flow_ns", flows.all - flows.base[above] },
				  { "with_parsing_ns", random.all - random.base[BENCH_WRITER] },
				  { "image_bytes", filter.image.size },
				  { "read_ms", filter.read_ms },
				  { "compile_ms", filter.compile_ms },
				  { NULL },
			  });
	ng_runner_close(runner);
	bench_filter_clear(&filter);
	return result;
}

static void set_row(struct bench *b, int family, bool mixed, size_t n)
{
	struct subject subject;
	struct ng_error err;
	char name[64];

	snprintf(name, sizeof(name), "set-v%d-%s%zu", family, mixed ? "mixed-" : "", n);
	if (!bench_wants(b, "%s", name) || (b->up_to && n > b->up_to))
		return;
	if (subject_make(family, mixed, n, &subject, &err)) {
		bench_fail(b, name, &err);
		return;
	}
	if (measure_set(b, name, &subject, BENCH_PARSE, &err))
		bench_fail(b, name, &err);
	subject_clear(&subject);
}

/* What decides is no rule but the live set, which stands before the rules. */
static int measure_live(struct bench *b, const char *name, const struct subject *subject,
			struct ng_error *err)
{
	struct bench_course *course =
		bench_course(b, NG_HOOK_XDP, subject->set.family, BENCH_SET_PACKETS, err);
	struct ng_runner *runner = NULL;
	struct bench_times random, flows;
	struct bench_filter filter;
	int result;

	if (!course)
		return -1;
	result = bench_filter_make("default pass\n", 13, NULL, &filter, err);
	if (result)
		return result;
	filter.slots[0] = NG_SLOT_BLOCKED;
	filter.n_rules = 1;
	result = ng_runner_open_plain(NG_HOOK_XDP, &filter.image, "", &runner, err);
	if (!result)
		result = bench_block_all(&subject->set, runner, err);
	if (!result)
		result = run_traces(subject, &filter, runner, course, &random, &flows, err);
	if (!result)
		bench_row(b, name,
			  (struct bench_figure[]){
				  { "floor_ns", random.base[BENCH_FLOOR] },
				  { "over_floor_ns", random.all - random.base[BENCH_WRITER] },
				  { "flow_ns", flows.all - flows.base[BENCH_WRITER] },
				  { NULL },
			  });
	ng_runner_close(runner);
	bench_filter_clear(&filter);
	return result;
}

static int measure_xdp_filter(struct bench *b, const char *name, const struct subject *subject,
			      bool fill, struct ng_error *err)
{
	struct bench_course *course =
		bench_course(b, NG_HOOK_XDP, subject->set.family, BENCH_SET_PACKETS, err);
	struct bench_times random, flows;
	struct bpf_object *object;
	int result;

	if (!course)
		return -1;
	result = bench_xdp_filter_open(fill ? &subject->set : NULL, &object, err);
	if (result)
		return result;
	result = bench_xdp_filter_run(object, course, &subject->random, fill, &random, err);
	if (!result)
		result = bench_xdp_filter_run(object, course, &subject->flows, fill, &flows, err);
	if (!result)
		bench_row(b, name,
			  (struct bench_figure[]){
				  { "floor_ns", random.base[BENCH_FLOOR] },
				  { "over_floor_ns", random.all - random.base[BENCH_WRITER] },
				  { "flow_ns", flows.all - flows.base[BENCH_WRITER] },
				  { NULL },
			  });
	bpf_object__close(object);
	return result;
}

/* Those first that others are set beside. */
enum job { JOB_XDP_FILTER, JOB_XDP_FILTER_EMPTY, JOB_SET, JOB_LIVE, JOBS };

/* One job for all: BLOCKED addresses are to be dropped. Whole cost, with the reading of frames. */
static void blocked_rows(struct bench *b)
{
	static const char *const names[JOBS] = {
		[JOB_SET] = "blocked-100000",
		[JOB_LIVE] = "blocked-live-100000",
		[JOB_XDP_FILTER] = "xdp-filter-100000",
		[JOB_XDP_FILTER_EMPTY] = "xdp-filter-0",
	};
	struct subject subject;
	struct ng_error err;
	bool wanted = false;

	for (int job = 0; job < JOBS; job++)
		wanted |= bench_wants(b, "%s", names[job]);
	if (!wanted || (b->up_to && b->up_to < BLOCKED))
		return;
	if (subject_make(4, false, BLOCKED, &subject, &err)) {
		bench_fail(b, names[JOB_SET], &err);
		return;
	}
	for (enum job job = 0; job < JOBS; job++) {
		int result = 0;

		if (!bench_wants(b, "%s", names[job]))
			continue;
		if (job == JOB_SET)
			result = measure_set(b, names[job], &subject, BENCH_WRITER, &err);
		else if (job == JOB_LIVE)
			result = measure_live(b, names[job], &subject, &err);
		else
			result = measure_xdp_filter(b, names[job], &subject, job == JOB_XDP_FILTER,
						    &err);
		if (result == -ENOENT && job <= JOB_XDP_FILTER_EMPTY)
			bench_leave_out(b, names[job], "%s", err.what);
		else if (result)
			bench_fail(b, names[job], &err);
	}
	subject_clear(&subject);
}

void bench_sets_rows(struct bench *b)
{
	static const size_t sizes[] = { 1000, 10000, 100000, 1000000 };

	for (int family = 4; family <= 6; family += 2)
		for (int mixed = 0; mixed <= 1; mixed++)
			for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
				set_row(b, family, mixed, sizes[i]);
	blocked_rows(b);
}
