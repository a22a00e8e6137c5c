// SPDX-License-Identifier: GPL-2.0-only
#include "contest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "layout/flows.h"
#include "model_read.h"
#include "random_domain.h"

#define COUNTERS_SAID 10 /* counters of one hook that differ; more are not printed */

/* ---- saying what differs --------------------------------------------------------------- */

static void print_decision(const char *who, const struct ng_decision *decision)
{
	static const char *const deciders[] = { "rule",	  "default", "invalid",
						"non_ip", "exempt",  "blocked" };
	static const char *const reasons[] = NG_REASON_NAMES;

	printf("%-8s %s by %s %u%s, %s, %llu packets %llu bytes\n", who,
	       decision->drop ? "drop" : "pass", deciders[decision->decider], decision->rule,
	       decision->over ? " over its rate" : "", reasons[decision->reason], decision->packets,
	       decision->bytes);
}

static bool same_decision(const struct ng_decision *a, const struct ng_decision *b)
{
	return a->drop == b->drop && a->decider == b->decider && a->reason == b->reason &&
	       a->rule == b->rule && a->over == b->over && a->packets == b->packets &&
	       a->bytes == b->bytes;
}

/* @differ: number of differences so far */
static void compare_counter(const struct contest *contest, const char *what, size_t number,
			    struct ng_counter model, struct ng_counter program, bool quiet,
			    size_t *differ)
{
	if (model.packets == program.packets && model.bytes == program.bytes)
		return;
	if (!quiet && (*differ)++ < COUNTERS_SAID)
		printf("%s: counter of %s %zu: model %llu packets %llu bytes, program %llu and "
		       "%llu\n",
		       contest->name, what, number, model.packets, model.bytes, program.packets,
		       program.bytes);
	else if (quiet)
		(*differ)++;
}

static bool contest_agrees(const struct contests *contests, const struct contest *contest)
{
	size_t differ = 0;

	for (size_t i = 0; i < contests->ruleset->n_rules; i++) {
		compare_counter(contest, "rule", i + 1, subject_rule_counter(contest->model, i),
				subject_rule_counter(contest->program, i), contests->quiet,
				&differ);
		compare_counter(contest, "over of rule", i + 1,
				subject_rule_over(contest->model, i),
				subject_rule_over(contest->program, i), contests->quiet, &differ);
	}
	for (__u32 i = 0; i < SUBJECT_SLOTS; i++)
		compare_counter(contest, "slot", i, subject_counter(contest->model, i),
				subject_counter(contest->program, i), contests->quiet, &differ);
	if (!contests->quiet && differ > COUNTERS_SAID)
		printf("%s: %zu counters differ in all\n", contest->name, differ);
	return !differ;
}

static bool is_asked(const struct contests *contests, enum ng_hook hook)
{
	return contests->only == NG_HOOKS || contests->only == hook;
}

static bool same_flows(struct contests *contests, const struct contest *contest)
{
	size_t n;
	bool same = subject_same_flows(contest->model, contest->program, &n);

	contests->flows += n;
	if (!same && !contests->quiet)
		printf("%s: the program has other flows than the model's %zu\n", contest->name, n);
	return same;
}

bool contests_agree(struct contests *contests)
{
	bool agree = true;

	for (enum ng_hook hook = 0; hook < NG_HOOKS; hook++) {
		if (!is_asked(contests, hook) || (contest_agrees(contests, &contests->list[hook]) &&
						  same_flows(contests, &contests->list[hook])))
			continue;
		contests->differed = hook;
		agree = false;
	}
	return agree;
}

/* ---- running --------------------------------------------------------------------------- */

static bool counts_or_decides(const struct model_counted *counted,
			      const struct ng_decision *decision, size_t rule)
{
	for (size_t i = 0; i < counted->n; i++)
		if (counted->list[i] == rule)
			return true;
	return decision->rule == rule + 1;
}

static int run_contest(struct contests *contests, struct contest *contest,
		       const struct random_frame *frame, size_t rule, bool *met)
{
	struct ng_aggregate aggregate = { frame->segments, frame->segment_size };
	bool aggregated = contest->hook != NG_HOOK_XDP && frame->segments;
	struct ng_decision model, program;
	int ret;

	subject_time(contest->program, contests->time);
	subject_time(contest->model, contests->time);
	ret = subject_run(contest->program, frame->bytes, frame->len,
			  aggregated ? &aggregate : NULL, &program);

	if (ret == -ERANGE) {
		contests->out_of_range++;
		return 0;
	}
	if (ret) {
		printf("%s: cannot run a frame of %zu bytes: %s\n", contest->name, frame->len,
		       strerror(-ret));
		return ret;
	}
	subject_run(contest->model, frame->bytes, frame->len, aggregated ? &aggregate : NULL,
		    &model);
	contests->run++;
	contests->over += model.over;
	contests->deciders[model.decider] = true;
	contests->reasons[model.reason] = true;
	if (met)
		*met |= counts_or_decides(subject_counted(contest->model), &model, rule);
	if (same_decision(&model, &program))
		return 0;
	if (!contests->quiet) {
		printf("\n%s on %s: the model and the program differ\n", contest->name,
		       contest->iface);
		print_decision("model", &model);
		print_decision("program", &program);
	}
	contests->differed = contest->hook;
	return CONTEST_DIFFERS;
}

int contests_run(struct contests *contests, const struct random_frame *frame, size_t rule,
		 bool *met)
{
	int ret = 0;

	contests->time += frame->gap;
	if (met)
		*met = false;
	for (enum ng_hook hook = 0; hook < NG_HOOKS && !ret; hook++)
		if (is_asked(contests, hook))
			ret = run_contest(contests, &contests->list[hook], frame, rule, met);
	return ret;
}

static bool uses_flows(const struct ng_ruleset *ruleset)
{
	for (size_t i = 0; i < ruleset->n_rules; i++)
		if (ng_rule_condition(&ruleset->rules[i], NG_FIELD_ESTABLISHED))
			return true;
	return false;
}

/* Of some age, up to somewhat more than its time. */
static struct model_flow age(const struct contests *contests, struct random *random,
			     struct model_flow flow)
{
	uint64_t timeout, tick = ng_flow_tick(contests->now);

	flow.state = flow.proto == 6 ? random_below(random, NG_FLOW_UDP) : NG_FLOW_ICMP;
	if (flow.proto == 17)
		flow.state = random_percent(random, 50) ? NG_FLOW_UDP : NG_FLOW_UDP_STREAM;
	timeout = ng_flow_ticks_of(contests->ruleset->flows.timeouts[flow.state]);
	flow.seen = tick - random_below(random, timeout + timeout / 4 + 2);
	return flow;
}

int contests_converse(struct contests *contests, struct random *random,
		      const struct random_frame *frame)
{
	struct model_frame read = { .bytes = frame->bytes, .len = frame->len, .iface = "" };
	struct model_flow flow;
	struct packet packet;
	bool quoted;
	int ret = 0;

	if (!uses_flows(contests->ruleset))
		return 0;
	contests->now += random_below(random, 3000000000ULL);
	model_read(&packet, &read);
	if (model_flow_answered_by(&packet, &flow, &quoted) && random_percent(random, 50))
		flow = age(contests, random, flow);
	else
		flow.proto = 0;
	for (enum ng_hook hook = 0; hook < NG_HOOKS && !ret; hook++) {
		struct contest *contest = &contests->list[hook];

		if (!is_asked(contests, hook))
			continue;
		subject_set_now(contest->model, contests->now);
		subject_set_now(contest->program, contests->now);
		if (flow.proto)
			ret = subject_put_flow(contest->model, &flow);
		if (flow.proto && !ret)
			ret = subject_put_flow(contest->program, &flow);
	}
	return ret;
}

int contests_use(struct contests *contests, const struct ng_ruleset *ruleset)
{
	struct subject *subjects[2 * NG_HOOKS];
	struct ng_image image;
	struct ng_error err = { 0 };
	size_t n = 0;
	int ret = contests->changes ? image_by_changes(ruleset, contests->seed, contests->changes,
						       &contests->by_changes, &image, &err)
				    : ng_image_compile(ruleset, NULL, 0, &image, &err);

	if (ret) {
		printf("cannot compile: %s %s\n", err.what, err.hint);
		return ret;
	}
	contests->ruleset = ruleset;
	contests->time = 0;
	contests->now = 40000000ULL * 1000000000ULL; /* longer than any timeout */
	for (enum ng_hook hook = 0; hook < NG_HOOKS; hook++) {
		if (!is_asked(contests, hook))
			continue;
		subjects[n++] = contests->list[hook].model;
		subjects[n++] = contests->list[hook].program;
	}
	ret = subjects_use(subjects, n, ruleset, &image, &err);
	ng_image_clear(&image);
	if (ret)
		printf("cannot use a ruleset: %s %s\n", err.what, err.hint);
	return ret;
}

int contests_open(struct contests *contests, const struct model_live *live)
{
	static const char *const names[] = { "XDP", "TC in", "TC out" };

	contests->only = NG_HOOKS;
	for (size_t i = 0; i < NG_HOOKS; i++) {
		struct contest *contest = &contests->list[i];

		*contest = (struct contest){
			.hook = i,
			.name = names[i],
			.iface = domain_iface[i],
		};
		if (subject_open(true, i, contest->iface, live, &contest->model) ||
		    subject_open(false, i, contest->iface, live, &contest->program))
			return -ENOMEM;
	}
	return 0;
}

void contests_close(struct contests *contests)
{
	for (size_t i = 0; i < NG_HOOKS; i++) {
		subject_close(contests->list[i].model);
		subject_close(contests->list[i].program);
	}
}
