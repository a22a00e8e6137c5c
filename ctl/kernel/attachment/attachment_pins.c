// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/attachment/attachment_pins.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "kernel/programs/programs.h"

const char *ng_path_program(const struct ng_state *state, char path[NG_PIN_PATH], __u32 generation,
			    int ifindex, enum ng_hook hook)
{
	return ng_pin_path(state, path, "gen-%u/%d-%s", generation, ifindex, ng_hook_name(hook));
}

const char *ng_path_link(const struct ng_state *state, char path[NG_PIN_PATH], __u32 generation,
			 int ifindex, enum ng_hook hook)
{
	return ng_pin_path(state, path, "gen-%u/%d-%s-link", generation, ifindex,
			   ng_hook_name(hook));
}

const char *ng_path_config(const struct ng_state *state, char path[NG_PIN_PATH], __u32 generation,
			   int ifindex, enum ng_hook hook)
{
	return ng_pin_path(state, path, "gen-%u/%d-%s-config", generation, ifindex,
			   ng_hook_name(hook));
}

typedef const char *path_of(const struct ng_state *state, char path[NG_PIN_PATH], __u32 generation,
			    int ifindex, enum ng_hook hook);

int ng_change_begin(const struct ng_state *state, int ifindex)
{
	char path[NG_PIN_PATH];

	ng_pin_path(state, path, "%d-changing", ifindex);
	return bpf_obj_pin(state->control, path) && errno != EEXIST ? -errno : 0;
}

int ng_change_end(const struct ng_state *state, int ifindex)
{
	char path[NG_PIN_PATH];

	return ng_pin_remove(ng_pin_path(state, path, "%d-changing", ifindex));
}

static const char *lost_pin(const struct ng_state *state, char path[NG_PIN_PATH], int ifindex,
			    enum ng_hook hook)
{
	return ng_pin_path(state, path, "%d-%s-lost", ifindex, ng_hook_name(hook));
}

int ng_pin_set_aside(const struct ng_state *state, int ifindex, enum ng_hook hook)
{
	char from[NG_PIN_PATH], to[NG_PIN_PATH];

	ng_path_program(state, from, state->now.number, ifindex, hook);
	if (rename(from, lost_pin(state, to, ifindex, hook)))
		return -errno;
	return ng_pin_remove(ng_path_link(state, from, state->now.number, ifindex, hook));
}

int ng_pin_bring_back(const struct ng_state *state, int ifindex, enum ng_hook hook)
{
	char from[NG_PIN_PATH], to[NG_PIN_PATH];
	int result;

	lost_pin(state, from, ifindex, hook);
	ng_path_program(state, to, state->now.number, ifindex, hook);
	result = ng_pin_exists(to);
	if (result)
		return result < 0 ? result : ng_pin_remove(from);
	return rename(from, to) ? ng_unless_gone(-errno) : 0;
}

/* 0, also when there is no such pin. */
static int move(const struct ng_state *state, path_of *of, enum ng_hook hook, int from, int to)
{
	char old[NG_PIN_PATH], new[NG_PIN_PATH];
	__u32 number = state->now.number;

	of(state, old, number, from, hook);
	of(state, new, number, to, hook);
	return rename(old, new) ? ng_unless_gone(-errno) : 0;
}

/* The program's pin is moved last, since others look for it; if one step fails, all are undone. */
int ng_pins_rename(const struct ng_state *state, enum ng_hook hook, int from, int to)
{
	static path_of *const parts[] = { ng_path_config, ng_path_link, ng_path_program };
	size_t n = sizeof(parts) / sizeof(*parts), done = 0;
	int result = 0;

	while (!result && done < n) {
		result = move(state, parts[done], hook, from, to);
		if (!result)
			done++;
	}
	while (result && done-- > 0)
		move(state, parts[done], hook, to, from);
	return result;
}

int ng_pin_fd(int fd, const char *path, struct ng_error *err)
{
	if (!bpf_obj_pin(fd, path))
		return 0;
	return ng_fail_bpf(err, -errno, "cannot pin the program");
}

/* The configuration first, so that no pinned program lacks one. */
int ng_pin_program(const struct ng_state *state, __u32 generation, int ifindex, enum ng_hook hook,
		   int program, const struct ng_config *config, struct ng_error *err)
{
	char path[NG_PIN_PATH];
	int result = ng_config_put(ng_path_config(state, path, generation, ifindex, hook), config);

	if (result)
		return ng_fail_bpf(err, result, "cannot pin the program's configuration");
	result = ng_pin_fd(program, ng_path_program(state, path, generation, ifindex, hook), err);
	if (result)
		unlink(ng_path_config(state, path, generation, ifindex, hook));
	return result;
}

int ng_unpin_program(const struct ng_state *state, __u32 generation, int ifindex, enum ng_hook hook)
{
	char path[NG_PIN_PATH];
	int result = ng_pin_remove(ng_path_program(state, path, generation, ifindex, hook));

	if (result)
		return result;
	return ng_pin_remove(ng_path_config(state, path, generation, ifindex, hook));
}
