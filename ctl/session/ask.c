// SPDX-License-Identifier: GPL-2.0-only
#include "session/ask.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "compile/image.h"
#include "compile/image_read.h"
#include "kernel/status.h"
#include "kernel/state/state.h"
#include "kernel/live/live.h"
#include "kernel/live/live_mirror.h"
#include "kernel/programs/needs.h"
#include "kernel/runner.h"
#include "net/ip.h"

/**
 * struct place - a hook that the session's frames pass
 * @iface: the name that its program compares `on IFACE` with
 */
struct place {
	const struct ng_session *session;
	const struct ng_passage *passage;
	enum ng_direction direction;
	char iface[IF_NAMESIZE];
};

/**
 * struct inquiry - a question and its answer, while that is worked out
 * @hooks: all attachments
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

static int mirror(const struct ng_state *state, struct ng_state *copy, const void *image,
		  const struct ng_flow *flow, struct ng_error *err)
{
	int result = ng_live_mirror(state, copy, image, &flow->client, err);

	return result ? result : ng_live_mirror(state, copy, image, &flow->server, err);
}

static int take_step(struct ng_state *copy, const struct ng_live_step *step, struct ng_error *err)
{
	if (!step->prefix)
		return ng_live_flush(copy, step->set, NULL, err);
	if (step->deletes)
		return ng_live_delete(copy, step->set, step->prefix, NULL, err);
	return ng_live_add(copy, step->set, step->prefix, NG_LIVE_FOR_GOOD, NULL, err);
}

/* A copy, for ng_image_clear(), since a runner writes its own rows into it. */
static int copy_image(const void *image, struct ng_image *copy, struct ng_error *err)
{
	const struct ng_image_header *header = image;
	void *data = ng_image_duplicate(image);

	if (!data)
		return ng_fail(err, -ENOMEM, "out of memory");
	*copy = (struct ng_image){
		.data = data,
		.size = header->size,
		.slots = ng_image_slots(image),
	};
	return 0;
}

static int open_runner(const struct inquiry *inquiry, const struct place *place, const void *image,
		       struct ng_runner **runner)
{
	struct ng_image copy;
	int result = copy_image(image, &copy, inquiry->err);

	if (result)
		return result;
	result = ng_runner_open(place->direction == NG_IN ? NG_HOOK_XDP : NG_HOOK_TC_OUT, &copy,
				place->iface, runner, inquiry->err);
	ng_image_clear(&copy);
	return result;
}

static void address_words(const struct ng_prefix *address, __u64 words[2])
{
	for (int i = 0; i < (address->family == 6 ? 16 : 4); i++) {
		words[0] = words[0] << 8 | words[1] >> 56;
		words[1] = words[1] << 8 | address->addr[i];
	}
}

/* The session's connection is one of this host's sockets. */
static int know_session(const struct inquiry *inquiry, const struct place *place,
			struct ng_runner *runner)
{
	const struct ng_flow *flow = &place->session->flow;
	struct ng_flow_key key = {
		.ports = (__u32)flow->server_port << 16 | flow->client_port,
		.proto = IPPROTO_TCP,
		.class = flow->client.family == 6 ? NG_CLASS_IPV6 : NG_CLASS_IPV4,
	};
	int result;

	address_words(&flow->server, key.from);
	address_words(&flow->client, key.to);
	result = ng_runner_note_flow(runner, &key, NG_FLOW_TCP_ESTABLISHED);
	return result ? ng_fail(inquiry->err, result, "cannot prepare a test run: %s",
				strerror(-result))
		      : 0;
}

/* A runner with the live entries that contain the session's addresses, after the change. */
static int open_after(const struct inquiry *inquiry, const struct place *place,
		      struct ng_runner **runner)
{
	const struct ng_session_question *question = inquiry->question;
	struct ng_runner *opened;
	struct ng_state *copy;
	int result = open_runner(inquiry, place, question->image, &opened);

	if (result)
		return result;
	copy = ng_runner_state(opened);
	result =
		mirror(question->state, copy, question->image, &place->session->flow, inquiry->err);
	if (!result && question->step)
		result = take_step(copy, question->step, inquiry->err);
	if (!result)
		result = know_session(inquiry, place, opened);
	if (result)
		ng_runner_close(opened);
	else
		*runner = opened;
	return result;
}

/*
 * Put the ruleset before the change into the same runner: loading another program would take longer
 * than everything else.
 */
static int go_back(const struct inquiry *inquiry, const struct place *place,
		   struct ng_runner **runner)
{
	const struct ng_session_question *question = inquiry->question;
	const struct ng_live_step *step = question->step;
	struct ng_image copy;
	int result = copy_image(question->before, &copy, inquiry->err);

	if (result)
		return result;
	result = ng_runner_publish(*runner, &copy);
	ng_image_clear(&copy);
	if (result == -E2BIG) {
		ng_runner_close(*runner);
		*runner = NULL;
		result = open_runner(inquiry, place, question->before, runner);
	} else if (result) {
		ng_fail(inquiry->err, result, "cannot change the ruleset of a test run: %s",
			strerror(-result));
	} else if (step && step->prefix && !step->deletes) {
		result = ng_live_delete(ng_runner_state(*runner), step->set, step->prefix, NULL,
					inquiry->err);
	}
	if (!result)
		result = mirror(question->state, ng_runner_state(*runner), question->before,
				&place->session->flow, inquiry->err);
	return result ? result : know_session(inquiry, place, *runner);
}

/* ---- asking it ------------------------------------------------------------------------- */

/* A frame that would be dropped. */
struct loss {
	struct ng_session_frame frame;
	struct ng_decision decision;
};

static int decide(const struct inquiry *inquiry, struct ng_runner *runner,
		  const struct ng_session_frame *frame, struct ng_decision *decision)
{
	int result = ng_runner_run(runner, frame->data, frame->len, NULL, decision);

	if (result)
		return ng_fail(inquiry->err, result, "the kernel's test run failed: %s",
			       strerror(-result));
	return 0;
}

/* The frames of @place that are dropped after the change; *@n of them. */
static int find_losses(const struct inquiry *inquiry, const struct place *place,
		       struct ng_runner *runner, struct loss losses[NG_SESSION_FRAMES_MAX],
		       size_t *n)
{
	int result = 0;

	*n = 0;
	for (size_t i = 0; !result && *n < NG_SESSION_FRAMES_MAX; i++) {
		struct loss *loss = &losses[*n];

		if (!ng_session_frame(place->session, place->passage, i, &loss->frame))
			break;
		if (loss->frame.direction != place->direction)
			continue;
		result = decide(inquiry, runner, &loss->frame, &loss->decision);
		*n += !result && loss->decision.drop;
	}
	return result;
}

/* Note the most serious loss that the change causes, unless one as serious was found before. */
static int note_worst(struct inquiry *inquiry, const struct place *place, struct ng_runner *runner,
		      const struct loss *losses, size_t n)
{
	struct ng_session_answer *answer = inquiry->answer;

	for (size_t i = 0; i < n; i++) {
		struct ng_decision before = { 0 };
		int result = 0;

		if (answer->lost && answer->frame.part <= losses[i].frame.part)
			continue;
		if (inquiry->question->before)
			result = decide(inquiry, runner, &losses[i].frame, &before);
		if (result)
			return result;
		if (before.drop)
			continue;
		answer->lost = true;
		answer->session = place->session;
		answer->frame = losses[i].frame;
		answer->decision = losses[i].decision;
		memcpy(answer->iface, place->iface, sizeof(answer->iface));
	}
	return 0;
}

static int ask_place(struct inquiry *inquiry, const struct place *place)
{
	__cleanup_free struct loss *losses = calloc(NG_SESSION_FRAMES_MAX, sizeof(*losses));
	struct ng_runner *runner = NULL;
	size_t n;
	int result;

	if (!losses)
		return ng_fail(inquiry->err, -ENOMEM, "out of memory");
	result = open_after(inquiry, place, &runner);
	if (!result)
		result = find_losses(inquiry, place, runner, losses, &n);
	if (!result && n && inquiry->question->before)
		result = go_back(inquiry, place, &runner);
	if (!result)
		result = note_worst(inquiry, place, runner, losses, n);
	ng_runner_close(runner);
	return result;
}

/* ---- places ---------------------------------------------------------------------------- */

/*
 * The interface's name that the program at @ifindex compares with or will; NULL: no change there.
 */
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
		return ng_fail(inquiry->err, result, "cannot list the interfaces: %s",
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

/* Most changes cannot drop anything: then no test run is needed. */
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
		if (!strncmp(ng_image_text(header, &rules[i].text), "drop", 4))
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
