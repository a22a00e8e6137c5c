// SPDX-License-Identifier: GPL-2.0-only
#include "base/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

int ng_library_load(const char *soname, const char *names, void *functions, struct ng_error *err)
{
	void *library = dlopen(soname, RTLD_NOW), *function;

	for (; library && *names; names += strlen(names) + 1) {
		function = dlsym(library, names);
		if (!function)
			break;
		functions = mempcpy(functions, &function, sizeof(function));
	}
	if (library && !*names)
		return 0;
	ng_fail(err, -ELIBACC, "a library is missing: %s", dlerror());
	return ng_hint(err, -ELIBACC, "install the package that has %s", soname);
}
