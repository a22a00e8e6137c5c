// SPDX-License-Identifier: GPL-2.0-only
#include "session/tcp.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

#define ESTABLISHED 1 /* include/net/tcp_states.h */
#define DIGITS	    32

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

void ng_address_unmap(struct ng_prefix *address)
{
	if (address->family != 6 || memcmp(address->addr, mapped, sizeof(mapped)) != 0)
		return;
	memcpy(address->addr, address->addr + sizeof(mapped), 4);
	memset(address->addr + 4, 0, sizeof(address->addr) - 4);
	address->family = 4;
	address->len = 32;
}

static bool same_address(const struct ng_prefix *a, const struct ng_prefix *b)
{
	return a->family == b->family && !memcmp(a->addr, b->addr, sizeof(a->addr));
}

bool ng_flow_same(const struct ng_flow *a, const struct ng_flow *b)
{
	return a->client_port == b->client_port && a->server_port == b->server_port &&
	       same_address(&a->client, &b->client) && same_address(&a->server, &b->server);
}

/* 32-bit words in network order, each printed as a number in host order. */
static bool read_address(const char *digits, struct ng_prefix *address)
{
	size_t len = strlen(digits);

	if (len != 8 && len != DIGITS)
		return false;
	memset(address, 0, sizeof(*address));
	for (size_t i = 0; i < len / 8; i++) {
		uint32_t word;

		if (sscanf(digits + 8 * i, "%8x", &word) != 1)
			return false;
		memcpy(address->addr + 4 * i, &word, sizeof(word));
	}
	address->family = len == 8 ? 4 : 6;
	address->len = 4 * len;
	ng_address_unmap(address);
	return true;
}

/* "SLOT: LOCAL:PORT REMOTE:PORT STATE QUEUES TIMER RETRANSMITS UID TIMEOUT INODE …" */
static bool read_line(const char *line, struct ng_flow *flow, unsigned long *inode)
{
	char local[DIGITS + 1], remote[DIGITS + 1];
	unsigned int local_port, remote_port, state;

	if (sscanf(line, " %*u: %32[0-9A-F]:%x %32[0-9A-F]:%x %x %*s %*s %*s %*u %*u %lu", local,
		   &local_port, remote, &remote_port, &state, inode) != 6 ||
	    state != ESTABLISHED)
		return false;
	flow->server_port = local_port;
	flow->client_port = remote_port;
	return read_address(local, &flow->server) && read_address(remote, &flow->client);
}

static bool read_table(const char *proc, pid_t pid, const char *name, ng_tcp_each *each, void *data)
{
	__cleanup_file FILE *file = NULL;
	__cleanup_free char *line = NULL;
	char path[PATH_MAX];
	size_t size = 0;

	snprintf(path, sizeof(path), "%s/%d/net/%s", proc, pid, name);
	file = fopen(path, "re");
	if (!file)
		return true;
	while (getline(&line, &size, file) > 0) {
		unsigned long inode;
		struct ng_flow flow;

		if (read_line(line, &flow, &inode) && !each(data, &flow, inode))
			return false;
	}
	return true;
}

void ng_tcp_read(const char *proc, pid_t pid, ng_tcp_each *each, void *data)
{
	if (read_table(proc, pid, "tcp", each, data))
		read_table(proc, pid, "tcp6", each, data);
}
