// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/pins/fail.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/privilege.h"
#include "kernel/pins/bpffs.h"

int ng_fail_bpf(struct ng_error *err, int code, const char *what)
{
	if (code == -EPERM || code == -EACCES) {
		uint64_t missing = ng_privilege_lacks(NG_CAP(CAP_BPF) | NG_CAP(CAP_NET_ADMIN) |
						      NG_CAP(CAP_PERFMON) | NG_CAP(CAP_SYS_ADMIN));
		char names[NG_CAP_TEXT];

		ng_fail(err, -EPERM, "%s: permission denied", what);
		if (geteuid())
			return ng_hint(err, -EPERM, "run as root");
		if (missing)
			return ng_hint(err, -EPERM, "this process has no %s",
				       ng_privilege_names(missing, names));
		return ng_hint(err, -EPERM,
			       "`%s doctor` checks what prevents it: a container, a user "
			       "namespace, a security module",
			       ng_netguard());
	}
	if (code == -EROFS) {
		ng_fail_at(err, code, NG_BPFFS_PLACE,
			   "%s: the BPF file system is mounted read-only", what);
		return ng_hint(err, code, "mount -o remount,rw %s", NG_BPFFS_PLACE);
	}
	return ng_fail(err, code, "%s: %s", what, strerror(-code));
}
