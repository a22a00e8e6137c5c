// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/maps/rows.h"

int ng_counters_read(const struct ng_state *state, struct ng_counter **counters, __u32 *n,
		     struct ng_error *err)
{
	struct ng_counter *sums = calloc(state->now.slots, sizeof(*sums));
	struct ng_rows rows;
	int result;

	if (!sums)
		return ng_fail(err, -ENOMEM, "out of memory");
	result = ng_rows_map(&state->now, false, &rows);
	if (result) {
		free(sums);
		return ng_fail_bpf(err, result, "cannot read the counters");
	}
	for (__u32 slot = 0; slot < rows.slots; slot++)
		sums[slot] = ng_rows_reported(&rows, slot);
	*counters = sums;
	*n = rows.slots;
	ng_rows_unmap(&rows);
	return 0;
}

int ng_counters_reset(struct ng_state *state, struct ng_error *err)
{
	struct ng_rows rows;
	int result = ng_rows_map(&state->now, true, &rows);

	if (result)
		return ng_fail_bpf(err, result, "cannot reset the counters");
	for (__u32 slot = 0; slot < rows.slots; slot++)
		ng_rows_reset(&rows, slot);
	ng_rows_unmap(&rows);
	return 0;
}

bool ng_counters_are_whole(const struct ng_state *state)
{
	char path[NG_PIN_PATH];

	if (__atomic_load_n(&state->words->generation, __ATOMIC_ACQUIRE) != state->now.number)
		return false;
	/* The previous generation is removed once its counters were carried over. */
	return !ng_pin_exists(ng_pin_path(state, path, "gen-%u", state->now.number - 1));
}
