// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/log.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>
#include <xdp/libxdp.h>

static char words[256];
static bool from_kernel;

static void keep(const char *format, va_list args)
{
	static const char kernel_says[] = "Kernel error message: ";
	char line[256];
	const char *text;

	vsnprintf(line, sizeof(line), format, args);
	line[strcspn(line, "\n")] = '\0';
	text = strstr(line, kernel_says);
	/* What follows the kernel's words only repeats the errno in other words. */
	if (text)
		text += strlen(kernel_says);
	else if (from_kernel || !line[0])
		return;
	from_kernel = text;
	snprintf(words, sizeof(words), "%s", text ? text : line);
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
	words[0] = '\0';
	from_kernel = false;
	libbpf_set_print(on_libbpf);
	libxdp_set_print(on_libxdp);
}

const char *ng_log_reason(void)
{
	return words;
}
