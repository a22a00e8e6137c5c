/* SPDX-License-Identifier: GPL-2.0-only */
/* Would a change cut a session? This is found out by test runs with frames of that session. */
#ifndef NG_SESSION_ASK_H
#define NG_SESSION_ASK_H

#include "kernel/state/state.h"
#include "session/frames.h"
#include "layout/counters.h"

/**
 * struct ng_live_step - a change of live entries
 * @prefix: NULL: all entries of @set
 */
struct ng_live_step {
	const char *set;
	const struct ng_prefix *prefix;
	bool deletes;
};

/**
 * struct ng_session_question - a change
 * @image:    in force after the change; of this layout, see ng_image_check()
 * @before:   in force now; NULL: nothing filters there yet
 * @ifaces:   @n_ifaces names of interfaces that will be attached; NULL: those that are attached
 * @step:     NULL: live entries stay as they are
 */
struct ng_session_question {
	const struct ng_state *state;
	const void *image, *before;
	const char *const *ifaces;
	size_t n_ifaces;
	const struct ng_live_step *step;
};

/**
 * struct ng_session_answer - the most serious loss that the change would cause
 * @lost:     false: none; the rest is not filled then
 * @frame:    a frame that would be dropped and is not now
 * @decision: what would drop it
 */
struct ng_session_answer {
	bool lost;
	const struct ng_session *session;
	char iface[IF_NAMESIZE];
	struct ng_session_frame frame;
	struct ng_decision decision;
};

/**
 * ng_session_ask() - would the change cut one of @n sessions of this network namespace?
 *
 * Frames that are dropped now are no loss. Changes nothing and counts nothing.
 * Return: 0 with *@answer; -errno with @err filled.
 */
int ng_session_ask(const struct ng_session *sessions, size_t n,
		   const struct ng_session_question *question, struct ng_session_answer *answer,
		   struct ng_error *err);

/** ng_session_concerns() - can @step affect that session? */
bool ng_session_concerns(const struct ng_session *session, const struct ng_live_step *step);

#endif
