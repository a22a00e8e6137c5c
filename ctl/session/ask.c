// SPDX-License-Identifier: GPL-2.0-only
#include "session/ask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "compile/image.h"
#include "kernel/attach.h"
#include "kernel/live.h"
#include "kernel/needs.h"
#include "kernel/runner.h"
#include "rules/prefix.h"

/**
 * struct place - a hook that the session's frames meet
 * @iface: the name that its program is bound to
 */
struct place {
	const struct ng_session *session;
	const struct ng_passage *passage;
	enum ng_direction direction;
	char iface[IF_NAMESIZE];
};

/**
 * struct inquiry - one question, its places and answer
 * @hooks: what is attached
 */
struct inquiry {
	const struct ng_session_question *question;
	struct ng_hook_info *hooks;
	size_t n_hooks;
	struct ng_session_answer *answer;
	struct ng_error *err;
};

bool ng_session_concerns(const struct ng_session *session, const struct ng_live_step *step)
{
	return !step->prefix || ng_prefix_holds(step->prefix, &session->flow.client) ||
	       ng_prefix_holds(step->prefix, &session->flow.server);
}

/* ---- a program that decides as the filter does ----------------------------------------- */

/* The live entries of @set that hold @address, the longest first. */
static int mirror_address(const struct ng_state *state, struct ng_state *copy, const char *set,
			  struct ng_prefix address, struct ng_error *err)
{
	struct ng_live_member member;
	struct ng_error missing;
	bool there = true;

	for (;;) {
		int result = ng_live_test(state, set, &address, &there, &member, &missing);

		/* A set that is new has none. */
		if (result == -ENOENT || (!result && !there))
			return 0;
		if (result)
			return ng_fail(err, result, "%s", missing.what);
		result = ng_live_add(copy, set, &member.prefix, member.until, NULL, err);
		if (result || !member.prefix.len)
			return result;
		ng_prefix_mask(&address, member.prefix.len - 1);
	}
}

static int mirror_set(const struct ng_state *state, struct ng_state *copy, const char *set,
		      const struct ng_flow *flow, struct ng_error *err)
{
	int result = mirror_address(state, copy, set, flow->client, err);

	return result ? result : mirror_address(state, copy, set, flow->server, err);
}

static int mirror(const struct ng_state *state, struct ng_state *copy, const void *image,
		  const struct ng_flow *flow, struct ng_error *err)
{
	const struct ng_image_header *header = image;
	const struct ng_image_set *sets = (const void *)((const char *)image + header->sets.offset);
	int result = mirror_set(state, copy, NG_BLOCKED, flow, err);

	for (size_t i = 0; !result && i < header->sets.count; i++)
		result = mirror_set(state, copy, sets[i].name, flow, err);
	return result;
}

static int take_step(struct ng_state *copy, const struct ng_live_step *step, struct ng_error *err)
{
	if (!step->prefix)
		return ng_live_flush(copy, step->set, NULL, err);
	if (step->deletes)
		return ng_live_delete(copy, step->set, step->prefix, NULL, err);
	return ng_live_add(copy, step->set, step->prefix, NG_LIVE_FOR_GOOD, NULL, err);
}

/* The program of @place with @image, and with the live entries that hold the session's addresses.
 */
static int open_runner(const struct inquiry *inquiry, const struct place *place, const void *image,
		       const struct ng_live_step *step, struct ng_runner **runner)
{
	const struct ng_state *state = inquiry->question->state;
	const struct ng_image_header *header = image;
	/* A runner writes rows of its own into its image. */
	__cleanup_free void *copy = malloc(header->size);
	struct ng_image own = { .data = copy, .size = header->size };
	struct ng_runner *opened;
	int result;

	if (!copy)
		return ng_fail(inquiry->err, -ENOMEM, "not enough memory");
	memcpy(copy, image, own.size);
	own.slots = ng_image_slots(image);
	result = ng_runner_open(place->direction == NG_IN ? NG_HOOK_XDP : NG_HOOK_TC_OUT, &own,
				place->iface, &opened, inquiry->err);
	if (result)
		return result;
	result = mirror(state, ng_runner_state(opened), image, &place->session->flow, inquiry->err);
	if (!result && step)
		result = take_step(ng_runner_state(opened), step, inquiry->err);
	if (result)
		ng_runner_close(opened);
	else
		*runner = opened;
	return result;
}

/* ---- asking it ------------------------------------------------------------------------- */

static int decide(const struct inquiry *inquiry, struct ng_runner *runner,
		  const struct ng_session_frame *frame, struct ng_decision *decision)
{
	int result = ng_runner_run(runner, frame->data, frame->len, NULL, decision);

	if (result)
		return ng_fail(inquiry->err, result, "the kernel's test run failed: %s",
			       strerror(-result));
	return 0;
}

/* Was it dropped before? @runner is opened when it is needed for the first time. */
static int was_dropped(const struct inquiry *inquiry, const struct place *place,
		       struct ng_runner **runner, const struct ng_session_frame *frame,
		       bool *dropped)
{
	const void *before = inquiry->question->before;
	struct ng_decision decision;
	int result = 0;

	*dropped = false;
	if (!before)
		return 0;
	if (!*runner)
		result = open_runner(inquiry, place, before, NULL, runner);
	if (!result)
		result = decide(inquiry, *runner, frame, &decision);
	if (!result)
		*dropped = decision.drop;
	return result;
}

static void note(struct inquiry *inquiry, const struct place *place,
		 const struct ng_session_frame *frame, const struct ng_decision *decision)
{
	struct ng_session_answer *answer = inquiry->answer;

	answer->lost = true;
	answer->session = place->session;
	answer->frame = *frame;
	answer->decision = *decision;
	memcpy(answer->iface, place->iface, sizeof(answer->iface));
}

static int ask_frames(struct inquiry *inquiry, const struct place *place, struct ng_runner *runner)
{
	struct ng_session_answer *answer = inquiry->answer;
	struct ng_runner *before = NULL;
	struct ng_session_frame frame;
	struct ng_decision decision;
	bool dropped;
	int result = 0;

	for (size_t i = 0; !result && ng_session_frame(place->session, place->passage, i, &frame);
	     i++) {
		if (frame.direction != place->direction ||
		    (answer->lost && answer->frame.part <= frame.part))
			continue;
		result = decide(inquiry, runner, &frame, &decision);
		if (result || !decision.drop)
			continue;
		result = was_dropped(inquiry, place, &before, &frame, &dropped);
		if (!result && !dropped)
			note(inquiry, place, &frame, &decision);
	}
	ng_runner_close(before);
	return result;
}

static int ask_place(struct inquiry *inquiry, const struct place *place)
{
	const struct ng_session_question *question = inquiry->question;
	struct ng_runner *runner;
	int result = open_runner(inquiry, place, question->image, question->step, &runner);

	if (result)
		return result;
	result = ask_frames(inquiry, place, runner);
	ng_runner_close(runner);
	return result;
}

/* ---- places ---------------------------------------------------------------------------- */

/* The name that the program at @ifindex has or will have; NULL: nothing changes there. */
static const char *name_at(const struct inquiry *inquiry, int ifindex)
{
	const struct ng_session_question *question = inquiry->question;

	for (size_t i = 0; i < inquiry->n_hooks; i++)
		if (inquiry->hooks[i].ifindex == ifindex && inquiry->hooks[i].attached)
			return question->ifaces ? NULL : inquiry->hooks[i].iface;
	for (size_t i = 0; i < question->n_ifaces; i++)
		if ((int)if_nametoindex(question->ifaces[i]) == ifindex)
			return question->ifaces[i];
	return NULL;
}

static int ask_session(struct inquiry *inquiry, const struct ng_session *session)
{
	struct ng_passages passages;
	int result = ng_passages_find(session, &passages);

	if (result)
		return ng_fail(inquiry->err, result, "cannot ask for the interfaces: %s",
			       strerror(-result));
	for (size_t i = 0; !result && i < passages.n; i++) {
		struct place place = { .session = session, .passage = &passages.list[i] };
		const char *name = name_at(inquiry, place.passage->ifindex);

		if (!name)
			continue;
		snprintf(place.iface, sizeof(place.iface), "%s", name);
		result = ask_place(inquiry, &place);
		place.direction = NG_OUT;
		if (!result && ng_image_needs_out(inquiry->question->image))
			result = ask_place(inquiry, &place);
	}
	return result;
}

/* Most that is typed cannot drop anything: no test run is needed then. */
static bool can_drop(const struct ng_session_question *question)
{
	const struct ng_image_header *header = question->image;
	const struct ng_image_rule *rules;
	struct ng_summary summary;
	size_t n;

	rules = ng_image_rules(header, &n);
	if (header->drop_default[NG_IN] || header->drop_default[NG_OUT])
		return true;
	for (size_t i = 0; i < n; i++)
		if (!strncmp((const char *)header + rules[i].text.offset, "drop", 4))
			return true;
	ng_state_summary(question->state, &summary);
	return summary.live || (question->step && !question->step->deletes);
}

int ng_session_ask(const struct ng_session *sessions, size_t n,
		   const struct ng_session_question *question, struct ng_session_answer *answer,
		   struct ng_error *err)
{
	struct inquiry inquiry = { .question = question, .answer = answer, .err = err };
	int result;

	answer->lost = false;
	if (!can_drop(question))
		return 0;
	result = ng_hooks(question->state, &inquiry.hooks, &inquiry.n_hooks, err);
	for (size_t i = 0; !result && i < n; i++)
		if (!question->step || ng_session_concerns(&sessions[i], question->step))
			result = ask_session(&inquiry, &sessions[i]);
	free(inquiry.hooks);
	return result;
}
