/* SPDX-License-Identifier: GPL-2.0-only */
/* Times as people write them: `until 2026-12-01T00:00:00Z`, `for 1h30m`. */
#ifndef NG_TIME_H
#define NG_TIME_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define NG_TIME_TEXT	32 /* bytes that hold any time or duration as text */
#define NG_DURATION_MAX (36500ULL * 86400)

/**
 * ng_time_read() - RFC 3339 in UTC, whole seconds: "2026-12-01T00:00:00Z"
 * @seconds: since the epoch; never 0
 *
 * Return: 0, or -EINVAL with @err, whose .where is empty.
 */
int ng_time_read(const char *text, uint64_t *seconds, struct ng_error *err);

/** ng_time_text() - the same back into @text, NG_TIME_TEXT bytes; returns @text */
const char *ng_time_text(uint64_t seconds, char *text);

/** ng_time_now() - seconds since the epoch */
uint64_t ng_time_now(void);

/**
 * ng_duration_read() - "90s", "10m", "2h", "7d", "1h30m": each unit once, the largest first
 * @seconds: from 1 to NG_DURATION_MAX
 *
 * Return: 0, or -EINVAL with @err, whose .where is empty.
 */
int ng_duration_read(const char *text, uint64_t *seconds, struct ng_error *err);

/**
 * ng_duration_read_exact() - as other programs write it: also 0s, 9m55.9s, 350ms, 1.5us, 100ns
 * @ns: from 0 to NG_DURATION_MAX seconds
 *
 * Return: as ng_duration_read().
 */
int ng_duration_read_exact(const char *text, uint64_t *ns, struct ng_error *err);

/**
 * ng_epoch_read() - "1795000000", "1795000000.5", or as ng_time_read()
 * @ns: since the epoch
 *
 * Return: as ng_time_read().
 */
int ng_epoch_read(const char *text, uint64_t *ns, struct ng_error *err);

/** ng_duration_text() - the same back into @text, NG_TIME_TEXT bytes; returns @text */
const char *ng_duration_text(uint64_t seconds, char *text);

#endif
