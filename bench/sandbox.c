// SPDX-License-Identifier: GPL-2.0-only
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

#define COMPLAINTS    BENCH_SCRATCH "/complaints"
#define ARGUMENTS_MAX 32

double bench_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* The mounts of a child that is process 1 of its own. */
static int mount_all(struct ng_error *err)
{
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return ng_fail(err, -errno, "cannot part the mounts: %s", strerror(errno));
	if (mount("proc", "/proc", "proc", 0, NULL))
		return ng_fail(err, -errno, "cannot mount a proc: %s", strerror(errno));
	if (mount("tmpfs", BENCH_SCRATCH, "tmpfs", 0, NULL))
		return ng_fail(err, -errno, "cannot mount a tmpfs: %s", strerror(errno));
	if (mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL))
		return ng_fail(err, -errno, "cannot mount a BPF file system: %s", strerror(errno));
	return 0;
}

int bench_sandbox_enter(struct ng_error *err)
{
	int status;
	pid_t child;

	if (unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID))
		return ng_fail(err, -errno, "cannot make namespaces: %s", strerror(errno));
	child = fork();
	if (child < 0)
		return ng_fail(err, -errno, "cannot make a process: %s", strerror(errno));
	if (child) {
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return mount_all(err);
}

/* Part @line at its spaces, in place. */
static void split(char *line, char *arguments[ARGUMENTS_MAX])
{
	char *rest = NULL, *word = strtok_r(line, " ", &rest);
	int n = 0;

	for (; word && n < ARGUMENTS_MAX - 1; word = strtok_r(NULL, " ", &rest))
		arguments[n++] = word;
	arguments[n] = NULL;
}

/* The child: the bench is pinned to a CPU and favoured, what it starts is not. */
static void become(char *const arguments[], const char *out)
{
	int to = open(out ? out : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int complaints = open(COMPLAINTS, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	cpu_set_t all;

	memset(&all, 0xff, sizeof(all));
	sched_setaffinity(0, sizeof(all), &all);
	setpriority(PRIO_PROCESS, 0, 0);
	dup2(to, STDOUT_FILENO);
	dup2(complaints, STDERR_FILENO);
	execvp(arguments[0], arguments);
	dprintf(STDERR_FILENO, "%s: %s\n", arguments[0], strerror(errno));
	_exit(127);
}

static pid_t start(struct ng_error *err, const char *out, const char *format, va_list args)
{
	char *arguments[ARGUMENTS_MAX];
	__cleanup_free char *line = NULL;
	pid_t child;

	if (vasprintf(&line, format, args) < 0) {
		line = NULL;
		return ng_fail(err, -ENOMEM, "out of memory");
	}
	split(line, arguments);
	child = vfork();
	/* It ends in execvp() or _exit(). */
	if (!child)
		become(arguments, out); /* NOLINT(clang-analyzer-unix.Vfork) */
	return child < 0 ? ng_fail(err, -errno, "cannot start %s: %s", line, strerror(errno))
			 : child;
}

pid_t bench_start(struct ng_error *err, const char *out, const char *format, ...)
{
	va_list args;
	pid_t child;

	va_start(args, format);
	child = start(err, out, format, args);
	va_end(args);
	return child;
}

int bench_wait(pid_t child, struct ng_error *err)
{
	char complaint[256] = "no reason given";
	__cleanup_file FILE *file = NULL;
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return ng_fail(err, -errno, "lost a process: %s", strerror(errno));
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	file = fopen(COMPLAINTS, "r");
	if (file && fgets(complaint, sizeof(complaint), file))
		complaint[strcspn(complaint, "\n")] = '\0';
	return ng_fail(err, -EIO, "%s", complaint);
}

int bench_call(struct ng_error *err, double *ms, const char *out, const char *format, ...)
{
	double begun = bench_now();
	va_list args;
	pid_t child;
	int result;

	va_start(args, format);
	child = start(err, out, format, args);
	va_end(args);
	if (child < 0)
		return child;
	result = bench_wait(child, err);
	if (ms)
		*ms = bench_now() - begun;
	return result;
}

bool bench_has_program(const char *name)
{
	const char *variable = getenv("PATH");
	__cleanup_free char *path = strdup(variable ? variable : "/usr/sbin:/usr/bin");
	char *rest = NULL, *folder = path ? strtok_r(path, ":", &rest) : NULL;

	for (; folder; folder = strtok_r(NULL, ":", &rest)) {
		__cleanup_free char *file = NULL;

		if (asprintf(&file, "%s/%s", folder, name) < 0) {
			file = NULL;
			return false;
		}
		if (!access(file, X_OK))
			return true;
	}
	return false;
}
