// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits of compiling large rulesets of every shape: it ends, the image and the memory stay below a
 * number of bytes per rule, and the same ruleset gives the same image.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compile/image.h"
#include "shape.h"

/*
 * Bytes of an image, and peak memory of compiling it, without the image. Shapes that repeat many
 * rules in their trees use the allowance of ctl/compile/tree/forest.c, and a little more.
 */
#define IMAGE_OF_NONE	(64 << 10)
#define IMAGE_OF_RULE	1536 /* its text included */
#define IMAGE_OF_VALUE	160  /* of each further one of a list, and of each prefix of a set */
#define TEXT_OF_RULE	256  /* and all else but trees */
#define FOREST_OF_RULE	(12 * sizeof(struct ng_entry6)) /* twice: for valid and invalid frames */
#define MEMORY_OF_NONE	(16 << 20)
#define MEMORY_OF_RULE	2048
#define MEMORY_OF_VALUE 1024

#define SECONDS 60 /* then it is taken to hang: many times what it should take */

struct bounds {
	size_t image, memory;
};

static bool repeats_rules(const struct shape *shape)
{
	static const char *const names[] = { "acl", "ipc", "crosses", "duplicates", "counts" };
	bool found = false;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		found |= !strcmp(shape->name, names[i]);
	return found;
}

static size_t further_values(const struct ng_rule *rule)
{
	size_t n = 0;

	for (size_t i = 0; i < rule->n_conditions; i++) {
		size_t values = rule->conditions[i].n_ranges + rule->conditions[i].n_prefixes;

		n += values > 1 ? values - 1 : 0;
	}
	return n;
}

static struct bounds bounds_of(const struct ng_ruleset *ruleset, const struct shape *shape)
{
	size_t rules = ruleset->n_rules, values = 0, image = IMAGE_OF_NONE;

	for (size_t i = 0; i < ruleset->n_sets; i++)
		values += 2 * ruleset->sets[i].n_prefixes; /* as sources and as destinations */
	for (size_t i = 0; i < rules; i++)
		values += further_values(&ruleset->rules[i]);
	image += rules * (repeats_rules(shape) ? TEXT_OF_RULE + 2 * FOREST_OF_RULE : IMAGE_OF_RULE);
	image += values * IMAGE_OF_VALUE;
	return (struct bounds){
		image,
		image + MEMORY_OF_NONE + rules * MEMORY_OF_RULE + values * MEMORY_OF_VALUE,
	};
}

/* A field of /proc/self/status, in bytes; 0 when it cannot be read. */
static size_t status_of(const char *name)
{
	FILE *file = fopen("/proc/self/status", "r");
	size_t len = strlen(name), kib = 0;
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, len))
			sscanf(line + len, ":%zu", &kib);
	if (file)
		fclose(file);
	return kib << 10;
}

/* Reset the peak (proc(5), clear_refs). */
static void forget_peak(void)
{
	FILE *file = fopen("/proc/self/clear_refs", "w");

	if (!file)
		return;
	fputs("5", file);
	fclose(file);
}

static bool same_images(const struct ng_image *a, const struct ng_image *b)
{
	struct ng_image_header *first = a->data, *second = b->data;

	first->created = second->created = 0;
	return a->size == b->size && a->slots == b->slots && !memcmp(a->data, b->data, a->size);
}

/* Return: an exit status; errors are on standard output. */
static int check_compile(const struct ng_ruleset *ruleset, const struct shape *shape,
			 const char *name, bool twice)
{
	struct bounds bounds = bounds_of(ruleset, shape);
	struct ng_image image, again;
	struct ng_error err = { 0 };
	size_t before, peak;

	forget_peak();
	before = status_of("VmRSS");
	if (ng_image_compile(ruleset, NULL, 0, &image, &err)) {
		printf("%s: %s %s\n", name, err.what, err.hint);
		return 1;
	}
	peak = status_of("VmHWM") - before;
	if (getenv("NETGUARD_TEST_ALL"))
		printf("# %-28s image %5zu bytes a rule of %5zu, peak %5zu of %5zu\n", name,
		       image.size / ruleset->n_rules, bounds.image / ruleset->n_rules,
		       peak / ruleset->n_rules, bounds.memory / ruleset->n_rules);
	if (image.size > bounds.image || peak > bounds.memory) {
		printf("%s: an image of %zu bytes, %zu are the bound; %zu bytes of memory, %zu are "
		       "the bound\n",
		       name, image.size, bounds.image, peak, bounds.memory);
		return 1;
	}
	if (!twice)
		return 0;
	if (ng_image_compile(ruleset, NULL, 0, &again, &err) || !same_images(&image, &again)) {
		printf("%s: compiled again, the image is another\n", name);
		return 1;
	}
	return 0;
}

/* In a process of its own, which SIGALRM ends. */
static bool is_within_bounds(const struct shape *shape, enum shape_family family, size_t n,
			     bool twice)
{
	struct ng_ruleset *ruleset;
	struct ng_error err;
	char name[64];
	pid_t child;
	int status;

	snprintf(name, sizeof(name), "%s, %s, %zu rules", shape->name, shape_families[family], n);
	fflush(stdout);
	child = fork();
	if (!child) {
		if (shape_ruleset(shape, family, 1, n, &ruleset, &err))
			_exit(2);
		alarm(SECONDS);
		status = check_compile(ruleset, shape, name, twice);
		fflush(stdout);
		_exit(status);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status))
		print_message("%s: killed by signal %d (%d: not done after %d s)\n", name,
			      WTERMSIG(status), SIGALRM, SECONDS);
	return !status;
}

static enum shape_family each_in_turn(size_t shape, size_t first)
{
	return (shape + first) % SHAPE_FAMILIES;
}

static void test_compile_of_10000_rules_stays_within_bounds(void **state)
{
	size_t failed = 0, families = getenv("NETGUARD_TEST_ALL") ? SHAPE_FAMILIES : 1;

	(void)state;
	for (size_t family = 0; family < families; family++)
		for (size_t i = 0; i < n_shapes; i++)
			failed +=
				!is_within_bounds(&shapes[i], each_in_turn(i, family), 10000, true);
	assert_int_equal(failed, 0);
}

static void test_compile_of_100000_rules_stays_within_bounds(void **state)
{
	static const struct {
		const char *shape;
		enum shape_family family;
	} cases[] = {
		{ "acl", SHAPE_IPV4 },	      { "fw", SHAPE_IPV6 },    { "overlap", SHAPE_MIXED },
		{ "rectangles", SHAPE_IPV4 }, { "ports", SHAPE_IPV6 }, { "wildcards", SHAPE_MIXED },
		{ "mixture", SHAPE_IPV6 },
	};
	size_t failed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		failed += !is_within_bounds(shape_named(cases[i].shape), cases[i].family, 100000,
					    false);
	assert_int_equal(failed, 0);
}

/* Every shape and family: slow, only with NETGUARD_TEST_ALL. */
static void test_compile_of_100000_rules_of_every_shape_stays_within_bounds(void **state)
{
	size_t failed = 0;

	(void)state;
	for (size_t i = 0; i < n_shapes * SHAPE_FAMILIES; i++)
		failed += !is_within_bounds(&shapes[i / SHAPE_FAMILIES], i % SHAPE_FAMILIES, 100000,
					    true);
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compile_of_10000_rules_stays_within_bounds),
		cmocka_unit_test(test_compile_of_100000_rules_stays_within_bounds),
	};
	const struct CMUnitTest slow[] = {
		cmocka_unit_test(test_compile_of_100000_rules_of_every_shape_stays_within_bounds),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	if (getenv("NETGUARD_TEST_ALL"))
		failed += cmocka_run_group_tests(slow, NULL, NULL);
	return failed;
}
