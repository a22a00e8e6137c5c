// SPDX-License-Identifier: GPL-2.0-only
#include "commands/session_check.h"

#include <errno.h>
#include <string.h>

#include "cli/options.h"
#include "compile/image_read.h"
#include "kernel/publish.h"
#include "rules/prefix.h"

#define PROC	   "/proc"
#define PREFIX_LEN 64
#define RULE_LEN   200 /* of a rule's text in a message */
#define FLOW_LEN   200

void ng_session_find(struct ng_context *ctx)
{
	if (ng_has_option(ctx->command, "--force"))
		ng_sessions_find(PROC, &ctx->sessions);
}

/* ---- words ----------------------------------------------------------------------------- */

static void print_flow(const struct ng_session_answer *answer, char text[FLOW_LEN])
{
	const struct ng_flow *flow = &answer->session->flow;
	char client[PREFIX_LEN], server[PREFIX_LEN];

	snprintf(text, FLOW_LEN, "%s port %u to %s port %u, %s %s",
		 ng_prefix_text(&flow->client, client, sizeof(client)), flow->client_port,
		 ng_prefix_text(&flow->server, server, sizeof(server)), flow->server_port,
		 answer->frame.direction == NG_IN ? "in on" : "out on", answer->iface);
}

static void print_decider(const struct ng_session_question *question,
			  const struct ng_session_answer *answer, char text[RULE_LEN + 8])
{
	const struct ng_decision *decision = &answer->decision;
	const void *image = question->image;
	const struct ng_list *rule;
	size_t n;

	if (decision->decider == NG_BY_RULE) {
		rule = &ng_image_rules(image, &n)[decision->rule - 1].text;
		snprintf(text, RULE_LEN + 8, "`%.*s%s`",
			 rule->count > RULE_LEN ? RULE_LEN : (int)rule->count,
			 ng_image_text(image, rule), rule->count > RULE_LEN ? "…" : "");
	} else if (decision->decider == NG_BY_BLOCKED) {
		strcpy(text, "@" NG_BLOCKED);
	} else {
		strcpy(text,
		       answer->frame.direction == NG_IN ? "`default drop`" : "`default out drop`");
	}
}

/* What would be lost; follows the name of what decides. */
static void print_loss(const struct ng_session_answer *answer, char *text, size_t size)
{
	const struct ng_session_frame *frame = &answer->frame;
	char flow[FLOW_LEN];

	print_flow(answer, flow);
	switch (frame->part) {
	case NG_PART_CONNECTION:
		snprintf(text, size, "%s the connection of this session (%s%s%s)",
			 frame->guess ? "can cut" : "cuts", flow, frame->guess ? ", packets " : "",
			 frame->guess ? frame->guess : "");
		break;
	case NG_PART_NEIGHBOUR:
		snprintf(text, size,
			 "drops %s, which soon cuts the connection of this session (%s)",
			 answer->session->flow.client.family == 4 ? "ARP" : "neighbour discovery",
			 flow);
		break;
	default:
		snprintf(text, size,
			 "keeps the connection of this session, but refuses a new one (%s)", flow);
	}
}

static void describe(const struct ng_session_question *question,
		     const struct ng_session_answer *answer, const struct ng_ruleset *ruleset,
		     struct ng_error *err)
{
	__u32 number = answer->decision.decider == NG_BY_RULE ? answer->decision.rule : 0;
	const struct ng_rule *rule = ruleset && number && number <= ruleset->n_rules
					     ? &ruleset->rules[number - 1]
					     : NULL;
	char decider[RULE_LEN + 8], loss[512];

	print_decider(question, answer, decider);
	print_loss(answer, loss, sizeof(loss));
	ng_fail(err, -ECANCELED, "%s %s", decider, loss);
	if (rule && rule->file)
		snprintf(err->where, sizeof(err->where), "%.400s:%u:%u", rule->file, rule->line,
			 rule->column);
	else if (number)
		snprintf(err->where, sizeof(err->where), "rule %u", number);
}

/* ---- the check ------------------------------------------------------------------------- */

/* --confirm is no way out for live entries, which are not rolled back. */
static int refuse(struct ng_context *ctx, const struct ng_error *error, bool live)
{
	ctx->error = *error;
	if (!live && ng_has_option(ctx->command, "--confirm"))
		return ng_hint(&ctx->error, -ECANCELED,
			       "nothing has changed; --confirm 60s does it and rolls it back "
			       "unless you confirm in time, --force just does it");
	return ng_hint(&ctx->error, -ECANCELED, "nothing has changed; --force does it");
}

int ng_session_check(struct ng_context *ctx, const struct ng_session_question *question,
		     const struct ng_ruleset *ruleset)
{
	const struct ng_sessions *sessions = &ctx->sessions;
	struct ng_session_answer answer;
	struct ng_error error, why;
	NG_RAISED; /* to see what is attached, and to run the program */

	if (!sessions->n)
		return 0;
	if (ng_session_ask(sessions->list, sessions->n, question, &answer, &why)) {
		ng_fail(&error, -EIO,
			"cannot tell whether this cuts the connection of this session: %.400s",
			why.what);
		ng_messages_add(&ctx->messages, true, &error);
		return 0;
	}
	if (!answer.lost)
		return 0;
	describe(question, &answer, ruleset, &error);
	if (answer.frame.part != NG_PART_LOGIN && !ng_option(ctx, "--force") &&
	    !ng_option(ctx, "--confirm"))
		return refuse(ctx, &error, question->step);
	ng_messages_add(&ctx->messages, true, &error);
	return 0;
}

int ng_session_check_step(struct ng_context *ctx, const struct ng_state *state,
			  const struct ng_live_step *step)
{
	const struct ng_sessions *sessions = &ctx->sessions;
	struct ng_session_question question = { .state = state, .step = step };
	struct ng_held_image image = { 0 };
	bool concerned = false;
	int ret;

	for (size_t i = 0; i < sessions->n; i++)
		concerned |= ng_session_concerns(&sessions->list[i], step);
	if (!concerned)
		return 0;
	ret = ng_image_hold(state, NG_IMAGE_CURRENT, &image, &ctx->error);
	if (ret)
		return ret;
	question.image = question.before = image.data;
	ret = ng_session_check(ctx, &question, NULL);
	ng_image_release(&image);
	return ret;
}
