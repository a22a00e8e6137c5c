// SPDX-License-Identifier: GPL-2.0-only
#include "net/pcapng.h"

#include <string.h>

#include "net/pcapng_format.h"

#define ETHERNET 1 /* LINKTYPE_ETHERNET */

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
	fwrite(zeros, 1, ng_pcapng_padded(size) - size, out);
}

static void put_option(FILE *out, enum ng_pcapng_option option, const void *value, size_t size)
{
	put16(out, option);
	put16(out, size);
	put_padded(out, value, size);
}

static size_t option_size(size_t size)
{
	return 4 + ng_pcapng_padded(size);
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
		begin(out, NG_PCAPNG_SECTION, 16 + option_size(strlen(program)) + option_size(0));

	put32(out, NG_PCAPNG_BYTE_ORDER);
	put16(out, 1);
	put16(out, 0);
	put32(out, 0xffffffff); /* the length of the section is not known */
	put32(out, 0xffffffff);
	put_option(out, NG_PCAPNG_USERAPPL, program, strlen(program));
	put_option(out, NG_PCAPNG_END, "", 0);
	put32(out, length);
}

void ng_pcapng_iface(FILE *out, const char *name, size_t snaplen)
{
	const uint8_t nanoseconds = 9;
	size_t length = begin(out, NG_PCAPNG_INTERFACE,
			      8 + option_size(strlen(name)) + option_size(1) + option_size(0));

	put16(out, ETHERNET);
	put16(out, 0);
	put32(out, snaplen);
	put_option(out, NG_PCAPNG_IF_NAME, name, strlen(name));
	put_option(out, NG_PCAPNG_IF_TSRESOL, &nanoseconds, 1);
	put_option(out, NG_PCAPNG_END, "", 0);
	put32(out, length);
}

void ng_pcapng_packet(FILE *out, const struct ng_pcapng_packet *packet)
{
	const uint32_t flags = packet->out ? NG_PCAPNG_OUT : NG_PCAPNG_IN;
	size_t comment = strlen(packet->comment);
	size_t length = begin(out, NG_PCAPNG_ENHANCED_PACKET,
			      20 + ng_pcapng_padded(packet->captured) + option_size(comment) +
				      option_size(sizeof(flags)) + option_size(0));

	put32(out, packet->iface);
	put32(out, packet->time >> 32);
	put32(out, packet->time);
	put32(out, packet->captured);
	put32(out, packet->wire);
	put_padded(out, packet->data, packet->captured);
	put_option(out, NG_PCAPNG_COMMENT, packet->comment, comment);
	put_option(out, NG_PCAPNG_FLAGS, &flags, sizeof(flags));
	put_option(out, NG_PCAPNG_END, "", 0);
	put32(out, length);
}
