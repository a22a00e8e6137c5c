/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_ERROR_H
#define NG_ERROR_H

#include <stdarg.h>

/**
 * struct ng_error - why something failed, in words for users
 * @where: "web.rules:14:9", or the name of an interface or a file; may be empty
 * @what:  what happened and why, without a full stop
 * @hint:  what to do about it; may be empty
 *
 * Lower layers fill it in, only commands print it: "where: what; hint".
 */
struct ng_error {
	char where[512];
	char what[768];
	char hint[512];
};

/**
 * ng_fail() - fill @err, unless it is NULL, and return @code
 * @code: the negative errno to return; never 0
 *
 * Clears @where and @hint. Return: @code, so that callers can write `return ng_fail(…)`.
 */
int ng_fail(struct ng_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** ng_fail_at() - like ng_fail(), with @where */
int ng_fail_at(struct ng_error *err, int code, const char *where, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/** ng_hint() - set the hint of an error that is filled already; returns @code */
int ng_hint(struct ng_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * ng_warn() - note that @what could not be cleaned up after a change
 *
 * The change itself is done; the next command that changes anything cleans up. The command prints
 * the first such warning when it ends.
 */
void ng_warn(int code, const char *what);

/** ng_warned() - the warning of ng_warn(); NULL: none */
const struct ng_error *ng_warned(void);

/** ng_hints_netns() - hints have to name network namespace @netns (option -n) */
void ng_hints_netns(const char *netns);

/**
 * ng_netguard() - how commands in hints begin: "netguard", or "netguard -n NETNS" if that is needed
 * for the same network namespace
 */
const char *ng_netguard(void);

/** ng_in_netns() - the prefix of other commands in hints: "" or "ip netns exec NETNS " */
const char *ng_in_netns(void);

#endif
