// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows about how long changes take: apply-rules-10000, apply-rules-100000, apply-set-1000000
 * (`netguard apply` as a process), change-add-100000, … (one rule more or less, likewise, and until
 * it is in force), ban (`netguard block` until the programs drop).
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <glob.h>
#include <linux/pkt_cls.h>

#include "bench.h"
#include "base/cleanup.h"
#include "filter.h"
#include "layout/image.h"
#include "sandbox.h"
#include "sets.h"

#define ROUNDS	 5
#define BANS	 25
#define CHANGES	 9
#define CHANGED	 100000 /* rules in force when one more comes */
#define RULES	 BENCH_SCRATCH "/bench.rules"
#define EMPTY	 BENCH_SCRATCH "/empty.rules"
#define FEED	 BENCH_SCRATCH "/feed.txt"
#define PROGRAMS "/sys/fs/bpf/netguard/*/gen-*/*-tc-in"
#define IMAGES	 "/sys/fs/bpf/netguard/*/gen-*/images"

/* How a ban is waited for: no longer than that; whoever looks leaves the CPU to the command
 * meanwhile. */
#define PATIENCE_MS 2000
#define LOOK_US	    50

static FILE *create(const char *path, struct ng_error *err)
{
	FILE *file = fopen(path, "w");

	if (!file)
		ng_fail_at(err, -errno, path, "cannot write it: %s", strerror(errno));
	return file;
}

static int close_written(FILE *file, const char *path, struct ng_error *err)
{
	return fclose(file) ? ng_fail_at(err, -EIO, path, "cannot write it") : 0;
}

/* A ruleset of @n_rules rules and, behind them, a set of @n_prefixes that is dropped. */
static int write_ruleset(size_t n_rules, size_t n_prefixes, struct ng_error *err)
{
	struct bench_rules rules = { .family = 4 };
	struct bench_set set = { 0 };
	FILE *file;
	int result = 0;

	if ((n_rules && bench_generate(BENCH_ACL, 4, n_rules, &rules)) ||
	    (n_prefixes && bench_set_generate(4, true, n_prefixes, &set)))
		result = ng_fail(err, -ENOMEM, "out of memory");
	if (!result && n_prefixes) {
		file = create(FEED, err);
		if (file)
			bench_set_print(&set, file);
		result = file ? close_written(file, FEED, err) : -EIO;
	}
	if (!result) {
		file = create(RULES, err);
		if (file && n_prefixes)
			fputs("set feed file \"feed.txt\"\n", file);
		if (file)
			bench_rules_print(&rules, file);
		if (file && n_prefixes)
			fputs("drop from @feed\n", file);
		result = file ? close_written(file, RULES, err) : -EIO;
	}
	bench_rules_clear(&rules);
	bench_set_clear(&set);
	return result;
}

static int write_empty(struct ng_error *err)
{
	FILE *file = create(EMPTY, err);

	if (!file)
		return -EIO;
	fputs("default pass\n", file);
	return close_written(file, EMPTY, err);
}

static int attach(const struct bench *b, struct ng_error *err)
{
	int result = write_empty(err);

	if (!result)
		result = bench_call(err, NULL, NULL, "%s attach lo --mode tc", b->netguard);
	return result;
}

static void detach(const struct bench *b)
{
	struct ng_error ignored;

	bench_call(&ignored, NULL, NULL, "%s detach --all", b->netguard);
}

static int read_and_compile_once(struct bench_filter *filter, struct ng_error *err)
{
	__cleanup_file FILE *file = fopen(RULES, "r");
	__cleanup_free char *text = NULL;
	size_t room = 0;
	ssize_t len;

	if (!file)
		return ng_fail_at(err, -errno, RULES, "cannot read it: %s", strerror(errno));
	len = getdelim(&text, &room, '\0', file);
	if (len < 0)
		return ng_fail_at(err, -EIO, RULES, "cannot read it");
	return bench_filter_make(text, len, BENCH_SCRATCH, filter, err);
}

/* What reading and compiling take by themselves, inside one process: the fastest of some. */
static int read_and_compile(struct bench_filter *filter, struct ng_error *err)
{
	int result = read_and_compile_once(filter, err);

	for (int round = 1; round < ROUNDS && !result; round++) {
		struct bench_filter again;

		result = read_and_compile_once(&again, err);
		if (result)
			break;
		filter->read_ms = fmin(filter->read_ms, again.read_ms);
		filter->compile_ms = fmin(filter->compile_ms, again.compile_ms);
		bench_filter_clear(&again);
	}
	if (result)
		bench_filter_clear(filter);
	return result;
}

/* `apply` in turn with a ruleset of nothing: every round has all to do. */
static int measure_apply(const struct bench *b, double *first, double *best, struct ng_error *err)
{
	int result = attach(b, err);
	double ms;

	*best = 1e18;
	for (int round = 0; round < ROUNDS && !result; round++) {
		result = bench_call(err, &ms, NULL, "%s apply " RULES, b->netguard);
		if (!round)
			*first = ms;
		if (ms < *best)
			*best = ms;
		if (!result)
			result = bench_call(err, NULL, NULL, "%s apply " EMPTY, b->netguard);
	}
	detach(b);
	return result;
}

static void apply_row(struct bench *b, const char *what, size_t n_rules, size_t n_prefixes)
{
	struct bench_filter filter = { 0 };
	size_t n = n_rules + n_prefixes;
	double first, best;
	struct ng_error err;
	char name[64];
	int result;

	snprintf(name, sizeof(name), "apply-%s-%zu", what, n);
	if (!bench_wants(b, "%s", name) || (b->up_to && n > b->up_to))
		return;
	result = write_ruleset(n_rules, n_prefixes, &err);
	if (!result)
		result = measure_apply(b, &first, &best, &err);
	if (!result)
		result = read_and_compile(&filter, &err);
	if (result) {
		bench_fail(b, name, &err);
		return;
	}
	bench_row(b, name,
		  (struct bench_figure[]){
			  { "ms", best },
			  { "first_ms", first },
			  { "read_ms", filter.read_ms },
			  { "compile_ms", filter.compile_ms },
			  { "publish_ms", fmax(0, best - filter.read_ms - filter.compile_ms) },
			  { "image_bytes", filter.image.size },
			  { NULL },
		  });
	bench_filter_clear(&filter);
}

/* What is pinned at @pattern. */
static int pinned(const char *pattern, struct ng_error *err)
{
	glob_t found;
	int fd;

	if (glob(pattern, 0, NULL, &found))
		return ng_fail(err, -ENOENT, "netguard is attached, but nothing is at %s", pattern);
	fd = bpf_obj_get(found.gl_pathv[0]);
	globfree(&found);
	return fd < 0 ? ng_fail(err, -errno, "cannot open %s: %s", pattern, strerror(errno)) : fd;
}

/* Does the program drop a UDP packet from 198.18.0.@last? 0, 1, or -errno. */
static int drops_from(int fd, unsigned char last)
{
	unsigned char frame[60] = {
		[0] = 2,   [12] = 0x08, [14] = 0x45, [17] = 46, [22] = 64, [23] = 17, [26] = 198,
		[27] = 18, [29] = last, [30] = 192,  [31] = 0,	[32] = 2,  [33] = 1,  [39] = 26,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .repeat = 1);

	if (bpf_prog_test_run_opts(fd, &opts))
		return -errno;
	return opts.retval == TC_ACT_SHOT;
}

/* From the command's start until the program drops; *@done: until the command ends. */
static int ban(const struct bench *b, int fd, unsigned char last, double *visible, double *done,
	       struct ng_error *err)
{
	int dropped = drops_from(fd, last), result;
	double begun = bench_now();
	pid_t child;

	if (dropped)
		return ng_fail(err, -EINVAL, "the ruleset drops 198.18.0.%d by itself", last);
	child = bench_start(err, NULL, "%s block 198.18.0.%d", b->netguard, last);
	if (child < 0)
		return child;
	while (!dropped && bench_now() < begun + PATIENCE_MS) {
		usleep(LOOK_US);
		dropped = drops_from(fd, last);
	}
	*visible = bench_now() - begun;
	result = bench_wait(child, err);
	*done = bench_now() - begun;
	if (!result && dropped != 1)
		return ng_fail(err, -ETIME, "the ban of 198.18.0.%d is not seen", last);
	return result;
}

static int compare_ms(const void *a, const void *b)
{
	return *(const double *)a < *(const double *)b ? -1
						       : *(const double *)a > *(const double *)b;
}

static int measure_bans(const struct bench *b, double visible[BANS], double done[BANS],
			struct ng_error *err)
{
	int result = bench_call(err, NULL, NULL, "%s apply " RULES, b->netguard);
	/* One that a test run takes, and with the maps of all others. */
	__cleanup_fd int fd = result ? result : pinned(PROGRAMS, err);

	if (fd < 0)
		return fd;
	for (int i = 0; i < BANS && !result; i++)
		result = ban(b, fd, 1 + i, &visible[i], &done[i], err);
	qsort(visible, BANS, sizeof(*visible), compare_ms);
	qsort(done, BANS, sizeof(*done), compare_ms);
	return result;
}

static void ban_row(struct bench *b)
{
	size_t n_rules = 100000, n_prefixes = 1000000;
	double visible[BANS], done[BANS];
	struct ng_error err;
	int result;

	if (!bench_wants(b, "ban"))
		return;
	if (b->up_to && b->up_to < n_prefixes)
		n_rules = n_prefixes = b->up_to;
	result = write_ruleset(n_rules, n_prefixes, &err);
	if (!result)
		result = attach(b, &err);
	if (!result)
		result = measure_bans(b, visible, done, &err);
	detach(b);
	if (result)
		bench_fail(b, "ban", &err);
	else
		bench_row(b, "ban",
			  (struct bench_figure[]){
				  { "ms", visible[BANS / 2] },
				  { "fastest_ms", visible[0] },
				  { "slowest_ms", visible[BANS - 1] },
				  { "command_ms", done[BANS / 2] },
				  { "rules", n_rules },
				  { "prefixes", n_prefixes },
				  { NULL },
			  });
}

#define ADDED "drop udp from 198.18.0.0/24 dport 4242"

/**
 * struct change - a command that makes one rule more or less
 * @undo: takes that back, with the number of the rule behind it; NULL: nothing does
 */
struct change {
	const char *name, *command, *undo;
};

/* Each rule that is deleted is one that was there from the beginning. */
static const struct change changes[] = {
	{ "change-add", "rule add " ADDED, "rule delete" },
	{ "change-insert", "rule insert 1 " ADDED, "rule delete" },
	{ "change-block", "block udp from 198.18.0.0/24 dport 4242", "rule delete" },
	{ "change-delete", "rule delete 1", NULL },
};

/* The id of the image that programs use. */
static int image_in_force(int images, __u32 *id, struct ng_error *err)
{
	__u32 current = NG_IMAGE_CURRENT;

	if (!bpf_map_lookup_elem(images, &current, id))
		return 0;
	return ng_fail(err, -errno, "cannot read which image is in force: %s", strerror(errno));
}

/* From the command's start until programs use another image; *@done: until the command ends. */
static int change_once(const struct bench *b, const struct change *change, int images,
		       double *in_force, double *done, struct ng_error *err)
{
	__u32 before, now;
	int result = image_in_force(images, &before, err), failed;
	double begun = bench_now();
	pid_t child =
		result ? result : bench_start(err, NULL, "%s %s", b->netguard, change->command);

	if (child < 0)
		return child;
	now = before;
	while (!result && now == before && bench_now() < begun + PATIENCE_MS) {
		usleep(LOOK_US);
		result = image_in_force(images, &now, err);
	}
	*in_force = bench_now() - begun;
	failed = bench_wait(child, err);
	*done = bench_now() - begun;
	if (!result && !failed && now == before)
		return ng_fail(err, -ETIME, "'%s' is not seen in force", change->command);
	return result ? result : failed;
}

static int measure_change(const struct bench *b, const struct change *change, size_t n_rules,
			  double in_force[CHANGES], double done[CHANGES], struct ng_error *err)
{
	size_t number = strncmp(change->command, "rule add", 8) ? 1 : n_rules + 1;
	__cleanup_fd int images = pinned(IMAGES, err);
	int result = images < 0 ? images : 0;

	for (int i = 0; i < CHANGES && !result; i++) {
		result = change_once(b, change, images, &in_force[i], &done[i], err);
		if (!result && change->undo)
			result = bench_call(err, NULL, NULL, "%s %s %zu", b->netguard, change->undo,
					    number);
	}
	qsort(in_force, CHANGES, sizeof(*in_force), compare_ms);
	qsort(done, CHANGES, sizeof(*done), compare_ms);
	return result;
}

static void change_row(struct bench *b, const struct change *change, size_t n_rules)
{
	double in_force[CHANGES], done[CHANGES];
	struct ng_error err;
	char name[64];

	snprintf(name, sizeof(name), "%s-%zu", change->name, n_rules);
	if (!bench_wants(b, "%s", name))
		return;
	if (measure_change(b, change, n_rules, in_force, done, &err))
		bench_fail(b, name, &err);
	else
		bench_row(b, name,
			  (struct bench_figure[]){
				  { "ms", done[CHANGES / 2] },
				  { "fastest_ms", done[0] },
				  { "slowest_ms", done[CHANGES - 1] },
				  { "in_force_ms", in_force[CHANGES / 2] },
				  { NULL },
			  });
}

#define N_CHANGES (sizeof(changes) / sizeof(changes[0]))

/* With many rules in force one becomes more, or less. */
static void change_rows(struct bench *b)
{
	size_t n_rules = b->up_to && b->up_to < CHANGED ? b->up_to : CHANGED;
	struct ng_error err;
	bool wanted = false;
	int result;

	for (size_t i = 0; i < N_CHANGES; i++)
		wanted |= bench_wants(b, "%s-%zu", changes[i].name, n_rules);
	if (!wanted)
		return;
	result = write_ruleset(n_rules, 0, &err);
	if (!result)
		result = attach(b, &err);
	if (!result)
		result = bench_call(&err, NULL, NULL, "%s apply " RULES, b->netguard);
	if (result)
		bench_fail(b, "change", &err);
	for (size_t i = 0; i < N_CHANGES && !result; i++)
		change_row(b, &changes[i], n_rules);
	detach(b);
}

void bench_times_rows(struct bench *b)
{
	apply_row(b, "rules", 10000, 0);
	apply_row(b, "rules", 100000, 0);
	apply_row(b, "set", 0, 1000000);
	change_rows(b);
	ban_row(b);
}
