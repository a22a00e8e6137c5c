/* SPDX-License-Identifier: GPL-2.0-only */
/* Formats what the filter read of a packet as one line, similar to tcpdump. */
#ifndef NG_PACKET_TEXT_H
#define NG_PACKET_TEXT_H

#include "layout/record.h"

#define NG_PACKET_TEXT 256 /* bytes of the longest line */

/**
 * ng_packet_text() - "IP 192.0.2.2.5555 > 192.0.2.1.23: Flags [S], seq 1, length 0"
 *
 * Fields that could not be read are left out. Return: @text.
 */
const char *ng_packet_text(const struct ng_record *record, char text[NG_PACKET_TEXT]);

#endif
