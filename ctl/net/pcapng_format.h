/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of the pcapng format (draft-ietf-opsawg-pcapng), for writing and reading it. */
#ifndef NG_PCAPNG_FORMAT_H
#define NG_PCAPNG_FORMAT_H

#include <stddef.h>

#define NG_PCAPNG_BYTE_ORDER 0x1a2b3c4dU

enum ng_pcapng_block {
	NG_PCAPNG_INTERFACE = 1,
	NG_PCAPNG_PACKET = 2, /* obsolete */
	NG_PCAPNG_SIMPLE_PACKET = 3,
	NG_PCAPNG_ENHANCED_PACKET = 6,
	NG_PCAPNG_SECTION = 0x0a0d0d0a,
};

enum ng_pcapng_option {
	NG_PCAPNG_END = 0,
	NG_PCAPNG_COMMENT = 1,
	NG_PCAPNG_IF_NAME = 2,
	NG_PCAPNG_FLAGS = 2, /* of a packet */
	NG_PCAPNG_USERAPPL = 4,
	NG_PCAPNG_IF_TSRESOL = 9,
	NG_PCAPNG_IF_TSOFFSET = 14,
};

/* Of NG_PCAPNG_FLAGS, the lowest two bits. */
enum ng_pcapng_direction { NG_PCAPNG_NEITHER, NG_PCAPNG_IN, NG_PCAPNG_OUT };
#define NG_PCAPNG_DIRECTION 3U

static inline size_t ng_pcapng_padded(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

#endif
