// SPDX-License-Identifier: GPL-2.0-only
/* explain: shows what the filter reads of one packet, and why it passes or drops it. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "cli/words.h"
#include "commands/capture.h"
#include "commands/edit.h"
#include "commands/explain/described.h"
#include "commands/explain/print.h"
#include "kernel/state/state.h"
#include "kernel/status.h"
#include "packet/hex.h"
#include "packet/reading.h"
#include "rules/parse.h"

#define FRAME_MAX (1U << 20)

/**
 * struct question - a packet and a ruleset
 * @image:   of @ruleset: a copy of the one in force, or compiled
 * @frame:   @len bytes; @cut: some of them were not in the capture
 * @words:   how the packet was described; empty for --capture and --hex
 */
struct question {
	struct ng_context *ctx;
	struct ng_state *state;
	struct ng_ruleset *ruleset;
	void *image;
	enum ng_hook hook;
	char iface[NG_IFNAME_LEN];
	bool iface_assumed;
	uint8_t *frame;
	size_t len;
	bool cut;
	struct ng_described words;
	struct ng_explainer explainer;
};

static void clear(struct question *question)
{
	ng_runner_close(question->explainer.runner);
	ng_rule_clear(&question->words.said);
	free(question->frame);
	free(question->image);
	ng_ruleset_free(question->ruleset);
	ng_state_close(question->state);
}

static bool is_words(const struct ng_context *ctx)
{
	return !ng_option(ctx, "--capture") && !ng_option(ctx, "--hex");
}

/* ---- the ruleset ----------------------------------------------------------------------- */

static int read_file(struct question *question, const char *path)
{
	struct ng_context *ctx = question->ctx;
	struct ng_image image = { 0 };
	int ret = ng_parse_file(path, &question->ruleset, &ctx->messages);

	if (!ret)
		ret = ng_image_compile(question->ruleset, NULL, 0, &image, &ctx->error);
	if (ret)
		return ret;
	question->image = image.data;
	image.data = NULL;
	ng_image_clear(&image);
	return 0;
}

/* Unlike ng_open_state(), keeps the privileges that loading the program takes. */
static int read_in_force(struct question *question)
{
	struct ng_context *ctx = question->ctx;
	int ret = ng_state_open(NG_ACCESS_READ, &question->state, &ctx->error);

	if (ret == -ENOENT)
		return ng_hint(&ctx->error, ret, "--rules FILE uses a file instead");
	return ret ? ret : ng_image_of(ctx, question->state, &question->image, &question->ruleset);
}

/* ---- the packet ------------------------------------------------------------------------ */

static int read_number(struct ng_context *ctx, unsigned long long *number)
{
	char *end;

	if (ctx->n_words != 1)
		return ng_usage(ctx, "--capture takes the number of one packet");
	errno = 0;
	*number = strtoull(ctx->words[0], &end, 10);
	if (*ctx->words[0] < '0' || *ctx->words[0] > '9' || *end || errno || !*number)
		return ng_usage(ctx, "'%s' is not a packet number, from 1", ctx->words[0]);
	return 0;
}

static int take_frame(struct question *question, const struct ng_frame *frame, const char *path)
{
	struct ng_error *err = &question->ctx->error;

	if (frame->skip)
		return ng_fail_at(err, -EINVAL, path, "this packet is not an Ethernet frame: %s",
				  frame->skip);
	if (frame->wire > FRAME_MAX)
		return ng_fail_at(err, -EINVAL, path, "this packet has %zu bytes: too long",
				  frame->wire);
	question->frame = calloc(1, frame->wire + 1);
	if (!question->frame)
		return -ENOMEM;
	memcpy(question->frame, frame->data, frame->captured);
	question->len = frame->wire;
	if (frame->direction == NG_PCAPNG_OUT && !ng_option(question->ctx, "--hook"))
		question->hook = NG_HOOK_TC_OUT;
	question->cut = frame->captured < frame->wire;
	return 0;
}

static int read_capture(struct question *question, const char *path)
{
	struct ng_error *err = &question->ctx->error;
	unsigned long long number = 0, n = 0;
	struct ng_capture *capture;
	struct ng_frame frame;
	int ret;

	ret = read_number(question->ctx, &number);
	if (!ret)
		ret = ng_capture_open(path, &capture, err);
	if (ret)
		return ret;
	while (n < number && (ret = ng_capture_next(capture, &frame, err)) == 1)
		n++;
	if (ret == 1)
		ret = take_frame(question, &frame, path);
	else if (!ret)
		ret = ng_fail_at(err, -ERANGE, path,
				 "there is no packet %llu: the capture has %llu", number, n);
	ng_capture_close(capture);
	return ret;
}

static int read_hex(struct question *question)
{
	struct ng_context *ctx = question->ctx;
	__cleanup_free char *text = ng_words_joined(ctx, 0);

	return text ? ng_hex_read(text, &question->frame, &question->len, &ctx->error) : -ENOMEM;
}

/* The words also give the direction and the interface. */
static int place_words(struct question *question)
{
	const struct ng_rule *said = &question->words.said;
	struct ng_context *ctx = question->ctx;

	if (ng_option(ctx, "--on"))
		return ng_usage(ctx, "--on is for --capture and --hex: here write on %s",
				ng_option(ctx, "--on"));
	if (!ng_option(ctx, "--hook"))
		question->hook = said->direction == NG_OUT ? NG_HOOK_TC_OUT : NG_HOOK_XDP;
	if ((question->hook == NG_HOOK_TC_OUT) != (said->direction == NG_OUT))
		return ng_usage(ctx, "%s do not pass %s",
				said->direction == NG_OUT ? "outgoing packets"
							  : "incoming packets (there is no 'out')",
				ng_hook_name(question->hook));
	memcpy(question->iface, said->iface, sizeof(question->iface));
	return 0;
}

static int read_words(struct question *question)
{
	struct ng_context *ctx = question->ctx;
	__cleanup_free char *text = ng_words_joined(ctx, 0);
	int ret;

	if (!text)
		return -ENOMEM;
	ret = ng_described_read(text, question->ruleset, &question->words, &ctx->error);
	if (!ret)
		ret = place_words(question);
	if (ret)
		return ret;
	question->frame = malloc(NG_DESCRIBED_FRAME_MAX);
	if (!question->frame)
		return -ENOMEM;
	return ng_described_frame(&question->words, question->frame, &question->len, &ctx->error);
}

static int read_packet(struct question *question)
{
	struct ng_context *ctx = question->ctx;

	if (ng_option(ctx, "--capture") && ng_option(ctx, "--hex"))
		return ng_usage(ctx, "--capture and --hex exclude each other");
	if (ng_option(ctx, "--capture"))
		return read_capture(question, ng_option(ctx, "--capture"));
	return ng_option(ctx, "--hex") ? read_hex(question) : read_words(question);
}

/* ---- where ----------------------------------------------------------------------------- */

static int read_place(struct question *question)
{
	struct ng_context *ctx = question->ctx;
	const char *hook = ng_option(ctx, "--hook"), *iface = ng_option(ctx, "--on");

	if (hook && ng_hook_parse(hook, &question->hook))
		return ng_usage(ctx, "unknown hook '%s'", hook);
	if (iface && strlen(iface) >= sizeof(question->iface))
		return ng_usage(ctx, "'%s' is too long for an interface name", iface);
	if (iface)
		strcpy(question->iface, iface);
	return 0;
}

static void warn_idle(struct question *question)
{
	struct ng_error warning;

	ng_fail_at(&warning, 0, question->iface,
		   "netguard is not attached there: nothing is "
		   "filtered");
	ng_messages_add(&question->ctx->messages, true, &warning);
}

/*
 * If no interface was given and only one is attached, use that one. Without the privilege to ask
 * what is attached, does nothing.
 */
static void compare_place(struct question *question)
{
	__cleanup_free struct ng_hook_info *hooks = NULL;
	struct ng_error error;
	bool found = false, several = false;
	size_t n;
	NG_RAISED;

	if (!question->state || ng_hooks(question->state, &hooks, &n, &error) || !n)
		return;
	for (size_t i = 0; i < n; i++) {
		found |= !strcmp(hooks[i].iface, question->iface);
		several |= strcmp(hooks[i].iface, hooks[0].iface) != 0;
	}
	if (*question->iface) {
		if (!found)
			warn_idle(question);
	} else if (!several) {
		snprintf(question->iface, sizeof(question->iface), "%s", hooks[0].iface);
		question->iface_assumed = true;
	}
}

/* ---- the answer ------------------------------------------------------------------------ */

static bool can_be_established(const struct question *question)
{
	const struct ng_image_header *header = question->image;

	return header->established && question->hook != NG_HOOK_TC_OUT;
}

/* Without a rule that uses it, programs do not find out what is established. */
static void leave_out(struct ng_rule *rule, enum ng_field field)
{
	size_t n = 0;

	for (size_t i = 0; i < rule->n_conditions; i++) {
		if (rule->conditions[i].field == field) {
			free(rule->conditions[i].ranges);
			continue;
		}
		rule->conditions[n++] = rule->conditions[i];
	}
	rule->n_conditions = n;
}

/* Is the packet as it was described? */
static int check_reading(struct question *question, struct ng_rule *reading)
{
	struct ng_context *ctx = question->ctx;

	if (!can_be_established(question)) {
		leave_out(reading, NG_FIELD_ESTABLISHED);
		leave_out(&question->words.said, NG_FIELD_ESTABLISHED);
	}
	return is_words(ctx) ? ng_described_check(&question->words, reading, &ctx->error) : 0;
}

static int answer(struct question *question, const struct ng_explanation *explanation)
{
	struct ng_context *ctx = question->ctx;
	struct ng_explained explained = {
		.explainer = &question->explainer,
		.len = question->len,
		.cut = question->cut,
		.assumed = question->words.assumed,
		.iface_assumed = question->iface_assumed,
		.from_file = !question->state,
		.answer = explanation,
	};
	struct ng_rule reading;
	int ret = ng_reading(&explanation->trace, &reading);

	if (ret)
		return ret;
	explained.reading = &reading;
	ret = check_reading(question, &reading);
	if (!ret && ctx->json)
		ng_explain_say(ctx, &explained);
	else if (!ret)
		ng_explain_print(&explained);
	ng_rule_clear(&reading);
	return ret ? ret : explanation->trace.decision.drop;
}

static int ask(struct question *question)
{
	struct ng_explanation explanation;
	int ret;

	question->explainer = (struct ng_explainer){
		.hook = question->hook,
		.iface = question->iface,
		.state = question->state,
		.ruleset = question->ruleset,
		.image = question->image,
		.established = question->words.values[NG_FIELD_ESTABLISHED] ||
			       ng_option(question->ctx, "--established"),
	};
	ret = ng_explain(&question->explainer, question->frame, question->len, &explanation,
			 &question->ctx->error);
	if (ret)
		return ret;
	ret = answer(question, &explanation);
	ng_explanation_clear(&explanation);
	return ret;
}

int ng_command_explain(struct ng_context *ctx)
{
	__attribute__((cleanup(clear))) struct question question = { .ctx = ctx };
	const char *rules = ng_option(ctx, "--rules");
	int ret;

	ret = read_place(&question);
	if (!ret)
		ret = rules ? read_file(&question, rules) : read_in_force(&question);
	if (!ret)
		ret = read_packet(&question);
	if (ret)
		return ret;
	compare_place(&question);
	return ask(&question);
}
