// SPDX-License-Identifier: GPL-2.0-only
/* Rows of netguard with rules: parse, rules-v4-acl-10000, rules-v6-fw-1000-tc, … */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "base/cleanup.h"
#include "filter.h"
#include "kernel/runner.h"
#include "prototype.h"
#include "sandbox.h"

static const size_t sizes[] = { 1, 10, 100, 1000, 10000, 100000 };
#define WALK_PACKETS 8192
#define CLASSBENCH   "classbench-" /* what rows of such files are called */
#define UNPACKED     BENCH_SCRATCH "/classbench"
#define SIZES	     (sizeof(sizes) / sizeof(sizes[0]))

/**
 * struct subject - a ruleset made ready for the rows of both hooks
 * @random, @flows: traces with the right answers
 */
struct subject {
	struct bench_filter filter;
	struct bench_trace random, flows;
	bool *passes;
};

static void subject_clear(struct subject *subject)
{
	bench_filter_clear(&subject->filter);
	bench_trace_clear(&subject->random);
	bench_trace_clear(&subject->flows);
	free(subject->passes);
}

/* The rule that decides most packets is made to match none of them. */
static void spoil(struct bench_rules *rules, const struct bench_trace *trace)
{
	__cleanup_free size_t *hits = calloc(rules->n + 1, sizeof(*hits));
	size_t most = 0;

	for (size_t i = 0; hits && i < trace->n; i++)
		if (trace->answers[i] != BENCH_NOTHING)
			hits[trace->answers[i]]++;
	for (size_t i = 0; hits && i < rules->n; i++)
		if (hits[i] > hits[most])
			most = i;
	rules->list[most].src_len = rules->family == 4 ? 32 : 128;
	rules->list[most].src = (struct bench_address){ 0, 1 };
}

static int compile(const struct bench_rules *rules, struct bench_filter *filter,
		   struct ng_error *err)
{
	__cleanup_free char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return ng_fail(err, -errno, "out of memory");
	bench_rules_print(rules, out);
	if (fclose(out))
		return ng_fail(err, -ENOMEM, "out of memory");
	return bench_filter_make(text, len, NULL, filter, err);
}

static int subject_make(struct bench *b, struct bench_rules *rules, struct subject *subject,
			struct ng_error *err)
{
	struct subject made = { 0 };
	int result;

	made.passes = calloc(rules->n, sizeof(*made.passes));
	if (!made.passes ||
	    bench_trace_rules(rules, b->walk ? WALK_PACKETS : BENCH_PACKETS, &made.random) ||
	    bench_trace_flows(&made.random, &made.flows)) {
		subject_clear(&made);
		return ng_fail(err, -ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < rules->n; i++)
		made.passes[i] = rules->list[i].pass;
	if (b->wrong)
		spoil(rules, &made.random);
	result = compile(rules, &made.filter, err);
	if (result)
		subject_clear(&made);
	else
		*subject = made;
	return result;
}

/**
 * struct measured - of a ruleset at one hook
 * @beside: random traffic and flows through the prototype, where that is asked for
 */
struct measured {
	struct bench_times random, flows;
	struct bench_prototype_cost beside[2];
};

static int run_trace(const struct subject *subject, const struct bench_trace *trace,
		     struct ng_runner *runner, struct bench_course *course,
		     struct bench_prototype *prototype, struct bench_times *times,
		     struct bench_prototype_cost *beside, struct ng_error *err)
{
	int result = prototype ? bench_prototype_load(prototype, course, trace, err) : 0;

	if (result)
		return result;
	bench_course_beside(course, prototype ? bench_prototype_beside(prototype) : NULL);
	result = bench_filter_run(&subject->filter, runner, course, trace, subject->passes, times,
				  err);
	bench_course_beside(course, NULL);
	if (!result && prototype)
		*beside = bench_prototype_cost(prototype);
	return result;
}

static int run_traces(const struct subject *subject, struct ng_runner *runner,
		      struct bench_course *course, struct bench_prototype *prototype,
		      struct measured *measured, struct ng_error *err)
{
	int result = run_trace(subject, &subject->random, runner, course, prototype,
			       &measured->random, &measured->beside[0], err);

	return result ? result
		      : run_trace(subject, &subject->flows, runner, course, prototype,
				  &measured->flows, &measured->beside[1], err);
}

static void netguard_row(struct bench *b, const char *name, const struct subject *subject,
			 const struct measured *measured)
{
	const struct bench_times *random = &measured->random, *flows = &measured->flows;

	bench_row(b, name,
		  (struct bench_figure[]){
			  { "floor_ns", random->base[BENCH_FLOOR] },
			  { "over_floor_ns", random->all - random->base[BENCH_PARSE] },
			  { "flow_ns", flows->all - flows->base[BENCH_PARSE] },
			  { "with_parsing_ns", random->all - random->base[BENCH_WRITER] },
			  { "image_bytes", subject->filter.image.size },
			  { "read_ms", subject->filter.read_ms },
			  { "compile_ms", subject->filter.compile_ms },
			  { NULL },
		  });
}

/* Of the prototype, on the rules and packets of the row @name. */
static void prototype_row(struct bench *b, const char *name, const struct measured *measured,
			  const struct bench_prototype *prototype)
{
	const struct bench_times *random = &measured->random, *flows = &measured->flows;
	const struct bench_prototype_cost *beside = measured->beside;
	double over = random->all - random->base[BENCH_PARSE];
	double flow = flows->all - flows->base[BENCH_PARSE], bytes, ms;
	char own[256];

	snprintf(own, sizeof(own), "prototype-%s",
		 strncmp(name, CLASSBENCH, strlen(CLASSBENCH)) ? name : name + strlen(CLASSBENCH));
	bench_prototype_built(prototype, &bytes, &ms);
	bench_row(b, own,
		  (struct bench_figure[]){
			  { "floor_ns", random->base[BENCH_FLOOR] },
			  { "over_floor_ns", beside[0].counted },
			  { "flow_ns", beside[1].counted },
			  { "uncounted_ns", beside[0].alone },
			  { "netguard_ratio", over / beside[0].counted },
			  { "netguard_flow_ratio", flow / beside[1].counted },
			  { "netguard_uncounted_ratio", over / beside[0].alone },
			  { "image_bytes", bytes },
			  { "compile_ms", ms },
			  { NULL },
		  });
}

/* @prototype: to be measured beside, or NULL */
static void row(struct bench *b, const char *name, const struct subject *subject, enum ng_hook hook,
		int family, struct bench_prototype *prototype)
{
	struct ng_runner *runner = NULL;
	struct bench_course *course;
	struct measured measured;
	struct ng_error err;
	int result = -1;

	course = bench_course(b, hook, family, BENCH_PACKETS, &err);
	if (course)
		result = ng_runner_open_plain(hook, &subject->filter.image, "", &runner, &err);
	if (!result)
		result = run_traces(subject, runner, course, prototype, &measured, &err);
	if (result) {
		bench_fail(b, name, &err);
	} else {
		netguard_row(b, name, subject, &measured);
		if (prototype)
			prototype_row(b, name, &measured, prototype);
	}
	ng_runner_close(runner);
}

/* The row at XDP, and the prototype's beside it where that is asked for. */
static void xdp_row(struct bench *b, const char *name, const struct subject *subject,
		    const struct bench_rules *rules)
{
	struct bench_prototype *prototype = NULL;
	struct ng_error err;

	if (b->prototype && rules->family == 4 &&
	    bench_prototype_open(b, rules, &prototype, &err)) {
		bench_fail(b, name, &err);
		return;
	}
	row(b, name, subject, NG_HOOK_XDP, rules->family, prototype);
	bench_prototype_close(prototype);
}

static void rows_of(struct bench *b, const char *name, struct bench_rules *rules)
{
	struct subject subject;
	struct ng_error err;
	char tc[256];

	if (subject_make(b, rules, &subject, &err)) {
		bench_fail(b, name, &err);
		return;
	}
	if (b->walk) {
		bench_walk(name, &subject.filter, &subject.random);
		subject_clear(&subject);
		return;
	}
	snprintf(tc, sizeof(tc), "%s-tc", name);
	if (bench_wants(b, "%s", name))
		xdp_row(b, name, &subject, rules);
	if (bench_wants(b, "%s", tc))
		row(b, tc, &subject, NG_HOOK_TC_IN, rules->family, NULL);
	subject_clear(&subject);
}

static void generated_rows(struct bench *b, enum bench_kind kind, int family, size_t n)
{
	struct bench_rules rules;
	struct ng_error err;
	char name[64];

	snprintf(name, sizeof(name), "rules-v%d-%s-%zu", family, bench_kind_names[kind], n);
	if ((b->up_to && n > b->up_to) ||
	    (!bench_wants(b, "%s", name) && !bench_wants(b, "%s-tc", name)))
		return;
	if (bench_generate(kind, family, n, &rules)) {
		ng_fail(&err, -ENOMEM, "out of memory");
		bench_fail(b, name, &err);
		return;
	}
	rows_of(b, name, &rules);
	bench_rules_clear(&rules);
}

/* What reading a frame costs, without any ruleset: over the bare writer. */
static void parse_row(struct bench *b, enum ng_hook hook, int family)
{
	struct bench_rules none = { .family = family };
	struct bench_trace trace = { 0 };
	double base[BENCH_BASES], unused;
	struct bench_course *course;
	struct ng_error err;
	char name[32];
	int result = -1;

	snprintf(name, sizeof(name), "parse-v%d%s", family, hook == NG_HOOK_XDP ? "" : "-tc");
	if (!bench_wants(b, "%s", name))
		return;
	course = bench_course(b, hook, family, BENCH_PACKETS, &err);
	if (course && bench_trace_rules(&none, BENCH_PACKETS, &trace)) {
		ng_fail(&err, -ENOMEM, "out of memory");
	} else if (course) {
		bench_course_load(course, &trace);
		result = bench_course_time(course, -1, 50, base, &unused, &err);
	}
	if (result)
		bench_fail(b, name, &err);
	else
		bench_row(b, name,
			  (struct bench_figure[]){
				  { "floor_ns", base[BENCH_FLOOR] },
				  { "over_floor_ns", base[BENCH_PARSE] - base[BENCH_WRITER] },
				  { "writer_ns", base[BENCH_WRITER] - base[BENCH_FLOOR] },
				  { NULL },
			  });
	bench_trace_clear(&trace);
}

void bench_rules_rows(struct bench *b)
{
	for (int family = 4; family <= 6 && !b->walk; family += 2)
		for (enum ng_hook hook = NG_HOOK_XDP; hook <= NG_HOOK_TC_IN; hook++)
			parse_row(b, hook, family);
	for (int family = 4; family <= 6; family += 2)
		for (enum bench_kind kind = BENCH_ACL; kind < BENCH_KINDS; kind++)
			for (size_t i = 0; i < SIZES; i++)
				generated_rows(b, kind, family, sizes[i]);
}

int bench_print_rules(const char *name)
{
	struct bench_rules rules;
	char kind_name[8];
	size_t n;
	int family, end = 0;

	if (sscanf(name, "rules-v%d-%7[a-z]-%zu%n", &family, kind_name, &n, &end) == 3 &&
	    !name[end] && (family == 4 || family == 6) && n)
		for (enum bench_kind kind = BENCH_ACL; kind < BENCH_KINDS; kind++) {
			if (strcmp(kind_name, bench_kind_names[kind]))
				continue;
			if (bench_generate(kind, family, n, &rules))
				break;
			bench_rules_print(&rules, stdout);
			bench_rules_clear(&rules);
			return 0;
		}
	fprintf(stderr, "%s: not the name of a ruleset, as rules-v4-acl-1000 is\n", name);
	return -EINVAL;
}

static bool is_packed(const char *path)
{
	size_t len = strlen(path);

	return len > 3 && !strcmp(path + len - 3, ".xz");
}

static int read_classbench(const char *path, struct bench_rules *rules, struct ng_error *err)
{
	int result;

	if (!is_packed(path))
		return bench_read_classbench(path, rules, err);
	result = bench_call(err, NULL, UNPACKED, "xz -dc %s", path);
	return result ? result : bench_read_classbench(UNPACKED, rules, err);
}

void bench_classbench_row(struct bench *b, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct bench_rules rules;
	struct ng_error err;
	char name[128];

	snprintf(name, sizeof(name), CLASSBENCH "%s", slash ? slash + 1 : path);
	if (is_packed(name))
		name[strlen(name) - strlen(".xz")] = '\0';
	if (read_classbench(path, &rules, &err)) {
		bench_fail(b, name, &err);
		return;
	}
	if (rules.left_out)
		bench_leave_out(b, name, "%zu rules that can match nothing", rules.left_out);
	rows_of(b, name, &rules);
	bench_rules_clear(&rules);
}
