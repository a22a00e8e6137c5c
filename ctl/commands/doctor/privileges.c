// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/privilege.h"
#include "commands/doctor/doctor.h"

#define GROUP "privileges"

/* In another user namespace a process may have all capabilities, but none for BPF. */
static bool is_first_user_namespace(void)
{
	__cleanup_file FILE *file = fopen("/proc/self/uid_map", "re");
	unsigned long from, to, n;

	return !file || fscanf(file, "%lu %lu %lu", &from, &to, &n) != 3 ||
	       (!from && !to && n == 0xffffffff);
}

/* @is_needed: nothing works without it; others are for some commands or machines only. */
static void check(struct ng_findings *findings, int capability, bool is_needed, bool implied)
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
			 lacks ? "included in CAP_SYS_ADMIN" : "available",
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
	check(findings, CAP_BPF, true, admin);
	check(findings, CAP_NET_ADMIN, true, false);
	check(findings, CAP_PERFMON, true, admin);
	check(findings, CAP_SYS_ADMIN, true, false);
	check(findings, CAP_SYS_PTRACE, false, false);
	check(findings, CAP_DAC_READ_SEARCH, false, false);
	check(findings, CAP_DAC_OVERRIDE, false, false);
}
