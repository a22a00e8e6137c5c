// SPDX-License-Identifier: GPL-2.0-only
#include "cli/profiles.h"

#define TO_LOAD (NG_CAP(CAP_BPF) | NG_CAP(CAP_NET_ADMIN) | NG_CAP(CAP_PERFMON))
/* To find a program whose interface was moved to the network namespace of another process. */
#define TO_FIND (NG_CAP(CAP_SYS_ADMIN) | NG_CAP(CAP_SYS_PTRACE))
#define TO_GROW (NG_CAP(CAP_NET_ADMIN) | NG_CAP(CAP_PERFMON) | TO_FIND)

/* The owner of the pins reads them without a capability. */
const struct ng_privilege ng_profile_read = { 0 };
const struct ng_privilege ng_profile_read_files = { .may = NG_CAP(CAP_DAC_READ_SEARCH) };
const struct ng_privilege ng_profile_save = {
	.may = NG_CAP(CAP_DAC_READ_SEARCH) | NG_CAP(CAP_DAC_OVERRIDE) | NG_CAP(CAP_FOWNER),
};
const struct ng_privilege ng_profile_write_capture = { .may = NG_CAP(CAP_DAC_OVERRIDE) };
const struct ng_privilege ng_profile_reset = { .spare = NG_CAP(CAP_BPF) | TO_GROW };
const struct ng_privilege ng_profile_change_sets = {
	.needs = NG_CAP(CAP_BPF), /* for a larger live table */
	.spare = TO_GROW,
};
const struct ng_privilege ng_profile_publish = {
	.needs = NG_CAP(CAP_BPF),
	.may = NG_CAP(CAP_DAC_READ_SEARCH),
	.spare = TO_GROW,
};
const struct ng_privilege ng_profile_ask_hooks = { .needs = NG_CAP(CAP_SYS_ADMIN), .may = TO_FIND };
/* Captures are read after the program is loaded and these were given up. */
const struct ng_privilege ng_profile_test = {
	.needs = TO_LOAD,
	.may = NG_CAP(CAP_DAC_READ_SEARCH),
	.spare = TO_LOAD | NG_CAP(CAP_SYS_ADMIN),
};
const struct ng_privilege ng_profile_examine = {
	.may = TO_LOAD | NG_CAP(CAP_SYS_ADMIN) | NG_CAP(CAP_SYS_PTRACE) |
	       NG_CAP(CAP_DAC_READ_SEARCH) | NG_CAP(CAP_DAC_OVERRIDE),
};
const struct ng_privilege ng_profile_tell_metrics = {
	.needs = NG_CAP(CAP_SYS_ADMIN),
	.may = TO_FIND | NG_CAP(CAP_DAC_READ_SEARCH) | NG_CAP(CAP_DAC_OVERRIDE) |
	       NG_CAP(CAP_FOWNER) | NG_CAP(CAP_NET_BIND_SERVICE) | NG_CAP(CAP_SETUID) |
	       NG_CAP(CAP_SETGID),
};
const struct ng_privilege ng_profile_complete = {
	.may = NG_CAP(CAP_SYS_ADMIN), /* `netguard -n NETNS ...` */
};
const struct ng_privilege ng_profile_attach = {
	.needs = NG_CAP(CAP_NET_ADMIN) | NG_CAP(CAP_SYS_ADMIN),
	.may = NG_CAP(CAP_BPF) | NG_CAP(CAP_PERFMON) | NG_CAP(CAP_DAC_READ_SEARCH) |
	       NG_CAP(CAP_DAC_OVERRIDE) | NG_CAP(CAP_SYS_PTRACE),
};
