/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading about a process from a proc file system. @proc is its mount point: "/proc", or a folder
 * that looks like it, for tests.
 */
#ifndef NG_PROCESS_H
#define NG_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define NG_PROCESS_NAME 16 /* with its NUL, as the kernel keeps it */
#define NG_SOCKETS_MAX	64

/** struct ng_process - @name is without the parentheses of /proc/PID/stat */
struct ng_process {
	pid_t pid, parent;
	char name[NG_PROCESS_NAME];
};

/**
 * struct ng_socket - a descriptor of a process that is a socket
 * @inode: as in the socket tables of /proc/PID/net
 */
struct ng_socket {
	int fd;
	unsigned long inode;
};

/** ng_process_self() - the pid of this process there; 0 when it cannot be read */
pid_t ng_process_self(const char *proc);

/** ng_process_read() - 0, or -errno when there is no such process */
int ng_process_read(const char *proc, pid_t pid, struct ng_process *process);

/**
 * ng_process_environment() - the environment that the process was started with
 *
 * Return: it, for ng_environment_find() and free(); NULL when it may not be read.
 */
char *ng_process_environment(const char *proc, pid_t pid);

/** ng_environment_find() - the value of a variable in it, or NULL; @environment may be NULL */
const char *ng_environment_find(const char *environment, const char *name);

/** ng_process_netns() - the inode of its network namespace; 0 when it cannot be read */
uint64_t ng_process_netns(const char *proc, pid_t pid);

/** ng_process_owner() - 0 with *@uid, or -errno */
int ng_process_owner(const char *proc, pid_t pid, uid_t *uid);

/**
 * ng_process_sockets() - fill @sockets with up to NG_SOCKETS_MAX sockets, of any family; returns
 * how many
 */
size_t ng_process_sockets(const char *proc, pid_t pid, struct ng_socket sockets[NG_SOCKETS_MAX]);

#endif
