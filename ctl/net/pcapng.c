// SPDX-License-Identifier: GPL-2.0-only
#include "net/pcapng.h"

#include <string.h>

#define SECTION_HEADER	0x0a0d0d0aU
#define INTERFACE	1U
#define ENHANCED_PACKET 6U
#define BYTE_ORDER	0x1a2b3c4dU
#define ETHERNET	1 /* LINKTYPE_ETHERNET */

enum option {
	END = 0,
	COMMENT = 1,
	SHB_USERAPPL = 4,
	IF_NAME = 2,
	IF_TSRESOL = 9,
	EPB_FLAGS = 2,
};

static size_t padded(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

static void put32(FILE *out, uint32_t number)
{
	fwrite(&number, sizeof(number), 1, out);
}

static void put16(FILE *out, uint16_t number)
{
	fwrite(&number, sizeof(number), 1, out);
}

static void put_padded(FILE *out, const void *data, size_t size)
{
	static const uint8_t zeros[3];

	fwrite(data, 1, size, out);
	fwrite(zeros, 1, padded(size) - size, out);
}

static void put_option(FILE *out, enum option option, const void *value, size_t size)
{
	put16(out, option);
	put16(out, size);
	put_padded(out, value, size);
}

static size_t option_size(size_t size)
{
	return 4 + padded(size);
}

/* A block begins and ends with its length; @size: bytes in between, options included. */
static size_t begin(FILE *out, uint32_t type, size_t size)
{
	put32(out, type);
	put32(out, 12 + size);
	return 12 + size;
}

void ng_pcapng_begin(FILE *out, const char *program)
{
	size_t length =
		begin(out, SECTION_HEADER, 16 + option_size(strlen(program)) + option_size(0));

	put32(out, BYTE_ORDER);
	put16(out, 1);
	put16(out, 0);
	put32(out, 0xffffffff); /* the length of the section is not known */
	put32(out, 0xffffffff);
	put_option(out, SHB_USERAPPL, program, strlen(program));
	put_option(out, END, "", 0);
	put32(out, length);
}

void ng_pcapng_iface(FILE *out, const char *name, size_t snaplen)
{
	const uint8_t nanoseconds = 9;
	size_t length = begin(out, INTERFACE,
			      8 + option_size(strlen(name)) + option_size(1) + option_size(0));

	put16(out, ETHERNET);
	put16(out, 0);
	put32(out, snaplen);
	put_option(out, IF_NAME, name, strlen(name));
	put_option(out, IF_TSRESOL, &nanoseconds, 1);
	put_option(out, END, "", 0);
	put32(out, length);
}

void ng_pcapng_packet(FILE *out, const struct ng_pcapng_packet *packet)
{
	const uint32_t flags = packet->out ? 2 : 1;
	size_t comment = strlen(packet->comment);
	size_t length = begin(out, ENHANCED_PACKET,
			      20 + padded(packet->captured) + option_size(comment) +
				      option_size(sizeof(flags)) + option_size(0));

	put32(out, packet->iface);
	put32(out, packet->time >> 32);
	put32(out, packet->time);
	put32(out, packet->captured);
	put32(out, packet->wire);
	put_padded(out, packet->data, packet->captured);
	put_option(out, COMMENT, packet->comment, comment);
	put_option(out, EPB_FLAGS, &flags, sizeof(flags));
	put_option(out, END, "", 0);
	put32(out, length);
}
