/* SPDX-License-Identifier: GPL-2.0-only */
/* Would a change cut a session? The real program is asked, with the session's own frames. */
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
 * struct ng_session_question - what is to change
 * @image:    what is to be in force, or is; of our layout, see ng_image_check()
 * @before:   what is in force now; NULL: nothing filters there yet
 * @ifaces:   @n_ifaces names of interfaces that are to be attached; NULL: those that are
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
 * struct ng_session_answer - the gravest loss that the change would bring
 * @lost:     false: none, and the rest is not filled
 * @frame:    that would be dropped and is not now; its @data is not
 * @decision: by what
 */
struct ng_session_answer {
	bool lost;
	const struct ng_session *session;
	char iface[IF_NAMESIZE];
	struct ng_session_frame frame;
	struct ng_decision decision;
};

/**
 * ng_session_ask() - ask about @n sessions of this network namespace
 *
 * A frame that is dropped already is no loss. Nothing is changed, and nothing is counted.
 * Return: 0 with *@answer; -errno with @err filled.
 */
int ng_session_ask(const struct ng_session *sessions, size_t n,
		   const struct ng_session_question *question, struct ng_session_answer *answer,
		   struct ng_error *err);

/** ng_session_concerns() - can @step be about that session at all? */
bool ng_session_concerns(const struct ng_session *session, const struct ng_live_step *step);

#endif
