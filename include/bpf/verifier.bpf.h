/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is done only for the verifier.
 *
 * The verifier follows every path through a program. Where two paths meet, it stops following one
 * if it knows the same about all registers and the stack, and else follows both to the end. So
 * knowledge that it does not need costs verified instructions. A program may take a million of
 * them, and ours a quarter of that (tests/verifier.h).
 *
 *  - The verifier knows nothing about values in a map: so the state of a packet is in struct
 *    ng_scratch, and the stack holds little more than pointers.
 *  - Numbers that must be in registers or on the stack are widened, ng_widen().
 *  - Long code is in global functions (not static): they are verified once, separately, for any
 *    arguments. On Linux 6.1 arguments can only be the context, numbers and memory of fixed size,
 *    so the image cannot be passed; and a second lookup could find another one.
 *  - Searches with many steps are callbacks of bpf_loop(), with one step in each call.
 */
#ifndef NG_VERIFIER_BPF_H
#define NG_VERIFIER_BPF_H

/*
 * Adds a 0 that the verifier does not know to be 0: the value stays, but the verifier forgets it.
 * @zero: address of the 0, in a map
 */
#define ng_widen(zero, x) asm volatile("%0 += %1" : "+r"(x) : "r"(*(zero)))

/*
 * Makes the compiler read values from memory again. Else it keeps them in registers or on the
 * stack, where the verifier knows them.
 */
#define ng_reload() asm volatile("" : : : "memory")

/* Keeps the compiler from turning arithmetic into a branch, which would be one more path. */
#define ng_opaque(x) asm volatile("" : "+r"(x))

/* Linux 6.1 loses the bounds of a number that the compiler keeps on the stack; @mask is constant.
 */
#define ng_bound_again(x, mask) asm volatile("%0 &= %1" : "+r"(x) : "i"(mask))

#endif
