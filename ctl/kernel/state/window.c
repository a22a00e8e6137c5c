// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "kernel/state/window_private.h"

#include <errno.h>

#include "base/cleanup.h"
#include "kernel/attachment/attachment.h"
#include "kernel/attachment/egress.h"
#include "kernel/state/history.h"
#include "kernel/live/live_rows.h"
#include "kernel/live/live_table.h"
#include "kernel/maps/maps.h"
#include "kernel/programs/xdp.h"
#include "base/privilege.h"
#include "rules/time.h"

/* More than attaching takes: a command that is killed meanwhile leaves a trial that ends. */
#define WHILE_ATTACHING (300 * NG_NS_PER_SECOND)

static __u64 word(const struct ng_state *state)
{
	return __atomic_load_n(&state->words->window, __ATOMIC_ACQUIRE);
}

static bool is_over(__u64 window)
{
	return window && window <= ng_clock_now();
}

/* 0 becomes of it when @from is what it still is; else what it is now. */
static __u64 exchange(struct ng_state *state, __u64 from, __u64 to)
{
	__u64 found = from;

	if (__atomic_compare_exchange_n(&state->words->window, &found, to, false, __ATOMIC_SEQ_CST,
					__ATOMIC_SEQ_CST))
		return 0;
	return found;
}

static void store(struct ng_state *state, __u64 window)
{
	__atomic_store_n(&state->words->window, window, __ATOMIC_SEQ_CST);
}

void ng_window_read(const struct ng_state *state, struct ng_window *window)
{
	__u64 now = ng_clock_now(), waits;

	*window = (struct ng_window){ 0 };
	if (!ng_state_exists(state))
		return;
	waits = word(state);
	if (waits)
		window->kind = state->words->trial ? NG_WINDOW_ATTACH : NG_WINDOW_RULESET;
	window->deadline = state->words->deadline;
	window->expired = waits ? waits <= now : window->deadline;
	if (waits > now)
		window->left = waits - now;
}

enum ng_image_slot ng_window_slot(const struct ng_state *state)
{
	return is_over(word(state)) && !state->words->trial ? NG_IMAGE_PREVIOUS : NG_IMAGE_CURRENT;
}

void ng_window_ask(struct ng_state *state, __u64 ns)
{
	state->confirm = ns;
}

bool ng_window_runs(const struct ng_state *state)
{
	return word(state) && !is_over(word(state));
}

bool ng_window_goes_back(const struct ng_state *state)
{
	return word(state) && !state->words->trial;
}

/* The time that is left, in seconds that have begun. */
static const char *left_text(const struct ng_state *state, char text[NG_TIME_TEXT])
{
	struct ng_window window;

	ng_window_read(state, &window);
	return ng_duration_text(window.left / NG_NS_PER_SECOND + 1, text);
}

static int fail_waiting(const struct ng_state *state, struct ng_error *err)
{
	char text[NG_TIME_TEXT];
	bool trial = state->words->trial;

	ng_fail(err, -EBUSY, "%s waits to be confirmed, %s left: nothing was changed",
		trial ? "an attachment" : "the ruleset in force", left_text(state, text));
	return ng_hint(err, -EBUSY, "%s confirm or %s rollback first%s", ng_netguard(),
		       ng_netguard(), trial ? "" : ", or change it with --confirm as well");
}

/* It was not when the state was opened and mended. */
static int fail_just_over(struct ng_error *err)
{
	ng_fail(err, -ETIMEDOUT,
		"the waiting change was rolled back just now: nothing else was changed");
	return ng_hint(err, -ETIMEDOUT, "%s rules shows what is in force; try again",
		       ng_netguard());
}

int ng_window_admits(const struct ng_state *state, struct ng_error *err)
{
	__u64 waits = word(state);

	if (!waits)
		return 0;
	if (is_over(waits))
		return fail_just_over(err);
	return state->confirm && !state->words->trial ? 0 : fail_waiting(state, err);
}

int ng_window_open(struct ng_state *state, struct ng_error *err)
{
	__u64 before = word(state), until = ng_clock_now() + state->confirm;

	if (!state->confirm) {
		state->words->deadline = 0;
		return 0;
	}
	if (!before)
		state->words->trial = 0;
	if (is_over(before) || exchange(state, before, until))
		return fail_just_over(err);
	state->words->deadline = until;
	return 0;
}

int ng_window_try(struct ng_state *state, struct ng_error *err)
{
	if (!state->confirm)
		return 0;
	if (ng_window_runs(state))
		return fail_waiting(state, err);
	state->trial = ++state->words->trials;
	state->words->trial = state->trial;
	state->words->deadline = ng_clock_now() + state->confirm + WHILE_ATTACHING;
	store(state, state->words->deadline);
	return 0;
}

void ng_window_tried(struct ng_state *state, bool any)
{
	if (!state->trial)
		return;
	if (any) {
		state->words->deadline = ng_clock_now() + state->confirm;
		store(state, state->words->deadline);
	} else {
		ng_window_close(state);
	}
	state->trial = 0;
}

void ng_window_close(struct ng_state *state)
{
	store(state, 0);
	state->words->deadline = 0;
}

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
	__u64 waits = word(state);
	int failed;

	ng_window_read(state, window);
	if (window->kind == NG_WINDOW_NONE && !window->expired)
		return ng_fail(err, -ENOENT, "nothing waits to be confirmed");
	if (window->kind == NG_WINDOW_NONE)
		return fail_late(window, err);
	if (window->expired || exchange(state, waits, 0)) {
		exchange(state, waits, NG_WINDOW_EXPIRED);
		window->expired = true;
		return fail_late(window, err);
	}
	state->words->deadline = 0;
	/* What cannot be taken off now does no harm. */
	failed = ng_egress_settle(state, NULL);
	if (failed)
		ng_warn(failed, "egress programs");
	return 0;
}

/* Who is attached on trial goes; *@left: how many are attached then. */
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
		failed = ng_attachment_drop(state, state->now.number, attachment, NULL);
		if (failed)
			result = failed;
		else
			--*left;
	}
	ng_attachments_close(&attachments);
	if (result)
		return result;
	/* A program that was taken off may be at work still: it is to see that it is on trial. */
	result = ng_programs_wait(&state->now);
	if (!result)
		store(state, 0);
	return result;
}

/*
 * The programs go by the previous image already. Once the current slot holds it too, they may go
 * by either; and once none of them goes by the previous slot any more, that can be changed.
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
	store(state, 0);
	/* It is taken back: what fails from here on leaves the ruleset that is in force alone. */
	result = ng_programs_wait(&state->now);
	if (!result)
		result = ng_image_put(&state->now, NG_IMAGE_PREVIOUS, rejected);
	if (result)
		ng_warn(result, "the ruleset that nobody confirmed");
	result = ng_live_settle(state);
	if (!result)
		result = ng_egress_settle(state, NULL);
	if (result)
		ng_warn(result, "what that ruleset needed");
	return 0;
}

int ng_window_mend(struct ng_state *state)
{
	__u64 waits = word(state);
	size_t left = 1;
	int result;
	NG_RAISED;

	if (!is_over(waits))
		return 0;
	if (waits != NG_WINDOW_EXPIRED &&
	    exchange(state, waits, NG_WINDOW_EXPIRED) > NG_WINDOW_EXPIRED)
		return 0;
	result = state->words->trial ? end_trial(state, &left) : end_ruleset(state);
	/* The caller removes the state when it is told -ENOENT: only for want of attachments. */
	if (result)
		return result == -ENOENT ? -EIO : result;
	if (left)
		return 0;
	ng_xdp_tidy();
	return -ENOENT;
}

int ng_window_cancel(struct ng_state *state, bool *left, struct ng_error *err)
{
	int result;

	store(state, NG_WINDOW_EXPIRED);
	result = ng_window_mend(state);
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
			"what waited decides nothing any more, but cannot be taken away");
	state->words->deadline = 0;
	return 0;
}
