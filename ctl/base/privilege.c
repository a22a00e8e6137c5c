// SPDX-License-Identifier: GPL-2.0-only
#include "base/privilege.h"

#include <cap-ng.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#define CAP_BITS       64
#define WERE_SYS_ADMIN (NG_CAP(CAP_BPF) | NG_CAP(CAP_PERFMON))

static uint64_t spare;
static unsigned int raised;

/*
 * libcap-ng reads the capabilities of the process when it is first asked, and again after a fork;
 * its own changes it knows. Making it read each time would parse /proc/PID/status twice.
 */
static uint64_t bits_of(capng_type_t set)
{
	uint64_t bits = 0;

	for (int i = 0; i <= CAP_LAST_CAP; i++)
		if (capng_have_capability(set, i))
			bits |= NG_CAP(i);
	return bits;
}

static void add(uint64_t bits, unsigned int sets)
{
	for (int i = 0; i < CAP_BITS; i++)
		if (bits & NG_CAP(i))
			capng_update(CAPNG_ADD, sets, i);
}

/* Dropping from the bounding set requires CAP_SETPCAP. */
static int apply(uint64_t permitted, uint64_t effective)
{
	bool bounds = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);

	capng_clear(CAPNG_SELECT_BOTH);
	add(permitted, CAPNG_PERMITTED);
	add(effective, CAPNG_EFFECTIVE);
	return capng_apply(bounds ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS) ? -EPERM : 0;
}

static int fail_lacking(uint64_t missing, struct ng_error *err)
{
	char reasons[512] = "", names[NG_CAP_TEXT];
	size_t len = 0;

	for (int i = 0; i < CAP_BITS; i++) {
		const char *reason = missing & NG_CAP(i) ? ng_privilege_reason(i) : NULL;

		if (!reason || len >= sizeof(reasons))
			continue;
		len += snprintf(reasons + len, sizeof(reasons) - len, "%s%s (%s)", len ? ", " : "",
				ng_privilege_names(NG_CAP(i), names), reason);
	}
	ng_fail(err, -EPERM, "permission denied: this requires %s", reasons);
	return ng_hint(err, -EPERM, "run as root, or with %s", ng_privilege_names(missing, names));
}

static int fail_giving_up(struct ng_error *err)
{
	return ng_fail(err, -EPERM, "cannot give up capabilities: %s", strerror(errno));
}

int ng_privilege_check(const struct ng_privilege *privilege, struct ng_error *err)
{
	uint64_t missing = ng_privilege_lacks(privilege->needs);

	/* Before Linux 5.8 all of this was CAP_SYS_ADMIN, which the kernel still accepts. */
	if (!ng_privilege_lacks(NG_CAP(CAP_SYS_ADMIN)))
		missing &= ~WERE_SYS_ADMIN;
	return missing ? fail_lacking(missing, err) : 0;
}

int ng_privilege_keep(const struct ng_privilege *privilege, struct ng_error *err)
{
	uint64_t has, keep, needs = privilege->needs, later = privilege->spare;
	int result;

	if (capng_get_caps_process())
		return ng_fail(err, -EPERM, "cannot read the capabilities of this process");
	has = bits_of(CAPNG_PERMITTED);
	result = ng_privilege_check(privilege, err);
	if (result)
		return result;
	if (has & NG_CAP(CAP_SYS_ADMIN) && needs & ~has & WERE_SYS_ADMIN) {
		if (needs & ~has & WERE_SYS_ADMIN & ~later)
			later &= ~NG_CAP(CAP_SYS_ADMIN);
		needs = (needs & (has | ~WERE_SYS_ADMIN)) | NG_CAP(CAP_SYS_ADMIN);
	}
	keep = has & (needs | privilege->may) & ~later;
	spare = has & later;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || apply(keep | spare, keep))
		return fail_giving_up(err);
	return 0;
}

static int change_spare(capng_act_t act, unsigned int sets)
{
	for (int i = 0; i < CAP_BITS; i++)
		if (spare & NG_CAP(i))
			capng_update(act, sets, i);
	return capng_apply(CAPNG_SELECT_CAPS) ? -EPERM : 0;
}

/*
 * If one of these two fails, the kernel refuses what the spare capabilities are for, or it does not
 * need them.
 */
void ng_privilege_raise(void)
{
	if (!raised++ && spare)
		change_spare(CAPNG_ADD, CAPNG_EFFECTIVE);
}

void ng_privilege_lower(void)
{
	if (!--raised && spare)
		change_spare(CAPNG_DROP, CAPNG_EFFECTIVE);
}

int ng_privilege_drop_spare(struct ng_error *err)
{
	if (spare && change_spare(CAPNG_DROP, CAPNG_EFFECTIVE | CAPNG_PERMITTED))
		return fail_giving_up(err);
	spare = 0;
	return 0;
}

bool ng_privilege_has(int capability)
{
	return capng_have_capability(CAPNG_EFFECTIVE, capability);
}

uint64_t ng_privilege_lacks(uint64_t capabilities)
{
	return capabilities & ~bits_of(CAPNG_PERMITTED);
}

const char *ng_privilege_reason(int capability)
{
	switch (capability) {
	case CAP_BPF:
		return "to make BPF maps and load programs";
	case CAP_NET_ADMIN:
		return "to load programs for packets and attach them to interfaces";
	case CAP_PERFMON:
		return "for the verifier to accept programs that compute with pointers";
	case CAP_SYS_ADMIN:
		return "to find the programs on an interface by their ids, and to enter a network "
		       "namespace";
	case CAP_SYS_PTRACE:
		return "to reach the BPF file system and the session of another process";
	case CAP_DAC_OVERRIDE:
		return "to write files of other users";
	case CAP_DAC_READ_SEARCH:
		return "to read files of other users";
	case CAP_FOWNER:
		return "to replace files of other users";
	case CAP_NET_BIND_SERVICE:
		return "to listen on a port below 1024";
	case CAP_SETUID:
	case CAP_SETGID:
		return "to serve HTTP as a user without privileges";
	default:
		return NULL;
	}
}

const char *ng_privilege_names(uint64_t capabilities, char text[NG_CAP_TEXT])
{
	size_t len = 0;

	text[0] = '\0';
	for (int i = 0; i < CAP_BITS; i++) {
		const char *name = capabilities & NG_CAP(i) ? capng_capability_to_name(i) : NULL;

		if (!name || len >= NG_CAP_TEXT)
			continue;
		len += snprintf(text + len, NG_CAP_TEXT - len, "%sCAP_", len ? ", " : "");
		while (*name && len < NG_CAP_TEXT - 1)
			text[len++] = toupper((unsigned char)*name++);
		text[len < NG_CAP_TEXT ? len : NG_CAP_TEXT - 1] = '\0';
	}
	return text;
}
