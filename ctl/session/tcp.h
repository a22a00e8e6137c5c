/* SPDX-License-Identifier: GPL-2.0-only */
/* The established TCP connections of a process's network namespace, as the proc file system has
 * them. */
#ifndef NG_TCP_H
#define NG_TCP_H

#include <stdbool.h>
#include <sys/types.h>

#include "rules/ruleset.h"

/**
 * struct ng_flow - a TCP connection that a client made to a server here
 * @client, @server: single addresses; IPv4 also where the socket is one of IPv6 (RFC 4291
 *                   section 2.5.5.2), since that is what its packets are
 */
struct ng_flow {
	struct ng_prefix client, server;
	uint16_t client_port, server_port;
};

/** ng_address_unmap() - an IPv4-mapped IPv6 address as the IPv4 address it stands for */
void ng_address_unmap(struct ng_prefix *address);

/** ng_flow_same() - the same addresses and ports? */
bool ng_flow_same(const struct ng_flow *a, const struct ng_flow *b);

/**
 * typedef ng_tcp_each - is shown an established connection, its local end as the server's
 * @inode: of its socket
 *
 * Return: false: no more are wanted.
 */
typedef bool ng_tcp_each(void *data, const struct ng_flow *flow, unsigned long inode);

/** ng_tcp_read() - show @each the connections in the network namespace of process @pid */
void ng_tcp_read(const char *proc, pid_t pid, ng_tcp_each *each, void *data);

#endif
