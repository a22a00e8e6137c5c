/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_ERROR_H
#define NG_ERROR_H

#include <stdarg.h>

/**
 * struct ng_error - why something failed, for a person
 * @where: "web.rules:14:9", an interface's or a file's name; empty when nothing is to be named
 * @what:  what happened and why, without full stop
 * @hint:  what to do about it; empty when there is nothing to say
 *
 * Lower layers fill it, only the commands print it: "where: what; hint".
 */
struct ng_error {
	char where[512];
	char what[768];
	char hint[512];
};

/**
 * ng_fail() - fill @err (when not NULL) and hand back @code
 * @code: the negative errno to return; never 0
 *
 * Clears @where and @hint. Return: @code, so that callers write `return ng_fail(…)`.
 */
int ng_fail(struct ng_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** ng_fail_at() - like ng_fail(), with @where */
int ng_fail_at(struct ng_error *err, int code, const char *where, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/** ng_hint() - set the hint of an error that was filled before; returns @code */
int ng_hint(struct ng_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * ng_warn() - what a change left could not be cleaned up
 *
 * The change is in force and @what stays until the next command that changes anything tries again.
 * Kept until the command ends, which prints it; of more than one the first.
 */
void ng_warn(int code, const char *what);

/** ng_warned() - what was kept; NULL: nothing */
const struct ng_error *ng_warned(void);

/** ng_hints_netns() - the command was called with `-n NETNS` */
void ng_hints_netns(const char *netns);

/**
 * ng_netguard() - how a hint begins a command that is to be typed: "netguard", or
 * "netguard -n NETNS" where that is needed to come to the same network namespace
 */
const char *ng_netguard(void);

/** ng_in_netns() - what stands before another command in a hint: "" or "ip netns exec NETNS " */
const char *ng_in_netns(void);

#endif
