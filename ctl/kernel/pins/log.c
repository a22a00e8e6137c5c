// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/pins/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>
#include <xdp/libxdp.h>

static char reason[256];
static enum { OF_NOBODY, OF_LIBRARY, OF_NETLINK, OF_VERIFIER } source;

static void set_reason(const char *text, size_t len, int by)
{
	snprintf(reason, sizeof(reason), "%.*s", (int)len, text);
	source = by;
}

/* The verifier's log follows the program; the last line before the statistics gives the reason. */
static void keep_verdict(const char *log)
{
	const char *line = log, *end, *verdict = NULL;
	size_t len = 0;

	for (; (end = strchr(line, '\n')) && strncmp(line, "-- END", 6) &&
	       strncmp(line, "processed ", 10);
	     line = end + 1) {
		verdict = line;
		len = end - line;
	}
	if (len)
		set_reason(verdict, len, OF_VERIFIER);
}

static void keep(const char *format, va_list args)
{
	static const char by_netlink[] = "Kernel error message: ";
	static const char by_verifier[] = "-- BEGIN PROG LOAD LOG --\n";
	const char *at;
	char *text;

	if (vasprintf(&text, format, args) < 0)
		return;
	if ((at = strstr(text, by_verifier))) {
		keep_verdict(at + strlen(by_verifier));
	} else if ((at = strstr(text, by_netlink))) {
		at += strlen(by_netlink);
		set_reason(at, strcspn(at, "\n"), OF_NETLINK);
	} else if (source <= OF_LIBRARY && text[0] != '\n') {
		/* After the kernel's own message, the libraries only repeat the errno. */
		set_reason(text, strcspn(text, "\n"), OF_LIBRARY);
	}
	free(text);
}

static int on_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level == LIBBPF_WARN)
		keep(format, args);
	return 0;
}

static int on_libxdp(enum libxdp_print_level level, const char *format, va_list args)
{
	if (level == LIBXDP_WARN)
		keep(format, args);
	return 0;
}

void ng_log_begin(void)
{
	reason[0] = '\0';
	source = OF_NOBODY;
	libbpf_set_print(on_libbpf);
	libxdp_set_print(on_libxdp);
}

const char *ng_log_reason(void)
{
	return reason;
}

bool ng_log_verifier(void)
{
	return source == OF_VERIFIER;
}
