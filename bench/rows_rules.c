// SPDX-License-Identifier: GPL-2.0-only
/* Rows of netguard with rules: parse, rules-v4-acl-10000, rules-v6-fw-1000-tc, … */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "base/cleanup.h"
#include "kernel/runner.h"
#include "prototype.h"
#include "sandbox.h"
#include "subject.h"

static const size_t sizes[] = { 1, 10, 100, 1000, 10000, 100000 };
#define CLASSBENCH "classbench-" /* what rows of such files are called */
#define UNPACKED   BENCH_SCRATCH "/classbench"
#define SIZES	   (sizeof(sizes) / sizeof(sizes[0]))

/**
 * struct measured - of a ruleset at one hook
 * @beside: random traffic and flows through the prototype, where that is asked for
 */
struct measured {
	struct bench_times random, flows;
	struct bench_prototype_cost beside[2];
};

static int run_trace(const struct bench_subject *subject, const struct bench_trace *trace,
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

static int run_traces(const struct bench_subject *subject, struct ng_runner *runner,
		      struct bench_course *course, struct bench_prototype *prototype,
		      struct measured *measured, struct ng_error *err)
{
	int result = run_trace(subject, &subject->random, runner, course, prototype,
			       &measured->random, &measured->beside[0], err);

	return result ? result
		      : run_trace(subject, &subject->flows, runner, course, prototype,
				  &measured->flows, &measured->beside[1], err);
}

static void netguard_row(struct bench *b, const char *name, const struct bench_subject *subject,
			 const struct measured *measured)
{
	const struct bench_times *random = &measured->random, *flows = &measured->flows;

	bench_row(b, name,
		  (struct bench_figure[]){
			  { "floor_ns", random->base[BENCH_FLOOR] },
			  { "over_parsing_ns", random->all - random->base[BENCH_PARSE] },
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
			  { "over_parsing_ns", beside[0].counted },
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
static void row(struct bench *b, const char *name, const struct bench_subject *subject,
		enum ng_hook hook, int family, struct bench_prototype *prototype)
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
static void xdp_row(struct bench *b, const char *name, const struct bench_subject *subject,
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
	struct bench_subject subject;
	struct ng_error err;
	char tc[256];

	if (bench_subject_make(b, rules, &subject, &err)) {
		bench_fail(b, name, &err);
		return;
	}
	if (b->walk) {
		bench_walk(name, &subject.filter, &subject.random);
		bench_subject_clear(&subject);
		return;
	}
	snprintf(tc, sizeof(tc), "%s-tc", name);
	if (bench_wants(b, "%s", name))
		xdp_row(b, name, &subject, rules);
	if (bench_wants(b, "%s", tc))
		row(b, tc, &subject, NG_HOOK_TC_IN, rules->family, NULL);
	bench_subject_clear(&subject);
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

/* The rules of the row @name; says so if there are none. */
static int rules_of(const char *name, struct bench_rules *rules)
{
	char kind_name[8];
	size_t n;
	int family, end = 0;

	if (sscanf(name, "rules-v%d-%7[a-z]-%zu%n", &family, kind_name, &n, &end) == 3 &&
	    !name[end] && (family == 4 || family == 6) && n)
		for (enum bench_kind kind = BENCH_ACL; kind < BENCH_KINDS; kind++)
			if (!strcmp(kind_name, bench_kind_names[kind]))
				return bench_generate(kind, family, n, rules);
	fprintf(stderr, "%s: not the name of a ruleset, as rules-v4-acl-1000 is\n", name);
	return -EINVAL;
}

int bench_print_rules(const char *name)
{
	struct bench_rules rules;
	int result = rules_of(name, &rules);

	if (result)
		return result;
	bench_rules_print(&rules, stdout);
	bench_rules_clear(&rules);
	return 0;
}

/* libpcap's file format: a header, and one for each frame; in this machine's byte order. */
static void print_capture(const struct bench_trace *trace, FILE *out)
{
	const struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t zone, accuracy, longest, ethernet;
	} header = { 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1 };
	unsigned char frame[BENCH_FRAME6];

	fwrite(&header, sizeof(header), 1, out);
	for (size_t i = 0; i < trace->n; i++) {
		uint32_t len = bench_trace_frame(trace, i, frame);
		/* A microsecond apart. */
		const uint32_t record[4] = { i / 1000000, i % 1000000, len, len };

		fwrite(record, sizeof(record), 1, out);
		fwrite(frame, len, 1, out);
	}
}

int bench_print_packets(const char *name)
{
	struct bench_trace trace = { 0 };
	struct bench_rules rules;
	int result = rules_of(name, &rules);

	if (result)
		return result;
	result = bench_trace_rules(&rules, BENCH_PACKETS, &trace);
	if (!result)
		print_capture(&trace, stdout);
	bench_trace_clear(&trace);
	bench_rules_clear(&rules);
	return result;
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
