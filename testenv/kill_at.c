// SPDX-License-Identifier: GPL-2.0-only
/*
 * kill_at changes|all N COMMAND... - run the command and kill it (SIGKILL) just before its Nth
 * system call, counting those that change something, or all.
 *
 * Exit status: 137 if it was killed; otherwise it made fewer calls, and the status is its own.
 */
#include "calls.h"
#include "traced.h"

#define KILLED 137

static int kill_before(pid_t child, bool all, unsigned long nth)
{
	struct __ptrace_syscall_info info;
	unsigned long calls = 0;
	int status;

	while (traced_next(child, &info, &status)) {
		if (info.op != PTRACE_SYSCALL_INFO_ENTRY || (!all && !calls_change(&info)) ||
		    ++calls < nth)
			continue;
		kill(child, SIGKILL);
		traced_wait(child, &status);
		return KILLED;
	}
	return status;
}

int main(int argc, char **argv)
{
	if (argc < 4 || (strcmp(argv[1], "all") && strcmp(argv[1], "changes"))) {
		fprintf(stderr, "usage: kill_at changes|all N COMMAND...\n");
		return 2;
	}
	return kill_before(traced_begin(argv + 3), !strcmp(argv[1], "all"),
			   strtoul(argv[2], NULL, 10));
}
