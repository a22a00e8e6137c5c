/* SPDX-License-Identifier: GPL-2.0-only */
/* Captures as frames in memory, for tests. */
#ifndef NG_TEST_CAPTURES_H
#define NG_TEST_CAPTURES_H

#include <stddef.h>
#include <stdint.h>

/** struct capture_frame - as it was on the wire; bytes that the capture truncated are zero */
struct capture_frame {
	uint8_t *bytes;
	size_t len;
};

/**
 * struct capture - one file
 * @name: without its folder
 */
struct capture {
	char *name;
	struct capture_frame *frames;
	size_t n;
};

struct captures {
	struct capture *list;
	size_t n;
};

/* Longer frames are left out. */
#define CAPTURE_FRAME_MAX 65535

/**
 * captures_read() - all captures of @folder, by name: with .pcap or .cap in it
 *
 * Frames of a link type other than Ethernet and those longer than CAPTURE_FRAME_MAX are left
 * out; a damaged file ends where it can no longer be read.
 * Return: 0 with *@captures for captures_free(); -errno of the folder; -ENOMEM.
 */
int captures_read(const char *folder, struct captures *captures);
void captures_free(struct captures *captures);

/**
 * captures_elsewhere() - the folder of further captures, which are not part of the project:
 * $NETGUARD_CAPTURES, or ../shared/captures. It has pcaps/ and rulesets/ in it.
 */
const char *captures_elsewhere(void);

/** captures_read_elsewhere() - as captures_read(), of the captures there */
int captures_read_elsewhere(struct captures *captures);

#endif
