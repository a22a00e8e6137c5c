// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows about the packet that costs most: worst-v4-acl-10000, …
 *
 * Frames are searched for by what they meet in the trees, which is counted without running a
 * program; those that should cost most are timed, each by itself, and so are ordinary ones.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "kernel/runner.h"
#include "random.h"
#include "subject.h"
#include "weigh.h"

#define RULES	 10000
#define STARTS	 16    /* packets of the trace that a search begins with, those that weigh most */
#define TURNS	 20000 /* of each of them */
#define TIMED	 12    /* of the packets found, those that weigh most */
#define ORDINARY 31    /* packets of the trace, of which the median counts */
#define FRAMES	 (TIMED + ORDINARY)
#define ROUNDS	 5
#define PACKETS	 (1U << 15) /* of a round */

/*
 * What an entry costs more than the model says, in ns: it differs between processors and kinds of
 * entries, so a search is made with each of these.
 */
static const double entry_more[] = { 0, 4 };
#define SEARCHES (sizeof(entry_more) / sizeof(entry_more[0]))

/* A packet that was found. */
struct found {
	struct bench_key key;
	double weight;
};

/**
 * struct search - for the packets that cost most
 * @entry_more: see above
 * @found: one for each start, those that weigh most first when the search is over
 */
struct search {
	const struct bench_rules *rules;
	const struct ng_image_header *header;
	double entry_more;
	uint64_t random;
	struct found found[STARTS];
};

static double weight_of(const struct search *search, const struct bench_key *key)
{
	struct ng_met met = bench_weigh(search->header, search->rules->family, key);

	/* No bytes: a frame that comes again and again finds all in the nearest cache. */
	return ng_cost_of_met(&met, 0) + search->entry_more * met.entries;
}

static int heavier(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return (x->weight < y->weight) - (x->weight > y->weight);
}

/* Near the ends of a range other boxes begin and end. */
static uint16_t near_end(uint64_t *random, const uint16_t range[2])
{
	switch (bench_below(random, 5)) {
	case 0:
		return range[0];
	case 1:
		return range[1];
	case 2:
		return range[0] - 1;
	case 3:
		return range[1] + 1;
	default:
		return range[0] + bench_below(random, range[1] - range[0] + 1);
	}
}

static void flip(uint64_t *random, int family, struct bench_address *address)
{
	uint64_t bit = bench_below(random, family == 4 ? 32 : 125); /* addresses stay global */

	if (bit < 64)
		address->lo ^= 1ULL << bit;
	else
		address->hi ^= 1ULL << (bit - 64);
}

/* One step from a packet: some of it becomes that of a packet of another rule. */
static void change(struct search *search, struct bench_key *key)
{
	const struct bench_rules *rules = search->rules;
	uint64_t *random = &search->random;
	const struct bench_rule *rule = &rules->list[bench_below(random, rules->n)];
	struct bench_key other = bench_trace_draw(random, rules->family, rule);

	switch (bench_below(random, 10)) {
	case 0:
	case 1:
		key->src = other.src;
		break;
	case 2:
	case 3:
		key->dst = other.dst;
		break;
	case 4:
		key->src = other.src;
		key->dst = other.dst;
		break;
	case 5:
		key->sport = near_end(random, rule->sport);
		break;
	case 6:
		key->dport = near_end(random, rule->dport);
		break;
	case 7:
		key->proto = other.proto;
		key->flags = other.flags;
		break;
	case 8:
		flip(random, rules->family, &key->src);
		break;
	default:
		flip(random, rules->family, &key->dst);
		break;
	}
	if (bench_is_icmp(rules->family, key->proto))
		key->sport = key->flags << 8 | (key->sport & 255);
}

static void climb(struct search *search, struct found *at)
{
	for (size_t turn = 0; turn < TURNS; turn++) {
		struct found next = *at;

		change(search, &next.key);
		/* Two at a time now and then: what a tree gains may need both addresses. */
		if (!bench_below(&search->random, 4))
			change(search, &next.key);
		next.weight = weight_of(search, &next.key);
		if (next.weight >= at->weight)
			*at = next;
	}
}

/* Begin with the heaviest packets of @trace. */
static void begin(struct search *search, const struct bench_trace *trace)
{
	for (size_t i = 0; i < trace->n; i++) {
		struct found found = { trace->keys[i], weight_of(search, &trace->keys[i]) };
		struct found *last = &search->found[STARTS - 1];

		if (i >= STARTS && found.weight <= last->weight)
			continue;
		*(i < STARTS ? &search->found[i] : last) = found;
		if (i >= STARTS - 1)
			qsort(search->found, STARTS, sizeof(found), heavier);
	}
}

static void search_heaviest(struct search *search, const struct bench_trace *trace)
{
	begin(search, trace);
	for (size_t i = 0; i < STARTS; i++)
		climb(search, &search->found[i]);
	qsort(search->found, STARTS, sizeof(search->found[0]), heavier);
}

/**
 * struct timing - of frames by themselves
 * @trace: those found, then the ordinary ones, over and over
 * @over:  ns over parsing
 */
struct timing {
	struct bench_trace trace;
	double over[FRAMES];
};

/* The keys of what all searches found, those that weigh most, then ordinary ones. */
static void choose_frames(struct search *search, const struct bench_trace *random,
			  struct bench_key keys[FRAMES])
{
	size_t n = 0;

	for (size_t i = 0; i < SEARCHES; i++) {
		search->entry_more = entry_more[i];
		search_heaviest(search, random);
		for (size_t f = 0; f < TIMED / SEARCHES; f++)
			keys[n++] = search->found[f].key;
	}
	for (size_t i = 0; n < FRAMES; n++, i++)
		keys[n] = random->keys[i * (random->n / ORDINARY)];
}

/* Reading takes as long for all frames of a protocol. */
static int time_parse(struct bench_course *course, double *best, struct ng_error *err)
{
	return bench_course_round(course, bench_course_parse(course), PACKETS, best, err);
}

static int time_round(struct bench_course *course, int fd, const struct bench_key *keys,
		      double all[FRAMES], double parse[256], struct ng_error *err)
{
	bool parsed[256] = { false };
	int result = 0;

	for (size_t i = 0; i < FRAMES && !result; i++) {
		uint8_t proto = keys[i].proto;

		bench_course_load_one(course, &keys[i]);
		if (!parsed[proto])
			result = time_parse(course, &parse[proto], err);
		parsed[proto] = true;
		if (!result)
			result = bench_course_round(course, fd, PACKETS, &all[i], err);
	}
	return result;
}

/* Each frame comes over and over for a while; frames take turns, and the fastest round counts. */
static int time_frames(struct bench_course *course, int fd, struct timing *timing,
		       struct ng_error *err)
{
	const struct bench_key *keys = timing->trace.keys;
	double all[FRAMES], parse[256];
	int result = 0;

	for (size_t i = 0; i < FRAMES; i++)
		all[i] = 1e18;
	for (size_t i = 0; i < 256; i++)
		parse[i] = 1e18;
	for (int round = 0; round < ROUNDS && !result; round++)
		result = time_round(course, fd, keys, all, parse, err);
	for (size_t i = 0; i < FRAMES; i++)
		timing->over[i] = all[i] - parse[keys[i].proto];
	return result;
}

static int compare_ns(const void *a, const void *b)
{
	return *(const double *)a < *(const double *)b ? -1
						       : *(const double *)a > *(const double *)b;
}

static double median(const double *over)
{
	double sorted[ORDINARY];

	memcpy(sorted, over, sizeof(sorted));
	qsort(sorted, ORDINARY, sizeof(sorted[0]), compare_ns);
	return sorted[ORDINARY / 2];
}

static size_t dearest(const double *over, size_t n)
{
	size_t most = 0;

	for (size_t i = 1; i < n; i++)
		if (over[i] > over[most])
			most = i;
	return most;
}

/* The frame itself, and steps and entries in each tree, for whoever wants to know why. */
static void print_frame(const struct search *search, const struct bench_key *key)
{
	int family = search->rules->family;
	const struct ng_forest *forest = bench_forest(search->header, family);
	__u64 words[NG_WORDS];

	bench_read_key(family, key, words);
	printf("  from ");
	bench_address_print(family, key->src, stdout);
	printf(" to ");
	bench_address_print(family, key->dst, stdout);
	printf(" proto %d sport %d dport %d flags 0x%02x: trees of steps+entries", key->proto,
	       key->sport, key->dport, key->flags);
	for (__u32 tree = 0; tree < forest->trees; tree++) {
		struct ng_visit visit =
			ng_cost_visit(search->header, forest->roots[tree], words, family == 6);

		printf(" %u+%u", visit.steps, visit.entries);
	}
	printf(", %u levels together\n", forest->levels);
}

static void report(struct bench *b, const char *name, const struct search *search,
		   const struct timing *timing)
{
	const struct bench_key *keys = timing->trace.keys;
	size_t worst = dearest(timing->over, FRAMES);
	struct ng_met met = bench_weigh(search->header, search->rules->family, &keys[worst]);
	size_t bytes = bench_forest_bytes(search->header, search->rules->family);
	double usual = median(timing->over + TIMED), steps = 0, leaves = 0, entries = 0;

	for (size_t i = TIMED; i < FRAMES; i++) {
		struct ng_met own = bench_weigh(search->header, search->rules->family, &keys[i]);

		steps += (double)own.steps / ORDINARY;
		leaves += (double)own.leaves / ORDINARY;
		entries += (double)own.entries / ORDINARY;
	}
	bench_row(b, name,
		  (struct bench_figure[]){
			  { "over_parsing_ns", timing->over[worst] },
			  { "median_ns", usual },
			  { "median_ratio", timing->over[worst] / usual },
			  { "trees", met.trees },
			  { "steps", met.steps },
			  { "leaves", met.leaves },
			  { "entries", met.entries },
			  { "looped", met.looped },
			  { "bound_ns", search->header->worst },
			  { "weight_ns", ng_cost_of_met(&met, bytes) },
			  { "usual_steps", steps },
			  { "usual_leaves", leaves },
			  { "usual_entries", entries },
			  { NULL },
		  });
	print_frame(search, &keys[worst]);
}

static int measure(struct bench *b, const char *name, struct bench_rules *rules,
		   const struct bench_subject *subject, struct ng_error *err)
{
	struct bench_course *course =
		bench_course(b, NG_HOOK_XDP, rules->family, BENCH_PACKETS, err);
	struct search search = {
		.rules = rules,
		.header = subject->filter.image.data,
		.random = rules->n,
	};
	struct bench_key keys[FRAMES];
	struct timing timing = { 0 };
	struct ng_runner *runner = NULL;
	double unused;
	int result;

	if (!course)
		return -1;
	choose_frames(&search, &subject->random, keys);
	result = bench_trace_repeat(rules, keys, FRAMES, BENCH_PACKETS, &timing.trace);
	if (result)
		ng_fail(err, result, "out of memory");
	else
		result =
			ng_runner_open_plain(NG_HOOK_XDP, &subject->filter.image, "", &runner, err);
	if (!result)
		result = bench_filter_check(&subject->filter, runner, course, &timing.trace,
					    subject->passes, &unused, err);
	if (!result)
		result = time_frames(course, ng_runner_fd(runner), &timing, err);
	if (!result)
		report(b, name, &search, &timing);
	ng_runner_close(runner);
	bench_trace_clear(&timing.trace);
	return result;
}

static void worst_row(struct bench *b, enum bench_kind kind, int family, size_t n)
{
	struct bench_subject subject;
	struct bench_rules rules = { 0 };
	struct ng_error err;
	char name[64];
	int result;

	snprintf(name, sizeof(name), "worst-v%d-%s-%zu", family, bench_kind_names[kind], n);
	if (!bench_wants(b, "%s", name))
		return;
	result = bench_generate(kind, family, n, &rules);
	if (result)
		ng_fail(&err, result, "out of memory");
	else
		result = bench_subject_make(b, &rules, &subject, &err);
	if (!result) {
		result = measure(b, name, &rules, &subject, &err);
		bench_subject_clear(&subject);
	}
	if (result)
		bench_fail(b, name, &err);
	bench_rules_clear(&rules);
}

void bench_worst_rows(struct bench *b)
{
	size_t n = b->up_to && b->up_to < RULES ? b->up_to : RULES;

	for (int family = 4; family <= 6; family += 2)
		for (enum bench_kind kind = BENCH_ACL; kind < BENCH_KINDS; kind++)
			worst_row(b, kind, family, n);
}
