/* SPDX-License-Identifier: GPL-2.0-only */
/* A run beside an earlier one. */
#ifndef BENCH_COMPARE_H
#define BENCH_COMPARE_H

#include "bench.h"

/**
 * bench_compare_read() - the rows of an earlier run, of its results.json
 *
 * Return: 0 with *@rows for json_object_put(), or -errno with @err.
 */
int bench_compare_read(const char *path, struct json_object **rows, struct ng_error *err);

/**
 * bench_compare() - print row by row what @before and this run give, and their ratio; before that
 * how far the machine itself drifted, as the bases of both runs show it; last the rows that only
 * one of them has
 */
void bench_compare(const struct bench *b, struct json_object *before);

#endif
