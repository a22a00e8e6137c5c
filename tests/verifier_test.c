// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the verifier needs for each way in which the programs are loaded, held to the limits of
 * verifier.h. With --table it prints the figures instead (`make verify`).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "kernel/runner.h"
#include "kernel_world.h"
#include "namespaces.skel.h"
#include "verifier.h"

/*
 * Read-only data, which the verifier knows, differs by what a program is loaded for. It differs by
 * interface and by the size of rulesets, too: that changes none of the figures.
 */
enum purpose { FILTERING, TEST_RUN, ATTACHING, LOOKING_FOR_NAMESPACES };

static const struct variant {
	const char *name;
	enum ng_hook hook;
	enum purpose purpose;
} variants[] = {
	{ "xdp", NG_HOOK_XDP, FILTERING },
	{ "xdp, test run", NG_HOOK_XDP, TEST_RUN },
	/* As an extension of libxdp's dispatcher where the kernel takes one. */
	{ "xdp, attached by libxdp", NG_HOOK_XDP, ATTACHING },
	{ "tc in", NG_HOOK_TC_IN, FILTERING },
	{ "tc in, test run", NG_HOOK_TC_IN, TEST_RUN },
	{ "tc out", NG_HOOK_TC_OUT, FILTERING },
	{ "tc out, test run", NG_HOOK_TC_OUT, TEST_RUN },
	{ "namespaces", 0, LOOKING_FOR_NAMESPACES },
};
#define VARIANTS (sizeof(variants) / sizeof(variants[0]))

/* The last program of netguard's that was loaded: 0 with its figures, or -errno. */
static struct verifier_figures figures;
static char log_text[1 << 16];
static int loaded = -ENOENT;
static double load_ms;

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/*
 * Stands before libbpf's, for libxdp too: so programs are looked at as they are really loaded, with
 * maps and configuration, and may not know of it.
 */
int bpf_object__load(struct bpf_object *object)
{
	int (*load)(struct bpf_object *) = dlsym(RTLD_NEXT, "bpf_object__load");
	struct bpf_program *program = bpf_object__next_program(object, NULL);
	const char *name = bpf_program__name(program);
	bool ours = !strncmp(name, "netguard_", 9) || !strcmp(name, "namespaces");
	double begin = now_ms();
	int result;

	if (ours) {
		log_text[0] = '\0';
		bpf_program__set_log_level(program, 4);
		bpf_program__set_log_buf(program, log_text, sizeof(log_text));
	}
	result = load(object);
	if (!ours)
		return result;
	load_ms = now_ms() - begin;
	loaded = result ? result : verifier_figures(bpf_program__fd(program), log_text, &figures);
	return result;
}

static int run(const struct variant *variant, struct ng_error *err)
{
	struct ng_image image = world_image(false, 0);
	struct ng_runner *runner = NULL;
	int result;

	if (variant->purpose == TEST_RUN)
		result = ng_runner_open(variant->hook, &image, "", &runner, err);
	else
		result = ng_runner_open_plain(variant->hook, &image, WORLD_IFACE, &runner, err);
	ng_runner_close(runner);
	return result;
}

static int attach(struct ng_error *err)
{
	struct ng_image image = world_image(false, 0);
	const char *iface = WORLD_IFACE;
	struct ng_attached attached;
	struct ng_state *state;
	int result = ng_state_open(NG_ACCESS_CREATE, &state, err);

	if (result)
		return result;
	result = ng_attach(state, &iface, 1, NG_MODE_NATIVE, &image, &attached, err);
	ng_state_close(state);
	return result;
}

static int look_for_namespaces(struct ng_error *err)
{
	struct namespaces *skeleton = namespaces__open();
	int result = skeleton ? bpf_object__load(skeleton->obj) : -errno;

	namespaces__destroy(skeleton);
	return result ? ng_fail(err, result, "%s", log_text) : 0;
}

/* Load it; NULL, or why there are no figures. */
static const char *measure(const struct variant *variant)
{
	static struct ng_error err;
	int result;

	loaded = -ENOENT;
	figures.path[0] = '\0';
	if (variant->purpose == ATTACHING)
		result = attach(&err);
	else if (variant->purpose == LOOKING_FOR_NAMESPACES)
		result = look_for_namespaces(&err);
	else
		result = run(variant, &err);
	if (!result && !loaded)
		return NULL;
	return result ? err.what : figures.path;
}

static void test_variant_is_within_the_limits(void **state)
{
	const struct variant *variant = *state;
	const char *why = measure(variant);

	if (why)
		fail_msg("%s", why);
	if (figures.instructions > VERIFIER_INSTRUCTIONS_MAX)
		fail_msg("%u verified instructions, more than %d", figures.instructions,
			 VERIFIER_INSTRUCTIONS_MAX);
	if (figures.stack > VERIFIER_STACK_MAX)
		fail_msg("a function has %u bytes of stack, more than %d", figures.stack,
			 VERIFIER_STACK_MAX);
	if (figures.chain > VERIFIER_CHAIN_MAX)
		fail_msg("%s: %u bytes of stack, more than %d", figures.path, figures.chain,
			 VERIFIER_CHAIN_MAX);
}

/* An empty row would be within all limits. */
static void test_figures_are_those_of_a_program(void **unused)
{
	(void)unused;
	if (measure(&variants[0]))
		fail();
	assert_true(figures.instructions > 1000);
	assert_true(figures.stack > 0);
	assert_true(figures.chain > figures.stack);
	assert_non_null(strstr(figures.path, "netguard_xdp > "));
}

static int print_table(void)
{
	struct utsname kernel;
	int failed = 0;

	uname(&kernel);
	printf("Linux %s\n%-24s %12s %9s %7s %9s  %s\n", kernel.release, "", "instructions",
	       "stack", "chain", "load", "deepest chain");
	printf("%-24s %12d %9d %7d\n", "limit", VERIFIER_INSTRUCTIONS_MAX, VERIFIER_STACK_MAX,
	       VERIFIER_CHAIN_MAX);
	for (size_t i = 0; i < VARIANTS; i++) {
		const char *why = measure(&variants[i]);
		bool beyond = figures.instructions > VERIFIER_INSTRUCTIONS_MAX ||
			      figures.stack > VERIFIER_STACK_MAX ||
			      figures.chain > VERIFIER_CHAIN_MAX;

		if (why)
			printf("%-24s %s\n", variants[i].name, why);
		else
			printf("%-24s %12u %9u %7u %6.0f ms  %s%s\n", variants[i].name,
			       figures.instructions, figures.stack, figures.chain, load_ms,
			       figures.path, beyond ? " (beyond the limit)" : "");
		fflush(stdout);
		failed |= why || beyond;
	}
	return failed;
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[VARIANTS + 1] = {
		cmocka_unit_test(test_figures_are_those_of_a_program),
	};
	static char names[VARIANTS][64];

	if (argc > 1 && !strcmp(argv[1], "--table"))
		return world_enter(NULL) || print_table();
	for (size_t i = 0; i < VARIANTS; i++) {
		snprintf(names[i], sizeof(names[i]), "%s: within the limits", variants[i].name);
		tests[i + 1] = (struct CMUnitTest){
			.name = names[i],
			.test_func = test_variant_is_within_the_limits,
			.initial_state = (void *)&variants[i],
		};
	}
	return cmocka_run_group_tests_name("verifier", tests, world_enter, NULL);
}
