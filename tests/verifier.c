// SPDX-License-Identifier: GPL-2.0-only
#include "verifier.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/bpf.h>

#include "base/cleanup.h"

#define FUNCTIONS_MAX 256	/* BPF_MAX_SUBPROGS of the kernel */
#define FRAME	      32	/* Linux 6.1 rounds up a frame to that: check_max_stack_depth() */
#define INSTRUCTIONS  (1 << 20) /* of one program: no kernel accepts more */

/* @chain: of this function and its callees, 0: not known yet; @next: the callee that needs most */
struct function {
	unsigned int start, stack, chain;
	int next;
	char name[64];
};

struct program {
	struct function functions[FUNCTIONS_MAX];
	int n;
	struct bpf_insn *code;
	unsigned int length;
};

static int fail(struct verifier_figures *figures, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(struct verifier_figures *figures, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(figures->path, sizeof(figures->path), format, args);
	va_end(args);
	return code;
}

/* Names and offsets of the functions, in the order in which the verifier prints their stacks. */
static int read_functions(int fd, struct program *p)
{
	struct bpf_func_info found[FUNCTIONS_MAX];
	struct bpf_prog_info info = { .nr_func_info = FUNCTIONS_MAX,
				      .func_info_rec_size = sizeof(found[0]),
				      .func_info = (unsigned long)found };
	__u32 len = sizeof(info);
	struct btf *btf;

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	if (!info.nr_func_info || info.nr_func_info > FUNCTIONS_MAX)
		return -ENODATA;
	btf = btf__load_from_kernel_by_id(info.btf_id);
	if (!btf)
		return -errno;
	p->n = info.nr_func_info;
	for (int i = 0; i < p->n; i++) {
		const struct btf_type *type = btf__type_by_id(btf, found[i].type_id);
		const char *name = type ? btf__name_by_offset(btf, type->name_off) : "?";

		p->functions[i].start = found[i].insn_off;
		snprintf(p->functions[i].name, sizeof(p->functions[i].name), "%s", name);
	}
	btf__free(btf);
	return 0;
}

/* The translated code, in which calls have the called function. */
static int read_code(int fd, struct program *p)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	p->length = info.xlated_prog_len / sizeof(*p->code);
	if (!p->length || p->length > INSTRUCTIONS)
		return -E2BIG;
	p->code = malloc(p->length * sizeof(*p->code));
	if (!p->code)
		return -ENOMEM;
	info = (struct bpf_prog_info){ .xlated_prog_len = p->length * sizeof(*p->code),
				       .xlated_prog_insns = (unsigned long)p->code };
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	return info.xlated_prog_insns ? 0 : -EPERM;
}

/* "stack depth 176+0+64": a number for each function. */
static int read_stacks(const char *log, struct program *p)
{
	static const char words[] = "stack depth ";
	const char *at = strstr(log, words);
	int n = 0;

	if (!at)
		return -ENODATA;
	for (at += strlen(words) - 1; n < p->n && (*at == ' ' || *at == '+'); n++) {
		char *end;

		p->functions[n].stack = strtoul(at + 1, &end, 10);
		if (end == at + 1)
			return -EPROTO;
		at = end;
	}
	return n == p->n && *at != '+' ? 0 : -EPROTO;
}

/*
 * The function that a call or the address of a callback refers to; -1: the instruction is neither.
 * For a compiled program the kernel reports a called function by number, an address by distance.
 */
static int callee(const struct program *p, unsigned int i)
{
	const struct bpf_insn *insn = &p->code[i];

	if (insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_CALL)
		return insn->imm;
	if (insn->code != (BPF_LD | BPF_IMM | BPF_DW) || insn->src_reg != BPF_PSEUDO_FUNC)
		return -1;
	for (int f = 0; f < p->n; f++)
		if (p->functions[f].start == i + insn->imm + 1)
			return f;
	return FUNCTIONS_MAX;
}

static unsigned int end_of(const struct program *p, int f)
{
	return f + 1 < p->n ? p->functions[f + 1].start : p->length;
}

/* The stack of @f and its deepest callee; 0 with -errno in *@failed. */
static unsigned int measure(struct program *p, int f, int depth, int *failed)
{
	struct function *function = &p->functions[f];
	unsigned int below = 0, frame = function->stack ? function->stack : 1;

	if (function->chain || *failed)
		return function->chain;
	function->next = -1;
	if (depth > p->n)
		*failed = -ELOOP;
	for (unsigned int i = function->start; i < end_of(p, f) && !*failed; i++) {
		int called = callee(p, i);
		unsigned int chain;

		if (called < 0)
			continue;
		/* Nothing calls function 0, the program itself: a 0 means that the kernel hides the
		 * numbers. */
		if (!called || called >= p->n) {
			*failed = -EPROTO;
			break;
		}
		chain = measure(p, called, depth + 1, failed);
		if (chain > below) {
			below = chain;
			function->next = called;
		}
	}
	if (*failed)
		return 0;
	function->chain = (frame + FRAME - 1) / FRAME * FRAME + below;
	return function->chain;
}

static void tell(const struct program *p, struct verifier_figures *figures)
{
	size_t len = 0;

	for (int f = 0; f < p->n; f++)
		if (p->functions[f].stack > figures->stack)
			figures->stack = p->functions[f].stack;
	figures->chain = p->functions[0].chain;
	for (int f = 0; f >= 0 && len < sizeof(figures->path); f = p->functions[f].next)
		len += snprintf(figures->path + len, sizeof(figures->path) - len, "%s%s",
				f ? " > " : "", p->functions[f].name);
}

int verifier_figures(int fd, const char *log, struct verifier_figures *figures)
{
	__cleanup_free struct program *p = calloc(1, sizeof(*p));
	__cleanup_free struct bpf_insn *code = NULL;
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);
	int result, failed = 0;

	*figures = (struct verifier_figures){ 0 };
	if (!p)
		return fail(figures, -ENOMEM, "out of memory");
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return fail(figures, -errno, "the kernel tells nothing: %s", strerror(errno));
	figures->instructions = info.verified_insns;
	result = read_functions(fd, p);
	if (result)
		return fail(figures, result, "its functions: %s", strerror(-result));
	result = read_stacks(log, p);
	if (result)
		return fail(figures, result, "not the stacks of %d functions: \"%.100s\"", p->n,
			    log);
	result = read_code(fd, p);
	code = p->code;
	if (result)
		return fail(figures, result, "its code: %s", strerror(-result));
	measure(p, 0, 0, &failed);
	if (failed)
		return fail(
			figures, failed,
			"it does not tell what calls what: kernel.kptr_restrict must be below 2");
	tell(p, figures);
	return 0;
}
