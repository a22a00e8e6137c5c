/* SPDX-License-Identifier: GPL-2.0-only */
/* The established TCP connections of a process's network namespace, from the proc file system. */
#ifndef NG_TCP_H
#define NG_TCP_H

#include <stdbool.h>
#include <sys/types.h>

#include "rules/ruleset.h"

/**
 * struct ng_flow - a TCP connection from a client to a server on this machine
 * @client, @server: single addresses; IPv4-mapped addresses of IPv6 sockets (RFC 4291 section
 *                   2.5.5.2) are converted to IPv4, since the packets are IPv4
 */
struct ng_flow {
	struct ng_prefix client, server;
	uint16_t client_port, server_port;
};

/** ng_address_unmap() - convert an IPv4-mapped IPv6 address to IPv4 */
void ng_address_unmap(struct ng_prefix *address);

/** ng_flow_same() - are addresses and ports the same? */
bool ng_flow_same(const struct ng_flow *a, const struct ng_flow *b);

/**
 * typedef ng_tcp_each - called for an established connection, with its local end as server
 * @inode: inode of its socket
 *
 * Return: false to stop.
 */
typedef bool ng_tcp_each(void *data, const struct ng_flow *flow, unsigned long inode);

/** ng_tcp_read() - call @each for each connection in the network namespace of process @pid */
void ng_tcp_read(const char *proc, pid_t pid, ng_tcp_each *each, void *data);

#endif
