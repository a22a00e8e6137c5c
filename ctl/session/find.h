/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The connection by which the user of this process is logged in, over ssh or telnet.
 *
 * It is searched from this process up to process 1. Either a process was started with
 * SSH_CONNECTION in its environment (sudo and su remove it only for their children), and that
 * connection still exists; or a process is the server itself (sshd, dropbear, telnetd), and has the
 * connection open. If the shell runs in tmux or screen, the terminals that show it now are
 * searched, too.
 */
#ifndef NG_SESSION_FIND_H
#define NG_SESSION_FIND_H

#include <net/if.h>

#include "session/tcp.h"

#define NG_SESSIONS_MAX 4

/**
 * struct ng_session - a connection by which commands are typed
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
 * ng_sessions_find() - the sessions of this process; several only when terminals share a shell
 * @proc: see process.h
 *
 * Only those that end in this process's own network namespace. Processes that cannot be read are
 * skipped.
 */
void ng_sessions_find(const char *proc, struct ng_sessions *sessions);

#endif
