/* SPDX-License-Identifier: GPL-2.0-only */
/* Fuzz targets: code that reads untrusted input. For `make fuzz` and fuzz_test.c. */
#ifndef NG_TEST_FUZZ_H
#define NG_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>

enum fuzz_result { FUZZ_REFUSED, FUZZ_SAME, FUZZ_BROKEN };

/**
 * fuzz_rules() - read a text; if it is a ruleset, print it, read that and print it again
 *
 * FUZZ_BROKEN when the two prints differ, when the first is refused, or when a refused text
 * gives no message. Likewise a ruleset that is compiled and read back from its image.
 */
enum fuzz_result fuzz_rules(const uint8_t *data, size_t size);

/**
 * fuzz_list() - read a list file; if it is one, write it with one prefix a line and read that
 *
 * FUZZ_BROKEN if that is not read as the same prefixes, or something in it was corrected.
 */
enum fuzz_result fuzz_list(const uint8_t *data, size_t size);

/**
 * fuzz_feed() - read lines of `netguard feed`, and what they say again
 *
 * FUZZ_BROKEN if that is not read as the same.
 */
enum fuzz_result fuzz_feed(const uint8_t *data, size_t size);

/** fuzz_capture() - read a capture to its end; FUZZ_BROKEN when a frame is longer than it was */
enum fuzz_result fuzz_capture(const uint8_t *data, size_t size);

/**
 * fuzz_frame() - read and format the fields of a frame, whole and truncated anywhere
 * @data: FUZZ_FRAME_HEAD bytes: of what the frame is longer than its bytes, the type and the
 *        priority and id of a tag beside it, packets; then the frame
 *
 * FUZZ_BROKEN if something is read of a part that is not in the whole, or if the line is longer
 * than it may be or has characters that a terminal interprets.
 */
enum fuzz_result fuzz_frame(const uint8_t *data, size_t size);
#define FUZZ_FRAME_HEAD 7

/** fuzz_hex() - read a frame in hexadecimal, then as fuzz_frame() */
enum fuzz_result fuzz_hex(const uint8_t *data, size_t size);

/**
 * fuzz_image() - check an image; if it is valid, read all that the command reads
 *
 * FUZZ_BROKEN if one is refused without a reason.
 */
enum fuzz_result fuzz_image(const uint8_t *data, size_t size);

/** struct fuzz_target - @name is also that of the folder of inputs in tests/fuzz/ */
struct fuzz_target {
	const char *name;
	enum fuzz_result (*run)(const uint8_t *data, size_t size);
};

#define FUZZ_TARGETS 7
extern const struct fuzz_target fuzz_targets[FUZZ_TARGETS];

/** fuzz_find() - the target of that name, or NULL */
const struct fuzz_target *fuzz_find(const char *name);

/* libFuzzer's; $FUZZ_TARGET names the target. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
