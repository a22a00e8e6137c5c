// SPDX-License-Identifier: GPL-2.0-only
/*
 * What docs/trust.md says of the kernel: it refuses programs that would read where they must not,
 * never end or not release what they acquired, and gives this as the reason (refused.bpf.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "refused.skel.h"

/* @why: the kernel's message, and that of some other kernels */
static const struct refused_program {
	const char *name;
	const char *why[2];
} programs[] = {
	{ "past_the_end", { "invalid access to packet" } },
	{ "unchecked_map_pointer", { "invalid mem access 'map_value_or_null'" } },
	{ "past_the_value", { "unbounded memory access" } },
	{ "made_up_address", { "invalid mem access 'scalar'" } },
	{ "write_to_configuration", { "write into map forbidden" } },
	{ "endless_loop", { "infinite loop detected" } },
	{ "long_loop", { "BPF program is too large. Processed 1000001 insn" } },
	{ "released_reference", { "invalid mem access 'scalar'" } },
	{ "kept_reference", { "Unreleased reference" } },
	{ "helper_of_others",
	  { "unknown func bpf_skb_load_bytes",
	    "program of this type cannot use helper bpf_skb_load_bytes" } },
};
#define PROGRAMS (sizeof(programs) / sizeof(programs[0]))

static char said[1 << 16];

static int keep_silent(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

/* Load only that program; 0 or -errno, with the verifier's output in said[]. */
static int load(const char *name)
{
	struct refused *skeleton = refused__open();
	struct bpf_program *program, *wanted = NULL;
	int result;

	assert_non_null(skeleton);
	bpf_object__for_each_program(program, skeleton->obj)
	{
		bool is_wanted = !strcmp(bpf_program__name(program), name);

		bpf_program__set_autoload(program, is_wanted);
		if (is_wanted)
			wanted = program;
	}
	if (!wanted)
		fail_msg("there is no program %s", name);
	said[0] = '\0';
	/* BPF_LOG_STATS: only messages; no buffer is large enough for the paths. */
	bpf_program__set_log_level(wanted, 4);
	bpf_program__set_log_buf(wanted, said, sizeof(said));
	result = bpf_object__load(skeleton->obj);
	refused__destroy(skeleton);
	return result;
}

static void test_program_is_refused_for_its_fault(void **state)
{
	const struct refused_program *program = *state;

	if (!load(program->name))
		fail_msg("the kernel accepted it");
	for (int i = 0; i < 2 && program->why[i]; i++)
		if (strstr(said, program->why[i]))
			return;
	fail_msg("it was refused, but not for \"%s\": %s", program->why[0],
		 said[0] ? said : "the verifier said nothing");
}

static void test_program_without_the_fault_is_accepted(void **state)
{
	const struct refused_program *program = *state;
	char name[64];
	int result;

	snprintf(name, sizeof(name), "%s_right", program->name);
	result = load(name);
	if (result)
		fail_msg("%s: %s", strerror(-result), said);
}

int main(void)
{
	static char names[2 * PROGRAMS][80];
	struct CMUnitTest tests[2 * PROGRAMS];

	libbpf_set_print(keep_silent);
	for (size_t i = 0; i < 2 * PROGRAMS; i++) {
		const struct refused_program *program = &programs[i / 2];
		bool is_right = i % 2;

		snprintf(names[i], sizeof(names[i]), "%s: %s", program->name,
			 is_right ? "taken without the fault" : "refused");
		tests[i] = (struct CMUnitTest){
			.name = names[i],
			.test_func = is_right ? test_program_without_the_fault_is_accepted
					      : test_program_is_refused_for_its_fault,
			.initial_state = (void *)program,
		};
	}
	return cmocka_run_group_tests_name("verifier refuses", tests, NULL, NULL);
}
