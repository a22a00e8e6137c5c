/* SPDX-License-Identifier: GPL-2.0-only */
/* What the running kernel's verifier needed for a program, and the limits for ours. */
#ifndef NG_TEST_VERIFIER_H
#define NG_TEST_VERIFIER_H

/*
 * The kernel's own limits are 1,000,000 verified instructions and 512 bytes of stack, of a function
 * and of a chain of calls. The difference is a margin for the next feature, for another compiler,
 * and for kernels whose verifier explores other paths. Each frame of a chain counts as on
 * Linux 6.1, rounded up to 32 bytes; newer kernels count less. Stack for loops that the kernel
 * inlines (bpf_loop()) is included, unlike in the kernel's own limits.
 */
#define VERIFIER_INSTRUCTIONS_MAX 250000
#define VERIFIER_STACK_MAX	  256
#define VERIFIER_CHAIN_MAX	  400

/**
 * struct verifier_figures - what one program needed
 * @instructions: verified instructions
 * @stack:        bytes, of the function with most of it
 * @chain:        bytes, of the calls that need most together
 * @path:         these calls: "netguard_xdp > ng_parse_rest"
 */
struct verifier_figures {
	unsigned int instructions, stack, chain;
	char path[256];
};

/**
 * verifier_figures() - of a loaded program
 * @log: output of the verifier with log level 4 (BPF_LOG_STATS)
 *
 * Return: 0, or -errno with why in @figures->path.
 */
int verifier_figures(int program, const char *log, struct verifier_figures *figures);

#endif
