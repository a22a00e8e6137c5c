// SPDX-License-Identifier: GPL-2.0-only
/* Finding the connection that a command is run from, in a folder that looks like /proc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "rules/prefix.h"
#include "session/find.h"

#define SELF 500

/* 192.0.2.2 port 4000 to 192.0.2.1 port 22, as /proc/net/tcp writes it on a little-endian machine.
 */
#define CONNECTION "SSH_CONNECTION=192.0.2.2 4000 192.0.2.1 22"
#define LINE4	   "0: 010200C0:0016 020200C0:0FA0 01 00000000:00000000 02:000 00 0 0 7001 4"
#define OTHER4	   "1: 010200C0:D000 090200C0:0050 01 00000000:00000000 02:000 00 0 0 7002 4"
#define MAPPED                                                                  \
	"0: 0000000000000000FFFF0000010200C0:0016 "                             \
	"0000000000000000FFFF0000020200C0:0FA0 01 00000000:00000000 02:000 00 " \
	"0 0 7001 4"
#define LINE6                                       \
	"0: B80D0120000000000000000001000000:0016 " \
	"B80D0120000000000000000002000000:0FA0 01 00000000:00000000 02:000 00 0 0 7001 4"
#define LOCAL6                                      \
	"0: 000080FE000000000000000001000000:0016 " \
	"000080FE000000000000000002000000:0FA0 01 00000000:00000000 02:000 00 0 0 7001 4"

static char proc[64];

static const char *path_of(int pid, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%d/%s", proc, pid, name);
	return path;
}

static void write_file(const char *path, const char *text, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* A process of the namespace @netns with one variable. */
static void add_process(int pid, int parent, const char *name, const char *variable,
			const char *netns)
{
	char text[256], environment[256] = "PATH=/bin";
	size_t len = strlen(environment) + 1;

	assert_int_equal(mkdir(path_of(pid, ""), 0700), 0);
	assert_int_equal(mkdir(path_of(pid, "ns"), 0700), 0);
	assert_int_equal(mkdir(path_of(pid, "net"), 0700), 0);
	assert_int_equal(mkdir(path_of(pid, "fd"), 0700), 0);
	snprintf(text, sizeof(text), "%d (%s) S %d 1 1 0", pid, name, parent);
	write_file(path_of(pid, "stat"), text, strlen(text));
	if (variable) {
		strcpy(environment + len, variable);
		len += strlen(variable) + 1;
	}
	write_file(path_of(pid, "environ"), environment, len);
	snprintf(text, sizeof(text), "%s/%s", proc, netns);
	assert_int_equal(link(text, path_of(pid, "ns/net")), 0);
}

/* The connections of the process's network namespace. */
static void set_table(int pid, const char *name, const char *line, const char *more)
{
	char text[1024], file[16];

	snprintf(text, sizeof(text), "  sl  local_address ...\n   %s\n   %s\n", line, more);
	snprintf(file, sizeof(file), "net/%s", name);
	write_file(path_of(pid, file), text, strlen(text));
}

static void add_socket(int pid, int fd, int inode)
{
	char target[32], name[16];

	snprintf(target, sizeof(target), "socket:[%d]", inode);
	snprintf(name, sizeof(name), "fd/%d", fd);
	assert_int_equal(symlink(target, path_of(pid, name)), 0);
}

static int make_tree(void **unused)
{
	char path[128];

	(void)unused;
	strcpy(proc, "/tmp/ng-proc.XXXXXX");
	assert_non_null(mkdtemp(proc));
	snprintf(path, sizeof(path), "%s/self", proc);
	assert_int_equal(symlink("500", path), 0);
	for (const char *const *netns = (const char *const[]){ "here", "there", NULL }; *netns;
	     netns++) {
		snprintf(path, sizeof(path), "%s/%s", proc, *netns);
		write_file(path, "", 0);
	}
	return 0;
}

static int remove_tree(void **unused)
{
	char command[128];

	(void)unused;
	snprintf(command, sizeof(command), "rm -rf %s", proc);
	return system(command);
}

static void assert_session(const char *client, unsigned int client_port, const char *server,
			   unsigned int server_port)
{
	struct ng_sessions sessions;
	const struct ng_flow *flow = &sessions.list[0].flow;
	char text[64];

	ng_sessions_find(proc, &sessions);
	assert_int_equal(sessions.n, 1);
	assert_string_equal(ng_prefix_text(&flow->client, text, sizeof(text)), client);
	assert_string_equal(ng_prefix_text(&flow->server, text, sizeof(text)), server);
	assert_int_equal(flow->client_port, client_port);
	assert_int_equal(flow->server_port, server_port);
}

static void assert_no_session(void)
{
	struct ng_sessions sessions;

	ng_sessions_find(proc, &sessions);
	assert_int_equal(sessions.n, 0);
}

/* A console: login, a shell, netguard. */
static void test_without_ssh_there_is_none(void **unused)
{
	(void)unused;
	add_process(1, 0, "init", NULL, "here");
	add_process(400, 1, "bash", "TERM=linux", "here");
	add_process(SELF, 400, "netguard", NULL, "here");
	set_table(SELF, "tcp", LINE4, "");
	assert_no_session();
}

static void test_own_environment(void **unused)
{
	(void)unused;
	add_process(SELF, 1, "netguard", CONNECTION, "here");
	set_table(SELF, "tcp", OTHER4, LINE4);
	assert_session("192.0.2.2", 4000, "192.0.2.1", 22);
}

/* With an environment of any length, wherever a read of the file ends. */
static void test_long_environment(void **unused)
{
	static char text[4300];
	const size_t len = strlen(CONNECTION) + 1;

	(void)unused;
	add_process(SELF, 1, "netguard", NULL, "here");
	set_table(SELF, "tcp", LINE4, "");
	for (size_t before = 4000; before < 4200; before++) {
		memset(text, 'x', before);
		text[before - 1] = '\0';
		memcpy(text + before, CONNECTION, len);
		write_file(path_of(SELF, "environ"), text, before + len);
		assert_session("192.0.2.2", 4000, "192.0.2.1", 22);
	}
}

static void test_sudo_strips_only_below_itself(void **unused)
{
	(void)unused;
	add_process(300, 1, "bash", CONNECTION, "here");
	add_process(400, 300, "a ) (name", NULL, "here");
	add_process(SELF, 400, "netguard", NULL, "here");
	set_table(300, "tcp", LINE4, "");
	assert_session("192.0.2.2", 4000, "192.0.2.1", 22);
}

static void test_stale_environment_is_none(void **unused)
{
	(void)unused;
	add_process(300, 1, "bash", CONNECTION, "here");
	add_process(SELF, 300, "netguard", CONNECTION, "here");
	set_table(300, "tcp", OTHER4, "");
	set_table(SELF, "tcp", OTHER4, "");
	assert_no_session();
}

/* The same in TIME_WAIT: state 06. */
static void test_closed_connection_is_none(void **unused)
{
	char line[] = LINE4;

	(void)unused;
	strstr(line, " 01 ")[2] = '6';
	add_process(SELF, 1, "netguard", CONNECTION, "here");
	set_table(SELF, "tcp", line, "");
	assert_no_session();
}

/* If the environment is of an earlier connection, that of the server counts. */
static void test_stale_environment_below_a_server(void **unused)
{
	(void)unused;
	add_process(200, 1, "sshd", NULL, "here");
	add_process(SELF, 200, "netguard", "SSH_CONNECTION=192.0.2.7 1 192.0.2.1 22", "here");
	add_socket(200, 4, 7001);
	set_table(200, "tcp", LINE4, "");
	set_table(SELF, "tcp", LINE4, "");
	assert_session("192.0.2.2", 4000, "192.0.2.1", 22);
}

static void test_garbled_environment_is_none(void **unused)
{
	(void)unused;
	add_process(SELF, 1, "netguard", "SSH_CONNECTION=192.0.2.2 4000 nowhere 22", "here");
	set_table(SELF, "tcp", LINE4, "");
	assert_no_session();
}

/* Forwarded connections have sockets too, which were opened later. */
static void test_socket_of_the_server(void **unused)
{
	(void)unused;
	add_process(200, 1, "sshd", NULL, "here");
	add_process(SELF, 200, "netguard", NULL, "here");
	add_socket(200, 9, 7002);
	add_socket(200, 4, 7001);
	add_socket(200, 3, 6666);
	set_table(200, "tcp", OTHER4, LINE4);
	assert_session("192.0.2.2", 4000, "192.0.2.1", 22);
}

static void test_socket_of_the_server_stands_first(void **unused)
{
	(void)unused;
	add_process(200, 1, "sshd", NULL, "here");
	add_process(SELF, 200, "netguard", NULL, "here");
	add_socket(200, 4, 7001);
	add_socket(200, 9, 7002);
	set_table(200, "tcp", LINE4, OTHER4);
	assert_session("192.0.2.2", 4000, "192.0.2.1", 22);
}

static void test_socket_of_newer_servers(void **unused)
{
	(void)unused;
	add_process(200, 1, "sshd-session", NULL, "here");
	add_process(SELF, 200, "netguard", NULL, "here");
	add_socket(200, 4, 7001);
	set_table(200, "tcp6", LINE6, "");
	assert_session("2001:db8::2", 4000, "2001:db8::1", 22);
}

static void test_socket_of_another_program_is_none(void **unused)
{
	(void)unused;
	add_process(200, 1, "irssi", NULL, "here");
	add_process(SELF, 200, "netguard", NULL, "here");
	add_socket(200, 4, 7001);
	set_table(200, "tcp", LINE4, "");
	assert_no_session();
}

/* sshd listens on IPv6 for both families; the packets are still IPv4. */
static void test_mapped_addresses_are_ipv4(void **unused)
{
	(void)unused;
	add_process(200, 1, "sshd", NULL, "here");
	add_process(SELF, 200, "netguard", NULL, "here");
	add_socket(200, 4, 7001);
	set_table(200, "tcp6", MAPPED, "");
	assert_session("192.0.2.2", 4000, "192.0.2.1", 22);
}

static void test_mapped_addresses_of_the_environment(void **unused)
{
	(void)unused;
	add_process(SELF, 1, "netguard", "SSH_CONNECTION=::ffff:192.0.2.2 4000 ::ffff:192.0.2.1 22",
		    "here");
	set_table(SELF, "tcp6", MAPPED, "");
	assert_session("192.0.2.2", 4000, "192.0.2.1", 22);
}

static void test_link_local_client_has_a_zone(void **unused)
{
	struct ng_sessions sessions;

	(void)unused;
	add_process(SELF, 1, "netguard", "SSH_CONNECTION=fe80::2%eth7 4000 fe80::1%eth7 22",
		    "here");
	set_table(SELF, "tcp6", LOCAL6, "");
	assert_session("fe80::2", 4000, "fe80::1", 22);
	ng_sessions_find(proc, &sessions);
	assert_string_equal(sessions.list[0].zone, "eth7");
}

/* ssh to this machine within ssh: the inner one counts. */
static void test_nearest_of_two(void **unused)
{
	(void)unused;
	add_process(200, 1, "bash", "SSH_CONNECTION=192.0.2.9 80 192.0.2.1 53248", "here");
	add_process(300, 200, "bash", CONNECTION, "here");
	add_process(SELF, 300, "netguard", NULL, "here");
	set_table(200, "tcp", OTHER4, LINE4);
	set_table(300, "tcp", OTHER4, LINE4);
	assert_session("192.0.2.2", 4000, "192.0.2.1", 22);
}

/* The connection is not in the namespace that `netguard -n` or `ip netns exec` changes. */
static void test_another_namespace_is_none(void **unused)
{
	(void)unused;
	add_process(300, 1, "bash", CONNECTION, "there");
	add_process(SELF, 300, "netguard", CONNECTION, "here");
	set_table(300, "tcp", LINE4, "");
	set_table(SELF, "tcp", OTHER4, "");
	assert_no_session();
}

/* The tmux server has the environment of the terminal it was started in, which is gone. */
static void add_tmux(const char *client)
{
	add_process(200, 1, "sshd", NULL, "here");
	add_socket(200, 4, 7001);
	set_table(200, "tcp", LINE4, "");
	add_process(210, 200, client, NULL, "here");
	add_process(400, 1, "tmux: server", "SSH_CONNECTION=192.0.2.7 1 192.0.2.1 22", "here");
	set_table(400, "tcp", LINE4, "");
	add_process(450, 400, "bash", "TMUX=/tmp/tmux-0/default,400,0", "here");
	add_process(SELF, 450, "netguard", NULL, "here");
}

static void test_tmux_is_seen_in_a_terminal(void **unused)
{
	(void)unused;
	add_tmux("tmux: client");
	assert_session("192.0.2.2", 4000, "192.0.2.1", 22);
}

static void test_tmux_that_nobody_sees_is_none(void **unused)
{
	(void)unused;
	add_tmux("bash");
	assert_no_session();
}

static void test_tmux_of_another_user_is_none(void **unused)
{
	(void)unused;
	add_tmux("tmux: client");
	if (chown(path_of(210, ""), 65534, 65534)) {
		assert_int_equal(errno, EPERM);
		print_message("# skipped: needs CAP_CHOWN to make files of another user\n");
		skip();
		return;
	}
	assert_no_session();
}

static void test_chain_that_is_a_circle_ends(void **unused)
{
	(void)unused;
	add_process(400, SELF, "bash", NULL, "here");
	add_process(SELF, 400, "netguard", NULL, "here");
	assert_no_session();
}

static void test_no_proc_is_none(void **unused)
{
	struct ng_sessions sessions;

	(void)unused;
	ng_sessions_find("/nonexistent", &sessions);
	assert_int_equal(sessions.n, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_tree, remove_tree)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_without_ssh_there_is_none),
		TEST(test_own_environment),
		TEST(test_long_environment),
		TEST(test_sudo_strips_only_below_itself),
		TEST(test_stale_environment_is_none),
		TEST(test_closed_connection_is_none),
		TEST(test_stale_environment_below_a_server),
		TEST(test_garbled_environment_is_none),
		TEST(test_socket_of_the_server),
		TEST(test_socket_of_the_server_stands_first),
		TEST(test_socket_of_newer_servers),
		TEST(test_socket_of_another_program_is_none),
		TEST(test_mapped_addresses_are_ipv4),
		TEST(test_mapped_addresses_of_the_environment),
		TEST(test_link_local_client_has_a_zone),
		TEST(test_nearest_of_two),
		TEST(test_another_namespace_is_none),
		TEST(test_tmux_is_seen_in_a_terminal),
		TEST(test_tmux_that_nobody_sees_is_none),
		TEST(test_tmux_of_another_user_is_none),
		TEST(test_chain_that_is_a_circle_ends),
		TEST(test_no_proc_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
