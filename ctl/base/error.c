// SPDX-License-Identifier: GPL-2.0-only
#include "base/error.h"

#include <stdio.h>
#include <string.h>

#define NETNS_LEN 255 /* bytes of a file name */

static char netguard[sizeof("netguard -n ") + NETNS_LEN] = "netguard";
static char in_netns[sizeof("ip netns exec  ") + NETNS_LEN];

void ng_hints_netns(const char *netns)
{
	snprintf(netguard, sizeof(netguard), "netguard -n %s", netns);
	snprintf(in_netns, sizeof(in_netns), "ip netns exec %s ", netns);
}

const char *ng_netguard(void)
{
	return netguard;
}

const char *ng_in_netns(void)
{
	return in_netns;
}

int ng_fail(struct ng_error *err, int code, const char *format, ...)
{
	va_list args;

	if (!err)
		return code;
	memset(err, 0, sizeof(*err));
	va_start(args, format);
	vsnprintf(err->what, sizeof(err->what), format, args);
	va_end(args);
	return code;
}

int ng_fail_at(struct ng_error *err, int code, const char *where, const char *format, ...)
{
	va_list args;

	if (!err)
		return code;
	memset(err, 0, sizeof(*err));
	snprintf(err->where, sizeof(err->where), "%s", where);
	va_start(args, format);
	vsnprintf(err->what, sizeof(err->what), format, args);
	va_end(args);
	return code;
}

int ng_hint(struct ng_error *err, int code, const char *format, ...)
{
	va_list args;

	if (!err)
		return code;
	va_start(args, format);
	vsnprintf(err->hint, sizeof(err->hint), format, args);
	va_end(args);
	return code;
}

static struct ng_error kept;

void ng_warn(int code, const char *what)
{
	if (*kept.what)
		return;
	ng_fail(&kept, code, "the change is done, but could not clean up %s: %s", what,
		strerror(-code));
	ng_hint(&kept, code, "the next command that changes anything tries again");
}

const struct ng_error *ng_warned(void)
{
	return *kept.what ? &kept : NULL;
}
