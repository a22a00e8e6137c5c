// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the verifier needs for each variant of the programs, compared with the limits of verifier.h.
 * With --table it prints the figures instead (`make verify`).
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

#include "kernel/programs/programs.h"
#include "kernel/runner.h"
#include "kernel_world.h"
#include "namespaces.skel.h"
#include "verifier.h"

/*
 * Read-only data, which the verifier knows, depends on the purpose of a program. It also depends on
 * the interface and the size of rulesets, but that changes none of the figures.
 */
enum purpose { FILTERING, TEST_RUN, TEST_RUN_REALTIME, ATTACHING, LOOKING_FOR_NAMESPACES };

static const struct variant {
	const char *name;
	enum ng_hook hook;
	enum purpose purpose;
} variants[] = {
	{ "xdp", NG_HOOK_XDP, FILTERING },
	{ "xdp, test run", NG_HOOK_XDP, TEST_RUN },
	/* As an extension of libxdp's dispatcher if the kernel supports that. */
	{ "xdp, attached by libxdp", NG_HOOK_XDP, ATTACHING },
	{ "tc in", NG_HOOK_TC_IN, FILTERING },
	{ "tc in, test run", NG_HOOK_TC_IN, TEST_RUN },
	{ "tc out", NG_HOOK_TC_OUT, FILTERING },
	{ "tc out, test run", NG_HOOK_TC_OUT, TEST_RUN },
	/* Another variant only if ng_kernel_preempts_softirqs(). */
	{ "xdp, real-time", NG_HOOK_XDP, TEST_RUN_REALTIME },
	{ "tc in, real-time", NG_HOOK_TC_IN, TEST_RUN_REALTIME },
	{ "namespaces", 0, LOOKING_FOR_NAMESPACES },
};
#define VARIANTS (sizeof(variants) / sizeof(variants[0]))

/* Of the last netguard program that was loaded: 0 with its figures, or -errno. */
static struct verifier_figures figures;
static char log_text[1 << 16];
static int loaded = -ENOENT;
static double load_ms;

/* The result of uname(2). */
static bool realtime;

int uname(struct utsname *kernel)
{
	int (*ask)(struct utsname *) = dlsym(RTLD_NEXT, "uname");
	int result = ask(kernel);

	if (!result && realtime)
		snprintf(kernel->version, sizeof(kernel->version), "#1 SMP PREEMPT_RT");
	return result;
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/*
 * Overrides libbpf's function, for libxdp too: so programs are examined as they are really loaded,
 * with maps and configuration.
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

static int run_a_frame(struct ng_runner *runner, struct ng_error *err)
{
	static const unsigned char frame[60] = { [12] = 0x08, [13] = 0x06 };
	struct ng_decision decision = { .drop = true };
	int result = ng_runner_run(runner, frame, sizeof(frame), NULL, &decision);

	if (result || decision.drop)
		return ng_fail(err, -EPROTO, "an ARP frame does not pass");
	return 0;
}

static int run(const struct variant *variant, struct ng_error *err)
{
	struct ng_image image = world_image(false, 0);
	struct ng_runner *runner = NULL;
	int result;

	if (variant->purpose == TEST_RUN || variant->purpose == TEST_RUN_REALTIME) {
		result = ng_runner_open(variant->hook, &image, "", &runner, err);
		if (!result)
			result = run_a_frame(runner, err);
	} else {
		result = ng_runner_open_plain(variant->hook, &image, WORLD_IFACE, &runner, err);
	}
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

/* Load it; returns NULL, or why there are no figures. */
static const char *measure(const struct variant *variant)
{
	static struct ng_error err;
	int result;

	loaded = -ENOENT;
	figures.path[0] = '\0';
	realtime = variant->purpose == TEST_RUN_REALTIME;
	if (variant->purpose == ATTACHING)
		result = attach(&err);
	else if (variant->purpose == LOOKING_FOR_NAMESPACES)
		result = look_for_namespaces(&err);
	else
		result = run(variant, &err);
	realtime = false;
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

/* Figures of 0 would be within all limits. */
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

/* Only real-time kernels have a variant that keeps packets apart. */
static void test_realtime_kernels_have_a_program_of_their_own(void **unused)
{
	struct verifier_figures plain;
	struct utsname kernel;
	bool other;

	(void)unused;
	if (measure(&variants[1]))
		fail();
	plain = figures;
	for (size_t i = 0; i < VARIANTS; i++)
		if (variants[i].purpose == TEST_RUN_REALTIME && variants[i].hook == NG_HOOK_XDP &&
		    measure(&variants[i]))
			fail();
	realtime = true;
	uname(&kernel);
	realtime = false;
	other = ng_kernel_preempts_softirqs(&kernel);
	if (other != (figures.instructions != plain.instructions))
		fail_msg("%u instructions, otherwise %u", figures.instructions, plain.instructions);
}

static void test_kernels_that_preempt_softirqs(void **unused)
{
	static const struct {
		struct utsname kernel;
		bool preempts;
	} cases[] = {
		{ { .release = "6.18.3-rt1", .version = "#1 SMP PREEMPT_RT Debian" }, true },
		{ { .release = "7.0", .version = "#1 SMP PREEMPT_RT" }, true },
		{ { .release = "6.18.3", .version = "#1 SMP PREEMPT_DYNAMIC" }, false },
		{ { .release = "6.17.9-rt", .version = "#1 SMP PREEMPT_RT" }, false },
		{ { .release = "6.1.0-47-rt-amd64", .version = "#1 SMP PREEMPT_RT" }, false },
		{ { .release = "unknown", .version = "#1 SMP PREEMPT_RT" }, true },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (ng_kernel_preempts_softirqs(&cases[i].kernel) != cases[i].preempts)
			fail_msg("Linux %s, %s", cases[i].kernel.release, cases[i].kernel.version);
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
	enum { OTHERS = 3 };
	struct CMUnitTest tests[OTHERS + VARIANTS] = {
		cmocka_unit_test(test_figures_are_those_of_a_program),
		cmocka_unit_test(test_realtime_kernels_have_a_program_of_their_own),
		cmocka_unit_test(test_kernels_that_preempt_softirqs),
	};
	static char names[VARIANTS][64];

	if (argc > 1 && !strcmp(argv[1], "--table"))
		return world_enter(NULL) || print_table();
	for (size_t i = 0; i < VARIANTS; i++) {
		snprintf(names[i], sizeof(names[i]), "%s: within the limits", variants[i].name);
		tests[OTHERS + i] = (struct CMUnitTest){
			.name = names[i],
			.test_func = test_variant_is_within_the_limits,
			.initial_state = (void *)&variants[i],
		};
	}
	return cmocka_run_group_tests_name("verifier", tests, world_enter, NULL);
}
