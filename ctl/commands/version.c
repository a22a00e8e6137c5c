// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/libbpf.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <xdp/libxdp.h>

#include "cli/command.h"
#include "cli/context.h"
#include "layout/version.h"
#include "report/table.h"

/* libxdp has no function for its version; the name of its file has it. */
static const char *libxdp_file(char *path)
{
	const char *slash;
	Dl_info info;

	if (!dladdr((void *)xdp_program__close, &info) || !info.dli_fname ||
	    !realpath(info.dli_fname, path))
		return "unknown";
	slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

int ng_command_version(struct ng_context *ctx)
{
	static const struct ng_column columns[] = { { NULL, false }, { NULL, false } };
	struct utsname kernel = { 0 };
	char path[PATH_MAX];
	char layout[16];
	const struct {
		const char *name, *version;
	} versions[] = {
		{ "netguard", NG_VERSION },
		{ "layout", layout },
		{ "libbpf", libbpf_version_string() },
		{ "libxdp", libxdp_file(path) },
		{ "kernel", kernel.release },
	};
	size_t n = sizeof(versions) / sizeof(*versions);

	uname(&kernel);
	snprintf(layout, sizeof(layout), "%d", NG_LAYOUT_VERSION);
	if (ctx->json) {
		struct json_object *object = ng_json_new();

		for (size_t i = 0; i < n; i++)
			ng_json_text(object, versions[i].name, versions[i].version);
		ng_say_json(ctx, object, 0);
	} else {
		__cleanup_table struct ng_table *table = ng_table_new(columns, 2);

		for (size_t i = 0; i < n; i++) {
			ng_table_cell(table, "%s", versions[i].name);
			ng_table_cell(table, "%s", versions[i].version);
		}
		ng_table_print(table, stdout);
	}
	return 0;
}
