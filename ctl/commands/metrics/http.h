/* SPDX-License-Identifier: GPL-2.0-only */
/* The process that speaks HTTP: it has no privileges, and no way to the kernel's filter. */
#ifndef NG_METRICS_HTTP_H
#define NG_METRICS_HTTP_H

#include <stdint.h>

/*
 * Between this process and the one that asks the kernel, on a stream socket: a byte asks for the
 * metrics; the answer is their length as a uint64_t, 0 when there is no memory for them, and so
 * many bytes.
 */
#define NG_METRICS_ASK 'm'

/**
 * ng_metrics_http() - give back all privileges, then answer clients; never returns
 * @listener: a listening socket, O_NONBLOCK
 * @asker:    the stream socket to the process that asks the kernel, with which this one ends
 */
void ng_metrics_http(int listener, int asker) __attribute__((noreturn));

#endif
