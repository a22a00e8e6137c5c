/* SPDX-License-Identifier: GPL-2.0-only */
/* What a refusal of the kernel's means, in words. */
#ifndef NG_FAIL_H
#define NG_FAIL_H

#include "base/error.h"

/** ng_fail_bpf() - @what failed with @code; says so when it is for want of privileges */
int ng_fail_bpf(struct ng_error *err, int code, const char *what);

#endif
