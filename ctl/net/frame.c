// SPDX-License-Identifier: GPL-2.0-only
#include "net/frame.h"

#include <errno.h>
#include <string.h>

/*
 * The programs' parser, compiled for the command, without the parts that only the verifier needs.
 */
#define NG_VERIFIER_BPF_H
#define ng_widen(zero, x)	((void)(zero))
#define ng_bound_again(x, mask) ((void)(mask))

/**
 * struct reading - what the parser reads from
 * @cut: it tried to read bytes that were not captured
 */
struct reading {
	const struct ng_frame_bytes *bytes;
	bool cut;
};

/* The parser has checked that the frame has these bytes. */
static long ng_load_bytes(struct reading *reading, __u64 offset, void *to, __u32 size)
{
	if (offset + size > reading->bytes->captured) {
		reading->cut = true;
		return -EFAULT;
	}
	memcpy(to, reading->bytes->data + offset, size);
	return 0;
}

#define NG_CONTEXT struct reading
#include "bpf/headers.bpf.h"

_Static_assert(NG_FRAME_TAGS == NG_VLAN_DEPTH_MAX, "all tags that are read have room");

#define TAG 4 /* bytes */

static const __u64 zero;

bool ng_protocol_has_ports(uint8_t protocol)
{
	return ng_has_ports(protocol);
}

/* The linear part is empty, so all headers are copied, and aligned. */
static struct ng_cursor cursor_of(struct reading *reading)
{
	return (struct ng_cursor){
		.ctx = reading,
		.data = reading,
		.data_end = reading,
		.end = reading->bytes->length,
		.zero = &zero,
		.tag_proto = bpf_htons(reading->bytes->tag_proto),
		.tag_tci = reading->bytes->tag_tci,
		.segments = 1,
	};
}

/* Tags are between the addresses and the type; ng_parse_ethernet() stops after the type. */
static void read_tags(const struct ng_frame_bytes *bytes, struct ng_frame_fields *fields)
{
	struct reading reading = { .bytes = bytes };
	struct ng_cursor cursor = cursor_of(&reading);
	struct ng_packet packet = { 0 };
	union ng_copy copy;
	__be16 type;

	ng_parse_ethernet(&cursor, &packet, &copy, &type);
	if (bytes->tag_proto && cursor.offset)
		fields->tags[fields->n_tags++] = bytes->tag_tci;
	for (size_t at = ETH_HLEN; at < cursor.offset; at += TAG)
		fields->tags[fields->n_tags++] = bytes->data[at] << 8 | bytes->data[at + 1];
}

/*
 * The headers up to the protocol were not captured completely. So it is not known whether the
 * packet is a fragment, and the frame is not invalid because of bytes that are missing only here.
 */
static void leave_open(struct ng_frame_fields *fields)
{
	fields->key[NG_WORD_BITS] &= ~(NG_BIT_HAS_FRAGMENT | NG_BIT_FRAGMENT_FIRST);
	fields->reason = NG_VALID;
}

void ng_frame_read(const struct ng_frame_bytes *bytes, struct ng_frame_fields *fields)
{
	struct reading reading = { .bytes = bytes };
	struct ng_cursor cursor = cursor_of(&reading);
	struct ng_packet packet = { 0 };
	union ng_copy copy;

	ng_parse_all(&cursor, &packet, &copy);
	*fields = (struct ng_frame_fields){
		.class = packet.class,
		.reason = packet.reason,
		.cut = reading.cut,
		.headers = packet.headers,
	};
	memcpy(fields->key, packet.key, sizeof(packet.key));
	if (cursor.end > packet.headers)
		fields->payload = cursor.end - packet.headers;
	if (reading.cut && !(packet.key[NG_WORD_BITS] & NG_BIT_HAS_PROTO))
		leave_open(fields);
	if (packet.key[NG_WORD_BITS] & NG_BIT_HAS_FLAGS &&
	    !ng_load_bytes(&reading, cursor.offset + 4, &copy, sizeof(fields->seq)))
		fields->seq = ng_number32(&copy);
	read_tags(bytes, fields);
}

void ng_record_read(const struct ng_record *record, struct ng_frame_fields *fields)
{
	size_t captured = record->captured;

	ng_frame_read(&(struct ng_frame_bytes){ .data = record->data,
						.captured = captured < NG_RECORD_BYTES
								    ? captured
								    : NG_RECORD_BYTES,
						.length = record->length,
						.tag_proto = record->tag_proto,
						.tag_tci = record->tag_tci },
		      fields);
	fields->reason = record->reason;
}

/* As in ng_drops(): each segment of an aggregate has the headers, and the tag in metadata. */
struct ng_counter ng_record_counted(const struct ng_record *record,
				    const struct ng_frame_fields *fields)
{
	struct ng_counter counted = { .packets = record->packets };

	counted.bytes = record->length + counted.packets * (record->tag_proto ? TAG : 0);
	if (counted.packets)
		counted.bytes += (counted.packets - 1) * fields->headers;
	return counted;
}

static void put_half(uint8_t *at, __u64 half)
{
	uint32_t words[2] = { bpf_htonl(half >> 32), bpf_htonl(half) };

	memcpy(at, words, sizeof(words));
}

unsigned int ng_key_address(const __u64 key[NG_WORDS], enum ng_class class, enum ng_word word,
			    uint8_t address[16])
{
	uint32_t ipv4 = bpf_htonl(key[word + 1]);

	memset(address, 0, 16);
	if (class == NG_CLASS_OTHER)
		return 0;
	if (class == NG_CLASS_IPV4) {
		memcpy(address, &ipv4, sizeof(ipv4));
		return 4;
	}
	put_half(address, key[word]);
	put_half(address + 8, key[word + 1]);
	return 6;
}
