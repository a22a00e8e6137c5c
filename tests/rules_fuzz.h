/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_RULES_FUZZ_H
#define NG_RULES_FUZZ_H

#include <stddef.h>
#include <stdint.h>

enum fuzz_result { FUZZ_REFUSED, FUZZ_SAME, FUZZ_BROKEN };

/**
 * fuzz_rules() - read a text; when it is a ruleset, print it, read that and print again
 *
 * FUZZ_BROKEN when the two prints differ, when the first is refused, or when a refused text
 * gives no message.
 */
enum fuzz_result fuzz_rules(const uint8_t *data, size_t size);

/**
 * fuzz_list() - read a list file; when it is one, write it with a prefix a line and read that
 *
 * FUZZ_BROKEN when that is not read as the same prefixes, or needs to be mended.
 */
enum fuzz_result fuzz_list(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
