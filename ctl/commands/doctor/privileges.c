// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "commands/doctor/doctor.h"
#include "base/privilege.h"

#define GROUP "privileges"

/* In a user namespace of its own a process may have every capability, and none that counts. */
static bool is_first_user_namespace(void)
{
	__cleanup_file FILE *file = fopen("/proc/self/uid_map", "re");
	unsigned long from, to, n;

	return !file || fscanf(file, "%lu %lu %lu", &from, &to, &n) != 3 ||
	       (!from && !to && n == 0xffffffff);
}

/* Without @is_needed nothing works; the others are for some commands, or for some machines. */
static void look_at(struct ng_findings *findings, int capability, bool is_needed, bool implied)
{
	static const char *const names[] = {
		[CAP_BPF] = "CAP_BPF",
		[CAP_NET_ADMIN] = "CAP_NET_ADMIN",
		[CAP_PERFMON] = "CAP_PERFMON",
		[CAP_SYS_ADMIN] = "CAP_SYS_ADMIN",
		[CAP_SYS_PTRACE] = "CAP_SYS_PTRACE",
		[CAP_DAC_READ_SEARCH] = "CAP_DAC_READ_SEARCH",
		[CAP_DAC_OVERRIDE] = "CAP_DAC_OVERRIDE",
	};
	bool lacks = ng_privilege_lacks(NG_CAP(capability));

	if (!lacks || implied)
		ng_found(findings, GROUP, names[capability], NG_FINDING_OK, "%s: %s",
			 lacks ? "included in CAP_SYS_ADMIN" : "here",
			 ng_privilege_reason(capability));
	else
		ng_found_hint(ng_found(findings, GROUP, names[capability],
				       is_needed ? NG_FINDING_PROBLEM : NG_FINDING_NOTE,
				       "missing: %s", ng_privilege_reason(capability)),
			      "run as root, or give it this capability");
}

void ng_doctor_privileges(struct ng_findings *findings)
{
	bool admin = !ng_privilege_lacks(NG_CAP(CAP_SYS_ADMIN));

	if (!is_first_user_namespace())
		ng_found_hint(
			ng_found(findings, GROUP, "user namespace", NG_FINDING_NOTE,
				 "this is a user namespace, whose capabilities do not allow BPF"),
			"run it in the initial user namespace");
	if (geteuid())
		ng_found_hint(
			ng_found(findings, GROUP, "user", NG_FINDING_NOTE,
				 "user %u: netguard's state belongs to the user who attached it",
				 geteuid()),
			"run as root");
	look_at(findings, CAP_BPF, true, admin);
	look_at(findings, CAP_NET_ADMIN, true, false);
	look_at(findings, CAP_PERFMON, true, admin);
	look_at(findings, CAP_SYS_ADMIN, true, false);
	look_at(findings, CAP_SYS_PTRACE, false, false);
	look_at(findings, CAP_DAC_READ_SEARCH, false, false);
	look_at(findings, CAP_DAC_OVERRIDE, false, false);
}
