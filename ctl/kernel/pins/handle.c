// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/pins/handle.h"

#include <stdarg.h>
#include <stdio.h>

const char *ng_pin_path(const struct ng_state *state, char path[NG_PIN_PATH], const char *format,
			...)
{
	int len = snprintf(path, NG_PIN_PATH, "%s/", state->folder);
	va_list args;

	va_start(args, format);
	vsnprintf(path + len, NG_PIN_PATH - len, format, args);
	va_end(args);
	return path;
}
