/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the metrics from the kernel and writes them for Prometheus. */
#ifndef NG_METRICS_WRITE_H
#define NG_METRICS_WRITE_H

#include <stddef.h>

#include "commands/metrics/image.h"

/** ng_metrics_prepare() - bring @image up to date, for children that are forked afterwards */
void ng_metrics_prepare(struct ng_metrics_image *image);

/**
 * ng_metrics_text() - read the metrics and write all families
 * @image: as it was the last time, or zeroed
 * @ret:   0; -errno with @err filled if the state could not be read
 *
 * If nothing is attached, or the state cannot be read, netguard_up is 0 and only
 * netguard_build_info is written besides. Everything is read first, so the text is never
 * incomplete. Return: a string of *@size bytes, which the caller frees; NULL: no memory.
 */
char *ng_metrics_text(size_t *size, struct ng_metrics_image *image, int *ret, struct ng_error *err);

#endif
