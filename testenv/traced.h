/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracing the system calls of a command, for kill_at.c and fail_at.c. */
#ifndef NG_TEST_TRACED_H
#define NG_TEST_TRACED_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static inline void traced_give_up(const char *what)
{
	fprintf(stderr, "trace: %s: %s\n", what, strerror(errno));
	exit(2);
}

static inline void traced_wait(pid_t child, int *status)
{
	if (waitpid(child, status, 0) != child)
		traced_give_up("wait");
}

/** traced_status() - the exit status that a shell reports for a status of waitpid(2) */
static inline int traced_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/** traced_begin() - start a command; it waits for traced_next() */
static inline pid_t traced_begin(char **argv)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		traced_give_up("fork");
	if (!child) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execv(argv[0], argv);
		traced_give_up(argv[0]);
	}
	traced_wait(child, &status);
	if (ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD))
		traced_give_up("trace");
	return child;
}

/**
 * traced_next() - continue until the next system call of the first thread begins or ends
 * @status: set to the exit status if it exits instead
 */
static inline bool traced_next(pid_t child, struct __ptrace_syscall_info *info, int *status)
{
	int signal = 0;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, child, NULL, signal))
			traced_give_up("go on");
		traced_wait(child, status);
		if (!WIFSTOPPED(*status)) {
			*status = traced_status(*status);
			return false;
		}
		signal = WSTOPSIG(*status);
		if (signal == (SIGTRAP | 0x80))
			break;
		if (signal == SIGTRAP) /* after its execve() */
			signal = 0;
	}
	if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(*info), info) <= 0)
		traced_give_up("ask");
	return true;
}

#endif
