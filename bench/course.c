// SPDX-License-Identifier: GPL-2.0-only
#include "course.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "layout/config.h"
#include "layout/control.h"
#include "packet.h"
#include "sandbox.h"

#include "bench_tc.skel.h"
#include "bench_xdp.skel.h"

#define ROUNDS	     9
#define ROUND_NS     15e6 /* of each program */
#define PACKETS_MIN  64
#define PACKETS_MAX  (1U << 20)
#define PASSES	     4	   /* of a round over the trace, so that caches hold what they would */
#define PASSES_NS    0.3e9 /* unless that takes longer */
#define SETUP_ROUNDS 5
#define LIVE_BATCH   64
#define ONCE_NS	     3e9
#define ONCE_FIRST   1024

/**
 * struct bench_course - see course.h
 * @xdp, @tc: one of them is open
 * @writer, @drop, @parse, @pass, @tx: programs, the last two at XDP only, owned by the skeleton
 * @target: the map whose element 0 the writer goes on to
 * @trace:  @trace_size bytes, records of packet.h
 * @position: of the writer in the trace
 * @beside: see bench_course_beside()
 * @setup, @live_setup: ns that a test run costs without its packets
 * @live_ready: @live_setup is known; both by enum bench_live
 */
struct bench_course {
	enum ng_hook hook;
	int family;
	struct bench_xdp *xdp;
	struct bench_tc *tc;
	int writer, drop, parse, pass, tx, target;
	void *trace;
	size_t trace_size;
	volatile __u64 *position;
	struct bench_beside *beside;
	double setup, live_setup[2];
	bool live_ready[2];
};

static double cpu_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

/* Run @fd over @packets packets: 0 with *@ns of CPU time for all of them, -errno with @err. */
static int run(const struct bench_course *course, int fd, unsigned int packets, double *ns,
	       struct ng_error *err)
{
	unsigned char frame[BENCH_FRAME6];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame,
		    .data_size_in = bench_frame_make(course->family, frame), .repeat = packets);
	double before = cpu_time();

	if (bpf_prog_test_run_opts(fd, &opts))
		return ng_fail(err, -errno, "a test run failed: %s", strerror(errno));
	*ns = cpu_time() - before;
	if (opts.retval == BENCH_NO_TARGET)
		return ng_fail(err, -EPROTO, "the writer cannot go on to the program");
	return 0;
}

static int set_target(const struct bench_course *course, int fd, struct ng_error *err)
{
	__u32 zero = 0;

	if (bpf_map_update_elem(course->target, &zero, &fd, BPF_ANY))
		return ng_fail(err, -errno, "cannot put a program behind the writer: %s",
			       strerror(errno));
	return 0;
}

/* The maps of the filter come with its parsers; nothing here uses them. */
static void leave_out_maps(struct bpf_object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object) if (!strncmp(bpf_map__name(map), "ng_", 3))
		bpf_map__set_autocreate(map, false);
}

static int load_xdp(struct bench_course *course, size_t n)
{
	struct bench_xdp *xdp = course->xdp = bench_xdp__open();

	if (!xdp)
		return -errno;
	leave_out_maps(xdp->obj);
	xdp->rodata->bench_mask = n - 1;
	xdp->rodata->bench_family = course->family;
	bpf_map__set_value_size(xdp->maps.bench_trace, course->trace_size);
	if (bench_xdp__load(xdp))
		return -errno;
	course->writer = bpf_program__fd(xdp->progs.bench_writer);
	course->drop = bpf_program__fd(xdp->progs.bench_drop);
	course->parse = bpf_program__fd(xdp->progs.bench_parse);
	course->pass = bpf_program__fd(xdp->progs.bench_pass);
	course->tx = bpf_program__fd(xdp->progs.bench_tx);
	course->target = bpf_map__fd(xdp->maps.bench_target);
	course->position = &xdp->bss->bench_position;
	return bpf_map__fd(xdp->maps.bench_trace);
}

static int load_tc(struct bench_course *course, size_t n)
{
	struct bench_tc *tc = course->tc = bench_tc__open();

	if (!tc)
		return -errno;
	leave_out_maps(tc->obj);
	tc->rodata->bench_mask = n - 1;
	tc->rodata->bench_family = course->family;
	bpf_map__set_value_size(tc->maps.bench_trace, course->trace_size);
	if (bench_tc__load(tc))
		return -errno;
	course->writer = bpf_program__fd(tc->progs.bench_writer);
	course->drop = bpf_program__fd(tc->progs.bench_drop);
	course->parse = bpf_program__fd(tc->progs.bench_parse);
	course->target = bpf_map__fd(tc->maps.bench_target);
	course->position = &tc->bss->bench_position;
	return bpf_map__fd(tc->maps.bench_trace);
}

static int load(struct bench_course *course, size_t n, struct ng_error *err)
{
	int trace = course->hook == NG_HOOK_XDP ? load_xdp(course, n) : load_tc(course, n);
	void *at;

	if (trace < 0)
		return ng_fail(err, trace, "cannot load the writer: %s", strerror(-trace));
	at = mmap(NULL, course->trace_size, PROT_READ | PROT_WRITE, MAP_SHARED, trace, 0);
	if (at == MAP_FAILED)
		return ng_fail(err, -errno, "cannot map the trace: %s", strerror(errno));
	course->trace = at;
	return 0;
}

static int measure_setup(struct bench_course *course, struct ng_error *err)
{
	int result = 0;
	double ns;

	course->setup = 1e18;
	for (int i = 0; i < SETUP_ROUNDS && !result; i++) {
		result = run(course, course->drop, 1, &ns, err);
		if (!result && ns < course->setup)
			course->setup = ns;
	}
	return result;
}

int bench_course_open(enum ng_hook hook, int family, size_t n, struct bench_course **course,
		      struct ng_error *err)
{
	struct bench_course *opened = calloc(1, sizeof(*opened));
	int result;

	if (!opened)
		return ng_fail(err, -ENOMEM, "out of memory");
	opened->hook = hook;
	opened->family = family;
	opened->trace_size = n * bench_trace_record(family);
	result = load(opened, n, err);
	if (!result)
		result = measure_setup(opened, err);
	if (result) {
		bench_course_close(opened);
		return result;
	}
	*course = opened;
	return 0;
}

void bench_course_close(struct bench_course *course)
{
	if (!course)
		return;
	if (course->trace)
		munmap(course->trace, course->trace_size);
	bench_xdp__destroy(course->xdp);
	bench_tc__destroy(course->tc);
	free(course);
}

void bench_course_load(struct bench_course *course, const struct bench_trace *trace)
{
	bench_trace_write(trace, course->trace);
}

void bench_course_load_one(struct bench_course *course, const struct bench_key *key)
{
	struct bench_key copy = *key;
	const struct bench_trace one = { .family = course->family, .n = 1, .keys = &copy };
	size_t record = bench_trace_record(course->family);

	bench_trace_write(&one, course->trace);
	for (size_t at = record; at < course->trace_size; at += record)
		memcpy((char *)course->trace + at, course->trace, record);
}

int bench_course_once(struct bench_course *course, int fd, size_t *n, double *ns,
		      struct ng_error *err)
{
	size_t first = *n < ONCE_FIRST ? *n : ONCE_FIRST, rest = *n - first;
	int result = set_target(course, fd, err);
	double all, more = 0;

	*course->position = 0;
	if (!result)
		result = run(course, course->writer, first, &all, err);
	if (result)
		return result;
	/* A test run at XDP takes 20 ms to begin and to end, in which others run: two, not more. */
	if (rest * (all / first) > ONCE_NS)
		rest = ONCE_NS / (all / first);
	if (rest)
		result = run(course, course->writer, rest, &more, err);
	if (result)
		return result;
	*n = first + rest;
	*ns = (all + more) / *n;
	return 0;
}

/* Runs @fd, which has no writer before it; a round better than *@best takes its place. */
static int round_alone(const struct bench_course *course, int fd, unsigned int packets,
		       double *best, struct ng_error *err)
{
	double ns;
	int result = run(course, fd, packets, &ns, err);

	if (!result && (ns - course->setup) / packets < *best)
		*best = (ns - course->setup) / packets;
	return result;
}

/* One round of one program; -1 is the floor, which has no writer before it. */
static int round_of(struct bench_course *course, int fd, unsigned int packets, double *best,
		    struct ng_error *err)
{
	int result = fd < 0 ? 0 : set_target(course, fd, err);

	return result ? result
		      : round_alone(course, fd < 0 ? course->drop : course->writer, packets, best,
				    err);
}

static unsigned int packets_for(const struct bench_course *course, double ns)
{
	double packets = ROUND_NS / (ns < 1 ? 1 : ns);
	size_t records = course->trace_size / bench_trace_record(course->family);
	double passes = PASSES * (double)records;

	if (packets < passes && passes * ns < PASSES_NS)
		packets = passes;
	if (packets < PACKETS_MIN)
		return PACKETS_MIN;
	return packets < PACKETS_MAX ? packets : PACKETS_MAX;
}

void bench_course_beside(struct bench_course *course, struct bench_beside *beside)
{
	course->beside = beside;
}

int bench_course_alone(struct bench_course *course, int fd, size_t n, double *ns,
		       struct ng_error *err)
{
	*ns = 1e18;
	return round_alone(course, fd, n, ns, err);
}

int bench_course_round(struct bench_course *course, int fd, unsigned int packets, double *best,
		       struct ng_error *err)
{
	return round_of(course, fd, packets, best, err);
}

static int rounds_beside(const struct bench_course *course, struct ng_error *err)
{
	struct bench_beside *beside = course->beside;
	int result = 0;

	for (size_t i = 0; beside && i < beside->n && !result; i++)
		result = round_alone(course, beside->fds[i], packets_for(course, beside->guess),
				     &beside->ns[i], err);
	return result;
}

int bench_course_time(struct bench_course *course, int fd, double guess, double base[BENCH_BASES],
		      double *ns, struct ng_error *err)
{
	const int fds[] = { -1, course->drop, course->parse, fd };
	double best[BENCH_BASES + 1] = { 1e18, 1e18, 1e18, 1e18 };
	int result = 0;

	_Static_assert(BENCH_FLOOR == 0 && BENCH_WRITER == 1 && BENCH_PARSE == 2, "as in fds");
	*course->position = 0;
	for (size_t i = 0; course->beside && i < course->beside->n; i++)
		course->beside->ns[i] = 1e18;
	for (int round = 0; round < ROUNDS && !result; round++) {
		for (int i = 0; i <= BENCH_BASES && !result; i++)
			result = round_of(course, fds[i],
					  packets_for(course, i < BENCH_BASES ? 50 : guess),
					  &best[i], err);
		if (!result)
			result = rounds_beside(course, err);
	}
	if (result)
		return result;
	memcpy(base, best, BENCH_BASES * sizeof(*base));
	*ns = best[BENCH_BASES];
	return 0;
}

/*
 * Time of a run of live frames, in ns. The stack handles frames in this thread's context: CPU
 * time. The other end of a veth pair does, too, but leaves work to the kernel's own threads when
 * it becomes much: there it is wall time.
 */
static int run_live(const struct bench_course *course, enum bench_live live, int ifindex,
		    unsigned int packets, double *ns, struct ng_error *err)
{
	unsigned char frame[BENCH_FRAME6];
	size_t len = bench_frame_make(course->family, frame);
	struct xdp_md ctx = { .data_end = len, .ingress_ifindex = ifindex };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = len, .ctx_in = &ctx,
		    .ctx_size_in = sizeof(ctx), .repeat = packets,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = LIVE_BATCH);
	double wall = bench_now(), cpu = cpu_time();

	if (bpf_prog_test_run_opts(course->writer, &opts))
		return ng_fail(err, -errno, "cannot make live frames: %s", strerror(errno));
	*ns = live == BENCH_LIVE_PASS ? cpu_time() - cpu : (bench_now() - wall) * 1e6;
	return 0;
}

int bench_course_live(struct bench_course *course, enum bench_live live, int ifindex,
		      unsigned int packets, bool restart, double *ns, struct ng_error *err)
{
	int result = set_target(course, live == BENCH_LIVE_TX ? course->tx : course->pass, err);
	double *setup = &course->live_setup[live], all;

	for (int i = 0; i < SETUP_ROUNDS && !result && !course->live_ready[live]; i++) {
		result = run_live(course, live, ifindex, 1, &all, err);
		if (!result && (!i || all < *setup))
			*setup = all;
	}
	if (result)
		return result;
	course->live_ready[live] = true;
	if (restart)
		*course->position = 0;
	result = run_live(course, live, ifindex, packets, &all, err);
	if (!result)
		*ns = all > *setup ? (all - *setup) / packets : 0;
	return result;
}

int bench_course_drop(const struct bench_course *course)
{
	return course->drop;
}

int bench_course_pass(const struct bench_course *course)
{
	return course->pass;
}

int bench_course_parse(const struct bench_course *course)
{
	return course->parse;
}
