/* SPDX-License-Identifier: GPL-2.0-only */
/* Serves metrics over HTTP. */
#ifndef NG_METRICS_SERVE_H
#define NG_METRICS_SERVE_H

#include "cli/command.h"
#include "commands/metrics/image.h"

/**
 * ng_metrics_serve() - answer HTTP requests for /metrics until killed
 * @listen: "ADDR:PORT", "[ADDR]:PORT", or "PORT" on 127.0.0.1
 *
 * A process without privileges serves the clients; this one reads the metrics from the kernel when
 * the other requests them, and gets nothing else from it.
 * Return: -errno with @ctx->error filled, if it cannot start or the other process has exited.
 */
int ng_metrics_serve(struct ng_context *ctx, const char *listen, struct ng_metrics_image *image);

#endif
