/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes the text format of Prometheus, version 0.0.4: families, each with a name, a help text, a
 * type, and samples that differ in their labels.
 */
#ifndef NG_PROMETHEUS_H
#define NG_PROMETHEUS_H

#include <stdint.h>
#include <stdio.h>

#define NG_PROMETHEUS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/**
 * struct ng_prometheus - a text that is being written
 * @out:    the caller checks it for errors
 * @family: the name of the current family
 */
struct ng_prometheus {
	FILE *out;
	const char *family;
};

/**
 * ng_prometheus_counter() - begin a family of counters, which only grow or restart at 0
 * @name: with its unit, and `_total` at its end; each at most once in a text
 * @help: one line, a sentence
 */
void ng_prometheus_counter(struct ng_prometheus *text, const char *name, const char *help);

/** ng_prometheus_gauge() - begin a family of gauges; @name ends with the unit, if there is one */
void ng_prometheus_gauge(struct ng_prometheus *text, const char *name, const char *help);

/**
 * ng_prometheus_sample() - write a value of the family
 * @...: names of labels, each with its value, both strings; NULL ends them. Bytes of values that
 *       are not UTF-8 become U+FFFD, since Prometheus accepts nothing else
 */
void ng_prometheus_sample(struct ng_prometheus *text, uint64_t value, ...)
	__attribute__((sentinel));

/** ng_prometheus_seconds() - the same for @ns nanoseconds, written in seconds */
void ng_prometheus_seconds(struct ng_prometheus *text, uint64_t ns, ...) __attribute__((sentinel));

#endif
