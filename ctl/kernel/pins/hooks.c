// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/pins/hooks.h"

#include <errno.h>
#include <string.h>

static const char *const hook_names[NG_HOOKS] = {
	[NG_HOOK_XDP] = "xdp",
	[NG_HOOK_TC_IN] = "tc-in",
	[NG_HOOK_TC_OUT] = "tc-out",
};

static const char *const mode_names[NG_MODES] = {
	[NG_MODE_AUTO] = "auto",
	[NG_MODE_NATIVE] = "native",
	[NG_MODE_GENERIC] = "generic",
	[NG_MODE_TC] = "tc",
};

static const char *const way_names[NG_WAYS] = {
	[NG_WAY_NATIVE] = "native",
	[NG_WAY_GENERIC] = "generic",
	[NG_WAY_TCX] = "tcx",
	[NG_WAY_CLSACT] = "clsact",
};

const char *ng_hook_name(enum ng_hook hook)
{
	return hook_names[hook];
}

const char *ng_way_name(enum ng_way way)
{
	return way_names[way];
}

int ng_mode_parse(const char *name, enum ng_mode *mode)
{
	for (enum ng_mode i = 0; i < NG_MODES; i++) {
		if (!strcmp(name, mode_names[i])) {
			*mode = i;
			return 0;
		}
	}
	return -EINVAL;
}

int ng_hook_parse(const char *name, enum ng_hook *hook)
{
	for (enum ng_hook i = 0; i < NG_HOOKS; i++) {
		if (!strcmp(name, hook_names[i])) {
			*hook = i;
			return 0;
		}
	}
	return -EINVAL;
}
