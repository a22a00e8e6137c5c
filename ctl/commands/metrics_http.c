// SPDX-License-Identifier: GPL-2.0-only
#include "commands/metrics_http.h"

#include <errno.h>
#include <grp.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "library.h"
#include "privilege.h"
#include "report/prometheus.h"

#define NOBODY	      65534
#define PATH	      "/metrics"
#define CLIENTS_MAX   128
#define TIMEOUT	      10U /* seconds in which a client sends or takes nothing */
#define REQUEST_BYTES (16U << 10)

#define FUNCTIONS(X)                       \
	X(MHD_add_response_header)         \
	X(MHD_create_response_from_buffer) \
	X(MHD_destroy_response)            \
	X(MHD_get_daemon_info)             \
	X(MHD_get_timeout)                 \
	X(MHD_queue_response)              \
	X(MHD_run)                         \
	X(MHD_start_daemon)

static struct {
	FUNCTIONS(NG_LIBRARY_MEMBER)
} lib;

int ng_metrics_http_load(struct ng_error *err)
{
	return ng_library_load(NG_LIBMICROHTTPD, FUNCTIONS(NG_LIBRARY_NAME), &lib, err);
}

static void end(const char *what)
{
	fprintf(stderr, "netguard: %s: %s\n", what, strerror(errno));
	_exit(1);
}

/*
 * As nobody, who owns no file; without CAP_SETUID as whom it was started as, but without
 * capabilities.
 */
static void give_back_privileges(void)
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

/* What else is open is the filter's. */
static void close_all_but(int a, int b)
{
	unsigned int low = a < b ? a : b, high = a < b ? b : a;

	if ((low > 3 && close_range(3, low - 1, 0)) ||
	    (high > low + 1 && close_range(low + 1, high - 1, 0)) || close_range(high + 1, ~0U, 0))
		end("cannot close files");
}

static void read_all(int fd, void *data, size_t size)
{
	for (ssize_t got; size; size -= got, data = (char *)data + got) {
		got = read(fd, data, size);
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got <= 0)
			_exit(1); /* the process that asks the kernel is gone */
	}
}

/* The metrics of now, for free(); no bytes: the other process had no memory for them. */
static char *ask(int asker, uint64_t *size)
{
	const char byte = NG_METRICS_ASK;
	char *text;

	if (write(asker, &byte, 1) != 1)
		_exit(1);
	read_all(asker, size, sizeof(*size));
	text = malloc(*size + 1);
	if (!text)
		_exit(1); /* what is not read now would be taken for the next answer */
	read_all(asker, text, *size);
	return text;
}

static enum MHD_Result answer(struct MHD_Connection *client, unsigned int status, char *text,
			      size_t size, const char *type)
{
	struct MHD_Response *response =
		lib.MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE);
	enum MHD_Result result;

	if (!response) {
		free(text);
		return MHD_NO;
	}
	lib.MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		lib.MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = lib.MHD_queue_response(client, status, response);
	lib.MHD_destroy_response(response);
	return result;
}

static enum MHD_Result refuse(struct MHD_Connection *client, unsigned int status, const char *why)
{
	char *text = strdup(why);

	return text ? answer(client, status, text, strlen(text), "text/plain; charset=utf-8")
		    : MHD_NO;
}

static enum MHD_Result on_request(void *asker, struct MHD_Connection *client, const char *path,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_size, void **request)
{
	static int seen;
	uint64_t size;
	char *text;

	(void)version;
	(void)upload;
	(void)upload_size;
	if (strcmp(path, PATH) != 0)
		return refuse(client, MHD_HTTP_NOT_FOUND, "the metrics are at " PATH "\n");
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return refuse(client, MHD_HTTP_METHOD_NOT_ALLOWED, "GET and HEAD only\n");
	/* Called first for the headers alone: what follows belongs to the request. */
	if (!*request) {
		*request = &seen;
		return MHD_YES;
	}
	text = ask(*(int *)asker, &size);
	if (!size) {
		free(text);
		return refuse(client, MHD_HTTP_SERVICE_UNAVAILABLE, "out of memory\n");
	}
	return answer(client, MHD_HTTP_OK, text, size, NG_PROMETHEUS_TYPE);
}

/* Until the process that asks the kernel is gone, which only its socket tells. */
static void run(struct MHD_Daemon *daemon, int asker)
{
	const union MHD_DaemonInfo *info =
		lib.MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd fds[] = { { .fd = info->epoll_fd, .events = POLLIN }, { .fd = asker } };
	MHD_UNSIGNED_LONG_LONG left;
	int timeout;

	do {
		timeout = lib.MHD_get_timeout(daemon, &left) == MHD_YES ? (int)left : -1;
		if (poll(fds, 2, timeout) < 0 && errno != EINTR)
			end("poll");
		if (fds[1].revents)
			_exit(0);
	} while (lib.MHD_run(daemon) == MHD_YES);
	end("the HTTP server ended");
}

void ng_metrics_http(int listener, int asker)
{
	struct MHD_Daemon *daemon;

	close_all_but(listener, asker);
	give_back_privileges();
	daemon = lib.MHD_start_daemon(
		MHD_USE_EPOLL, 0, NULL, NULL, on_request, &asker, MHD_OPTION_LISTEN_SOCKET,
		listener, MHD_OPTION_CONNECTION_LIMIT, CLIENTS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
		TIMEOUT, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)REQUEST_BYTES, MHD_OPTION_END);
	if (!daemon)
		end("cannot start the HTTP server");
	run(daemon, asker);
	_exit(1);
}
