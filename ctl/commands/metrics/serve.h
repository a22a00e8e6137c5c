/* SPDX-License-Identifier: GPL-2.0-only */
/* Metrics over HTTP. */
#ifndef NG_METRICS_SERVE_H
#define NG_METRICS_SERVE_H

#include "cli/command.h"
#include "commands/metrics/image.h"

/**
 * ng_metrics_serve() - answer HTTP requests for /metrics until killed
 * @listen: "ADDR:PORT", "[ADDR]:PORT", or "PORT", which is that of 127.0.0.1
 *
 * A process without privileges speaks with the clients; this one only asks the kernel when that
 * one wants it to, and is told nothing but that.
 * Return: -errno with @ctx->error filled, when it cannot begin or the other process ended.
 */
int ng_metrics_serve(struct ng_context *ctx, const char *listen, struct ng_metrics_image *image);

#endif
