/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the bench works: namespaces of its own, which the kernel clears away with its last process.
 */
#ifndef BENCH_SANDBOX_H
#define BENCH_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

#define BENCH_SCRATCH "/run" /* in there a file system of the sandbox's own, in memory */

/**
 * bench_sandbox_enter() - go on in a child process with network, mounts and process ids of its
 * own; the BPF file system is another, too, so that a netguard of the host is not seen
 *
 * The calling process waits, and exits with what the child exits with; when it is killed, so is
 * the child, and all that it had made is gone.
 * Return: 0 in the child; -errno with @err.
 */
int bench_sandbox_enter(struct ng_error *err);

/**
 * bench_start() - start a program on any CPU
 * @format: the program and its arguments, parted by single spaces
 * @out:    file for what it prints, or NULL
 *
 * Return: its process id, or -errno with @err.
 */
pid_t bench_start(struct ng_error *err, const char *out, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** bench_wait() - for its end; 0, -EIO with what it complained of in @err, another -errno */
int bench_wait(pid_t child, struct ng_error *err);

/** bench_call() - both; @ms (may be NULL) is set to the wall time from its start to its end */
int bench_call(struct ng_error *err, double *ms, const char *out, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/** bench_now() - CLOCK_MONOTONIC in ms */
double bench_now(void);

/** bench_has_program() - is there one of that name on the PATH? */
bool bench_has_program(const char *name);

#endif
