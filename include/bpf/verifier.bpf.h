/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is done for the verifier's sake alone.
 *
 * The verifier walks every way through a program. Two ways that meet become one if it knows the
 * same about all registers and the stack, and else both are walked to the end. So what it knows
 * more than it needs is what costs verified instructions, of which a program may take a million,
 * and ours are to take a quarter of that (tests/verify.c).
 *
 *  - What stands in a map the verifier does not know: struct ng_scratch holds what a packet's way
 *    is about, and the stack little more than pointers.
 *  - Numbers that must be in registers or on the stack are widened, ng_widen().
 *  - What is long is a global function (not static): it is verified once, by itself, for any
 *    arguments. Linux 6.1 takes only the context, numbers and memory of fixed size as arguments, so
 * the image cannot be handed over; and looking it up again could find another one.
 *  - Searches of many steps are callbacks of bpf_loop(), a step a call.
 */
#ifndef NG_VERIFIER_BPF_H
#define NG_VERIFIER_BPF_H

/*
 * Adds a 0 that the verifier does not know to be one: the value stays, what is known of it goes.
 * @zero: where the 0 stands, in a map
 */
#define ng_widen(zero, x) asm volatile("%0 += %1" : "+r"(x) : "r"(*(zero)))

/*
 * What was stored in memory is read again from there. Else the compiler keeps it in registers or on
 * the stack, where the verifier knows it.
 */
#define ng_reload() asm volatile("" : : : "memory")

/* Keeps the compiler from making a branch of arithmetic: each is one more way to walk. */
#define ng_opaque(x) asm volatile("" : "+r"(x))

/* Linux 6.1 loses the bounds of a number that the compiler keeps on the stack; @mask is constant.
 */
#define ng_bound_again(x, mask) asm volatile("%0 &= %1" : "+r"(x) : "i"(mask))

#endif
