/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads Ethernet frames from pcap and pcapng files. */
#ifndef NG_CAPTURE_H
#define NG_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "net/pcapng_format.h"

struct ng_capture;

/**
 * struct ng_frame - a packet of a capture
 * @data:      its first @captured bytes, never more than @wire, valid until the next one is read
 * @wire:      bytes it had on the wire as the file says, without the frame check sequence
 * @time:      ns since the epoch; 0: the file does not say
 * @direction: as the file says
 * @skip:      why it is not an Ethernet frame, "link-type …"; NULL if it is one
 */
struct ng_frame {
	const uint8_t *data;
	size_t captured, wire;
	uint64_t time;
	enum ng_pcapng_direction direction;
	const char *skip;
};

/**
 * ng_capture_open() - open @path, "-" for standard input
 *
 * Return: 0 with *@capture, to be closed with ng_capture_close(); -errno with @err filled.
 */
int ng_capture_open(const char *path, struct ng_capture **capture, struct ng_error *err);
void ng_capture_close(struct ng_capture *capture); /* NULL is fine */

/**
 * ng_capture_next() - read the next packet
 *
 * Return: 1 with @frame filled; 0 at the end; -EINVAL with @err filled if the file is truncated or
 * corrupt here.
 */
int ng_capture_next(struct ng_capture *capture, struct ng_frame *frame, struct ng_error *err);

#endif
