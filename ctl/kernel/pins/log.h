/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What libbpf and libxdp would print. None of it goes to the terminal: when they probe the kernel
 * they warn about much that is no failure. The last message is kept, to say why a call failed.
 */
#ifndef NG_LOG_H
#define NG_LOG_H

#include <stdbool.h>

/** ng_log_begin() - silence both libraries from now on, and forget what was kept */
void ng_log_begin(void);

/**
 * ng_log_reason() - why the last call since ng_log_begin() failed
 *
 * The kernel's own message if there was one: from its verifier, or from netlink's extended
 * acknowledgement; else the last warning of the libraries; else "". Valid until a library is called
 * again.
 */
const char *ng_log_reason(void);

/** ng_log_verifier() - is that a message of the verifier? */
bool ng_log_verifier(void);

#endif
