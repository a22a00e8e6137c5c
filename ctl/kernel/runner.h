/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test runs (BPF_PROG_TEST_RUN): the same programs as on interfaces, with maps of their own, decide
 * frames from memory. Nothing is attached or pinned, and a filter that is attached is not touched.
 */
#ifndef NG_RUNNER_H
#define NG_RUNNER_H

#include "compile/image.h"
#include "layout/config.h"
#include "layout/counters.h"
#include "layout/flows.h"

#include "kernel/pins/hooks.h"

struct ng_runner;

/**
 * ng_runner_open() - load the program of @hook with @image in force
 * @iface: what `on IFACE` compares with; "": no interface
 *
 * Return: 0 with *@runner for ng_runner_close(), or -errno with @err filled.
 */
int ng_runner_open(enum ng_hook hook, const struct ng_image *image, const char *iface,
		   struct ng_runner **runner, struct ng_error *err);

/**
 * ng_runner_open_plain() - likewise with the program exactly as it is attached: it leaves no trace,
 * so ng_runner_run() cannot be used, only ng_runner_fd()
 */
int ng_runner_open_plain(enum ng_hook hook, const struct ng_image *image, const char *iface,
			 struct ng_runner **runner, struct ng_error *err);

/** ng_runner_fd() - the loaded program, owned by the runner */
int ng_runner_fd(const struct ng_runner *runner);

void ng_runner_close(struct ng_runner *runner); /* NULL is fine */

/**
 * ng_runner_publish() - put another image in force, as ng_publish() does
 *
 * Return: 0; -E2BIG when it is larger than the runner's capacity; another -errno.
 */
int ng_runner_publish(struct ng_runner *runner, const struct ng_image *image);

/** ng_runner_state() - the state of the test run, for the functions of live.h */
struct ng_state *ng_runner_state(struct ng_runner *runner);

/**
 * struct ng_aggregate - what __sk_buff tells a TC program about a GSO or GRO aggregate
 * @segments: number of segments; 0 or 1: not an aggregate
 * @size:     payload bytes of a segment
 */
struct ng_aggregate {
	__u32 segments, size;
};

/**
 * ng_runner_time() - set the time by which rates are measured in the runs that follow
 *
 * It stands still between calls, and may not go back. Without any call, so much time passes before
 * each run that all buckets are full.
 */
void ng_runner_time(struct ng_runner *runner, __u64 ns);

/**
 * ng_runner_run() - run the program on one frame, from its Ethernet header on
 * @aggregate: NULL: none; TC only
 *
 * Return: 0 with *@decision; -ERANGE when the kernel does not accept such a frame for a test run at
 * this hook: it is too long (ng_runner_longest()), too short, or at TC (since Linux 6.18) its IP
 * header is truncated; -EPROTO when the return value contradicts the decision; another -errno.
 */
int ng_runner_run(struct ng_runner *runner, const void *frame, size_t len,
		  const struct ng_aggregate *aggregate, struct ng_decision *decision);

/** ng_runner_set_now() - the time of the next frames for flows: CLOCK_MONOTONIC, ns; 0: the clock
 */
void ng_runner_set_now(struct ng_runner *runner, __u64 ns);

/**
 * ng_runner_note_flow() - note a flow for the image that is in force
 *
 * Sockets do not exist in a test run: this is how a connection becomes `established`. Sets the time
 * of the next frames if it was not set. Return: 0, also if the image does not use `established`;
 * -errno.
 */
int ng_runner_note_flow(struct ng_runner *runner, const struct ng_flow_key *key,
			enum ng_flow_state state);

/**
 * ng_runner_share_flows() - let @to use the flow table of @from; to be done after each
 * ng_runner_publish()
 *
 * Return: 0, also if there is none, since the image does not use `established`; -errno.
 */
int ng_runner_share_flows(struct ng_runner *to, const struct ng_runner *from);

/** ng_runner_trace() - what the program read of the last frame of ng_runner_run() */
void ng_runner_trace(const struct ng_runner *runner, struct ng_trace *trace);

/** ng_runner_longest() - the longest frame that ng_runner_run() accepts at this hook */
size_t ng_runner_longest(const struct ng_runner *runner);

/** ng_runner_counter() - the sum over all CPUs of @slot */
struct ng_counter ng_runner_counter(const struct ng_runner *runner, __u32 slot);

#endif
