// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/state/window_end.h"

#include <errno.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/privilege.h"
#include "kernel/attachment/attachment.h"
#include "kernel/attachment/attachment_remove.h"
#include "kernel/attachment/egress.h"
#include "kernel/live/live_rows.h"
#include "kernel/maps/buckets.h"
#include "kernel/maps/images.h"
#include "kernel/state/history.h"
#include "kernel/state/remove.h"
#include "rules/time.h"

static int fail_late(const struct ng_window *window, struct ng_error *err)
{
	char text[NG_TIME_TEXT];

	ng_fail(err, -ETIMEDOUT,
		"too late: the time expired %s ago, and the change was rolled back",
		ng_duration_text((ng_clock_now() - window->deadline) / NG_NS_PER_SECOND + 1, text));
	return ng_hint(err, -ETIMEDOUT, "%s status shows what is in force", ng_netguard());
}

int ng_window_confirm(struct ng_state *state, struct ng_window *window, struct ng_error *err)
{
	__u64 waits = ng_window_word(state);
	int failed;

	ng_window_read(state, window);
	if (window->kind == NG_WINDOW_NONE && !window->expired)
		return ng_fail(err, -ENOENT, "nothing waits to be confirmed");
	if (window->kind == NG_WINDOW_NONE)
		return fail_late(window, err);
	if (window->expired || ng_window_exchange(state, waits, 0)) {
		ng_window_exchange(state, waits, NG_WINDOW_EXPIRED);
		window->expired = true;
		return fail_late(window, err);
	}
	state->words->deadline = 0;
	/* Egress programs that cannot be detached now do no harm. */
	failed = ng_egress_settle(state, NULL);
	if (failed)
		ng_warn(failed, "egress programs");
	return 0;
}

/* Detach the programs on trial; *@left: how many are attached afterwards. */
static int end_trial(struct ng_state *state, size_t *left)
{
	struct ng_attachments attachments;
	int result = ng_attachments_read(state, state->now.number, &attachments);

	*left = 0;
	if (result)
		return result;
	for (size_t i = 0; i < attachments.n; i++) {
		const struct ng_attachment *attachment = &attachments.list[i];
		int failed;

		++*left;
		if (attachment->config.trial != state->words->trial)
			continue;
		failed = ng_attachment_remove(state, state->now.number, attachment, NULL);
		if (failed)
			result = failed;
		else
			--*left;
	}
	ng_attachments_close(&attachments);
	if (result)
		return result;
	/* A program that was detached may still be running: it has to see that it is on trial. */
	result = ng_programs_wait(&state->now);
	if (!result)
		ng_window_store(state, 0);
	return result;
}

/*
 * The programs use the previous image already. Once the current slot holds it, too, they may read
 * either slot; and once none of them reads the previous slot any more, that can be changed.
 */
static int end_ruleset(struct ng_state *state)
{
	__cleanup_fd int back = ng_image_fd(&state->now, NG_IMAGE_PREVIOUS);
	__cleanup_fd int rejected = ng_image_fd(&state->now, NG_IMAGE_CURRENT);
	int result;

	if (back < 0)
		return back;
	if (rejected < 0)
		return rejected;
	result = ng_history_reject(state);
	if (!result)
		result = ng_live_unsettle(state);
	if (!result)
		result = ng_image_put(&state->now, NG_IMAGE_CURRENT, back);
	if (result)
		return result;
	ng_window_store(state, 0);
	/* The rollback is done: a failure from here on does not affect the ruleset in force. */
	result = ng_programs_wait(&state->now);
	if (!result)
		result = ng_image_put(&state->now, NG_IMAGE_PREVIOUS, rejected);
	if (result)
		ng_warn(result, "the ruleset that nobody confirmed");
	result = ng_live_settle(state);
	if (!result)
		result = ng_buckets_settle(&state->now);
	if (!result)
		result = ng_egress_settle(state, NULL);
	if (result)
		ng_warn(result, "what that ruleset needed");
	return 0;
}

int ng_window_recover(struct ng_state *state)
{
	__u64 waits = ng_window_word(state);
	size_t left = 1;
	int result;
	NG_RAISED;

	if (!ng_window_is_over(waits))
		return 0;
	if (waits != NG_WINDOW_EXPIRED &&
	    ng_window_exchange(state, waits, NG_WINDOW_EXPIRED) > NG_WINDOW_EXPIRED)
		return 0;
	result = state->words->trial ? end_trial(state, &left) : end_ruleset(state);
	/* The caller removes the state on -ENOENT: return that only when nothing is attached. */
	if (result)
		return result == -ENOENT ? -EIO : result;
	if (left)
		return 0;
	ng_xdp_sweep_folder();
	return -ENOENT;
}

int ng_window_cancel(struct ng_state *state, bool *left, struct ng_error *err)
{
	int result;

	ng_window_store(state, NG_WINDOW_EXPIRED);
	result = ng_window_recover(state);
	*left = result != -ENOENT;
	if (result == -ENOENT) {
		result = ng_state_remove(state);
		if (result)
			ng_warn(result, "what is pinned");
		return 0;
	}
	if (result)
		return ng_fail_bpf(
			err, result,
			"the unconfirmed change is no longer in force, but cannot be removed");
	state->words->deadline = 0;
	return 0;
}
