// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "base/privilege.h"
#include "commands/doctor/doctor.h"
#include "kernel/pins/log.h"
#include "kernel/programs/tc.h"
#include "kernel/runner.h"
#include "rules/ruleset.h"

#define GROUP "kernel"

static const unsigned char frame[] = {
	/* Ethernet, IPv4 of 32 bytes with UDP, 192.0.2.1 to 192.0.2.2 */
	0x02, 0,  0,	0,    0,    1,	  0x02, 0,  0,	  0,	0,   2,	  0x08, 0,   0x45, 0,
	0,    32, 0,	0,    0,    0,	  64,	17, 0xf6, 0xc9, 192, 0,	  2,	1,   192,  0,
	2,    2,  0x03, 0xe8, 0x07, 0xd0, 0,	12, 0,	  0,	'n', 'g', '0',	'1',
};

/* Load the program with an empty ruleset and run it on one frame. */
static void try_program(struct ng_findings *findings, const char *about, enum ng_hook hook,
			const struct ng_image *image)
{
	struct ng_decision decision;
	struct ng_runner *runner;
	struct ng_error error;
	int result;

	result = ng_runner_open(hook, image, "", &runner, &error);
	if (result) {
		ng_found_hint(ng_found(findings, GROUP, about,
				       result == -EPERM ? NG_FINDING_UNKNOWN : NG_FINDING_PROBLEM,
				       "%s", error.what),
			      "%s", error.hint);
		return;
	}
	result = ng_runner_run(runner, frame, sizeof(frame), NULL, &decision);
	ng_runner_close(runner);
	if (result)
		ng_found(findings, GROUP, about, NG_FINDING_PROBLEM,
			 "loaded, but a test run failed: %s", strerror(-result));
	else if (decision.drop)
		ng_found_hint(ng_found(findings, GROUP, about, NG_FINDING_PROBLEM,
				       "loaded, but it drops a frame that it should pass"),
			      "please report this");
	else
		ng_found(findings, GROUP, about, NG_FINDING_OK,
			 "loaded, and a test run gives the right verdict");
}

static void try_programs(struct ng_findings *findings)
{
	struct ng_ruleset *empty = ng_ruleset_new();
	struct ng_image image = { 0 };
	struct ng_error error;

	if (empty && !ng_image_compile(empty, NULL, 0, &image, &error)) {
		try_program(findings, "XDP program", NG_HOOK_XDP, &image);
		try_program(findings, "TC program", NG_HOOK_TC_IN, &image);
		ng_image_clear(&image);
	}
	ng_ruleset_free(empty);
}

static bool may_load(void)
{
	return ng_privilege_has(CAP_SYS_ADMIN) ||
	       (ng_privilege_has(CAP_BPF) && ng_privilege_has(CAP_PERFMON));
}

static void try_extensions(struct ng_findings *findings)
{
	int result = libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_EXT, NULL);

	/* The probe does not tell a lack of privileges from a lack of support. */
	if (!result && !may_load())
		result = -EPERM;
	if (result > 0)
		ng_found(findings, GROUP, "extension programs", NG_FINDING_OK,
			 "several XDP programs can share an interface, by libxdp's dispatcher");
	else if (result == -EPERM)
		ng_found(findings, GROUP, "extension programs", NG_FINDING_UNKNOWN,
			 "could not be tried: permission denied");
	else
		ng_found_hint(
			ng_found(findings, GROUP, "extension programs", NG_FINDING_NOTE,
				 "the kernel lacks freplace: only one XDP program per interface"),
			"to keep another XDP program: %s attach IFACE --mode tc", ng_netguard());
}

static int load_trivial(void)
{
	static const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = -1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "ng_doctor", "GPL", program, 2, NULL);
}

static void try_tcx(struct ng_findings *findings)
{
	__cleanup_fd int program = load_trivial(), link = -1;

	if (program < 0) {
		ng_found(findings, GROUP, "TCX", NG_FINDING_UNKNOWN, "could not be tried: %s",
			 strerror(errno));
		return;
	}
	/* Interface 0 does not exist: a kernel with TCX says so. */
	link = ng_tc_link(0, NG_HOOK_TC_IN, program);
	if (link == -EOPNOTSUPP)
		ng_found(findings, GROUP, "TCX", NG_FINDING_OK,
			 "not in this kernel (Linux 6.6 and newer have it): netguard uses clsact");
	else if (link == -EPERM)
		ng_found(findings, GROUP, "TCX", NG_FINDING_UNKNOWN,
			 "could not be tried: permission denied");
	else
		ng_found(findings, GROUP, "TCX", NG_FINDING_OK,
			 "supported: netguard's TC programs run before all others");
}

void ng_doctor_kernel(struct ng_findings *findings)
{
	ng_log_begin();
	try_programs(findings);
	ng_log_begin();
	try_extensions(findings);
	try_tcx(findings);
}
