// SPDX-License-Identifier: GPL-2.0-only
/*
 * kill_at changes|all N COMMAND... - run the command and kill it (SIGKILL) just before its Nth
 * system call, of those that change something or of all.
 *
 * Exit status: 137 when it was killed; else the command's: it made fewer calls.
 */
#include "calls.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLED 137

static void give_up(const char *what)
{
	fprintf(stderr, "kill_at: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void wait_for(pid_t child, int *status)
{
	if (waitpid(child, status, 0) != child)
		give_up("wait");
}

static int kill_before(pid_t child, bool all, unsigned long nth)
{
	struct __ptrace_syscall_info info;
	unsigned long calls = 0;
	int status, signal = 0;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, child, NULL, signal))
			give_up("go on");
		wait_for(child, &status);
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		signal = WSTOPSIG(status);
		if (signal != (SIGTRAP | 0x80)) {
			if (signal == SIGTRAP) /* it has begun to be the command */
				signal = 0;
			continue;
		}
		signal = 0;
		if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info) <= 0)
			give_up("ask");
		if (info.op != PTRACE_SYSCALL_INFO_ENTRY || (!all && !calls_change(&info)) ||
		    ++calls < nth)
			continue;
		kill(child, SIGKILL);
		wait_for(child, &status);
		return KILLED;
	}
}

int main(int argc, char **argv)
{
	int status;
	pid_t child;

	if (argc < 4 || (strcmp(argv[1], "all") && strcmp(argv[1], "changes"))) {
		fprintf(stderr, "usage: kill_at changes|all N COMMAND...\n");
		return 2;
	}
	child = fork();
	if (child < 0)
		give_up("fork");
	if (!child) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execv(argv[3], argv + 3);
		give_up(argv[3]);
	}
	wait_for(child, &status);
	if (ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD))
		give_up("trace");
	return kill_before(child, !strcmp(argv[1], "all"), strtoul(argv[2], NULL, 10));
}
