/* SPDX-License-Identifier: GPL-2.0-only */
/* A frame as one line, in tcpdump's manner. */
#ifndef NG_PACKET_TEXT_H
#define NG_PACKET_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define NG_PACKET_TEXT 256 /* bytes that hold any frame's line */

/**
 * ng_packet_text() - "IP 192.0.2.2.5555 > 192.0.2.1.23: Flags [S], length 0"
 * @data: the frame's first @size bytes, from the Ethernet header on
 * @wire: bytes it had on the wire
 *
 * What the bytes do not hold any more is left out. Return: @text.
 */
const char *ng_packet_text(const uint8_t *data, size_t size, size_t wire,
			   char text[NG_PACKET_TEXT]);

#endif
