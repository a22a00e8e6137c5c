/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What libbpf and libxdp would print. Nothing of it reaches the terminal: their probing warns
 * about much that is no failure. The last words are kept for the error that tells why.
 */
#ifndef NG_LOG_H
#define NG_LOG_H

/** ng_log_begin() - be silent from now on, and forget what was said */
void ng_log_begin(void);

/**
 * ng_log_reason() - why the kernel refused, since ng_log_begin()
 *
 * The kernel's own words (netlink's extended acknowledgement) when there were any, else the last
 * warning, else "". Valid until the next call of either library.
 */
const char *ng_log_reason(void);

#endif
