// SPDX-License-Identifier: GPL-2.0-only
/*
 * One answer per connection, one thread, and limits for everything that clients can use: the number
 * of connections, their duration, and the memory of answers. New clients take the place of slow
 * ones, so that a scrape is answered however many clients stall.
 */
#include "commands/metrics/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/privilege.h"
#include "commands/metrics/request.h"
#include "report/prometheus.h"

#define TEXT	      "text/plain; charset=utf-8"
#define NOBODY	      65534
#define CLIENTS_MAX   128
#define ACCEPTED_MAX  16 /* before the connected clients are served */
#define REQUEST_BYTES 8192
#define REQUEST_TIME  10000	    /* ms, for the whole request */
#define ANSWER_TIME   60000	    /* ms, to read the whole answer */
#define CLOSING_TIME  2000	    /* ms, for the client to close after it */
#define SAME_TIME     100	    /* ms, in which requests get the same answer */
#define SEND_BUFFER   (128 << 10)   /* of each socket, in the kernel */
#define PROGRESS      (64U << 10)   /* a client that reads so much is not slow */
#define TEXTS_BYTES   (64ULL << 20) /* of all answers, or the newest two */

/**
 * struct text - the metrics of one moment
 * @users: clients that it is sent to; one more while it is the newest
 * @made:  when, in ms
 */
struct text {
	struct text *older;
	size_t users, size;
	uint64_t made;
	char *data;
};

enum stage { READS, WAITS, SENDS, CLOSES };

/**
 * struct client - a connection
 * @address:  all of an IPv4 address, the first 64 bits of IPv6: one host has all of a /64
 * @turn:     grows when it connects or has read PROGRESS bytes; the smallest is closed first
 * @deadline: of this stage, in ms; the client cannot extend it
 * @head:     the request, then the head of the answer
 * @size:     of @head
 * @done:     bytes of @head and @body that were sent
 * @text:     contains @body; NULL: it is a constant
 */
struct client {
	int fd;
	enum stage stage;
	struct in6_addr address;
	uint64_t turn, deadline;
	char head[REQUEST_BYTES];
	size_t size, done, credit;
	const char *body;
	size_t body_size;
	bool bare;
	struct text *text;
};

static struct client clients[CLIENTS_MAX];
static size_t n_clients;
static uint64_t turns;
static struct text *newest;

static void end(const char *what)
{
	fprintf(stderr, "netguard: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static uint64_t now_ms(void)
{
	return ng_clock_read(CLOCK_MONOTONIC) / 1000000;
}

/*
 * Become nobody, who owns no file; without CAP_SETUID stay the same user, but without capabilities.
 */
static void give_up_privileges(void)
{
	const struct ng_privilege nothing = { 0 };
	struct ng_error error;

	if (ng_privilege_has(CAP_SETUID) && ng_privilege_has(CAP_SETGID) &&
	    (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY)))
		end("cannot become nobody");
	if (ng_privilege_keep(&nothing, &error)) {
		fprintf(stderr, "netguard: %s\n", error.what);
		_exit(1);
	}
}

/* All other open files are the filter's. */
static void close_all_but(int a, int b)
{
	unsigned int low = a < b ? a : b, high = a < b ? b : a;

	if ((low > 3 && close_range(3, low - 1, 0)) ||
	    (high > low + 1 && close_range(low + 1, high - 1, 0)) || close_range(high + 1, ~0U, 0))
		end("cannot close files");
}

/* ---- answers -----------------------------------------------------------------------------------
 */

static void read_all(int fd, void *data, size_t size)
{
	for (ssize_t got; size; size -= got, data = (char *)data + got) {
		got = read(fd, data, size);
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got <= 0)
			_exit(1); /* the process that reads the metrics is gone */
	}
}

/* Get new metrics as the newest text; of 0 bytes: the other process was out of memory. */
static void ask(int asker)
{
	struct text *text = calloc(1, sizeof(*text));
	const char byte = NG_METRICS_ASK;
	uint64_t size;

	if (!text || write(asker, &byte, 1) != 1)
		_exit(1);
	read_all(asker, &size, sizeof(size));
	text->data = malloc(size + 1);
	if (!text->data)
		_exit(1); /* bytes that are not read now would be taken for the next answer */
	read_all(asker, text->data, size);
	text->size = size;
	text->users = 1;
	text->made = now_ms();
	text->older = newest;
	newest = text;
}

static void release(struct text *text)
{
	struct text **link = &newest;

	if (--text->users)
		return;
	while (*link != text)
		link = &(*link)->older;
	*link = text->older;
	free(text->data);
	free(text);
}

/* The last client of the array moves into its place. */
static void close_client(struct client *client)
{
	close(client->fd);
	if (client->text)
		release(client->text);
	*client = clients[--n_clients];
}

static const struct text *oldest(unsigned long long *bytes)
{
	const struct text *text = newest;

	for (*bytes = text->size; text->older; *bytes += text->size)
		text = text->older;
	return text;
}

/* Free the oldest texts, with the clients they are sent to; never the newest two. */
static void bound_texts(void)
{
	unsigned long long bytes;
	const struct text *last;

	while ((last = oldest(&bytes)),
	       bytes > TEXTS_BYTES && last != newest && last != newest->older)
		for (size_t i = n_clients; i-- > 0;)
			if (clients[i].text == last)
				close_client(&clients[i]);
}

/* New metrics, or those of a moment ago. */
static struct text *fresh(int asker)
{
	struct text *before = newest;

	if (before && before->size && now_ms() - before->made < SAME_TIME)
		return before;
	ask(asker);
	if (before)
		release(before);
	bound_texts();
	return newest;
}

static void begin_answer(struct client *client, const char *status, const char *type,
			 const char *body, size_t size)
{
	client->size = snprintf(client->head, sizeof(client->head),
				"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
				"Connection: close\r\n\r\n",
				status, type, size);
	client->done = 0;
	client->body = body;
	client->body_size = client->bare ? 0 : size;
	client->stage = SENDS;
	client->deadline = now_ms() + ANSWER_TIME;
}

/* @status: of ng_request_status(), or 431 or 503 */
static void refuse(struct client *client, int status)
{
	static const struct refusal {
		int status;
		const char *line, *type, *why;
	} refusals[] = {
		{ 404, "404 Not Found", TEXT, "the metrics are at " NG_METRICS_PATH "\n" },
		{ 405, "405 Method Not Allowed", TEXT "\r\nAllow: GET, HEAD",
		  "GET and HEAD only\n" },
		{ 431, "431 Request Header Fields Too Large", TEXT, "the request is too long\n" },
		{ 503, "503 Service Unavailable", TEXT, "out of memory\n" },
		{ 400, "400 Bad Request", TEXT, "this is not an HTTP/1.1 request\n" },
	};
	const struct refusal *refusal = refusals;

	while (refusal->status != status)
		refusal++;
	begin_answer(client, refusal->line, refusal->type, refusal->why, strlen(refusal->why));
}

static void answer(struct client *client, struct text *text)
{
	if (!text->size) {
		refuse(client, 503);
		return;
	}
	text->users++;
	client->text = text;
	begin_answer(client, "200 OK", NG_PROMETHEUS_TYPE, text->data, text->size);
}

/* ---- clients -----------------------------------------------------------------------------------
 */

static void take_request(struct client *client)
{
	int status = ng_request_status(client->head, client->size, &client->bare);

	if (status == 200)
		client->stage = WAITS;
	else
		refuse(client, status);
}

/* The functions of a client's stages return false if it is to be closed. */
static bool blocks(void)
{
	return errno == EAGAIN || errno == EINTR;
}

static bool read_request(struct client *client)
{
	size_t room = sizeof(client->head) - client->size;
	ssize_t got = recv(client->fd, client->head + client->size, room, 0);

	if (got <= 0)
		return got < 0 && blocks();
	client->size += got;
	if (ng_request_ends(client->head, client->size, client->size - got))
		take_request(client);
	else if ((size_t)got == room)
		refuse(client, 431);
	return true;
}

static bool send_answer(struct client *client)
{
	size_t in_head = client->done < client->size ? client->size - client->done : 0;
	size_t in_body = client->done + in_head - client->size;
	struct iovec parts[] = {
		{ client->head + client->size - in_head, in_head },
		{ (char *)client->body + in_body, client->body_size - in_body },
	};
	const struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t sent = sendmsg(client->fd, &message, MSG_NOSIGNAL);

	if (sent < 0)
		return blocks();
	client->done += sent;
	client->credit += sent;
	if (client->credit >= PROGRESS) {
		client->credit = 0;
		client->turn = ++turns;
	}
	if (client->done < client->size + client->body_size)
		return true;
	/* Closing while there are unread bytes would reset the connection and lose the answer. */
	shutdown(client->fd, SHUT_WR);
	if (client->text)
		release(client->text);
	client->text = NULL;
	client->stage = CLOSES;
	client->deadline = now_ms() + CLOSING_TIME;
	return true;
}

static bool read_rest(struct client *client)
{
	ssize_t got = recv(client->fd, client->head, sizeof(client->head), 0);

	return got > 0 || (got < 0 && blocks());
}

static bool serve(struct client *client)
{
	switch (client->stage) {
	case READS:
		return read_request(client);
	case SENDS:
		return send_answer(client);
	case CLOSES:
		return read_rest(client);
	default:
		return true;
	}
}

/* Close the slowest client of the address that has the most clients. */
static void make_room(void)
{
	struct client *victim = NULL;
	size_t most = 0;

	for (size_t i = 0; i < n_clients; i++) {
		size_t n = 0;

		for (size_t j = 0; j < n_clients; j++)
			n += !memcmp(&clients[i].address, &clients[j].address,
				     sizeof(clients[i].address));
		if (n > most || (n == most && clients[i].turn < victim->turn))
			victim = &clients[i];
		most = n > most ? n : most;
	}
	if (victim)
		close_client(victim);
	else
		poll(NULL, 0, SAME_TIME); /* not even one client can be accepted now */
}

static struct in6_addr network_of(const struct sockaddr_storage *from)
{
	struct in6_addr address = { 0 };

	if (from->ss_family == AF_INET) {
		address.s6_addr32[3] = ((const struct sockaddr_in *)from)->sin_addr.s_addr;
		return address;
	}
	address = ((const struct sockaddr_in6 *)from)->sin6_addr;
	if (!IN6_IS_ADDR_V4MAPPED(&address))
		address.s6_addr32[2] = address.s6_addr32[3] = 0;
	return address;
}

static void add(int fd, const struct sockaddr_storage *from)
{
	const int buffer = SEND_BUFFER;
	struct client *client;

	if (n_clients == CLIENTS_MAX)
		make_room();
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
	client = &clients[n_clients++];
	client->fd = fd;
	client->stage = READS;
	client->address = network_of(from);
	client->turn = ++turns;
	client->deadline = now_ms() + REQUEST_TIME;
	client->size = client->done = client->credit = 0;
	client->bare = false;
	client->text = NULL;
	if (!serve(client))
		close_client(client);
}

static void accept_some(int listener)
{
	for (int i = 0; i < ACCEPTED_MAX; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t len = sizeof(from);
		int fd = accept4(listener, (struct sockaddr *)&from, &len,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0)
			add(fd, &from);
		else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			make_room();
		else
			return;
	}
}

static void answer_waiting(int asker)
{
	struct text *text = NULL;

	for (size_t i = 0; i < n_clients && !text; i++)
		if (clients[i].stage == WAITS)
			text = fresh(asker);
	for (size_t i = n_clients; text && i-- > 0;) {
		if (clients[i].stage != WAITS)
			continue;
		answer(&clients[i], text);
		if (!serve(&clients[i]))
			close_client(&clients[i]);
	}
}

/* Serve clients whose socket is ready, and close those whose deadline has passed. */
static void serve_all(const struct pollfd *fds)
{
	uint64_t now = now_ms();

	for (size_t i = n_clients; i-- > 0;)
		if (clients[i].deadline <= now || (fds[i].revents && !serve(&clients[i])))
			close_client(&clients[i]);
}

/* Runs until the other process is gone, which closes its socket. */
static void run(int listener, int asker)
{
	struct pollfd fds[CLIENTS_MAX + 2] = {
		{ .fd = asker },
		{ .fd = listener, .events = POLLIN },
	};

	for (;;) {
		uint64_t now = now_ms(), first = now + ANSWER_TIME;

		for (size_t i = 0; i < n_clients; i++) {
			short events = clients[i].stage == SENDS ? POLLOUT : POLLIN;

			fds[i + 2] = (struct pollfd){ .fd = clients[i].fd, .events = events };
			if (clients[i].deadline < first)
				first = clients[i].deadline;
		}
		if (poll(fds, n_clients + 2, first > now ? first - now : 0) < 0) {
			if (errno == EINTR)
				continue;
			end("poll");
		}
		if (fds[0].revents)
			_exit(0);
		serve_all(fds + 2);
		if (fds[1].revents)
			accept_some(listener);
		answer_waiting(asker);
	}
}

void ng_metrics_http(int listener, int asker)
{
	close_all_but(listener, asker);
	give_up_privileges();
	run(listener, asker);
	_exit(1);
}
