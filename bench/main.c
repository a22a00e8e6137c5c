// SPDX-License-Identifier: GPL-2.0-only
/* build/bench/bench: measure netguard and its peers, see docs/performance.md. */
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "bench.h"
#include "base/cleanup.h"
#include "compare.h"
#include "live_peers.h"
#include "sandbox.h"

static const char usage[] =
	"usage: bench [OPTION]... [WORD]...\n"
	"Measures netguard and its peers; rows whose name contains a WORD, or all.\n"
	"A WORD that ends with $ must end the name.\n"
	"  --bpfilter FOLDER   bpfilter that was built in there, beside netguard\n"
	"  --classbench FILE   rules of ClassBench instead of the generated ones; may be repeated\n"
	"  --compare FILE      set this run beside an earlier one: its results.json\n"
	"  --out FOLDER        where results.json goes; the folder of this program otherwise\n"
	"  --prototype         the prototype beside IPv4 rules at XDP; make PROTOTYPE=dir builds "
	"it\n"
	"  --pcap NAME         print the packets of a row, such as rules-v4-acl-1000, as a "
	"capture, and end\n"
	"  --print NAME        print the ruleset of a row, such as rules-v4-acl-1000, and end\n"
	"  --up-to N           nothing with more rules or addresses than N\n"
	"  --walk              count what packets meet in the trees of rules, run nothing\n"
	"  --wrong             spoil a rule of each ruleset: every row must fail\n";

#define CLASSBENCH_MAX 64

struct arguments {
	const char *out, *compare, *bpfilter;
	const char *classbench[CLASSBENCH_MAX];
	size_t n_classbench;
	bool prototype;
};

struct bench_course *bench_course(struct bench *b, enum ng_hook hook, int family, size_t n,
				  struct ng_error *err)
{
	struct bench_course **course =
		&b->courses[hook != NG_HOOK_XDP][family == 6][n != BENCH_PACKETS];

	if (!*course && bench_course_open(hook, family, n, course, err))
		return NULL;
	return *course;
}

static void read_arguments(int argc, char **argv, struct bench *b, struct arguments *a)
{
	static const struct option options[] = {
		{ "bpfilter", required_argument, NULL, 'f' },
		{ "classbench", required_argument, NULL, 'c' },
		{ "compare", required_argument, NULL, 'b' },
		{ "out", required_argument, NULL, 'o' },
		{ "pcap", required_argument, NULL, 'a' },
		{ "print", required_argument, NULL, 'p' },
		{ "prototype", no_argument, NULL, 't' },
		{ "up-to", required_argument, NULL, 'u' },
		{ "walk", no_argument, NULL, 'k' },
		{ "wrong", no_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (option == 'c' && a->n_classbench < CLASSBENCH_MAX) {
			a->classbench[a->n_classbench++] = optarg;
		} else if (option == 'f') {
			a->bpfilter = optarg;
		} else if (option == 'b') {
			a->compare = optarg;
		} else if (option == 'o') {
			a->out = optarg;
		} else if (option == 'a') {
			exit(bench_print_packets(optarg) ? 1 : 0);
		} else if (option == 'p') {
			exit(bench_print_rules(optarg) ? 1 : 0);
		} else if (option == 't') {
			a->prototype = true;
		} else if (option == 'u') {
			b->up_to = strtoul(optarg, NULL, 10);
		} else if (option == 'k') {
			b->walk = true;
		} else if (option == 'w') {
			b->wrong = true;
		} else if (option == 'h') {
			fputs(usage, stdout);
			exit(0);
		} else {
			fputs(usage, stderr);
			exit(2);
		}
	}
	b->words = argv + optind;
}

/* The last CPU: on most machines fewer interrupts arrive there than at the first. */
static void pin(void)
{
	cpu_set_t allowed, one;
	int last = -1;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &allowed))
			last = cpu;
	CPU_ZERO(&one);
	CPU_SET(last, &one);
	sched_setaffinity(0, sizeof(one), &one);
	setpriority(PRIO_PROCESS, 0, -10);
}

static int write_json(const char *folder, const char *name, struct json_object *object)
{
	__cleanup_free char *path = NULL;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return -ENOMEM;
	if (!json_object_to_file_ext(path, object,
				     JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED))
		return 0;
	fprintf(stderr, "%s: cannot write it: %s\n", path, json_util_get_last_err());
	return -EIO;
}

static char *folder_of(const char *program)
{
	char *folder = strdup(program), *slash = folder ? strrchr(folder, '/') : NULL;

	if (slash)
		*slash = '\0';
	return folder;
}

/* The first "model name" of /proc/cpuinfo; other architectures have none. */
static void read_cpu(char *model, size_t size)
{
	__cleanup_file FILE *file = fopen("/proc/cpuinfo", "r");
	char line[256];

	snprintf(model, size, "unknown");
	while (file && fgets(line, sizeof(line), file)) {
		const char *colon = strchr(line, ':');

		if (strncmp(line, "model name", 10) || !colon)
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(model, size, "%s", colon + 2);
		return;
	}
}

/* What the figures depend on beside the programs. */
static struct json_object *environment(const struct bench *b)
{
	struct json_object *object = json_object_new_object();
	struct utsname kernel;
	char cpu[256];

	uname(&kernel);
	read_cpu(cpu, sizeof(cpu));
	printf("kernel %s %s, %ld CPUs: %s\n\n", kernel.release, kernel.machine,
	       sysconf(_SC_NPROCESSORS_ONLN), cpu);
	json_object_object_add(object, "kernel", json_object_new_string(kernel.release));
	json_object_object_add(object, "machine", json_object_new_string(kernel.machine));
	json_object_object_add(object, "cpu", json_object_new_string(cpu));
	json_object_object_add(object, "cpus", json_object_new_int(sysconf(_SC_NPROCESSORS_ONLN)));
	json_object_object_add(object, "left_out", json_object_get(b->left_out));
	return object;
}

static void bench_close(struct bench *b)
{
	for (int i = 0; i < 8; i++)
		bench_course_close(b->courses[i / 4][i / 2 % 2][i % 2]);
	free(b->netguard);
	free(b->prototype);
	free(b->bfcli);
	free(b->bpfilter);
	json_object_put(b->rows);
	json_object_put(b->left_out);
}

int main(int argc, char **argv)
{
	__cleanup_free char *folder = folder_of(argv[0]);
	struct arguments arguments = { .out = folder };
	struct bench b = { 0 };
	struct json_object *about, *before = NULL;
	struct ng_error err;
	int result;

	read_arguments(argc, argv, &b, &arguments);
	if (asprintf(&b.netguard, "%s/../netguard", folder) < 0 ||
	    (arguments.prototype && asprintf(&b.prototype, "%s/prototype", folder) < 0))
		return 1;
	/* Now: it may be the file that is to be written, and nobody wants to wait for a mistake. */
	if ((arguments.compare && bench_compare_read(arguments.compare, &before, &err)) ||
	    (arguments.bpfilter && bench_bpfilter_find(&b, arguments.bpfilter, &err))) {
		fprintf(stderr, "bench: %s: %s%s%s\n", err.where, err.what, err.hint[0] ? "; " : "",
			err.hint);
		return 1;
	}
	if (bench_sandbox_enter(&err)) {
		fprintf(stderr, "bench: %s\n", err.what);
		return 1;
	}
	b.rows = json_object_new_array();
	b.left_out = json_object_new_array();
	pin();
	about = environment(&b);
	if (b.walk)
		bench_walk_head();
	else
		bench_head();
	libbpf_set_print(NULL);
	for (size_t i = 0; i < arguments.n_classbench; i++)
		bench_classbench_row(&b, arguments.classbench[i]);
	if (!arguments.n_classbench) {
		bench_rules_rows(&b);
	}
	if (b.walk) {
		bench_close(&b);
		json_object_put(about);
		return b.failed ? 1 : 0;
	}
	if (!arguments.n_classbench) {
		bench_worst_rows(&b);
		bench_sets_rows(&b);
		bench_limit_rows(&b);
		bench_established_rows(&b);
		bench_log_rows(&b);
		bench_times_rows(&b);
		bench_live_rows(&b);
	}
	bench_chart(&b, arguments.out);
	bench_summary(&b);
	if (before)
		bench_compare(&b, before);
	result = write_json(arguments.out, "results.json", b.rows);
	if (!result)
		result = write_json(arguments.out, "environment.json", about);
	json_object_put(about);
	if (b.failed)
		fprintf(stderr, "%zu rows failed\n", b.failed);
	else if (!json_object_array_length(b.rows))
		fputs("no row has such a name\n", stderr);
	result = result || b.failed || !json_object_array_length(b.rows);
	bench_close(&b);
	json_object_put(before);
	return result;
}
