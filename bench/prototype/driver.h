/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands before the prototype's own driver, tree4qbpf.c, when that is compiled for `make bench
 * PROTOTYPE=dir`: the driver reads the rules, builds the trees and loads the programs; then,
 * instead of measuring, its programs and maps are pinned in the folder PINS of its environment,
 * where the bench finds them. The bench has the packets and the right answers itself.
 */
#ifndef BENCH_PROTOTYPE_DRIVER_H
#define BENCH_PROTOTYPE_DRIVER_H

#define gen_trace prototype_gen_trace
#define brute	  prototype_brute
#define run_once  prototype_run_once
#include <rules.h> /* the prototype's, and its runner.h */
#undef gen_trace
#undef brute
#undef run_once

/* REP of the environment: by it the driver's measuring is told from its checks. */
#define BENCH_MEASURED 7

static struct bpf_object *o; /* the driver's */

static key4 *gen_trace(int n)
{
	return calloc(n, sizeof(key4));
}

static u32 *brute(const key4 *keys, int n)
{
	(void)keys;
	return calloc(n, sizeof(u32));
}

static void bench_pin(int fd, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", getenv("PINS"), name);
	if (bpf_obj_pin(fd, path)) {
		fprintf(stderr, "cannot pin %s: %s\n", path, strerror(errno));
		exit(1);
	}
}

static double run_once(int fd, void *packet, int len, u32 repeat, int *result)
{
	static const char *const maps[] = { "trace", "out" };
	struct bpf_prog_info info = { 0 };
	u32 size = sizeof(info);
	static int pinned;

	(void)packet, (void)len, (void)result;
	if (repeat != BENCH_MEASURED)
		return 1;
	for (; pinned < 2; pinned++)
		bench_pin(bpf_object__find_map_fd_by_name(o, maps[pinned]), maps[pinned]);
	if (!bpf_obj_get_info_by_fd(fd, &info, &size))
		bench_pin(fd, info.name);
	return 1;
}

#endif
