/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text format that Prometheus reads, version 0.0.4: families, each a name, a help, a type and
 * samples, which differ in their labels.
 */
#ifndef NG_PROMETHEUS_H
#define NG_PROMETHEUS_H

#include <stdint.h>
#include <stdio.h>

#define NG_PROMETHEUS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/**
 * struct ng_prometheus - what is written
 * @out:    who owns it looks after its errors
 * @family: the name that samples have
 */
struct ng_prometheus {
	FILE *out;
	const char *family;
};

/**
 * ng_prometheus_counter() - begin a family that only grows, or begins at 0 again
 * @name: with its unit, and `_total` at its end; each at most once in a text
 * @help: one line, a sentence
 */
void ng_prometheus_counter(struct ng_prometheus *text, const char *name, const char *help);

/** ng_prometheus_gauge() - begin a family of what is now; @name ends with its unit, if it has one
 */
void ng_prometheus_gauge(struct ng_prometheus *text, const char *name, const char *help);

/**
 * ng_prometheus_sample() - a value of the family
 * @...: names of labels, each with its value, both strings; NULL ends them. Values may hold any
 *       bytes: those that are no UTF-8, which Prometheus takes nothing else for, become U+FFFD
 */
void ng_prometheus_sample(struct ng_prometheus *text, uint64_t value, ...)
	__attribute__((sentinel));

/** ng_prometheus_seconds() - likewise, of @ns nanoseconds, in seconds */
void ng_prometheus_seconds(struct ng_prometheus *text, uint64_t ns, ...) __attribute__((sentinel));

#endif
