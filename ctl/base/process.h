/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a proc file system tells of one process. @proc is where it is mounted: "/proc", or a tree
 * that looks alike.
 */
#ifndef NG_PROCESS_H
#define NG_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define NG_PROCESS_NAME 16 /* with its NUL, as the kernel keeps it */
#define NG_SOCKETS_MAX	64

/** struct ng_process - @name is without the brackets of /proc/PID/stat */
struct ng_process {
	pid_t pid, parent;
	char name[NG_PROCESS_NAME];
};

/**
 * struct ng_socket - a descriptor of a process that is a socket
 * @inode: as the tables of sockets in /proc/PID/net have it
 */
struct ng_socket {
	int fd;
	unsigned long inode;
};

/** ng_process_self() - this process's number there; 0 when it cannot be told */
pid_t ng_process_self(const char *proc);

/** ng_process_read() - 0, or -errno when there is no such process */
int ng_process_read(const char *proc, pid_t pid, struct ng_process *process);

/**
 * ng_process_environment() - the environment that the process was started with
 *
 * Return: for ng_environment_find() and free(); NULL when it must not be read.
 */
char *ng_process_environment(const char *proc, pid_t pid);

/** ng_environment_find() - the value of a variable in it, or NULL; @environment may be NULL */
const char *ng_environment_find(const char *environment, const char *name);

/** ng_process_netns() - the inode of its network namespace; 0 when it cannot be told */
uint64_t ng_process_netns(const char *proc, pid_t pid);

/** ng_process_owner() - 0 with *@uid, or -errno */
int ng_process_owner(const char *proc, pid_t pid, uid_t *uid);

/** ng_process_sockets() - fills @sockets with up to NG_SOCKETS_MAX, of any family; how many */
size_t ng_process_sockets(const char *proc, pid_t pid, struct ng_socket sockets[NG_SOCKETS_MAX]);

#endif
