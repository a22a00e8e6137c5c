/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs captures through a test run, and counts truncated and skipped frames. */
#ifndef NG_REPLAY_H
#define NG_REPLAY_H

#include "kernel/pins/hooks.h"
#include "kernel/runner.h"

#define NG_SKIPS_MAX 32

/**
 * struct ng_replay - a test run and its results
 * @buffer: of @longest bytes, the longest frame that the test run accepts
 * @time:   of the latest frame, ns
 * @total:  of all frames that were decided
 * @cut:    how many of them the capture had truncated
 * @skips:  frames that were not decided, by reason
 */
struct ng_replay {
	struct ng_runner *runner;
	enum ng_hook hook;
	uint8_t *buffer;
	size_t longest;
	uint64_t time;
	struct ng_counter total;
	uint64_t cut;
	struct {
		char reason[64];
		uint64_t packets;
	} skips[NG_SKIPS_MAX];
	size_t n_skips;
};

/** ng_replay_open() - see ng_runner_open(); call ng_replay_close() even if it fails */
int ng_replay_open(struct ng_replay *replay, enum ng_hook hook, const struct ng_image *image,
		   const char *iface, struct ng_error *err);
void ng_replay_close(struct ng_replay *replay);

/**
 * typedef ng_replay_each - called for every packet of a capture
 * @number:   from 1
 * @skip:     why it was not decided, or NULL
 * @decision: valid if @skip is NULL
 */
typedef void ng_replay_each(void *data, const char *capture, uint64_t number, const char *skip,
			    const struct ng_decision *decision);

/**
 * ng_replay_capture() - run all frames of the capture @path
 * @each: may be NULL
 *
 * Return: 0; -EINVAL if the file cannot be read to its end, the packets before that are counted;
 * -EPIPE if the output of @each cannot be written; another -errno. @err is filled.
 */
int ng_replay_capture(struct ng_replay *replay, const char *path, ng_replay_each *each, void *data,
		      struct ng_error *err);

uint64_t ng_replay_skipped(const struct ng_replay *replay);
enum ng_direction ng_replay_direction(const struct ng_replay *replay);

#endif
