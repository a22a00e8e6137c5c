// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "commands/doctor/doctor.h"
#include "kernel/pins/bpffs.h"
#include "kernel/programs/programs.h"

#define GROUP "machine"

/* Read the first line of a kernel file, without its newline; 0 or -errno. */
static int read_line(const char *path, char *line, size_t size)
{
	__cleanup_file FILE *file = fopen(path, "re");

	if (!file)
		return -errno;
	if (!fgets(line, size, file))
		return -EIO;
	line[strcspn(line, "\n")] = '\0';
	return 0;
}

static int read_number(const char *path, long *number)
{
	char line[32];
	int result = read_line(path, line, sizeof(line));

	if (!result && sscanf(line, "%ld", number) != 1)
		result = -EIO;
	return result;
}

static void check_release(struct ng_findings *findings)
{
	struct utsname kernel;

	uname(&kernel);
	if (ng_kernel_is_old(kernel.release))
		ng_found_hint(ng_found(findings, GROUP, "kernel", NG_FINDING_PROBLEM,
				       "Linux %s is too old", kernel.release),
			      "netguard requires Linux 6.1 or newer");
	else
		ng_found(findings, GROUP, "kernel", NG_FINDING_OK, "Linux %s on %s", kernel.release,
			 kernel.machine);
}

static void check_btf(struct ng_findings *findings)
{
	if (!access("/sys/kernel/btf/vmlinux", R_OK))
		ng_found(findings, GROUP, "BTF", NG_FINDING_OK, "the kernel has BTF");
	else if (errno == ENOENT)
		ng_found_hint(ng_found(findings, GROUP, "BTF", NG_FINDING_NOTE,
				       "no /sys/kernel/btf/vmlinux: the kernel lacks BTF, and "
				       "libxdp cannot share interfaces"),
			      "use a kernel with CONFIG_DEBUG_INFO_BTF, or mount /sys");
	else
		ng_found(findings, GROUP, "BTF", NG_FINDING_UNKNOWN,
			 "cannot read /sys/kernel/btf/vmlinux: %s", strerror(errno));
}

/* Only the first network namespace has these. */
static int read_jit(const char *name, long *value)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/sys/net/core/%s", name);
	return read_number(path, value);
}

static void check_jit(struct ng_findings *findings)
{
	long enabled, harden, limit;
	int result = read_jit("bpf_jit_enable", &enabled);

	if (result) {
		ng_found(findings, GROUP, "JIT", NG_FINDING_UNKNOWN,
			 "cannot read net.core.bpf_jit_enable: %s%s", strerror(-result),
			 result == -ENOENT ? " (only the first network namespace has it)" : "");
		return;
	}
	if (!enabled)
		ng_found_hint(ng_found(findings, GROUP, "JIT", NG_FINDING_NOTE,
				       "off: programs are interpreted, many times slower, and no "
				       "extension programs can be loaded"),
			      "sysctl -w net.core.bpf_jit_enable=1");
	else
		ng_found(findings, GROUP, "JIT", NG_FINDING_OK, "on");
	if (!read_jit("bpf_jit_harden", &harden) && harden == 2)
		ng_found_hint(ng_found(findings, GROUP, "JIT hardening", NG_FINDING_NOTE,
				       "net.core.bpf_jit_harden is 2: constants in all programs "
				       "are blinded, which slows down every packet"),
			      "sysctl -w net.core.bpf_jit_harden=1 keeps it for programs of "
			      "unprivileged users");
	else if (!read_jit("bpf_jit_harden", &harden))
		ng_found(findings, GROUP, "JIT hardening", NG_FINDING_OK,
			 "%ld: does not affect programs that root loads", harden);
	if (!read_jit("bpf_jit_limit", &limit) && limit < 4 << 20)
		ng_found_hint(ng_found(findings, GROUP, "JIT memory", NG_FINDING_NOTE,
				       "net.core.bpf_jit_limit is %ld bytes for all programs",
				       limit),
			      "sysctl -w net.core.bpf_jit_limit=67108864");
}

static void check_unprivileged(struct ng_findings *findings)
{
	long value;
	int result = read_number("/proc/sys/kernel/unprivileged_bpf_disabled", &value);

	if (result)
		ng_found(findings, GROUP, "unprivileged BPF", NG_FINDING_UNKNOWN,
			 "cannot read kernel.unprivileged_bpf_disabled: %s", strerror(-result));
	else if (value)
		ng_found(findings, GROUP, "unprivileged BPF", NG_FINDING_OK,
			 "off (kernel.unprivileged_bpf_disabled is %ld); netguard does not need it",
			 value);
	else
		ng_found_hint(
			ng_found(findings, GROUP, "unprivileged BPF", NG_FINDING_NOTE,
				 "every user may load BPF programs; netguard does not need that"),
			"sysctl -w kernel.unprivileged_bpf_disabled=2");
}

static void check_bpffs(struct ng_findings *findings)
{
	struct ng_error error;
	const char *path = ng_bpffs_find(&error);
	struct statvfs mounted;
	struct stat status;

	if (!path)
		ng_found_hint(ng_found(findings, GROUP, "BPF file system", NG_FINDING_PROBLEM, "%s",
				       error.what),
			      "%s", error.hint);
	else if (!statvfs(path, &mounted) && mounted.f_flag & ST_RDONLY)
		ng_found_hint(ng_found(findings, GROUP, "BPF file system", NG_FINDING_PROBLEM,
				       "mounted read-only"),
			      "mount -o remount,rw %s", NG_BPFFS_PLACE);
	else if (strncmp(path, "/proc/", strlen("/proc/")) == 0)
		ng_found(findings, GROUP, "BPF file system", NG_FINDING_OK,
			 "the one of another process, since this mount namespace has another /sys");
	else if (!stat(path, &status) && status.st_mode & S_IWOTH)
		ng_found_hint(ng_found(findings, GROUP, "BPF file system", NG_FINDING_NOTE,
				       "mounted at %s with mode %o: anyone may write there", path,
				       status.st_mode & 07777),
			      "chmod 700 %s", path);
	else
		ng_found(findings, GROUP, "BPF file system", NG_FINDING_OK, "mounted at %s", path);
}

static void check_cpus(struct ng_findings *findings)
{
	int possible = libbpf_num_possible_cpus();
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	if (possible > 0 && possible > 4 * online)
		ng_found_hint(ng_found(findings, GROUP, "CPUs", NG_FINDING_NOTE,
				       "%ld present, %d possible: counters take memory for each "
				       "possible one",
				       online, possible),
			      "boot with possible_cpus=%ld", online);
	else
		ng_found(findings, GROUP, "CPUs", NG_FINDING_OK, "%ld", online);
}

static void check_clock(struct ng_findings *findings)
{
	static const char path[] =
		"/sys/devices/system/clocksource/clocksource0/current_clocksource";
	char name[32];
	int result = read_line(path, name, sizeof(name));

	if (result)
		ng_found(findings, GROUP, "clock", NG_FINDING_UNKNOWN,
			 "cannot read the clock source: %s", strerror(-result));
	else if (!strcmp(name, "hpet") || !strcmp(name, "acpi_pm") || !strcmp(name, "jiffies"))
		ng_found_hint(ng_found(findings, GROUP, "clock", NG_FINDING_NOTE,
				       "%s is slow to read, which slows down packets that match "
				       "`log`, `until` or a live entry that expires",
				       name),
			      "see /sys/devices/system/clocksource/clocksource0/"
			      "available_clocksource");
	else
		ng_found(findings, GROUP, "clock", NG_FINDING_OK, "%s", name);
}

static void check_lockdown(struct ng_findings *findings)
{
	char line[64];

	if (!read_line("/sys/kernel/security/lockdown", line, sizeof(line)) &&
	    strstr(line, "[confidentiality]"))
		ng_found_hint(ng_found(findings, GROUP, "lockdown", NG_FINDING_NOTE,
				       "the kernel is locked down (confidentiality), and may "
				       "refuse BPF programs"),
			      "boot with lockdown=integrity");
}

void ng_doctor_machine(struct ng_findings *findings)
{
	check_release(findings);
	check_btf(findings);
	check_jit(findings);
	check_unprivileged(findings);
	check_lockdown(findings);
	check_bpffs(findings);
	check_cpus(findings);
	check_clock(findings);
}
