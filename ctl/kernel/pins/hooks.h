/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks, and the ways to attach a program to them. */
#ifndef NG_HOOKS_H
#define NG_HOOKS_H

enum ng_hook { NG_HOOK_XDP, NG_HOOK_TC_IN, NG_HOOK_TC_OUT, NG_HOOKS };

/* The values of `attach --mode`. */
enum ng_mode {
	NG_MODE_AUTO, /* native XDP, else TC ingress */
	NG_MODE_NATIVE,
	NG_MODE_GENERIC,
	NG_MODE_TC,
	NG_MODES
};

/* How a program is attached: XDP in the driver or generic, TC by a link or by a filter. */
enum ng_way { NG_WAY_NATIVE, NG_WAY_GENERIC, NG_WAY_TCX, NG_WAY_CLSACT, NG_WAYS };

/* Constant strings: "xdp", "tc-in", "tc-out"; "native", "generic", "tcx", "clsact". */
const char *ng_hook_name(enum ng_hook hook);
const char *ng_way_name(enum ng_way way);

/** ng_mode_parse() - the mode called @name; 0 or -EINVAL, *@mode untouched */
int ng_mode_parse(const char *name, enum ng_mode *mode);

/** ng_hook_parse() - the hook called @name; 0 or -EINVAL, *@hook untouched */
int ng_hook_parse(const char *name, enum ng_hook *hook);

#endif
