// SPDX-License-Identifier: GPL-2.0-only
#include "commands/metrics/serve.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "cli/context.h"
#include "cli/usage.h"
#include "commands/metrics/http.h"
#include "commands/metrics/write.h"
#include "report/plain.h"

#define LOOPBACK    "127.0.0.1"
#define BACKLOG	    SOMAXCONN
#define ADDRESS_LEN 64

/* Split "[::1]:9900" into two strings; false: it has another form. */
static bool split(const char *listen, char address[ADDRESS_LEN], const char **port)
{
	const char *colon = strrchr(listen, ':'), *start = listen, *end = colon;

	if (!colon) {
		strcpy(address, LOOPBACK);
		*port = listen;
		return true;
	}
	*port = colon + 1;
	if (*start == '[') {
		if (end == start || end[-1] != ']')
			return false;
		start++;
		end--;
	} else if (memchr(start, ':', end - start)) {
		return false;
	}
	if (end == start || end - start >= ADDRESS_LEN)
		return false;
	*(char *)mempcpy(address, start, end - start) = '\0';
	return true;
}

/* Numeric only: a host name may have another address tomorrow. */
static int find_address(struct ng_context *ctx, const char *listen, struct addrinfo **found)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};
	char address[ADDRESS_LEN], *end;
	const char *port;

	if (!split(listen, address, &port) || !*port ||
	    strspn(port, "0123456789") != strlen(port) || strtoul(port, &end, 10) > 65535 ||
	    getaddrinfo(address, port, &hints, found)) {
		ng_usage(ctx, "--listen: '%s' is not ADDR:PORT or PORT", listen);
		return ng_hint(&ctx->error, -EINVAL,
			       "as in 9900, which is 127.0.0.1:9900, or [::1]:9900; on all "
			       "addresses: [::]:9900");
	}
	return 0;
}

/* A listening socket; -errno. */
static int open_listener(const struct addrinfo *address)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1, off = 0, ret;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (address->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (!bind(fd, address->ai_addr, address->ai_addrlen) && !listen(fd, BACKLOG))
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

/* The port may have been 0, which is any free port. */
static int say_where(struct ng_context *ctx, int listener)
{
	char address[ADDRESS_LEN], port[8], url[ADDRESS_LEN + 32];
	struct sockaddr_storage bound;
	socklen_t len = sizeof(bound);
	struct json_object *object;

	if (getsockname(listener, (struct sockaddr *)&bound, &len) ||
	    getnameinfo((struct sockaddr *)&bound, len, address, sizeof(address), port,
			sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV))
		return ng_fail(&ctx->error, -EIO, "cannot read the address of the socket");
	snprintf(url, sizeof(url),
		 bound.ss_family == AF_INET6 ? "http://[%s]:%s/metrics" : "http://%s:%s/metrics",
		 address, port);
	if (ctx->json) {
		object = ng_json_new();
		ng_json_text(object, "url", url);
		ng_say_json(ctx, object, 0);
	} else {
		printf("listening on %s\n", url);
	}
	fflush(stdout);
	return 0;
}

/* Print why there are no metrics once, not for each scrape. */
static void say_why(struct ng_error *said, int ret, const struct ng_error *err)
{
	if (!ret) {
		*said = (struct ng_error){ 0 };
		return;
	}
	if (!strcmp(said->what, err->what))
		return;
	*said = *err;
	ng_print_error(stderr, "netguard: ", "", err);
}

static bool send_all(int fd, const void *data, size_t size)
{
	for (ssize_t sent; size; size -= sent, data = (const char *)data + sent) {
		sent = send(fd, data, size, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			sent = 0;
		else if (sent < 0)
			return false;
	}
	return true;
}

static bool tell(int fd, struct ng_metrics_image *image, struct ng_error *said)
{
	struct ng_error error = { 0 };
	__cleanup_free char *text = NULL;
	uint64_t length = 0;
	size_t size = 0;
	int ret = -ENOMEM;

	text = ng_metrics_text(&size, image, &ret, &error);
	if (!text)
		ng_fail(&error, ret, "out of memory");
	say_why(said, ret, &error);
	length = text ? size : 0;
	return send_all(fd, &length, sizeof(length)) && send_all(fd, text, length);
}

/*
 * Each answer comes from a child process: libxdp 1.3.1 leaves a descriptor open whenever it queries
 * an interface. What is kept between answers is read before, in this process.
 */
static int answer(struct ng_context *ctx, int fd, struct ng_metrics_image *image,
		  struct ng_error *said)
{
	pid_t child;
	int status;

	ng_metrics_prepare(image);
	child = fork();
	if (!child)
		_exit(!tell(fd, image, said));
	if (child < 0)
		return ng_fail(&ctx->error, -errno, "cannot start a process: %s", strerror(errno));
	if (waitpid(child, &status, 0) == child && WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	/* The other process may wait for the rest of an answer that does not come. */
	return ng_fail(&ctx->error, -EIO, "the process that reads the metrics failed");
}

/* Runs until the process that serves HTTP exits. */
static int answer_all(struct ng_context *ctx, pid_t child, int fd, struct ng_metrics_image *image)
{
	/* Shared by the children. */
	struct ng_error *said = mmap(NULL, sizeof(*said), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0, ret = 0;
	ssize_t got = 0;
	char byte;

	if (said == MAP_FAILED)
		return -errno;
	while (!ret && ((got = read(fd, &byte, 1)) == 1 || (got < 0 && errno == EINTR)))
		if (got == 1)
			ret = answer(ctx, fd, image, said);
	munmap(said, sizeof(*said));
	if (ret)
		return ret;
	waitpid(child, &status, 0);
	if (WIFSIGNALED(status))
		return ng_fail(&ctx->error, -EIO, "the process that serves HTTP was killed: %s",
			       strsignal(WTERMSIG(status)));
	return ng_fail(&ctx->error, -EIO, "the process that serves HTTP ended");
}

/* Start the process that serves HTTP. Return: a socket to it, or -errno. */
static int start(int listener, pid_t *child)
{
	int ends[2], ret;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	*child = fork();
	if (!*child)
		ng_metrics_http(listener, ends[1]);
	ret = *child < 0 ? -errno : ends[0];
	close(ends[1]);
	if (ret < 0)
		close(ends[0]);
	return ret;
}

int ng_metrics_serve(struct ng_context *ctx, const char *listen, struct ng_metrics_image *image)
{
	const struct ng_privilege to_ask = { .needs = NG_CAP(CAP_SYS_ADMIN) };
	__cleanup_fd int listener = -1, fd = -1;
	struct addrinfo *address;
	pid_t child = -1;
	int ret = find_address(ctx, listen, &address);

	if (ret)
		return ret;
	listener = open_listener(address);
	freeaddrinfo(address);
	if (listener < 0)
		return ng_fail_at(&ctx->error, listener, listen, "cannot listen: %s",
				  strerror(-listener));
	fd = start(listener, &child);
	if (fd < 0)
		return ng_fail(&ctx->error, fd, "cannot start the process that serves HTTP: %s",
			       strerror(-fd));
	ret = ng_privilege_keep(&to_ask, &ctx->error);
	if (!ret)
		ret = say_where(ctx, listener);
	ng_cleanup_fd(&listener);
	listener = -1;
	return ret ? ret : answer_all(ctx, child, fd, image);
}
