// SPDX-License-Identifier: GPL-2.0-only
/* The capabilities that commands declare, and messages about missing ones. */
#include <cap-ng.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/command.h"

static void test_every_command_declares_what_it_keeps(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ng_commands_n; i++)
		if (!ng_commands[i].privilege)
			fail_msg("%s keeps all capabilities: see .privilege in cli/table.c",
				 ng_commands[i].name);
}

static void test_every_capability_has_a_reason(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ng_commands_n; i++) {
		const struct ng_privilege *privilege = ng_commands[i].privilege;
		uint64_t all = privilege->needs | privilege->may | privilege->spare;

		for (int bit = 0; bit < 64; bit++)
			if (all & NG_CAP(bit))
				assert_non_null(ng_privilege_reason(bit));
	}
}

static void test_names(void **unused)
{
	char text[NG_CAP_TEXT];

	(void)unused;
	assert_string_equal(ng_privilege_names(NG_CAP(CAP_BPF) | NG_CAP(CAP_NET_ADMIN), text),
			    "CAP_NET_ADMIN, CAP_BPF");
	assert_string_equal(ng_privilege_names(0, text), "");
	ng_privilege_names(~UINT64_C(0), text);
	assert_true(strlen(text) < sizeof(text));
}

/* In a child, since it cannot be undone. Its status is 0, or the line that failed. */
#define need(condition)                  \
	do {                             \
		if (!(condition))        \
			_exit(__LINE__); \
	} while (0)

static void keep_and_raise(void)
{
	const struct ng_privilege some = {
		.needs = NG_CAP(CAP_BPF),
		.may = NG_CAP(CAP_DAC_OVERRIDE),
		.spare = NG_CAP(CAP_NET_ADMIN),
	};
	const struct ng_privilege other = { .needs = NG_CAP(CAP_SYS_ADMIN) };
	struct ng_error error;

	need(!ng_privilege_keep(&some, &error));
	need(ng_privilege_has(CAP_BPF) && ng_privilege_has(CAP_DAC_OVERRIDE));
	need(!ng_privilege_has(CAP_NET_ADMIN) && !ng_privilege_has(CAP_SYS_ADMIN));
	ng_privilege_raise();
	ng_privilege_raise();
	need(ng_privilege_has(CAP_NET_ADMIN));
	ng_privilege_lower();
	need(ng_privilege_has(CAP_NET_ADMIN));
	ng_privilege_lower();
	need(!ng_privilege_has(CAP_NET_ADMIN));
	need(!ng_privilege_lacks(NG_CAP(CAP_NET_ADMIN)));
	need(!ng_privilege_drop_spare(&error));
	ng_privilege_raise();
	need(!ng_privilege_has(CAP_NET_ADMIN));
	need(ng_privilege_lacks(NG_CAP(CAP_NET_ADMIN)));
	capng_get_caps_process(); /* from the kernel, not from libcap-ng's memory */
	need(ng_privilege_has(CAP_BPF) && !capng_have_capability(CAPNG_PERMITTED, CAP_NET_ADMIN));
	need(!capng_have_capability(CAPNG_BOUNDING_SET, CAP_BPF));
	need(ng_privilege_keep(&other, &error) == -EPERM);
	need(strstr(error.what, "requires CAP_SYS_ADMIN (") && strstr(error.hint, "run as root"));
}

static void test_capabilities_that_are_given_up_do_not_come_back(void **unused)
{
	int status;
	pid_t child;

	(void)unused;
	/* Root may lack them. */
	if (ng_privilege_lacks(NG_CAP(CAP_BPF) | NG_CAP(CAP_DAC_OVERRIDE) | NG_CAP(CAP_NET_ADMIN) |
			       NG_CAP(CAP_SETPCAP))) {
		print_message("# skipped: needs capabilities to give up\n");
		skip();
	}
	child = fork();
	if (!child) {
		keep_and_raise();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_command_declares_what_it_keeps),
		cmocka_unit_test(test_every_capability_has_a_reason),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_capabilities_that_are_given_up_do_not_come_back),
	};

	return cmocka_run_group_tests_name("privilege", tests, NULL, NULL);
}
