/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What libbpf and libxdp would print. Nothing of it reaches the terminal: their probing warns
 * about much that is no failure. The last words are kept for the error that tells why.
 */
#ifndef NG_LOG_H
#define NG_LOG_H

#include <stdbool.h>

/** ng_log_begin() - be silent from now on, and forget what was said */
void ng_log_begin(void);

/**
 * ng_log_reason() - why the kernel refused, since ng_log_begin()
 *
 * The kernel's own words when there were any: of its verifier, or of netlink's extended
 * acknowledgement; else the last warning of the libraries, else "". Valid until one is called.
 */
const char *ng_log_reason(void);

/** ng_log_verifier() - are those the verifier's words? */
bool ng_log_verifier(void);

#endif
