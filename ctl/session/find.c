// SPDX-License-Identifier: GPL-2.0-only
#include "session/find.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "rules/prefix.h"
#include "base/process.h"

#define GENERATIONS_MAX 64 /* a longer chain was read while it changed */
#define WORD		64

/**
 * struct walk - from a process to its ancestors, up to process 1
 * @multiplexer: process of the tmux or screen server of the shell; 0: there is none
 * @stale, @stale_netns: value of SSH_CONNECTION whose connection has ended, and its namespace; most
 *                       processes of a session have the same value, so this avoids checking it
 *                       again
 */
struct walk {
	const char *proc;
	pid_t multiplexer;
	char *stale;
	uint64_t stale_netns;
};

/* The address may have a zone, which is stored in @zone. */
static bool read_address(char *text, char zone[IF_NAMESIZE], struct ng_prefix *address)
{
	char *percent = strchr(text, '%');
	struct ng_error error;

	if (percent) {
		*percent = '\0';
		snprintf(zone, IF_NAMESIZE, "%s", percent + 1);
	}
	if (strchr(text, '/') || ng_parse_prefix(text, address, &error))
		return false;
	ng_address_unmap(address);
	return true;
}

/* "CLIENT PORT SERVER PORT" */
static bool read_connection(const char *text, struct ng_session *session)
{
	char client[WORD], server[WORD], zone[IF_NAMESIZE];

	memset(session, 0, sizeof(*session));
	return sscanf(text, "%63s %hu %63s %hu", client, &session->flow.client_port, server,
		      &session->flow.server_port) == 4 &&
	       read_address(client, session->zone, &session->flow.client) &&
	       read_address(server, zone, &session->flow.server);
}

struct established {
	const struct ng_flow *wanted;
	bool found;
};

static bool is_wanted(void *data, const struct ng_flow *flow, unsigned long inode)
{
	struct established *established = data;

	(void)inode;
	established->found = ng_flow_same(flow, established->wanted);
	return !established->found;
}

static bool by_environment(struct walk *walk, pid_t pid, const char *environment,
			   struct ng_session *session)
{
	const char *text = ng_environment_find(environment, "SSH_CONNECTION");
	struct established established = { .wanted = &session->flow };
	uint64_t netns;

	if (!text || !read_connection(text, session))
		return false;
	netns = ng_process_netns(walk->proc, pid);
	if (walk->stale && !strcmp(walk->stale, text) && walk->stale_netns == netns)
		return false;
	session->netns = netns;
	ng_tcp_read(walk->proc, pid, is_wanted, &established);
	if (established.found)
		return true;
	free(walk->stale);
	walk->stale = strdup(text);
	walk->stale_netns = netns;
	return false;
}

/* The session's connection is the server's first; others are forwarded. */
struct first_socket {
	struct ng_socket sockets[NG_SOCKETS_MAX];
	size_t n;
	int fd;
	struct ng_flow flow;
};

static bool is_first(void *data, const struct ng_flow *flow, unsigned long inode)
{
	struct first_socket *first = data;

	for (size_t i = 0; i < first->n; i++)
		if (first->sockets[i].inode == inode && first->sockets[i].fd < first->fd) {
			first->fd = first->sockets[i].fd;
			first->flow = *flow;
		}
	return true;
}

static bool is_server(const char *name)
{
	return !strncmp(name, "sshd", 4) || !strncmp(name, "dropbear", 8) ||
	       strstr(name, "telnetd");
}

static bool by_socket(const struct walk *walk, const struct ng_process *process,
		      struct ng_session *session)
{
	struct first_socket first = { .fd = INT_MAX };

	if (!is_server(process->name))
		return false;
	first.n = ng_process_sockets(walk->proc, process->pid, first.sockets);
	if (first.n)
		ng_tcp_read(walk->proc, process->pid, is_first, &first);
	if (first.fd == INT_MAX)
		return false;
	memset(session, 0, sizeof(*session));
	session->flow = first.flow;
	session->netns = ng_process_netns(walk->proc, process->pid);
	return true;
}

/* TMUX is "SOCKET,PID,NUMBER", STY "PID.NAME". */
static pid_t multiplexer_of(const char *environment)
{
	const char *tmux = ng_environment_find(environment, "TMUX");
	const char *screen = ng_environment_find(environment, "STY");
	const char *comma = tmux ? strchr(tmux, ',') : NULL;

	if (comma)
		return atoi(comma + 1);
	return screen ? atoi(screen) : 0;
}

static bool search_ancestors(struct walk *walk, pid_t pid, struct ng_session *session)
{
	struct ng_process process;

	for (int i = 0; i < GENERATIONS_MAX && pid > 1; i++) {
		__cleanup_free char *environment = ng_process_environment(walk->proc, pid);

		if (ng_process_read(walk->proc, pid, &process))
			return false;
		if (!walk->multiplexer)
			walk->multiplexer = multiplexer_of(environment);
		if (by_environment(walk, pid, environment, session) ||
		    by_socket(walk, &process, session))
			return true;
		pid = process.parent;
	}
	return false;
}

static void add(struct ng_sessions *sessions, const struct ng_session *session, uint64_t netns)
{
	if (session->netns != netns)
		return;
	for (size_t i = 0; i < sessions->n; i++)
		if (ng_flow_same(&sessions->list[i].flow, &session->flow))
			return;
	if (sessions->n < NG_SESSIONS_MAX)
		sessions->list[sessions->n++] = *session;
}

/* Is it a process that shows a tmux or screen of @owner in its terminal? */
static bool is_terminal_of(const char *proc, pid_t pid, uid_t owner)
{
	struct ng_process process;
	uid_t uid;

	return !ng_process_read(proc, pid, &process) &&
	       (!strcmp(process.name, "tmux: client") || !strcmp(process.name, "screen")) &&
	       !ng_process_owner(proc, pid, &uid) && uid == owner;
}

static void add_terminals(struct walk *walk, uint64_t netns, struct ng_sessions *sessions)
{
	struct ng_session session;
	struct dirent *entry;
	DIR *folder;
	uid_t owner;

	if (ng_process_owner(walk->proc, walk->multiplexer, &owner))
		return;
	folder = opendir(walk->proc);
	while (folder && (entry = readdir(folder))) {
		pid_t pid = atoi(entry->d_name);

		if (pid > 1 && is_terminal_of(walk->proc, pid, owner) &&
		    search_ancestors(walk, pid, &session))
			add(sessions, &session, netns);
	}
	if (folder)
		closedir(folder);
}

void ng_sessions_find(const char *proc, struct ng_sessions *sessions)
{
	struct walk walk = { .proc = proc };
	pid_t self = ng_process_self(proc);
	uint64_t netns = ng_process_netns(proc, self);
	struct ng_session session;

	sessions->n = 0;
	if (search_ancestors(&walk, self, &session))
		add(sessions, &session, netns);
	if (walk.multiplexer)
		add_terminals(&walk, netns, sessions);
	free(walk.stale);
}
