/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The connection that this process is worked through: of a shell that came in over ssh, or telnet.
 *
 * It is looked for from this process up to process 1. A process says it by SSH_CONNECTION in the
 * environment it was started with, which sudo and su hide only below themselves, when there is
 * such a connection still; or is the server itself (sshd, dropbear, telnetd) and has it open.
 * tmux and screen stand in between: there the terminals that show them now are looked at as well.
 */
#ifndef NG_SESSION_FIND_H
#define NG_SESSION_FIND_H

#include <net/if.h>

#include "session/tcp.h"

#define NG_SESSIONS_MAX 4

/**
 * struct ng_session - a connection that commands come through
 * @netns:   inode of the network namespace that it ends in
 * @zone:    the interface that a link-local client address belongs to (RFC 4007), or empty
 */
struct ng_session {
	struct ng_flow flow;
	uint64_t netns;
	char zone[IF_NAMESIZE];
};

struct ng_sessions {
	struct ng_session list[NG_SESSIONS_MAX];
	size_t n;
};

/**
 * ng_sessions_find() - those of this process; several only where terminals share a shell
 * @proc: see process.h
 *
 * Only those that end in this process's own network namespace. What cannot be found out is not
 * there.
 */
void ng_sessions_find(const char *proc, struct ng_sessions *sessions);

#endif
