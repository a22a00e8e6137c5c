/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading pcapng (draft-ietf-opsawg-pcapng): libpcap passes on neither the direction of packets nor
 * files whose interfaces are of several kinds.
 */
#ifndef NG_PCAPNG_READ_H
#define NG_PCAPNG_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "net/pcapng_format.h"

struct ng_pcapng;

/**
 * struct ng_pcapng_frame - a packet
 * @data:     its first @captured bytes, valid until the next one is read
 * @wire:     bytes that it had
 * @link:     link type, LINKTYPE_*
 * @time:     ns since the epoch; 0: the file does not say
 */
struct ng_pcapng_frame {
	const uint8_t *data;
	size_t captured, wire;
	unsigned int link;
	uint64_t time;
	enum ng_pcapng_direction direction;
};

/** ng_pcapng_begins() - is @byte, the first one, that of a pcapng file? */
bool ng_pcapng_begins(int byte);

/** ng_pcapng_open() - read from @in, which stays the caller's; NULL: no memory */
struct ng_pcapng *ng_pcapng_open(FILE *in);
void ng_pcapng_close(struct ng_pcapng *reader); /* NULL is fine */

/**
 * ng_pcapng_next() - read the next packet
 *
 * Accepts any bytes. Return: 1 with @frame filled; 0 at the end; -EINVAL with *@why, in words;
 * -ENOMEM.
 */
int ng_pcapng_next(struct ng_pcapng *reader, struct ng_pcapng_frame *frame, const char **why);

#endif
