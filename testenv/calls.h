/* SPDX-License-Identifier: GPL-2.0-only */
/* For who kills commands: which of their system calls leave something behind. */
#ifndef NG_TEST_CALLS_H
#define NG_TEST_CALLS_H

#include <fcntl.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

/** calls_change() - is this the entry of a call after which the kernel looks different from
 * outside?
 */
static inline bool calls_change(const struct __ptrace_syscall_info *info)
{
	if (info->op != PTRACE_SYSCALL_INFO_ENTRY)
		return false;
	switch (info->entry.nr) {
	case SYS_mkdirat:
	case SYS_unlinkat:
	case SYS_renameat2:
#ifdef SYS_mkdir /* newer architectures have only those above */
	case SYS_mkdir:
	case SYS_rmdir:
	case SYS_unlink:
	case SYS_rename:
#endif
	case SYS_flock:
	case SYS_sendto:
	case SYS_sendmsg:
		return true;
	case SYS_openat:
		return info->entry.args[2] & O_CREAT;
	case SYS_bpf:
		switch (info->entry.args[0]) {
		case BPF_OBJ_PIN:
		case BPF_MAP_UPDATE_ELEM:
		case BPF_MAP_UPDATE_BATCH:
		case BPF_RAW_TRACEPOINT_OPEN:
		case BPF_LINK_CREATE:
		case BPF_LINK_UPDATE:
		case BPF_LINK_DETACH:
			return true;
		}
	}
	return false;
}

#endif
