/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The real programs, run on frames from memory (BPF_PROG_TEST_RUN) with maps of their own:
 * nothing is attached or pinned, a filter that runs is not touched.
 */
#ifndef NG_RUNNER_H
#define NG_RUNNER_H

#include "compile/image.h"
#include "layout/config.h"
#include "layout/counters.h"

#include "kernel/pins/hooks.h"

struct ng_runner;

/**
 * ng_runner_open() - load the program of @hook with @image in force
 * @iface: what `on IFACE` compares with; "" is no interface
 *
 * Return: 0 with *@runner for ng_runner_close(), or -errno with @err filled.
 */
int ng_runner_open(enum ng_hook hook, const struct ng_image *image, const char *iface,
		   struct ng_runner **runner, struct ng_error *err);

/**
 * ng_runner_open_plain() - the same with the program as it is attached: it leaves no decision
 * behind, so it is not for ng_runner_run() but for whoever runs ng_runner_fd() by itself
 */
int ng_runner_open_plain(enum ng_hook hook, const struct ng_image *image, const char *iface,
			 struct ng_runner **runner, struct ng_error *err);

/** ng_runner_fd() - the loaded program, owned by the runner */
int ng_runner_fd(const struct ng_runner *runner);

void ng_runner_close(struct ng_runner *runner); /* NULL is fine */

/**
 * ng_runner_publish() - put another image in force, as a live filter's is replaced
 *
 * Return: 0; -E2BIG when it does not fit what the runner was opened for; another -errno.
 */
int ng_runner_publish(struct ng_runner *runner, const struct ng_image *image);

/** ng_runner_state() - for the functions of live.h, which work on its sets as on a live filter's */
struct ng_state *ng_runner_state(struct ng_runner *runner);

/**
 * struct ng_aggregate - what a TC program is told of a GSO or GRO aggregate
 * @segments: 0 or 1: not an aggregate
 * @size:     payload bytes of a segment
 */
struct ng_aggregate {
	__u32 segments, size;
};

/**
 * ng_runner_run() - decide one frame, from its Ethernet header on, and count it
 * @aggregate: NULL or what __sk_buff says; TC only
 *
 * Return: 0 with *@decision; -ERANGE when the kernel's test run does not take such a frame at
 * this hook: too long (ng_runner_longest()), too short, at TC also an IP header cut short (since
 * Linux 6.18); -EPROTO when the program's return value is not its decision; another -errno.
 */
int ng_runner_run(struct ng_runner *runner, const void *frame, size_t len,
		  const struct ng_aggregate *aggregate, struct ng_decision *decision);

/** ng_runner_trace() - what the program read of the frame that ng_runner_run() decided last */
void ng_runner_trace(const struct ng_runner *runner, struct ng_trace *trace);

/** ng_runner_longest() - the longest frame that ng_runner_run() takes here */
size_t ng_runner_longest(const struct ng_runner *runner);

/** ng_runner_counter() - the sum over all CPUs of @slot */
struct ng_counter ng_runner_counter(const struct ng_runner *runner, __u32 slot);

#endif
