// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/maps/window.h"

#include <errno.h>

#include "base/clock.h"
#include "base/privilege.h"
#include "kernel/pins/handle.h"
#include "rules/time.h"

/* More than attaching takes. If the command is killed meanwhile, the trial still ends. */
#define WHILE_ATTACHING (300 * NG_NS_PER_SECOND)

__u64 ng_window_word(const struct ng_state *state)
{
	return __atomic_load_n(&state->words->window, __ATOMIC_ACQUIRE);
}

bool ng_window_is_over(__u64 window)
{
	return window && window <= ng_clock_now();
}

__u64 ng_window_exchange(struct ng_state *state, __u64 from, __u64 to)
{
	__u64 found = from;

	if (__atomic_compare_exchange_n(&state->words->window, &found, to, false, __ATOMIC_SEQ_CST,
					__ATOMIC_SEQ_CST))
		return 0;
	return found;
}

void ng_window_store(struct ng_state *state, __u64 window)
{
	__atomic_store_n(&state->words->window, window, __ATOMIC_SEQ_CST);
}

void ng_window_read(const struct ng_state *state, struct ng_window *window)
{
	__u64 now = ng_clock_now(), waits;

	*window = (struct ng_window){ 0 };
	if (!ng_state_exists(state))
		return;
	waits = ng_window_word(state);
	if (waits)
		window->kind = state->words->trial ? NG_WINDOW_ATTACH : NG_WINDOW_RULESET;
	window->deadline = state->words->deadline;
	window->expired = waits ? waits <= now : window->deadline;
	if (waits > now)
		window->left = waits - now;
}

enum ng_image_slot ng_window_slot(const struct ng_state *state)
{
	bool over = ng_window_is_over(ng_window_word(state));

	return over && !state->words->trial ? NG_IMAGE_PREVIOUS : NG_IMAGE_CURRENT;
}

void ng_window_ask(struct ng_state *state, __u64 ns)
{
	state->confirm = ns;
}

/* Is a window open that has not expired? */
static bool runs(const struct ng_state *state)
{
	return ng_window_word(state) && !ng_window_is_over(ng_window_word(state));
}

bool ng_window_goes_back(const struct ng_state *state)
{
	return ng_window_word(state) && !state->words->trial;
}

/* The time that is left, rounded up to seconds. */
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

/* The window had not expired yet when the state was opened and recovered. */
static int fail_just_over(struct ng_error *err)
{
	ng_fail(err, -ETIMEDOUT,
		"the waiting change was rolled back just now: nothing else was changed");
	return ng_hint(err, -ETIMEDOUT, "%s rules shows what is in force; try again",
		       ng_netguard());
}

int ng_window_admits(const struct ng_state *state, struct ng_error *err)
{
	__u64 waits = ng_window_word(state);

	if (!waits)
		return 0;
	if (ng_window_is_over(waits))
		return fail_just_over(err);
	return state->confirm && !state->words->trial ? 0 : fail_waiting(state, err);
}

int ng_window_open(struct ng_state *state, struct ng_error *err)
{
	__u64 before = ng_window_word(state), until = ng_clock_now() + state->confirm;

	if (!state->confirm) {
		state->words->deadline = 0;
		return 0;
	}
	if (!before)
		state->words->trial = 0;
	if (ng_window_is_over(before) || ng_window_exchange(state, before, until))
		return fail_just_over(err);
	state->words->deadline = until;
	return 0;
}

int ng_window_trial_begin(struct ng_state *state, struct ng_error *err)
{
	if (!state->confirm)
		return 0;
	if (runs(state))
		return fail_waiting(state, err);
	state->trial = ++state->words->trials;
	state->words->trial = state->trial;
	state->words->deadline = ng_clock_now() + state->confirm + WHILE_ATTACHING;
	ng_window_store(state, state->words->deadline);
	return 0;
}

void ng_window_trial_end(struct ng_state *state, bool any)
{
	if (!state->trial)
		return;
	if (any) {
		state->words->deadline = ng_clock_now() + state->confirm;
		ng_window_store(state, state->words->deadline);
	} else {
		ng_window_close(state);
	}
	state->trial = 0;
}

void ng_window_close(struct ng_state *state)
{
	ng_window_store(state, 0);
	state->words->deadline = 0;
}
