// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "packet/headers.h"
#include "random_domain.h"
#include "random_frame.h"
#include "random_value.h"

#define ROOM 2048 /* bytes of a frame that are built; longer ones are padded */

/* ---- bytes ----------------------------------------------------------------------------- */

static void put(struct random_frame *frame, const void *bytes, size_t n)
{
	if (frame->len + n > ROOM)
		return;
	memcpy(frame->bytes + frame->len, bytes, n);
	frame->len += n;
}

static void put8(struct random_frame *frame, uint8_t value)
{
	put(frame, &value, 1);
}

static void put16(struct random_frame *frame, uint16_t value)
{
	put8(frame, value >> 8);
	put8(frame, value);
}

static void put_noise(struct random_frame *frame, struct random *random, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put8(frame, random_next(random));
}

static void set16(struct random_frame *frame, size_t at, uint16_t value)
{
	if (at + 2 > frame->len)
		return;
	frame->bytes[at] = value >> 8;
	frame->bytes[at + 1] = value;
}

/* ---- L4 -------------------------------------------------------------------------------- */

static void put_ports(struct random_frame *frame, struct random *random)
{
	put16(frame, RANDOM_OF(random, domain_port));
	put16(frame, RANDOM_OF(random, domain_port));
}

static void put_tcp(struct random_frame *frame, struct random *random)
{
	static const uint8_t flags[] = { 0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x00, 0x29, 0xc2 };
	unsigned int words = random_percent(random, 80) ? 5 : random_below(random, 16);

	put_ports(frame, random);
	put_noise(frame, random, 8);
	put8(frame, words << 4);
	put8(frame, random_percent(random, 80) ? RANDOM_OF(random, flags) : random_next(random));
	put_noise(frame, random, 6 + (words > 5 ? words - 5 : 0) * 4);
}

static void put_l4(struct random_frame *frame, struct random *random, uint8_t proto)
{
	switch (proto) {
	case 6:
		put_tcp(frame, random);
		break;
	case 17:
	case 33:
	case 132:
	case 136:
		put_ports(frame, random);
		put_noise(frame, random, 4);
		break;
	case 1:
	case 58:
		put8(frame, RANDOM_OF(random, domain_icmp_type));
		put8(frame, RANDOM_OF(random, domain_icmp_code));
		put_noise(frame, random, random_percent(random, 50) ? 6 : 22);
		break;
	default:
		put_noise(frame, random, random_below(random, 24));
	}
	put_noise(frame, random, random_percent(random, 50) ? 0 : random_below(random, 40));
}

static uint8_t some_proto(struct random *random, uint8_t icmp)
{
	switch (random_below(random, 10)) {
	case 0 ... 2:
		return 6;
	case 3 ... 5:
		return 17;
	case 6:
	case 7:
		return icmp;
	default:
		return RANDOM_OF(random, domain_proto);
	}
}

/* ---- L3 -------------------------------------------------------------------------------- */

/* A value for a length field whose right one is @right: often wrong, to test the reader. */
static uint16_t some_length(struct random *random, uint16_t right)
{
	if (random_percent(random, 88))
		return right;
	switch (random_below(random, 4)) {
	case 0:
		return 0;
	case 1:
		return right + random_between(random, 1, 8);
	case 2:
		return right - random_between(random, 1, 24);
	default:
		return random_next(random);
	}
}

static void put_address4(struct random_frame *frame, struct random *random)
{
	const uint8_t other[] = { 10, random_below(random, 4), random_next(random),
				  random_next(random) };

	put(frame, random_percent(random, 85) ? RANDOM_OF(random, domain_ipv4) : other, 4);
}

static void put_address6(struct random_frame *frame, struct random *random)
{
	const uint8_t other[16] = { 0x20,
				    0x01,
				    0x0d,
				    0xb8,
				    [13] = random_below(random, 4),
				    random_next(random),
				    random_next(random) };

	put(frame, random_percent(random, 85) ? RANDOM_OF(random, domain_ipv6) : other, 16);
}

/* Set the fields of the header at @start that are single numbers. */
static void set_fields(struct random_frame *frame, struct random *random, size_t start)
{
	for (enum ng_field field = 0; field < NG_FIELDS; field++)
		ng_put_field(frame->bytes + start, field, random_value(random, field));
}

static void put_ipv4(struct random_frame *frame, struct random *random)
{
	static const uint16_t offsets[] = { 0x2000, 0x2000, 1, 2, 3, 185, 0x2001, 0x20b9, 0x1fff };
	size_t start = frame->len;
	unsigned int words = random_percent(random, 80) ? 5 : random_between(random, 5, 15);
	unsigned int claimed = random_percent(random, 97) ? words : random_below(random, 16);
	uint8_t proto = some_proto(random, 1);

	put8(frame, (random_percent(random, 98) ? 4 : random_below(random, 16)) << 4 | claimed);
	put8(frame, random_below(random, 4));
	put16(frame, 0);
	put_noise(frame, random, 2);
	if (random_percent(random, 25))
		put16(frame, RANDOM_OF(random, offsets));
	else
		put16(frame, random_percent(random, 50) ? 0x4000 : 0);
	put8(frame, 0);
	put8(frame, proto);
	put_noise(frame, random, 2);
	put_address4(frame, random);
	put_address4(frame, random);
	set_fields(frame, random, start);
	put_noise(frame, random, (words - 5) * 4);
	put_l4(frame, random, proto);
	set16(frame, start + 2, some_length(random, frame->len - start));
}

static void put_extension(struct random_frame *frame, struct random *random, uint8_t kind,
			  uint8_t next)
{
	static const uint16_t offsets[] = { 0, 0, 1, 1, 1, 8, 9, 16, 1480 };
	unsigned int units = random_percent(random, 70) ? 0 : random_below(random, 4);
	size_t start = frame->len;

	put8(frame, next);
	switch (kind) {
	case 44:
		put8(frame, random_next(random));
		put16(frame, RANDOM_OF(random, offsets));
		put_noise(frame, random, 4);
		break;
	case 51:
		units = random_below(random, 7);
		put8(frame, units);
		put_noise(frame, random, (units + 2) * 4 - 2);
		break;
	default:
		put8(frame, units);
		put_noise(frame, random, (units + 1) * 8 - 2);
	}
	if (random_percent(random, 3) && start + 1 < frame->len)
		frame->bytes[start + 1] = random_next(random);
}

static size_t some_chain_length(struct random *random)
{
	unsigned int percent = random_below(random, 100);

	return percent < 45   ? 0
	       : percent < 80 ? random_between(random, 1, 3)
			      : random_between(random, 4, 10);
}

static void put_ipv6(struct random_frame *frame, struct random *random)
{
	static const uint8_t kinds[] = { 0, 43, 60, 60, 51, 44, 44 };
	static const uint8_t kinds_but_fragment[] = { 0, 43, 60, 60, 51 };
	bool fragments = random_percent(random, 50);
	size_t start = frame->len;
	uint8_t proto = some_proto(random, 58);
	size_t n = some_chain_length(random);
	uint8_t chain[11];

	for (size_t i = 0; i < n; i++)
		chain[i] = fragments ? RANDOM_OF(random, kinds)
				     : RANDOM_OF(random, kinds_but_fragment);
	chain[n] = proto;

	put16(frame, (random_percent(random, 98) ? 6 : random_below(random, 16)) << 12 |
			     random_below(random, 64));
	put_noise(frame, random, 2);
	put16(frame, 0);
	put8(frame, chain[0]);
	put8(frame, 0);
	put_address6(frame, random);
	put_address6(frame, random);
	set_fields(frame, random, start);
	for (size_t i = 0; i < n; i++)
		put_extension(frame, random, chain[i], chain[i + 1]);
	put_l4(frame, random, proto);
	set16(frame, start + 4, some_length(random, frame->len - start - 40));
}

static void put_l3(struct random_frame *frame, struct random *random)
{
	switch (random_below(random, 20)) {
	case 0 ... 7:
		put16(frame, 0x0800);
		put_ipv4(frame, random);
		break;
	case 8 ... 16:
		put16(frame, 0x86dd);
		put_ipv6(frame, random);
		break;
	case 17:
		put16(frame, random_below(random, 0x602)); /* LLC */
		put_noise(frame, random, random_below(random, 60));
		break;
	default:
		put16(frame, RANDOM_OF(random, domain_ethertype));
		put_noise(frame, random, random_below(random, 60));
	}
}

/* ---- frames ---------------------------------------------------------------------------- */

static void build(struct random_frame *frame, struct random *random)
{
	static const uint16_t types[] = { 0x8100, 0x8100, 0x88a8, 0x9100 };
	static const unsigned int counts[] = { 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3 };
	unsigned int tags = RANDOM_OF(random, counts);

	put(frame, RANDOM_OF(random, domain_ether), 6);
	put(frame, RANDOM_OF(random, domain_ether), 6);
	for (unsigned int i = 0; i < tags; i++) {
		uint16_t id = random_percent(random, 25) ? 0 : RANDOM_OF(random, domain_vlan);

		put16(frame, RANDOM_OF(random, types));
		put16(frame, random_below(random, 16) << 12 | id);
	}
	put_l3(frame, random);
}

static void take(struct random_frame *frame, struct random *random, const struct captures *captures,
		 size_t n)
{
	const struct captures *folder = &captures[random_below(random, n)];
	const struct capture *capture;
	const struct capture_frame *from;

	if (!folder->n)
		return;
	capture = &folder->list[random_below(random, folder->n)];
	if (!capture->n)
		return;
	from = &capture->frames[random_below(random, capture->n)];
	if (from->len > RANDOM_FRAME_MAX)
		return;
	memcpy(frame->bytes, from->bytes, from->len);
	frame->len = from->len;
}

/* A position in the headers: mutations far after them would change nothing. */
static size_t some_place(const struct random_frame *frame, struct random *random)
{
	size_t end = frame->len < 120 ? frame->len : 120;

	return random_between(random, 12, end - 1);
}

static void mutate(struct random_frame *frame, struct random *random)
{
	size_t n = random_between(random, 1, 3);

	for (size_t i = 0; i < n; i++) {
		size_t at = some_place(frame, random);

		if (random_percent(random, 50))
			frame->bytes[at] = random_next(random);
		else
			frame->bytes[at] ^= 1 << random_below(random, 8);
	}
}

static void pad(struct random_frame *frame, struct random *random)
{
	size_t n = random_percent(random, 90) ? random_between(random, 1, 24)
					      : random_between(random, 25, 3000);

	if (n > RANDOM_FRAME_MAX - frame->len)
		n = RANDOM_FRAME_MAX - frame->len;
	memset(frame->bytes + frame->len, random_percent(random, 50) ? 0 : 0xff, n);
	frame->len += n;
}

static void cut(struct random_frame *frame, struct random *random)
{
	size_t at = random_percent(random, 70) ? some_place(frame, random)
					       : random_between(random, 14, frame->len);

	frame->len = at < 14 ? 14 : at;
}

void random_frame(struct random *random, const struct captures *captures, size_t n,
		  struct random_frame *frame)
{
	bool captured = n && random_percent(random, 15);

	frame->len = 0;
	frame->segments = frame->segment_size = 0;
	if (captured)
		take(frame, random, captures, n);
	if (frame->len < 14) {
		frame->len = 0;
		build(frame, random);
	}
	if (random_percent(random, 15))
		mutate(frame, random);
	if (random_percent(random, 15))
		pad(frame, random);
	if (random_percent(random, 12))
		cut(frame, random);
	if (random_percent(random, 10)) {
		frame->segments = random_between(random, 1, 44);
		frame->segment_size = random_between(random, 1, 1448);
	}
}

#define STEP 256 /* ns: rates of random rules are exact at these times */

uint64_t random_gap(struct random *random)
{
	if (random_percent(random, 30))
		return 0;
	return STEP * random_below(random, random_percent(random, 5) ? 4000 : 80);
}
