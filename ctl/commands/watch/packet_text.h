/* SPDX-License-Identifier: GPL-2.0-only */
/* A packet as one line, in tcpdump's manner: what the filter read of it. */
#ifndef NG_PACKET_TEXT_H
#define NG_PACKET_TEXT_H

#include "layout/record.h"

#define NG_PACKET_TEXT 256 /* bytes that hold any packet's line */

/**
 * ng_packet_text() - "IP 192.0.2.2.5555 > 192.0.2.1.23: Flags [S], seq 1, length 0"
 *
 * What could not be read is left out. Return: @text.
 */
const char *ng_packet_text(const struct ng_record *record, char text[NG_PACKET_TEXT]);

#endif
