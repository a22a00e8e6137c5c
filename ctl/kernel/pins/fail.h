/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages for errors of the bpf system call. */
#ifndef NG_FAIL_H
#define NG_FAIL_H

#include "base/error.h"

/** ng_fail_bpf() - @what failed with @code; with a hint when privileges are missing */
int ng_fail_bpf(struct ng_error *err, int code, const char *what);

#endif
