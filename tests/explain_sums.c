// SPDX-License-Identifier: GPL-2.0-only
#include "explain_sums.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "captures.h"
#include "base/cleanup.h"
#include "compile/image.h"
#include "packet/explain.h"
#include "rules/parse.h"
#include "rules/messages.h"

#define PLACES (NG_BY_BLOCKED + 1)

/**
 * struct sums - of one capture
 * @rules:   by index; @others: by enum ng_decider; @reasons: of NG_BY_INVALID
 */
struct sums {
	struct ng_counter *rules;
	struct ng_counter others[PLACES];
	struct ng_counter reasons[NG_REASONS];
};

static void add(struct ng_counter *counter, const struct ng_decision *decision)
{
	counter->packets += decision->packets;
	counter->bytes += decision->bytes;
}

static void add_answer(struct sums *sums, const struct ng_explanation *answer)
{
	const struct ng_decision *decision = &answer->trace.decision;

	for (size_t i = 0; i < answer->n_rules; i++)
		if (answer->rules[i].effect == NG_EFFECT_DECIDES ||
		    answer->rules[i].effect == NG_EFFECT_COUNTS)
			add(&sums->rules[answer->rules[i].index], decision);
	if (decision->decider != NG_BY_RULE)
		add(&sums->others[decision->decider], decision);
	if (decision->decider == NG_BY_INVALID)
		add(&sums->reasons[decision->reason], decision);
}

static void print(FILE *out, const char *name, struct ng_counter counter, bool bytes)
{
	if (!counter.packets)
		return;
	fprintf(out, "%s: %llu packet%s", name, (unsigned long long)counter.packets,
		counter.packets == 1 ? "" : "s");
	if (bytes)
		fprintf(out, " %llu bytes", (unsigned long long)counter.bytes);
	fputc('\n', out);
}

static void print_sums(FILE *out, const struct sums *sums, size_t n_rules)
{
	static const char *const names[PLACES] = { [NG_BY_DEFAULT] = "default",
						   [NG_BY_NON_IP] = "non_ip",
						   [NG_BY_EXEMPT] = "exempt",
						   [NG_BY_BLOCKED] = "blocked" };
	static const char *const reasons[] = NG_REASON_NAMES;
	char name[64];

	for (size_t i = 0; i < PLACES; i++)
		if (names[i])
			print(out, names[i], sums->others[i], true);
	for (size_t i = 0; i < NG_REASONS; i++) {
		snprintf(name, sizeof(name), "invalid %s", reasons[i]);
		print(out, name, sums->reasons[i], false);
	}
	if (sums->others[NG_BY_INVALID].packets)
		fprintf(out, "invalid: %llu bytes\n",
			(unsigned long long)sums->others[NG_BY_INVALID].bytes);
	for (size_t i = 0; i < n_rules; i++) {
		snprintf(name, sizeof(name), "rule %zu", i + 1);
		print(out, name, sums->rules[i], true);
	}
}

/* @explainers: at TC, and at XDP */
static int explain_frame(struct ng_explainer explainers[2], const struct capture_frame *frame,
			 struct sums *sums, struct ng_error *err)
{
	struct ng_explanation answer;
	int ret = ng_explain(&explainers[0], frame->bytes, frame->len, &answer, err);

	if (ret == -ERANGE)
		ret = ng_explain(&explainers[1], frame->bytes, frame->len, &answer, err);
	if (ret)
		return ret;
	add_answer(sums, &answer);
	ng_explanation_clear(&answer);
	return 0;
}

static int explain_capture(struct ng_explainer explainers[2], const struct capture *capture,
			   size_t n_rules, FILE *out, struct ng_error *err)
{
	struct sums sums = { .rules = calloc(n_rules + 1, sizeof(*sums.rules)) };
	int ret = sums.rules ? 0 : -ENOMEM;

	for (size_t i = 0; !ret && i < capture->n; i++)
		ret = explain_frame(explainers, &capture->frames[i], &sums, err);
	if (!ret)
		print_sums(out, &sums, n_rules);
	free(sums.rules);
	return ret;
}

/* The rules of a capture have its name. */
static int explain_one(struct ng_explainer explainers[2], const struct capture *capture,
		       const char *folder, struct ng_error *err)
{
	__cleanup_free char *rules = NULL, *path = NULL;
	int length = strcspn(capture->name, "."), ret;
	struct ng_messages messages = { 0 };
	__cleanup_file FILE *out = NULL;
	struct ng_ruleset *ruleset;
	struct ng_image image;

	if (asprintf(&rules, "pcaps/%.*s.rules", length, capture->name) < 0 ||
	    asprintf(&path, "%s/%.*s", folder, length, capture->name) < 0)
		return ng_fail(err, -ENOMEM, "no memory");
	out = fopen(path, "we");
	if (!out)
		return ng_fail_at(err, -errno, path, "cannot write");
	ret = ng_parse_file(rules, &ruleset, &messages);
	ng_messages_clear(&messages);
	if (ret)
		return ng_fail_at(err, ret, rules, "no ruleset");
	ret = ng_image_compile(ruleset, NULL, 0, &image, err);
	for (int i = 0; !ret && i < 2; i++) {
		explainers[i].ruleset = ruleset;
		explainers[i].image = image.data;
	}
	if (!ret) {
		ret = explain_capture(explainers, capture, ruleset->n_rules, out, err);
		ng_image_clear(&image);
	}
	ng_ruleset_free(ruleset);
	return ret;
}

int explain_sums(const char *folder)
{
	struct ng_explainer explainers[2] = { { .hook = NG_HOOK_TC_IN, .iface = "" },
					      { .hook = NG_HOOK_XDP, .iface = "" } };
	struct captures captures;
	struct ng_error err;
	int failed = captures_read("pcaps", &captures);

	if (failed) {
		fprintf(stderr, "cannot read pcaps/\n");
		return 1;
	}
	for (size_t i = 0; i < captures.n && !failed; i++) {
		failed = explain_one(explainers, &captures.list[i], folder, &err);
		if (failed)
			fprintf(stderr, "%s: %s\n", captures.list[i].name, err.what);
	}
	for (int i = 0; i < 2; i++)
		ng_runner_close(explainers[i].runner);
	captures_free(&captures);
	return failed ? 1 : 0;
}
