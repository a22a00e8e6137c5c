// SPDX-License-Identifier: GPL-2.0-only
/*
 * fail_at read|state|own|all N ERROR COMMAND... - run the command and let the Nth of its system
 * calls fail with ERROR (ENOMEM, EPERM, ENFILE, EIO, EINTR, or their numbers), without executing
 * it. Counted are, of the calls that can fail: those that read what is pinned and attached (read);
 * those that read or change the filter (state); all from main() on (own); or also those of the
 * dynamic linker (all). A call that cannot be interrupted fails with EIO instead of EINTR.
 *
 * The last line on standard error names the call. Exit status: the command's; 128 plus the signal
 * that killed it; 200: it made fewer calls.
 */
#include "calls.h"
#include "traced.h"

#include <elf.h>
#include <linux/bpf.h>
#include <sys/uio.h>
#include <sys/user.h>

#define FEWER 200

enum kind { READ, OF_STATE, OWN, ALL, KINDS };

static const char *const kinds[KINDS] = { "read", "state", "own", "all" };

static void registers(pid_t child, int request, struct user_regs_struct *regs)
{
	struct iovec at = { .iov_base = regs, .iov_len = sizeof(*regs) };

	if (ptrace(request, child, NT_PRSTATUS, &at))
		traced_give_up("registers");
}

/* There is no call of this number, so the kernel does nothing. */
static void skip_call(pid_t child)
{
#ifdef __x86_64__
	struct user_regs_struct regs;

	registers(child, PTRACE_GETREGSET, &regs);
	regs.orig_rax = -1;
	registers(child, PTRACE_SETREGSET, &regs);
#else
	int none = -1;
	struct iovec at = { .iov_base = &none, .iov_len = sizeof(none) };

	if (ptrace(PTRACE_SETREGSET, child, NT_ARM_SYSTEM_CALL, &at))
		traced_give_up("registers");
#endif
}

static void set_result(pid_t child, long result)
{
	struct user_regs_struct regs;

	registers(child, PTRACE_GETREGSET, &regs);
#ifdef __x86_64__
	regs.rax = result;
#else
	regs.regs[0] = result;
#endif
	registers(child, PTRACE_SETREGSET, &regs);
}

/* The first call of main() sets the action for SIGPIPE. */
static bool is_main(const struct __ptrace_syscall_info *info)
{
	return info->entry.nr == SYS_rt_sigaction && info->entry.args[0] == SIGPIPE;
}

static bool is_meant(const struct __ptrace_syscall_info *info, enum kind kind, bool *in_main)
{
	*in_main |= is_main(info);
	if (!calls_fail(info) || (!*in_main && kind != ALL))
		return false;
	switch (kind) {
	case READ:
		return calls_read(info);
	case OF_STATE:
		return calls_of_state(info);
	default:
		return true;
	}
}

/* Let the call fail, then let the command run to its end untraced. */
static int fail(pid_t child, const struct __ptrace_syscall_info *entry, int error)
{
	struct __ptrace_syscall_info info;
	int status;

	if (error == EINTR && !calls_are_interrupted(entry))
		error = EIO;
	skip_call(child);
	if (!traced_next(child, &info, &status))
		return status;
	set_result(child, -error);
	if (ptrace(PTRACE_DETACH, child, NULL, 0))
		traced_give_up("let go");
	traced_wait(child, &status);
	fprintf(stderr, "# system call %llu(%lld): %s\n", (unsigned long long)entry->entry.nr,
		(long long)entry->entry.args[0], strerror(error));
	return traced_status(status);
}

static int run(pid_t child, enum kind kind, unsigned long nth, int error)
{
	struct __ptrace_syscall_info info;
	unsigned long calls = 0;
	bool in_main = false;
	int status;

	while (traced_next(child, &info, &status))
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY && is_meant(&info, kind, &in_main) &&
		    ++calls == nth)
			return fail(child, &info, error);
	return status ? status : FEWER;
}

static int error_called(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} errors[] = {
		{ "ENOMEM", ENOMEM }, { "EPERM", EPERM }, { "ENFILE", ENFILE },
		{ "EIO", EIO },	      { "EINTR", EINTR },
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (!strcmp(name, errors[i].name))
			return errors[i].number;
	return atoi(name);
}

int main(int argc, char **argv)
{
	enum kind kind = 0;

	while (argc > 4 && kind < KINDS && strcmp(argv[1], kinds[kind]))
		kind++;
	if (argc < 5 || kind == KINDS || error_called(argv[3]) <= 0) {
		fprintf(stderr, "usage: fail_at read|state|own|all N ERROR COMMAND...\n");
		return 2;
	}
	return run(traced_begin(argv + 4), kind, strtoul(argv[2], NULL, 10), error_called(argv[3]));
}
