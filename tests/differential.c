// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rulesets and frames, drawn from a seed, are decided by the model and by the programs of all
 * hooks, which must agree on every decision and every counter: many small rulesets that use all of
 * the language, then larger ones of every shape (shape.h).
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "aimed_frame.h"
#include "captures.h"
#include "base/cleanup.h"
#include "contest.h"
#include "random_domain.h"
#include "random_ruleset.h"
#include "rules/print.h"
#include "rules/prefix.h"
#include "shape.h"
#include "shrink.h"

#define RULESETS     400
#define FRAMES	     1000000
#define SHAPE_FRAMES 200 /* for each ruleset of a shape */
#define CHANGES	     8
#define LIVE	     (sizeof(domain_live) / sizeof(domain_live[0]))
#define PRINTED_MAX  60 /* rules of a failing ruleset, and prefixes of each of its sets */

/**
 * struct ruleset_of - where a ruleset comes from
 * @shape: NULL: a small one that uses all of the language
 */
struct ruleset_of {
	const struct shape *shape;
	enum shape_family families;
	size_t rules;
	uint64_t seed;
	size_t frames;
};

/**
 * struct tally - statistics
 * @aimed, @met: frames that were drawn to match a rule, and those that did
 */
struct tally {
	uint64_t rulesets, rules, frames, aimed, met;
	size_t refused;
};

struct differential {
	struct contests contests;
	struct model_live_entry entries[LIVE];
	struct model_live live;
	struct captures captures[2];
	size_t n_captures;
	bool fields[NG_FIELDS]; /* with conditions in small rulesets */
	struct tally tally;
};

/* ---- a case that failed ---------------------------------------------------------------- */

static void print_replay(const struct ruleset_of *of)
{
	printf("again:   differential --rulesets 1 --seed %" PRIu64 " --frames %zu", of->seed,
	       of->frames);
	if (of->shape)
		printf(" --shape %s --family %s --rules %zu", of->shape->name,
		       shape_families[of->families], of->rules);
	fputc('\n', stdout);
}

static void print_frame(const struct random_frame *frame)
{
	printf("frame of %zu bytes, %u segments of %u:\n", frame->len, frame->segments,
	       frame->segment_size);
	for (size_t i = 0; i < frame->len; i++)
		printf("%02x%s", frame->bytes[i], i % 32 == 31 || i + 1 == frame->len ? "\n" : "");
}

static bool names_set(const struct ng_ruleset *ruleset, const struct ng_set *set)
{
	return ng_ruleset_names_set(ruleset, set->name);
}

static void print_set(const struct ng_set *set)
{
	char text[64];

	printf("set %s {", set->name);
	for (size_t i = 0; i < set->n_prefixes && i < PRINTED_MAX; i++)
		printf("%s%s", i ? ", " : " ",
		       ng_prefix_text(&set->prefixes[i], text, sizeof(text)));
	if (set->n_prefixes > PRINTED_MAX)
		printf(", … %zu in all", set->n_prefixes);
	puts(" }");
}

/* Print rules with their numbers in the original ruleset. */
static void print_rules(const struct ng_ruleset *ruleset, const size_t *numbers)
{
	printf("default %s\ndefault out %s\ndefault invalid %s\n",
	       ruleset->default_verdict[NG_IN] == NG_DROP ? "drop" : "pass",
	       ruleset->default_verdict[NG_OUT] == NG_DROP ? "drop" : "pass",
	       ruleset->default_invalid == NG_DROP ? "drop" : "pass");
	for (size_t i = 0; i < ruleset->n_sets; i++)
		if (names_set(ruleset, &ruleset->sets[i]))
			print_set(&ruleset->sets[i]);
	for (size_t i = 0; i < ruleset->n_rules && i < PRINTED_MAX; i++) {
		ng_print_rule(stdout, &ruleset->rules[i]);
		printf("   # %zu\n", numbers[i]);
	}
	if (ruleset->n_rules > PRINTED_MAX)
		printf("… %zu rules in all\n", ruleset->n_rules);
}

struct failure {
	struct contests *contests;
	const struct random_frame *frame;
};

/* Does this one frame, the first under @ruleset, show the difference? */
static bool fails(const struct ng_ruleset *ruleset, void *data)
{
	const struct failure *failure = data;
	struct contests *contests = failure->contests;

	return !contests_use(contests, ruleset) &&
	       (contests_run(contests, failure->frame, 0, NULL) == CONTEST_DIFFERS ||
		!contests_agree(contests));
}

static void explain(struct contests *contests, const struct ng_ruleset *ruleset,
		    const struct random_frame *frame)
{
	struct failure failure = { contests, frame };
	struct ng_ruleset *shrunk;
	size_t *numbers;

	print_frame(frame);
	contests->only = contests->differed;
	contests->quiet = true;
	if (!fails(ruleset, &failure)) {
		puts("this frame alone, the first under the ruleset, makes no difference");
		return;
	}
	if (shrink_ruleset(ruleset, fails, &failure, &shrunk, &numbers))
		return;
	contests->quiet = false;
	printf("with no more than %zu of %zu rules:\n", shrunk->n_rules, ruleset->n_rules);
	fails(shrunk, &failure);
	print_rules(shrunk, numbers);
	shrink_free(shrunk, numbers);
}

#define SMALL "all the language"

/* ---- running --------------------------------------------------------------------------- */

/* Return: the index of the rule the frame was drawn to meet, or SIZE_MAX. */
static size_t draw_frame(struct differential *diff, struct random *random,
			 const struct ng_ruleset *ruleset, unsigned int aimed,
			 struct random_frame *frame)
{
	bool inside = random_percent(random, 70);
	size_t rule;

	if (!ruleset->n_rules || !random_percent(random, aimed)) {
		random_frame(random, diff->captures, diff->n_captures, frame);
		return SIZE_MAX;
	}
	rule = random_below(random, ruleset->n_rules);
	aimed_frame(random, ruleset, rule, inside, frame);
	return inside ? rule : SIZE_MAX;
}

/*
 * @every: compare the counters after each frame, to find the one that matters
 * Return: 0; CONTEST_DIFFERS, and then *@frame is the one; -errno.
 */
static int run_frames(struct differential *diff, const struct ruleset_of *of,
		      const struct ng_ruleset *ruleset, bool every, struct random_frame *frame)
{
	struct random random = { ~of->seed };
	int ret = 0;

	for (size_t i = 0; i < of->frames && !ret; i++) {
		size_t rule = draw_frame(diff, &random, ruleset, of->shape ? 80 : 30, frame);
		bool met;

		frame->gap = random_gap(&random);
		ret = contests_converse(&diff->contests, &random, frame);
		if (!ret)
			ret = contests_run(&diff->contests, frame, rule, &met);
		if (!ret && every && !contests_agree(&diff->contests))
			ret = CONTEST_DIFFERS;
		diff->tally.frames++;
		diff->tally.aimed += rule != SIZE_MAX;
		diff->tally.met += rule != SIZE_MAX && met;
	}
	return ret;
}

static int run_ruleset(struct differential *diff, const struct ruleset_of *of,
		       const struct ng_ruleset *ruleset)
{
	struct contests *contests = &diff->contests;
	struct random_frame frame;
	int ret = contests_use(contests, ruleset);

	if (ret)
		return ret;
	ret = run_frames(diff, of, ruleset, false, &frame);
	if (!ret && !contests_agree(contests)) {
		contests->quiet = true; /* once more, to find the frame */
		ret = contests_use(contests, ruleset);
		if (!ret)
			ret = run_frames(diff, of, ruleset, true, &frame);
		if (!ret)
			puts("the counters of a second run with the same frames agree");
		ret = ret ? ret : -EIO;
	}
	if (ret == CONTEST_DIFFERS)
		explain(contests, ruleset, &frame);
	return ret;
}

static int draw_ruleset(struct differential *diff, const struct ruleset_of *of,
			struct ng_ruleset **ruleset)
{
	struct random random = { of->seed };
	__cleanup_free char *text = NULL;
	struct ng_error err = { 0 };
	int ret;

	if (of->shape)
		ret = shape_ruleset(of->shape, of->families, of->seed, of->rules, ruleset, &err);
	else
		ret = random_ruleset(&random, &text, ruleset, &diff->tally.refused, &err);
	if (ret)
		printf("%s: %s %s\n", err.where, err.what, err.hint);
	return ret;
}

static void note_fields(struct differential *diff, const struct ng_ruleset *ruleset)
{
	for (size_t i = 0; i < ruleset->n_rules; i++)
		for (size_t j = 0; j < ruleset->rules[i].n_conditions; j++)
			diff->fields[ruleset->rules[i].conditions[j].field] = true;
}

static int run_case(struct differential *diff, const struct ruleset_of *of)
{
	struct ng_ruleset *ruleset = NULL;
	int ret = draw_ruleset(diff, of, &ruleset);

	if (!ret) {
		note_fields(diff, ruleset);
		diff->tally.rulesets++;
		diff->tally.rules += ruleset->n_rules;
		diff->contests.changes = of->seed % 2 ? CHANGES : 0;
		diff->contests.seed = of->seed;
		ret = run_ruleset(diff, of, ruleset);
	}
	if (ret)
		print_replay(of);
	ng_ruleset_free(ruleset);
	return ret;
}

static int report(struct differential *diff, const char *what, int ret, time_t begin)
{
	struct contests *contests = &diff->contests;
	struct tally *tally = &diff->tally;
	struct by_changes *changes = &contests->by_changes;

	if (!ret && contests->out_of_range > contests->run / 10) {
		puts("too many frames were not run");
		ret = -EIO;
	}
	if (!ret && tally->met < tally->aimed / 20) {
		puts("too few frames met the rules they were drawn from");
		ret = -EIO;
	}
	if (!ret && !strcmp(what, SMALL) && contests->over < contests->run / 1000) {
		puts("too few frames were over a rate");
		ret = -EIO;
	}
	if (!ret && changes->tried > 100 && changes->compiled > changes->tried * 3 / 4) {
		puts("too few changes were made without the compiler");
		ret = -EIO;
	}
	if (!ret && tally->rulesets >= RULESETS && !strcmp(what, "all the language") &&
	    contests->flows < 1000) {
		puts("too few flows were noted");
		ret = -EIO;
	}
	printf("%s - differential, %s: %" PRIu64 " rulesets of %" PRIu64 " rules in all",
	       ret ? "not ok" : "ok", what, tally->rulesets, tally->rules);
	if (tally->refused)
		printf(" (%zu more refused)", tally->refused);
	printf(", %" PRIu64 " of %" PRIu64 " changes compiled", changes->compiled, changes->tried);
	printf(", %" PRIu64 " over a rate", contests->over);
	printf(", %" PRIu64 " flows", contests->flows);
	printf(", %" PRIu64 " frames, %" PRIu64 " of %" PRIu64 " met the rule they were drawn "
	       "from, %" PRIu64 " decisions (%" PRIu64 " frames not run), %ld s\n",
	       tally->frames, tally->met, tally->aimed, contests->run, contests->out_of_range,
	       (long)(time(NULL) - begin));
	fflush(stdout);
	diff->tally = (struct tally){ 0 };
	contests->run = contests->out_of_range = contests->over = contests->flows = 0;
	*changes = (struct by_changes){ 0 };
	return ret ? -EIO : 0;
}

/* ---- which rulesets -------------------------------------------------------------------- */

static int run_small(struct differential *diff, uint64_t seed, size_t rulesets, size_t frames)
{
	time_t begin = time(NULL);
	int ret = 0;

	for (size_t i = 0; i < rulesets && !ret; i++)
		ret = run_case(diff, &(struct ruleset_of){ .seed = seed + i, .frames = frames });
	return report(diff, SMALL, ret, begin);
}

/* Sizes around limits that a classifier may have: leaves, groups, counts in a byte. */
static const size_t small_sizes[] = { 1, 8, 31, 32, 33, 64, 255, 256, 257, 1000 };
static const size_t large_sizes[] = { 4096, 10000 };

/*
 * For each shape every @step-th size, with a different first one for each, and one family; both
 * depend on the seed.
 */
static int run_sizes(struct differential *diff, uint64_t seed, const char *what,
		     const size_t *sizes, size_t n, size_t step)
{
	time_t begin = time(NULL);
	int ret = 0;

	for (size_t i = 0; i < n * n_shapes && !ret; i++) {
		size_t size = i / n_shapes, shape = i % n_shapes;

		if ((size + shape + seed) % step)
			continue;
		ret = run_case(diff, &(struct ruleset_of){ .shape = &shapes[shape],
							   .families = (size / 2 + shape + seed) %
								       SHAPE_FAMILIES,
							   .rules = sizes[size],
							   .seed = seed + i,
							   .frames = SHAPE_FRAMES });
	}
	return report(diff, what, ret, begin);
}

static int run_largest(struct differential *diff, uint64_t seed)
{
	static const struct {
		const char *shape;
		enum shape_family families;
	} cases[] = {
		{ "acl", SHAPE_IPV4 },
		{ "fw", SHAPE_IPV6 },
		{ "mixture", SHAPE_MIXED },
	};
	time_t begin = time(NULL);
	int ret = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]) && !ret; i++)
		ret = run_case(diff, &(struct ruleset_of){ .shape = shape_named(cases[i].shape),
							   .families = cases[i].families,
							   .rules = 100000,
							   .seed = seed + i,
							   .frames = SHAPE_FRAMES });
	return report(diff, "100,000 rules", ret, begin);
}

/* @family: SHAPE_FAMILIES: each in turn */
static int run_shape(struct differential *diff, const struct shape *shape, enum shape_family family,
		     size_t rules, uint64_t seed, size_t rulesets, size_t frames)
{
	time_t begin = time(NULL);
	int ret = 0;

	for (size_t i = 0; i < rulesets && !ret; i++)
		ret = run_case(diff, &(struct ruleset_of){
					     .shape = shape,
					     .families = family < SHAPE_FAMILIES
								 ? family
								 : (seed + i) % SHAPE_FAMILIES,
					     .rules = rules,
					     .seed = seed + i,
					     .frames = frames });
	return report(diff, shape->name, ret, begin);
}

/* ---- beginning and end ----------------------------------------------------------------- */

static uint64_t until(enum domain_end end)
{
	static const uint64_t second = 1000000000;
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	switch (end) {
	case DOMAIN_FOR_AN_HOUR:
		return (now.tv_sec + 3600) * second;
	case DOMAIN_IS_OVER:
		return now.tv_sec * second;
	default:
		return 0;
	}
}

static void fill_live(struct differential *diff)
{
	diff->live.entries = diff->entries;
	for (size_t i = 0; i < LIVE; i++) {
		struct model_live_entry *entry = &diff->entries[i];

		*entry = (struct model_live_entry){ .until = until(domain_live[i].end) };
		snprintf(entry->set, sizeof(entry->set), "%s", domain_live[i].set);
		entry->prefix.family = domain_live[i].family;
		entry->prefix.len = domain_live[i].len;
		memcpy(entry->prefix.addr, domain_live[i].addr, 16);
	}
	diff->live.n = LIVE;
}

/* Without captures all frames are generated. */
static void read_captures(struct differential *diff)
{
	if (!captures_read("pcaps", &diff->captures[diff->n_captures]))
		diff->n_captures++;
	if (!captures_read_elsewhere(&diff->captures[diff->n_captures]))
		diff->n_captures++;
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

/* Has everything occurred that the test is meant to cover? */
static bool is_covered(const struct differential *diff)
{
	return all("field", diff->fields, NG_FIELDS) &
	       all("decider", diff->contests.deciders, NG_BY_BLOCKED + 1) &
	       all("reason", diff->contests.reasons, NG_REASONS);
}

/* Command line arguments; numbers are 0 if not given. */
struct arguments {
	uint64_t frames, rulesets, seed, rules;
	const char *shape, *family;
};

static int usage(FILE *out, int code)
{
	fputs("usage: differential [--rulesets N] [--frames N] [--seed N]\n"
	      "       differential --shape NAME|all [--family ipv4|ipv6|mixed] [--rules N] ...\n"
	      "Run N frames in all under N rulesets; the seed repeats a run. Without --shape: "
	      "small\n"
	      "rulesets, and when neither --rulesets nor --frames is given, those of all shapes.\n"
	      "shapes:",
	      out);
	for (size_t i = 0; i < n_shapes; i++)
		fprintf(out, "%s %s", i % 8 ? "" : "\n ", shapes[i].name);
	fputc('\n', out);
	return code;
}

static int parse_number(const char *text, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	return errno || *end || end == text ? -EINVAL : 0;
}

/* Return: 0; 1 for --help; -EINVAL. */
static int parse_arguments(int argc, char **argv, struct arguments *arguments)
{
	static const struct option options[] = {
		{ "frames", required_argument, NULL, 'f' },
		{ "rulesets", required_argument, NULL, 'r' },
		{ "seed", required_argument, NULL, 's' },
		{ "shape", required_argument, NULL, 'S' },
		{ "family", required_argument, NULL, 'F' },
		{ "rules", required_argument, NULL, 'R' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		uint64_t *number = option == 'f'   ? &arguments->frames
				   : option == 'r' ? &arguments->rulesets
				   : option == 's' ? &arguments->seed
				   : option == 'R' ? &arguments->rules
						   : NULL;

		if (option == 'h')
			return 1;
		if (option == 'S')
			arguments->shape = optarg;
		else if (option == 'F')
			arguments->family = optarg;
		else if (!number || parse_number(optarg, number))
			return -EINVAL;
	}
	return optind < argc ? -EINVAL : 0;
}

static int run_one_shape(struct differential *diff, const struct arguments *arguments)
{
	size_t rulesets = arguments->rulesets ? arguments->rulesets : SHAPE_FAMILIES;
	size_t frames = arguments->frames ? arguments->frames : rulesets * SHAPE_FRAMES;
	enum shape_family family = 0;
	int ret = 0;

	while (arguments->family && family < SHAPE_FAMILIES &&
	       strcmp(arguments->family, shape_families[family]) != 0)
		family++;
	if (!arguments->family)
		family = SHAPE_FAMILIES;
	else if (family == SHAPE_FAMILIES)
		return -EINVAL;
	if (strcmp(arguments->shape, "all") != 0 && !shape_named(arguments->shape))
		return -EINVAL;
	for (size_t i = 0; i < n_shapes && !ret; i++)
		if (!strcmp(arguments->shape, "all") || !strcmp(arguments->shape, shapes[i].name))
			ret = run_shape(diff, &shapes[i], family,
					arguments->rules ? arguments->rules : 1000, arguments->seed,
					rulesets, (frames + rulesets - 1) / rulesets);
	return ret ? -EIO : 0;
}

static int run_language(struct differential *diff, const struct arguments *arguments)
{
	size_t rulesets = arguments->rulesets ? arguments->rulesets : RULESETS;
	size_t frames = arguments->frames ? arguments->frames : FRAMES;
	int ret = run_small(diff, arguments->seed, rulesets, (frames + rulesets - 1) / rulesets);

	if (!ret && rulesets >= RULESETS && frames >= FRAMES && !is_covered(diff))
		ret = -EIO;
	return ret;
}

static int run_shapes(struct differential *diff, const struct arguments *arguments)
{
	uint64_t seed = arguments->seed;
	int ret = run_sizes(diff, seed, "small shapes", small_sizes,
			    sizeof(small_sizes) / sizeof(small_sizes[0]), 1);

	if (!ret)
		ret = run_sizes(diff, seed, "large shapes", large_sizes,
				sizeof(large_sizes) / sizeof(large_sizes[0]), 2);
	return ret ? ret : run_largest(diff, seed);
}

static int run_part(struct differential *diff, const struct arguments *arguments,
		    int (*part)(struct differential *diff, const struct arguments *arguments))
{
	int ret = contests_open(&diff->contests, &diff->live);

	if (!ret)
		ret = part(diff, arguments);
	contests_close(&diff->contests);
	fflush(stdout);
	return ret;
}

static void copy_out(FILE *from)
{
	char line[4096];

	rewind(from);
	while (fgets(line, sizeof(line), from))
		fputs(line, stdout);
}

/*
 * Both parts run at the same time, since much of the time is spent waiting until the kernel can
 * free an image. The output of the other process comes at the end.
 */
static int run_all(struct differential *diff, const struct arguments *arguments)
{
	__cleanup_file FILE *said = tmpfile();
	int status = -1, ret;
	pid_t child;

	fflush(stdout);
	child = said ? fork() : -1;
	if (child < 0)
		return -errno;
	if (!child) {
		dup2(fileno(said), STDOUT_FILENO);
		_exit(run_part(diff, arguments, run_language) ? 1 : 0);
	}
	ret = run_part(diff, arguments, run_shapes);
	waitpid(child, &status, 0);
	copy_out(said);
	if (!WIFEXITED(status))
		puts("not ok - differential, all the language: ended by a signal");
	return ret ? ret : status ? -EIO : 0;
}

static int run(struct differential *diff, const struct arguments *arguments)
{
	if (arguments->shape)
		return run_part(diff, arguments, run_one_shape);
	if (arguments->rulesets || arguments->frames)
		return run_part(diff, arguments, run_language);
	return run_all(diff, arguments);
}

int main(int argc, char **argv)
{
	struct arguments arguments = { .seed = 1 };
	static struct differential diff;
	int ret = parse_arguments(argc, argv, &arguments);

	if (ret)
		return usage(ret > 0 ? stdout : stderr, ret > 0 ? 0 : 2);
	fill_live(&diff);
	read_captures(&diff);
	ret = run(&diff, &arguments);
	for (size_t i = 0; i < diff.n_captures; i++)
		captures_free(&diff.captures[i]);
	if (ret == -EINVAL)
		return usage(stderr, 2);
	return ret ? 1 : 0;
}
