// SPDX-License-Identifier: GPL-2.0-only
#include "peers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "kernel/live/live.h"
#include "kernel/runner.h"

/* Of xdp-tools 1.3: what a value of the map of addresses says, below the counter. */
#define XDP_FILTER_OBJECTS "/usr/lib/*/bpf/xdpfilt_alw_all.o"
#define XDP_FILTER_SOURCE  (1ULL << 0)

int bench_block_all(const struct bench_set *set, struct ng_runner *runner, struct ng_error *err)
{
	for (size_t i = 0; i < set->n; i++) {
		struct ng_prefix prefix = { .family = 4, .len = 32 };
		__be32 address = htonl(set->list[i].address.lo);
		int result;

		memcpy(prefix.addr, &address, sizeof(address));
		result = ng_live_add(ng_runner_state(runner), NG_BLOCKED, &prefix, NG_LIVE_FOR_GOOD,
				     NULL, err);
		if (result)
			return result;
	}
	return 0;
}

static int fill_addresses(struct bpf_object *object, const struct bench_set *set,
			  struct ng_error *err)
{
	int fd = bpf_object__find_map_fd_by_name(object, "filter_ipv4");
	int cpus = libbpf_num_possible_cpus();
	__cleanup_free __u64 *values = NULL;

	if (fd < 0 || cpus < 0)
		return ng_fail(err, -ENOTSUP, "this xdp-filter has no map filter_ipv4");
	values = calloc(cpus, sizeof(*values));
	if (!values)
		return ng_fail(err, -ENOMEM, "out of memory");
	for (int cpu = 0; cpu < cpus; cpu++)
		values[cpu] = XDP_FILTER_SOURCE;
	for (size_t i = 0; i < set->n; i++) {
		__be32 address = htonl(set->list[i].address.lo);

		if (bpf_map_update_elem(fd, &address, values, BPF_ANY))
			return ng_fail(err, -errno, "cannot fill xdp-filter: %s", strerror(errno));
	}
	return 0;
}

/* It is to stand behind the writer, where only programs with the same flags may stand. */
static int load_xdp_filter(struct bpf_object *object, const struct bench_set *set,
			   struct ng_error *err)
{
	struct bpf_program *program = bpf_object__next_program(object, NULL);
	struct bpf_map *addresses = bpf_object__find_map_by_name(object, "filter_ipv4");
	struct bpf_map *map;

	if (!program || !addresses)
		return ng_fail(err, -ENOTSUP, "this xdp-filter has no map filter_ipv4");
	bpf_object__for_each_map(map, object) bpf_map__set_pin_path(map, NULL);
	bpf_program__set_type(program, BPF_PROG_TYPE_XDP);
	bpf_program__set_expected_attach_type(program, BPF_XDP);
	bpf_program__set_flags(program, BPF_F_XDP_HAS_FRAGS);
	if (set)
		bpf_map__set_max_entries(addresses, set->n);
	if (bpf_object__load(object))
		return ng_fail(err, -errno, "the kernel does not take xdp-filter: %s",
			       strerror(errno));
	return set ? fill_addresses(object, set, err) : 0;
}

int bench_xdp_filter_open(const struct bench_set *set, struct bpf_object **object,
			  struct ng_error *err)
{
	struct bpf_object *opened;
	glob_t found;
	int result;

	if (glob(XDP_FILTER_OBJECTS, 0, NULL, &found))
		return ng_fail(err, -ENOENT, "xdp-filter is not installed (package xdp-tools)");
	opened = bpf_object__open_file(found.gl_pathv[0], NULL);
	globfree(&found);
	if (!opened)
		return ng_fail(err, -errno, "cannot read xdp-filter: %s", strerror(errno));
	result = load_xdp_filter(opened, set, err);
	if (result)
		bpf_object__close(opened);
	else
		*object = opened;
	return result;
}

/* What xdp-filter counted as dropped so far: packets and bytes for each return value and CPU. */
static int count_drops(struct bpf_object *object, uint64_t *drops)
{
	int fd = bpf_object__find_map_fd_by_name(object, "xdp_stats_map");
	int cpus = libbpf_num_possible_cpus();
	__cleanup_free struct ng_counter *counters = NULL;
	__u32 key = XDP_DROP;

	if (fd < 0 || cpus < 0)
		return -ENOTSUP;
	counters = calloc(cpus, sizeof(*counters));
	if (!counters)
		return -ENOMEM;
	if (bpf_map_lookup_elem(fd, &key, counters))
		return -errno;
	*drops = 0;
	for (int cpu = 0; cpu < cpus; cpu++)
		*drops += counters[cpu].packets;
	return 0;
}

int bench_xdp_filter_run(struct bpf_object *object, struct bench_course *course,
			 const struct bench_trace *trace, bool filled, struct bench_times *times,
			 struct ng_error *err)
{
	int fd = bpf_program__fd(bpf_object__next_program(object, NULL)), result;
	uint64_t before, after, expected = 0;
	size_t packets = trace->n;
	double guess;

	bench_course_load(course, trace);
	if (count_drops(object, &before))
		return ng_fail(err, -ENOTSUP, "this xdp-filter has no counters");
	result = bench_course_once(course, fd, &packets, &guess, err);
	if (result)
		return result;
	for (size_t i = 0; filled && i < packets; i++)
		expected += trace->answers[i] != BENCH_NOTHING;
	if (count_drops(object, &after) || after - before != expected)
		return ng_fail(err, -EBADMSG,
			       "wrong answers: it dropped %llu packets of a trace, not %llu",
			       (unsigned long long)(after - before), (unsigned long long)expected);
	return bench_course_time(course, fd, guess, times->base, &times->all, err);
}
