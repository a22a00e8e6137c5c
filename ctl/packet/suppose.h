/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes a frame `established` in a test run, where there are no sockets: its flow is noted. */
#ifndef NG_SUPPOSE_H
#define NG_SUPPOSE_H

#include "kernel/runner.h"

/**
 * ng_suppose_established() - note the flow that @frame would be an answer to
 *
 * To be called after each publication. No effect if the image does not use `established`, or for
 * frames that are no answers: of ICMP and ICMPv6 all but echo replies. Return: 0 or -errno.
 */
int ng_suppose_established(struct ng_runner *runner, const void *frame, size_t len);

#endif
