// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/runner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/pkt_cls.h>

#include "base/cleanup.h"
#include "base/privilege.h"
#include "kernel/live/live.h"
#include "kernel/live/live_rows.h"
#include "kernel/live/live_table.h"
#include "kernel/maps/buckets.h"
#include "kernel/maps/flow_table.h"
#include "kernel/maps/generation.h"
#include "kernel/maps/images.h"
#include "kernel/maps/inner.h"
#include "kernel/maps/map.h"
#include "kernel/maps/rows.h"
#include "kernel/programs/programs.h"
#include "netguard_tc.skel.h"
#include "netguard_xdp.skel.h"

/*
 * The longest frames that the kernel's test runs accept (net/bpf/test_run.c): an skb must fit into
 * a page with its headroom and struct skb_shared_info; XDP accepts MAX_SKB_FRAGS pages more.
 */
#define XDP_HEADROOM 256
#define SKB_HEADROOM 64
#define SHARED_INFO  320
#define SKB_FRAGS    17

/* Longer than any burst: 32 days, ns. */
#define LONG_AFTER (32 * 86400 * 1000000000ULL)

/**
 * struct ng_runner - a program with maps of its own
 * @state:    only maps, without pins and lock
 * @timed:    the caller sets the time
 * @trace:    the program's memory for what it read and decided
 */
struct ng_runner {
	enum ng_hook hook;
	struct ng_state state;
	struct ng_program program;
	struct ng_rows rows;
	int fd;
	bool timed;
	volatile struct ng_trace *trace;
};

static int put_image(struct ng_runner *runner, const struct ng_image *image)
{
	const struct ng_generation *now = &runner->state.now;
	int result = ng_live_bind(&runner->state, image->data);
	__cleanup_fd int fd = -1;

	if (!result)
		result = ng_buckets_bind(now, NULL, image->data);
	if (!result)
		result = ng_flows_bind(&runner->state, image->data);
	if (result)
		return result;
	fd = ng_image_create(&runner->state.now, image->data);
	result = fd < 0 ? fd : ng_image_put(&runner->state.now, NG_IMAGE_CURRENT, fd);
	if (!result)
		result = ng_live_settle(&runner->state);
	return result ? result : ng_buckets_settle(now);
}

static int map_control(struct ng_runner *runner)
{
	struct ng_control *words = mmap(NULL, sizeof(*words), PROT_READ | PROT_WRITE, MAP_SHARED,
					runner->state.control, 0);

	if (words == MAP_FAILED)
		return -errno;
	runner->state.words = words;
	return 0;
}

static int make_maps(struct ng_runner *runner, const struct ng_image *image)
{
	struct ng_generation *maps = &runner->state.now;
	int result;

	maps->number = 1;
	maps->capacity = ng_capacity_for(image->size);
	maps->slots = ng_slots_for(image->slots);
	if (!maps->capacity)
		return -E2BIG;
	maps->live = ng_live_create(NULL);
	if (maps->live < 0)
		return maps->live;
	result = ng_buckets_create(maps);
	if (!result)
		result = ng_maps_create(maps);
	if (!result) {
		runner->state.control = ng_control_create();
		result = runner->state.control < 0 ? runner->state.control : 0;
	}
	if (!result)
		result = ng_rows_map(maps, false, &runner->rows);
	if (!result)
		result = map_control(runner);
	return result ? result : put_image(runner, image);
}

/* The skeleton maps a program's data only if it loads the program itself. */
static int map_trace(struct ng_runner *runner)
{
	struct netguard_xdp *xdp = runner->program.skeleton;
	struct netguard_tc *tc = runner->program.skeleton;
	struct bpf_map *data = runner->hook == NG_HOOK_XDP ? xdp->maps.bss : tc->maps.bss;
	void *at = mmap(NULL, sizeof(struct ng_trace), PROT_READ | PROT_WRITE, MAP_SHARED,
			bpf_map__fd(data), 0);

	if (at == MAP_FAILED)
		return -1;
	runner->trace = at;
	return 0;
}

static int load(struct ng_runner *runner, const char *iface, bool trace, struct ng_error *err)
{
	struct ng_config config = ng_config_for(&runner->state.now, runner->hook, iface, 0);
	int result;

	config.trace = trace;
	result = ng_program_open(&runner->state, &runner->state.now, runner->hook, &config,
				 &runner->program, err);
	if (result)
		return result;
	runner->fd = ng_program_load(&runner->program, err);
	if (runner->fd < 0)
		return runner->fd;
	if (!trace)
		return 0;
	return map_trace(runner) ? ng_fail_bpf(err, -errno, "cannot map the programs' data") : 0;
}

static int open_runner(enum ng_hook hook, const struct ng_image *image, const char *iface,
		       bool trace, struct ng_runner **runner, struct ng_error *err)
{
	struct ng_runner *opened = calloc(1, sizeof(*opened));
	int result;
	NG_RAISED;

	if (!opened)
		return ng_fail(err, -ENOMEM, "out of memory");
	opened->hook = hook;
	opened->state.control = opened->fd = -1;
	opened->state.now = ng_generation_none();
	result = make_maps(opened, image);
	if (result)
		ng_fail_bpf(err, result, "cannot create the maps of a test run");
	else
		result = load(opened, iface, trace, err);
	if (result) {
		ng_runner_close(opened);
		return result;
	}
	*runner = opened;
	return 0;
}

int ng_runner_open(enum ng_hook hook, const struct ng_image *image, const char *iface,
		   struct ng_runner **runner, struct ng_error *err)
{
	return open_runner(hook, image, iface, true, runner, err);
}

int ng_runner_open_plain(enum ng_hook hook, const struct ng_image *image, const char *iface,
			 struct ng_runner **runner, struct ng_error *err)
{
	return open_runner(hook, image, iface, false, runner, err);
}

int ng_runner_fd(const struct ng_runner *runner)
{
	return runner->fd;
}

void ng_runner_close(struct ng_runner *runner)
{
	if (!runner)
		return;
	ng_cleanup_fd(&runner->fd);
	if (runner->program.skeleton)
		ng_program_close(&runner->program);
	if (runner->trace)
		munmap((void *)runner->trace, sizeof(*runner->trace));
	if (runner->rows.rows)
		ng_rows_unmap(&runner->rows);
	if (runner->state.table)
		ng_live_unmap(runner->state.table);
	free(runner->state.table);
	if (runner->state.words)
		munmap(runner->state.words, sizeof(*runner->state.words));
	ng_inner_release(runner->state.now.images);
	ng_inner_release(runner->state.now.live);
	ng_inner_release(runner->state.now.tables);
	ng_inner_release(runner->state.now.flows);
	ng_generation_close(&runner->state.now);
	ng_cleanup_fd(&runner->state.control);
	free(runner);
}

int ng_runner_publish(struct ng_runner *runner, const struct ng_image *image)
{
	if (image->size > runner->state.now.capacity || image->slots > runner->state.now.slots)
		return -E2BIG;
	return put_image(runner, image);
}

struct ng_state *ng_runner_state(struct ng_runner *runner)
{
	return &runner->state;
}

size_t ng_runner_longest(const struct ng_runner *runner)
{
	size_t page = sysconf(_SC_PAGESIZE);

	if (runner->hook == NG_HOOK_XDP)
		return page - XDP_HEADROOM - SHARED_INFO + SKB_FRAGS * page;
	return page - SKB_HEADROOM - SHARED_INFO;
}

/* The return value that belongs to the decision in the trace. */
static __u32 verdict_of(const struct ng_runner *runner)
{
	if (runner->hook == NG_HOOK_XDP)
		return runner->trace->decision.drop ? XDP_DROP : XDP_PASS;
	return runner->trace->decision.drop ? TC_ACT_SHOT : (__u32)TC_ACT_UNSPEC;
}

void ng_runner_time(struct ng_runner *runner, __u64 ns)
{
	runner->timed = true;
	runner->trace->time = ns;
}

int ng_runner_run(struct ng_runner *runner, const void *frame, size_t len,
		  const struct ng_aggregate *aggregate, struct ng_decision *decision)
{
	struct __sk_buff skb = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = len, .repeat = 1);
	if (aggregate && runner->hook != NG_HOOK_XDP) {
		skb.gso_segs = aggregate->segments;
		skb.gso_size = aggregate->size;
		opts.ctx_in = &skb;
		opts.ctx_size_in = sizeof(skb);
	}
	if (!runner->timed)
		runner->trace->time += LONG_AFTER;
	if (bpf_prog_test_run_opts(runner->fd, &opts))
		return errno == EINVAL || errno == ENOMEM ? -ERANGE : -errno;
	if (opts.retval != verdict_of(runner))
		return -EPROTO;
	*decision = runner->trace->decision;
	return 0;
}

void ng_runner_set_now(struct ng_runner *runner, __u64 ns)
{
	runner->trace->now = ns;
}

#define SOME_TIME (1ULL << 60)

int ng_runner_note_flow(struct ng_runner *runner, const struct ng_flow_key *key,
			enum ng_flow_state state)
{
	struct ng_flow_table table;
	int result = ng_flows_map(&runner->state, true, &table);

	if (result)
		return result == -ENOENT ? 0 : result;
	if (!runner->trace->now)
		runner->trace->now = SOME_TIME; /* an attached filter has another clock */
	ng_flow_put(&table, key, ng_flow_tick(runner->trace->now), state);
	ng_flows_unmap(&table);
	return 0;
}

int ng_runner_share_flows(struct ng_runner *to, const struct ng_runner *from)
{
	return ng_flows_share(&to->state, &from->state);
}

void ng_runner_trace(const struct ng_runner *runner, struct ng_trace *trace)
{
	*trace = *runner->trace;
}

struct ng_counter ng_runner_counter(const struct ng_runner *runner, __u32 slot)
{
	return ng_rows_sum(&runner->rows, slot);
}
