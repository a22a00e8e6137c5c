/* SPDX-License-Identifier: GPL-2.0-only */
/* Kinds of system calls, for programs that interrupt commands at one of them. */
#ifndef NG_TEST_CALLS_H
#define NG_TEST_CALLS_H

#include <fcntl.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

/** calls_change() - is this the entry of a call with an effect that other processes can see? */
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

/** calls_fail() - can this call fail, and should the command notice? */
static inline bool calls_fail(const struct __ptrace_syscall_info *info)
{
	switch (info->entry.nr) {
	case SYS_brk:
	case SYS_close:
	case SYS_exit:
	case SYS_exit_group:
	case SYS_execve:
	case SYS_futex:
	case SYS_getegid:
	case SYS_geteuid:
	case SYS_getgid:
	case SYS_getpid:
	case SYS_getppid:
	case SYS_gettid:
	case SYS_getuid:
	case SYS_munmap:
	case SYS_rseq:
	case SYS_rt_sigaction:
	case SYS_rt_sigprocmask:
	case SYS_rt_sigreturn:
	case SYS_set_robust_list:
	case SYS_set_tid_address:
#ifdef SYS_arch_prctl
	case SYS_arch_prctl:
#endif
		return false;
	}
	return true;
}

/** calls_are_interrupted() - can it end with EINTR? */
static inline bool calls_are_interrupted(const struct __ptrace_syscall_info *info)
{
	switch (info->entry.nr) {
	case SYS_bpf:
	case SYS_flock:
	case SYS_getrandom:
	case SYS_openat:
	case SYS_read:
	case SYS_recvfrom:
	case SYS_recvmsg:
	case SYS_sendmsg:
	case SYS_sendto:
	case SYS_write:
		return true;
	}
	return false;
}

/** calls_read() - does it read what is pinned or attached? */
static inline bool calls_read(const struct __ptrace_syscall_info *info)
{
	switch (info->entry.nr) {
	case SYS_bpf:
		return info->entry.args[0] == BPF_OBJ_GET || info->entry.args[0] == BPF_PROG_QUERY;
	case SYS_faccessat:
	case SYS_faccessat2:
#ifdef SYS_access
	case SYS_access:
#endif
	case SYS_getdents64:
	case SYS_recvmsg:
		return true;
	}
	return false;
}

/** calls_of_state() - does it read or change the state of the filter? */
static inline bool calls_of_state(const struct __ptrace_syscall_info *info)
{
	switch (info->entry.nr) {
	case SYS_bpf:
	case SYS_faccessat:
	case SYS_faccessat2:
	case SYS_getdents64:
	case SYS_ioctl:
	case SYS_mmap:
	case SYS_newfstatat:
	case SYS_recvfrom:
	case SYS_recvmsg:
	case SYS_socket:
	case SYS_statfs:
#ifdef SYS_access
	case SYS_access:
#endif
		return true;
	}
	return calls_change(info) || info->entry.nr == SYS_openat;
}

#endif
