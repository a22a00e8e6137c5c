/* SPDX-License-Identifier: GPL-2.0-only */
/* The process that serves HTTP: it has no privileges and no access to the filter. */
#ifndef NG_METRICS_HTTP_H
#define NG_METRICS_HTTP_H

#include <stdint.h>

/*
 * The protocol between this process and the one that reads the metrics, on a stream socket: one
 * byte requests the metrics; the answer is their length as a uint64_t, 0 if there was no memory for
 * them, and that many bytes.
 */
#define NG_METRICS_ASK 'm'

/**
 * ng_metrics_http() - give up all privileges, then serve clients; never returns
 * @listener: a listening socket, O_NONBLOCK
 * @asker:    the stream socket to the process that reads the metrics; this one exits with it
 */
void ng_metrics_http(int listener, int asker) __attribute__((noreturn));

#endif
