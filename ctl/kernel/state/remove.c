// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/state/remove.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/live/live_table.h"
#include "kernel/maps/generation.h"
#include "kernel/pins/folder.h"
#include "kernel/pins/handle.h"

void ng_state_close_pins(struct ng_state *state)
{
	if (state->table)
		ng_live_unmap(state->table);
	free(state->table);
	state->table = NULL;
	if (state->words)
		munmap(state->words, sizeof(*state->words));
	state->words = NULL;
	ng_cleanup_fd(&state->control);
	state->control = -1;
	ng_generation_close(&state->now);
}

/*
 * Without `control` there is no state, so that is removed first. If the command is killed after
 * this, only stale pins remain, which the next command removes.
 */
int ng_state_empty(struct ng_state *state)
{
	char path[NG_PIN_PATH];
	int result = ng_pin_remove(ng_pin_path(state, path, "control"));

	if (result)
		return result;
	ng_state_close_pins(state);
	return ng_folder_empty(state->folder);
}

int ng_state_remove(struct ng_state *state)
{
	char path[NG_PIN_PATH];
	int result = ng_state_empty(state);

	if (!result && rmdir(state->folder))
		result = ng_unless_gone(-errno);
	if (result)
		return result;
	snprintf(path, sizeof(path), "%s", state->folder);
	*strrchr(path, '/') = '\0';
	rmdir(path); /* fails while other network namespaces have a state */
	return 0;
}
