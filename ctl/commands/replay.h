/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs captures through test runs, one for each direction, and counts truncated and skipped frames.
 * Frames that leave note flows, at the time that the capture says.
 */
#ifndef NG_REPLAY_H
#define NG_REPLAY_H

#include "commands/capture.h"
#include "commands/own.h"
#include "kernel/pins/hooks.h"
#include "kernel/runner.h"

#define NG_SKIPS_MAX 32

/**
 * struct ng_replay_setup - where frames are filtered
 * @hook:  of incoming frames; or NG_HOOK_TC_OUT: all frames leave
 * @iface: what `on IFACE` compares with; "": none
 * @out:   a program is attached to what leaves, too: the ruleset needs it
 * @own:   whose frames leave; without any the capture says which
 */
struct ng_replay_setup {
	enum ng_hook hook;
	const char *iface;
	bool out;
	struct ng_own own;
};

/**
 * struct ng_replay - test runs and their results
 * @runners: by direction; NULL: frames pass, and nothing counts them
 * @buffer:  of @longest bytes, the longest frame that a test run accepts
 * @now:     time of the last frame, and @shift what was added to the capture's time
 * @frames:  by direction, @unknown of them incoming only because nothing says so
 * @total:   of all frames that were decided
 * @free:    of them those that passed without a program
 * @cut:     how many of them the capture had truncated
 * @skips:   frames that were not decided, by reason
 */
struct ng_replay {
	struct ng_replay_setup setup;
	struct ng_runner *runners[NG_DIRECTIONS];
	uint8_t *buffer;
	size_t longest;
	uint64_t now, shift;
	uint64_t frames[NG_DIRECTIONS], unknown;
	struct ng_counter total, free;
	uint64_t cut;
	struct {
		char reason[64];
		uint64_t packets;
	} skips[NG_SKIPS_MAX];
	size_t n_skips;
};

/**
 * ng_replay_open() - load the programs; call ng_replay_close() even if it fails
 *
 * @replay->setup is filled; its @own is the replay's from now on. Return: see ng_runner_open().
 */
int ng_replay_open(struct ng_replay *replay, const struct ng_image *image, struct ng_error *err);
void ng_replay_close(struct ng_replay *replay);

/**
 * struct ng_replayed - a packet of a capture
 * @number:   from 1
 * @skip:     why it was not decided, or NULL
 * @decision: valid if @skip is NULL
 */
struct ng_replayed {
	const char *capture;
	uint64_t number;
	enum ng_direction direction;
	const char *skip;
	struct ng_decision decision;
};

/** typedef ng_replay_each - called for every packet of a capture */
typedef void ng_replay_each(void *data, const struct ng_replayed *packet);

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

/** ng_replay_counter() - of both directions */
struct ng_counter ng_replay_counter(const struct ng_replay *replay, __u32 slot);

#endif
