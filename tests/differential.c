// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random rulesets and random frames, decided by the model and by the programs of all hooks,
 * which must agree on every decision and on every counter.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "captures.h"
#include "cleanup.h"
#include "random_domain.h"
#include "random_frame.h"
#include "random_ruleset.h"
#include "subject.h"

#define COUNTERS_DIFFER 2 /* though all decisions agree: which frame it was is not known yet */

#define RULESETS 400
#define FRAMES	 1000000
#define BLOCKED	 (sizeof(domain_blocked) / sizeof(domain_blocked[0]))

/* The kinds of things that must have happened, or the test was an empty one. */
struct coverage {
	bool fields[NG_FIELDS];
	bool deciders[NG_BY_BLOCKED + 1];
	bool reasons[NG_REASONS];
};

/**
 * struct contest - the model and the program of one hook
 * @iface: each hook is told another, so that `on IFACE` is true here and false there
 */
struct contest {
	enum ng_hook hook;
	const char *name;
	const char *iface;
	struct subject *model, *program;
};

struct differential {
	uint64_t seed; /* of the ruleset at hand */
	size_t frames; /* for each ruleset */
	struct contest contests[NG_HOOKS];
	struct model_live_entry blocked[BLOCKED];
	struct model_live live;
	struct captures captures[2];
	size_t n_captures;
	struct coverage coverage;
	bool every;	   /* compare counters after every frame, to find the one that matters */
	uint64_t rulesets; /* done */
	uint64_t run, out_of_range;
	size_t rules, refused;
};

/* ---- saying what differs --------------------------------------------------------------- */

static void print_decision(const char *who, const struct ng_decision *decision)
{
	static const char *const deciders[] = { "rule",	  "default", "invalid",
						"non_ip", "exempt",  "blocked" };
	static const char *const reasons[] = NG_REASON_NAMES;

	printf("%-8s %s by %s %u, %s, %llu packets %llu bytes\n", who,
	       decision->drop ? "drop" : "pass", deciders[decision->decider], decision->rule,
	       reasons[decision->reason], decision->packets, decision->bytes);
}

static void print_replay(const struct differential *diff)
{
	printf("again:   differential --rulesets 1 --seed %" PRIu64 " --frames %zu\n", diff->seed,
	       diff->frames);
}

static void print_frame(const struct random_frame *frame)
{
	printf("frame of %zu bytes, %u segments of %u:\n", frame->len, frame->segments,
	       frame->segment_size);
	for (size_t i = 0; i < frame->len; i++)
		printf("%02x%s", frame->bytes[i], i % 32 == 31 || i + 1 == frame->len ? "\n" : "");
}

static bool same_decision(const struct ng_decision *a, const struct ng_decision *b)
{
	return a->drop == b->drop && a->decider == b->decider && a->reason == b->reason &&
	       a->rule == b->rule && a->packets == b->packets && a->bytes == b->bytes;
}

static bool same_counter(const struct contest *contest, const char *what, size_t number,
			 struct ng_counter model, struct ng_counter program)
{
	if (model.packets == program.packets && model.bytes == program.bytes)
		return true;
	printf("%s: counter of %s %zu: model %llu packets %llu bytes, program %llu and %llu\n",
	       contest->name, what, number, model.packets, model.bytes, program.packets,
	       program.bytes);
	return false;
}

static bool same_counters(const struct contest *contest, size_t n_rules)
{
	bool same = true;

	for (size_t i = 0; i < n_rules; i++)
		same &= same_counter(contest, "rule", i + 1,
				     subject_rule_counter(contest->model, i),
				     subject_rule_counter(contest->program, i));
	for (__u32 i = 0; i < SUBJECT_SLOTS; i++)
		same &= same_counter(contest, "slot", i, subject_counter(contest->model, i),
				     subject_counter(contest->program, i));
	return same;
}

/* ---- running --------------------------------------------------------------------------- */

/* 0, 1 when they differ, or -errno; a frame that the kernel's test run does not take is left out */
static int run_frame(struct differential *diff, struct contest *contest,
		     const struct random_frame *frame)
{
	struct ng_aggregate aggregate = { frame->segments, frame->segment_size };
	bool aggregated = contest->hook != NG_HOOK_XDP && frame->segments;
	struct ng_decision model, program;
	int ret = subject_run(contest->program, frame->bytes, frame->len,
			      aggregated ? &aggregate : NULL, &program);

	if (ret == -ERANGE) {
		diff->out_of_range++;
		return 0;
	}
	if (ret) {
		printf("%s: cannot run a frame of %zu bytes: %s\n", contest->name, frame->len,
		       strerror(-ret));
		return ret;
	}
	subject_run(contest->model, frame->bytes, frame->len, aggregated ? &aggregate : NULL,
		    &model);
	diff->run++;
	diff->coverage.deciders[model.decider] = true;
	diff->coverage.reasons[model.reason] = true;
	if (same_decision(&model, &program))
		return 0;
	printf("\n%s on %s: the model and the program differ\n", contest->name, contest->iface);
	print_decision("model", &model);
	print_decision("program", &program);
	return 1;
}

static int run_frames(struct differential *diff, struct random *random, size_t n_rules)
{
	struct random_frame frame;
	int ret = 0;

	for (size_t i = 0; i < diff->frames && !ret; i++) {
		random_frame(random, diff->captures, diff->n_captures, &frame);
		for (size_t hook = 0; hook < NG_HOOKS && !ret; hook++) {
			ret = run_frame(diff, &diff->contests[hook], &frame);
			if (!ret && diff->every && !same_counters(&diff->contests[hook], n_rules))
				ret = 1;
		}
	}
	if (ret)
		print_frame(&frame);
	return ret;
}

static int run_contests(struct differential *diff, struct random *random,
			const struct ng_ruleset *ruleset)
{
	struct ng_error err = { 0 };
	int ret;

	for (size_t i = 0; i < NG_HOOKS; i++) {
		struct contest *contest = &diff->contests[i];

		ret = subject_use(contest->model, ruleset, &err);
		if (!ret)
			ret = subject_use(contest->program, ruleset, &err);
		if (ret) {
			printf("%s: %s %s\n", contest->name, err.what, err.hint);
			return ret;
		}
	}
	ret = run_frames(diff, random, ruleset->n_rules);
	for (size_t i = 0; i < NG_HOOKS && !ret; i++)
		if (!same_counters(&diff->contests[i], ruleset->n_rules))
			ret = COUNTERS_DIFFER;
	return ret;
}

static void note_fields(struct differential *diff, const struct ng_ruleset *ruleset)
{
	diff->rules += ruleset->n_rules;
	for (size_t i = 0; i < ruleset->n_rules; i++)
		for (size_t j = 0; j < ruleset->rules[i].n_conditions; j++)
			diff->coverage.fields[ruleset->rules[i].conditions[j].field] = true;
}

static int run_ruleset(struct differential *diff)
{
	struct random random = { diff->seed };
	__cleanup_free char *text = NULL;
	struct ng_ruleset *ruleset = NULL;
	struct ng_error err = { 0 };
	int ret = random_ruleset(&random, &text, &ruleset, &diff->refused, &err);

	if (ret) {
		printf("%s: %s\n", err.where, err.what);
	} else {
		note_fields(diff, ruleset);
		ret = run_contests(diff, &random, ruleset);
	}
	if (ret && ret != COUNTERS_DIFFER) {
		printf("ruleset:\n%s", text ? text : "");
		print_replay(diff);
	}
	ng_ruleset_free(ruleset);
	return ret;
}

/* ---- beginning and end ----------------------------------------------------------------- */

static void fill_live(struct differential *diff)
{
	for (size_t i = 0; i < BLOCKED; i++) {
		struct model_live_entry *entry = &diff->blocked[i];

		*entry = (struct model_live_entry){ .set = NG_BLOCKED };
		entry->prefix.family = domain_blocked[i].family;
		entry->prefix.len = domain_blocked[i].family == 4 ? 32 : 128;
		memcpy(entry->prefix.addr, domain_blocked[i].addr, 16);
	}
	diff->live = (struct model_live){ diff->blocked, BLOCKED };
}

/* No captures are fine: frames are then all made up. */
static void read_captures(struct differential *diff)
{
	if (!captures_read("pcaps", &diff->captures[diff->n_captures]))
		diff->n_captures++;
	if (!captures_read_elsewhere(&diff->captures[diff->n_captures]))
		diff->n_captures++;
}

static int open_contests(struct differential *diff)
{
	static const char *const names[] = { "XDP", "TC in", "TC out" };

	for (size_t i = 0; i < NG_HOOKS; i++) {
		struct contest *contest = &diff->contests[i];

		*contest = (struct contest){
			.hook = i,
			.name = names[i],
			.iface = domain_iface[i],
		};
		if (subject_open(true, i, contest->iface, &diff->live, &contest->model) ||
		    subject_open(false, i, contest->iface, &diff->live, &contest->program))
			return -ENOMEM;
	}
	return 0;
}

static void close_all(struct differential *diff)
{
	for (size_t i = 0; i < NG_HOOKS; i++) {
		subject_close(diff->contests[i].model);
		subject_close(diff->contests[i].program);
	}
	for (size_t i = 0; i < diff->n_captures; i++)
		captures_free(&diff->captures[i]);
}

static bool all(const char *what, const bool *flags, size_t n)
{
	bool complete = true;

	for (size_t i = 0; i < n; i++) {
		if (!flags[i])
			printf("never met: %s %zu\n", what, i);
		complete &= flags[i];
	}
	return complete;
}

static bool is_covered(const struct coverage *coverage)
{
	return all("field", coverage->fields, NG_FIELDS) &
	       all("decider", coverage->deciders, NG_BY_BLOCKED + 1) &
	       all("reason", coverage->reasons, NG_REASONS);
}

static int parse_number(const char *text, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	return errno || *end || end == text ? -EINVAL : 0;
}

static int usage(FILE *out, int code)
{
	fputs("usage: differential [--frames N] [--rulesets N] [--seed N]\n"
	      "Run N frames in all under random rulesets; the seed repeats a run.\n",
	      out);
	return code;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "frames", required_argument, NULL, 'f' },
		{ "rulesets", required_argument, NULL, 'r' },
		{ "seed", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	uint64_t frames = FRAMES, rulesets = RULESETS, seed = 1;
	static struct differential diff;
	int option, ret = 0;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		uint64_t *number = option == 'f'   ? &frames
				   : option == 'r' ? &rulesets
				   : option == 's' ? &seed
						   : NULL;

		if (option == 'h')
			return usage(stdout, 0);
		if (!number || parse_number(optarg, number))
			return usage(stderr, 2);
	}
	if (!rulesets || optind < argc)
		return usage(stderr, 2);

	diff.frames = (frames + rulesets - 1) / rulesets;
	fill_live(&diff);
	read_captures(&diff);
	ret = open_contests(&diff);
	for (uint64_t i = 0; i < rulesets && !ret; i++) {
		diff.seed = seed + i;
		ret = run_ruleset(&diff);
		if (ret == COUNTERS_DIFFER) {
			diff.every = true; /* again, to say which frame it was */
			run_ruleset(&diff);
		}
		diff.rulesets++;
	}
	close_all(&diff);
	if (diff.out_of_range > diff.run / 10)
		ret = 1;
	if (!ret && rulesets >= RULESETS && frames >= FRAMES && !is_covered(&diff.coverage))
		ret = 1;
	printf("%s - differential: %" PRIu64 " rulesets of %zu rules in all (%zu more refused), "
	       "%zu frames each, %" PRIu64 " decisions (%" PRIu64 " frames not run)\n",
	       ret ? "not ok" : "ok", diff.rulesets, diff.rules, diff.refused, diff.frames,
	       diff.run, diff.out_of_range);
	return ret ? 1 : 0;
}
