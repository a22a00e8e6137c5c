/* SPDX-License-Identifier: GPL-2.0-only */
/* What netguard tells Prometheus: what it asks the kernel, and the families that it writes. */
#ifndef NG_METRICS_WRITE_H
#define NG_METRICS_WRITE_H

#include <stddef.h>

#include "commands/metrics/image.h"

/** ng_metrics_prepare() - read what @image keeps, so that a child that asks finds it there */
void ng_metrics_prepare(struct ng_metrics_image *image);

/**
 * ng_metrics_text() - ask the kernel, and write all families
 * @image: as ng_metrics_image_read() left it the last time
 * @ret:   0; -errno with @err filled: why netguard_up is 0 although something may be attached
 *
 * To be attached to nothing is an answer: netguard_up is 0. So it is when the kernel cannot be
 * asked; nothing else is written then. Never half of the families: all is asked before.
 * Return: a string of *@size bytes for free(); NULL: no memory.
 */
char *ng_metrics_text(size_t *size, struct ng_metrics_image *image, int *ret, struct ng_error *err);

#endif
