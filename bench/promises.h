/* SPDX-License-Identifier: GPL-2.0-only */
/* What is promised of rows, in units that travel: ns over parsing, ms, ratios within a run. */
#ifndef BENCH_PROMISES_H
#define BENCH_PROMISES_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/**
 * struct bench_promise - of a row, or of all rows whose name begins with @name before a '*'
 * @figure: which of the row's; with @peer, as a share of the same figure of that row, which stands
 *          before
 * @most: what is promised, 0: the share is stated, no more; @goal: what is tried for, 0: no less
 * than that
 */
struct bench_promise {
	const char *name, *figure, *peer;
	double most, goal;
};

/**
 * struct bench_kept - a promise, and the row
 * @value: of the figure, or its share of the peer's
 */
struct bench_kept {
	const struct bench_promise *promise;
	double value;
	bool kept, reached; /* also the goal, which there is */
};

#define BENCH_PROMISES_MAX 3 /* of a row */

/**
 * bench_promises() - what is promised of @row, which stands in @rows
 *
 * Without its peer, which was not asked for or is not to be had, nothing is promised.
 * Return: how many of @kept.
 */
size_t bench_promises(struct json_object *rows, struct json_object *row,
		      struct bench_kept kept[BENCH_PROMISES_MAX]);

/** bench_promise_print() - "<= 90 ns, goal 60: kept", "median_ratio 4.4 <= 4: MISSED" */
void bench_promise_print(const struct bench_kept *kept, FILE *out);

#endif
