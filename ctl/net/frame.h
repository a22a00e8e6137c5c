/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the filter reads of a frame: the programs' own parser (headers.bpf.h), compiled for the
 * command. All parts of the command that decode packets use it.
 */
#ifndef NG_NET_FRAME_H
#define NG_NET_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layout/counters.h"
#include "layout/key.h"
#include "layout/record.h"

#define NG_FRAME_TAGS 2 /* frames with more are invalid (vlan-depth) */

/**
 * struct ng_frame_bytes - a frame, from its Ethernet header on
 * @data:   its first @captured bytes
 * @length: its length; bytes from @captured on are not known
 * @tag_proto, @tag_tci: 802.1Q tag in metadata, host order; 0: there is none
 */
struct ng_frame_bytes {
	const uint8_t *data;
	size_t captured, length;
	uint16_t tag_proto, tag_tci;
};

/**
 * struct ng_frame_fields - what the filter reads of it
 * @key:     see enum ng_word; words that do not come from the frame (sets, interface) are 0
 * @class:   enum ng_class
 * @reason:  enum ng_reason; NG_VALID also when that is not known because of @cut
 * @cut:     some header was not captured: fields that are not in @key may be in the frame
 * @tags:    TCI of each tag that was read, the outer one first, @n_tags of them
 * @headers: bytes from the Ethernet header to the end of the last header read
 * @payload: bytes after them that belong to the packet
 * @seq:     TCP sequence number, valid when @key has TCP flags
 */
struct ng_frame_fields {
	__u64 key[NG_WORDS];
	enum ng_class class;
	enum ng_reason reason;
	bool cut;
	uint16_t tags[NG_FRAME_TAGS];
	size_t n_tags;
	size_t headers, payload;
	uint32_t seq;
};

/** ng_protocol_has_ports() - does the filter read ports in packets with @protocol? */
bool ng_protocol_has_ports(uint8_t protocol);

/** ng_frame_read() - decode a frame; accepts any bytes */
void ng_frame_read(const struct ng_frame_bytes *bytes, struct ng_frame_fields *fields);

/** ng_record_read() - likewise for a record; @reason is that of the whole frame */
void ng_record_read(const struct ng_record *record, struct ng_frame_fields *fields);

/**
 * ng_record_counted() - packets and bytes that the filter counted; bytes may be too few with @cut
 */
struct ng_counter ng_record_counted(const struct ng_record *record,
				    const struct ng_frame_fields *fields);

/**
 * ng_key_address() - the source (@word NG_WORD_SADDR_HI) or destination address (NG_WORD_DADDR_HI)
 * @address: in network order, 4 or 16 bytes; the others are 0
 *
 * Return: 4 or 6; 0: frames of that class have no addresses.
 */
unsigned int ng_key_address(const __u64 key[NG_WORDS], enum ng_class class, enum ng_word word,
			    uint8_t address[16]);

#endif
