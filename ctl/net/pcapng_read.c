// SPDX-License-Identifier: GPL-2.0-only
#include "net/pcapng_read.h"

#include <byteswap.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"

#define BLOCK_MAX   (16U << 20) /* as libpcap */
#define BLOCK_EDGES 12		/* type, length, and length again */
#define NO_TIME	    UINT64_MAX

/**
 * struct interface - an interface of the section
 * @units:  of time stamps, a second has so many
 * @offset: to be added to them, seconds
 */
struct interface {
	uint16_t link;
	uint32_t snaplen;
	uint64_t units, offset;
};

/**
 * struct ng_pcapng - a file that is being read
 * @swapped: the section has the other byte order
 * @block:   the last one, without type and lengths: @size bytes, @room for them
 */
struct ng_pcapng {
	FILE *in;
	bool begun, swapped;
	struct interface *interfaces;
	size_t n_interfaces;
	uint8_t *block;
	size_t size, room;
};

/** struct part - a part of a block that is still to be read */
struct part {
	const struct ng_pcapng *reader;
	const uint8_t *at;
	size_t left;
};

bool ng_pcapng_begins(int byte)
{
	return byte == (NG_PCAPNG_SECTION & 0xff);
}

struct ng_pcapng *ng_pcapng_open(FILE *in)
{
	struct ng_pcapng *reader = calloc(1, sizeof(*reader));

	if (reader)
		reader->in = in;
	return reader;
}

void ng_pcapng_close(struct ng_pcapng *reader)
{
	if (!reader)
		return;
	free(reader->interfaces);
	free(reader->block);
	free(reader);
}

/* ---- numbers --------------------------------------------------------------------------- */

/* The next @size bytes, up to 8, as a number; 0 behind the end. */
static uint64_t take(struct part *part, size_t size)
{
	uint64_t number = 0;

	if (part->left < size) {
		part->left = 0;
		return 0;
	}
	for (size_t i = 0; i < size; i++)
		number |= (uint64_t)part->at[part->reader->swapped ? size - 1 - i : i] << 8 * i;
	part->at += size;
	part->left -= size;
	return number;
}

static void skip(struct part *part, size_t size)
{
	size = size < part->left ? size : part->left;
	part->at += size;
	part->left -= size;
}

/* Take the next option; false: there is none. */
static bool take_option(struct part *part, unsigned int *code, struct part *value)
{
	size_t size;

	*code = take(part, 2);
	size = take(part, 2);
	*value = (struct part){ part->reader, part->at, size };
	if (*code == NG_PCAPNG_END || size > part->left)
		return false;
	skip(part, ng_pcapng_padded(size));
	return true;
}

/* ---- blocks ---------------------------------------------------------------------------- */

static int fail(const char **why, const char *what)
{
	*why = what;
	return -EINVAL;
}

static int read_bytes(struct ng_pcapng *reader, void *to, size_t size, const char **why)
{
	if (fread(to, 1, size, reader->in) == size)
		return 0;
	return ferror(reader->in) ? fail(why, "the file cannot be read")
				  : fail(why, "the file ends in the middle of a block");
}

static uint32_t order(const struct ng_pcapng *reader, uint32_t number)
{
	return reader->swapped ? bswap_32(number) : number;
}

/* A section begins with a number that tells its byte order. */
static int begin_section(struct ng_pcapng *reader, uint32_t *magic, const char **why)
{
	int result = read_bytes(reader, magic, sizeof(*magic), why);

	if (result)
		return result;
	reader->swapped = *magic != NG_PCAPNG_BYTE_ORDER;
	if (order(reader, *magic) != NG_PCAPNG_BYTE_ORDER)
		return fail(why, "a section has no known byte order");
	reader->begun = true;
	reader->n_interfaces = 0;
	free(reader->interfaces);
	reader->interfaces = NULL;
	return 0;
}

static int make_room(struct ng_pcapng *reader, size_t size)
{
	uint8_t *block;

	if (size <= reader->room)
		return 0;
	block = realloc(reader->block, size);
	if (!block)
		return -ENOMEM;
	reader->block = block;
	reader->room = size;
	return 0;
}

/* The rest of a block of @length bytes, of which @had have been read. */
static int read_rest(struct ng_pcapng *reader, uint32_t length, uint32_t had, const char **why)
{
	uint32_t again;
	int result;

	if (length < BLOCK_EDGES + had || length % 4 || length > BLOCK_MAX)
		return fail(why, "a block has an impossible length");
	reader->size = length - BLOCK_EDGES - had;
	result = make_room(reader, reader->size);
	if (!result)
		result = read_bytes(reader, reader->block, reader->size, why);
	if (!result)
		result = read_bytes(reader, &again, sizeof(again), why);
	if (result)
		return result;
	return order(reader, again) == length ? 0 : fail(why, "a block has two lengths");
}

/* Return: 1 with a block of *@type; 0 at the end. */
static int read_block(struct ng_pcapng *reader, uint32_t *type, const char **why)
{
	uint32_t head[2], magic = 0;
	bool section;
	int result, first = getc(reader->in);

	if (first == EOF && !ferror(reader->in))
		return 0;
	ungetc(first, reader->in);
	result = read_bytes(reader, head, sizeof(head), why);
	if (result)
		return result;
	section = head[0] == NG_PCAPNG_SECTION; /* the same in both orders */
	if (section)
		result = begin_section(reader, &magic, why);
	else if (!reader->begun)
		result = fail(why, "it does not begin with a section");
	if (!result)
		result =
			read_rest(reader, order(reader, head[1]), section ? sizeof(magic) : 0, why);
	*type = order(reader, head[0]);
	return result ? result : 1;
}

static uint64_t units_of(uint8_t resolution)
{
	uint64_t units = 1;

	if (resolution & 0x80)
		return (resolution & 0x7f) < 64 ? 1ULL << (resolution & 0x7f) : 0;
	for (unsigned int i = 0; i < resolution; i++)
		units = units > UINT64_MAX / 10 ? 0 : units * 10;
	return units;
}

static int add_interface(struct ng_pcapng *reader)
{
	struct part part = { reader, reader->block, reader->size }, value;
	struct interface iface = { .units = 1000000 };
	unsigned int code;

	iface.link = take(&part, 2);
	skip(&part, 2);
	iface.snaplen = take(&part, 4);
	while (take_option(&part, &code, &value)) {
		if (code == NG_PCAPNG_IF_TSRESOL)
			iface.units = units_of(take(&value, 1));
		else if (code == NG_PCAPNG_IF_TSOFFSET)
			iface.offset = take(&value, 8);
	}
	if (ng_array_grow(&reader->interfaces, reader->n_interfaces, sizeof(iface)))
		return -ENOMEM;
	reader->interfaces[reader->n_interfaces++] = iface;
	return 0;
}

/* ---- packets --------------------------------------------------------------------------- */

static uint64_t ns_of(const struct interface *iface, uint64_t time)
{
	unsigned __int128 ns;

	if (time == NO_TIME || !iface->units)
		return 0;
	ns = (unsigned __int128)time * NG_NS_PER_SECOND / iface->units;
	return (uint64_t)ns + iface->offset * NG_NS_PER_SECOND;
}

/* A simple packet has neither a time nor options. */
static int take_packet(struct ng_pcapng *reader, uint32_t type, struct ng_pcapng_frame *frame,
		       const char **why)
{
	struct part part = { reader, reader->block, reader->size }, value;
	bool simple = type == NG_PCAPNG_SIMPLE_PACKET;
	const struct interface *iface;
	uint64_t time = NO_TIME;
	unsigned int code;
	uint32_t index = 0;

	if (reader->size < (simple ? 4 : 20))
		return fail(why, "a packet's block is too short");
	if (!simple) {
		index = take(&part, type == NG_PCAPNG_PACKET ? 2 : 4);
		skip(&part, type == NG_PCAPNG_PACKET ? 2 : 0);
		time = take(&part, 4) << 32;
		time |= take(&part, 4);
		frame->captured = take(&part, 4);
	}
	if (index >= reader->n_interfaces)
		return fail(why, "a packet names an interface that is not described before it");
	iface = &reader->interfaces[index];
	frame->wire = take(&part, 4);
	if (simple)
		frame->captured = iface->snaplen && iface->snaplen < frame->wire ? iface->snaplen
										 : frame->wire;
	if (frame->captured > part.left)
		return fail(why, "a packet is longer than its block");
	frame->data = part.at;
	frame->link = iface->link;
	frame->time = ns_of(iface, time);
	frame->direction = NG_PCAPNG_NEITHER;
	skip(&part, ng_pcapng_padded(frame->captured));
	while (!simple && take_option(&part, &code, &value))
		if (code == NG_PCAPNG_FLAGS)
			frame->direction = take(&value, 4) & NG_PCAPNG_DIRECTION;
	return 1;
}

int ng_pcapng_next(struct ng_pcapng *reader, struct ng_pcapng_frame *frame, const char **why)
{
	uint32_t type;
	int result;

	while ((result = read_block(reader, &type, why)) == 1) {
		switch (type) {
		case NG_PCAPNG_INTERFACE:
			result = add_interface(reader);
			if (result)
				return result;
			break;
		case NG_PCAPNG_PACKET:
		case NG_PCAPNG_SIMPLE_PACKET:
		case NG_PCAPNG_ENHANCED_PACKET:
			return take_packet(reader, type, frame, why);
		default:
			break;
		}
	}
	return result;
}
