// SPDX-License-Identifier: GPL-2.0-only
/* The conditions of each shape's rules. */
#include <arpa/inet.h>
#include <string.h>

#include "packet/headers.h"
#include "random_domain.h"
#include "random_ruleset.h"
#include "rules/fields.h"
#include "shape.h"

#define NETWORKS 16 /* of a ruleset, in which most of its addresses lie */

static unsigned int below(struct shape_draw *draw, unsigned int n)
{
	return random_below(draw->random, n);
}

static bool percent(struct shape_draw *draw, unsigned int percent)
{
	return random_percent(draw->random, percent);
}

static unsigned int family_bits(const struct shape_draw *draw)
{
	return draw->family == 4 ? 32 : 128;
}

/* ---- addresses ------------------------------------------------------------------------- */

/* A network of the ruleset, then few or many hosts of it. */
void shape_address(struct shape_draw *draw, uint8_t address[16])
{
	struct random network = { draw->seed + below(draw, NETWORKS) };
	uint64_t high = random_next(&network), low = random_next(draw->random);
	bool few = percent(draw, 50);

	memset(address, 0, 16);
	if (draw->family == 4) {
		memcpy(address, &high, 2);
		memcpy(address + 2, &low, 2);
		if (few)
			address[2] &= 7;
		return;
	}
	memcpy(address, (uint8_t[]){ 0x20, 0x01, 0x0d, 0xb8 }, 4);
	memcpy(address + 4, &high, 2);
	memcpy(address + 6, &low, 2);
	if (few)
		address[6] &= 7;
	if (percent(draw, 30))
		address[15] = low >> 32;
	else
		memcpy(address + 8, &(uint64_t){ random_next(draw->random) }, 8);
}

static void put_masked(FILE *out, struct shape_draw *draw, uint8_t address[16], unsigned int len)
{
	char text[INET6_ADDRSTRLEN];

	for (unsigned int bit = len; bit < 128; bit++)
		address[bit / 8] &= ~(0x80 >> bit % 8);
	inet_ntop(draw->family == 4 ? AF_INET : AF_INET6, address, text, sizeof(text));
	fprintf(out, "%s/%u", text, len);
}

static void put_prefix(FILE *out, struct shape_draw *draw, unsigned int len)
{
	uint8_t address[16];

	shape_address(draw, address);
	put_masked(out, draw, address, len);
}

/* A random address, rarely close to others. */
static void put_anywhere(FILE *out, struct shape_draw *draw, unsigned int len)
{
	uint64_t bytes[2] = { random_next(draw->random), random_next(draw->random) };

	put_masked(out, draw, (uint8_t *)bytes, len);
}

/* The length of a prefix for a site, a subnet or a host. */
static unsigned int long_length(struct shape_draw *draw)
{
	static const uint8_t lengths4[] = {
		16, 20, 23, 24, 24, 26, 27, 28, 29, 30, 31, 32, 32, 32
	};
	static const uint8_t lengths6[] = {
		32, 44, 48, 56, 60, 64, 64, 65, 96, 112, 127, 128, 128
	};

	return draw->family == 4 ? RANDOM_OF(draw->random, lengths4)
				 : RANDOM_OF(draw->random, lengths6);
}

static unsigned int short_length(struct shape_draw *draw)
{
	static const uint8_t lengths4[] = { 0, 1, 4, 7, 8, 9, 12, 15, 16, 20 };
	static const uint8_t lengths6[] = { 0, 1, 3, 16, 29, 32, 33, 40, 44, 48 };

	return draw->family == 4 ? RANDOM_OF(draw->random, lengths4)
				 : RANDOM_OF(draw->random, lengths6);
}

static void put_addresses(FILE *out, struct shape_draw *draw,
			  unsigned int (*length)(struct shape_draw *draw), unsigned int wildcards)
{
	static const char *const sides[] = { "from", "to" };
	bool from = !percent(draw, wildcards), to = !percent(draw, wildcards);

	/* Rarely neither: such a rule is for all addresses. */
	if (!from && !to)
		from = !percent(draw, 5);
	for (int i = 0; i < 2; i++) {
		if (i ? !to : !from)
			continue;
		fprintf(out, " %s ", sides[i]);
		put_prefix(out, draw, length(draw));
	}
	if (!from && !to && draw->families != SHAPE_MIXED)
		fprintf(out, " ipv%u", draw->family);
}

/* ---- ports ----------------------------------------------------------------------------- */

static unsigned int some_port(struct shape_draw *draw)
{
	static const uint16_t known[] = { 22, 25, 53, 80, 123, 161, 443, 1521, 5060, 8080 };
	static const uint16_t edges[] = { 0, 1, 1023, 1024, 32767, 32768, 65534, 65535 };

	if (percent(draw, 40))
		return RANDOM_OF(draw->random, known);
	return percent(draw, 15) ? RANDOM_OF(draw->random, edges) : below(draw, 65536);
}

static void put_port_range(FILE *out, struct shape_draw *draw)
{
	unsigned int a = below(draw, 65536), b = below(draw, 65536);

	fprintf(out, "%u-%u", a < b ? a : b, a < b ? b : a);
}

static void put_port(FILE *out, struct shape_draw *draw)
{
	unsigned int kind = below(draw, 100);

	if (kind < 60)
		fprintf(out, "%u", some_port(draw));
	else if (kind < 75)
		fputs("1024-65535", out);
	else if (kind < 90)
		put_port_range(out, draw);
	else
		fprintf(out, "%u,%u,%u", some_port(draw), some_port(draw), some_port(draw));
}

/* ---- typical firewall rules ------------------------------------------------------------ */

/* Return: whether it has ports. */
static bool put_proto(FILE *out, struct shape_draw *draw, unsigned int any)
{
	unsigned int kind = below(draw, 100);

	if (kind < any)
		return true;
	kind = below(draw, 100);
	fputs(kind < 55	  ? " tcp"
	      : kind < 85 ? " udp"
	      : kind < 95 ? (draw->family == 4 ? " icmp" : " icmpv6")
			  : " gre",
	      out);
	return kind < 85;
}

/* After ClassBench: most are exact about both ends and one service. */
void shape_put_acl(FILE *out, struct shape_draw *draw)
{
	bool ports;

	put_addresses(out, draw, long_length, 8);
	ports = put_proto(out, draw, 10);
	if (!ports)
		return;
	if (percent(draw, 15)) {
		fputs(" sport ", out);
		put_port(out, draw);
	}
	fputs(" dport ", out);
	put_port(out, draw);
}

/* Broad prefixes, wildcards, ranges of ports. */
void shape_put_fw(FILE *out, struct shape_draw *draw)
{
	bool ports;

	put_addresses(out, draw, percent(draw, 60) ? long_length : short_length, 45);
	ports = put_proto(out, draw, 15);
	if (!ports)
		return;
	if (percent(draw, 50)) {
		fputs(" sport ", out);
		put_port(out, draw);
	}
	if (percent(draw, 70)) {
		fputs(" dport ", out);
		put_port(out, draw);
	}
	if (percent(draw, 10))
		fputs(" length 40-1500", out);
}

void shape_put_ipc(FILE *out, struct shape_draw *draw)
{
	if (percent(draw, 40)) {
		shape_put_fw(out, draw);
		return;
	}
	put_addresses(out, draw, long_length, 3);
	if (!put_proto(out, draw, 0))
		return;
	fprintf(out, " sport %u", some_port(draw));
	fprintf(out, " dport %u", some_port(draw));
}

/* ---- arrangements of addresses --------------------------------------------------------- */

/* Prefixes of every length of four addresses. */
void shape_put_nested(FILE *out, struct shape_draw *draw)
{
	static const char *const sides[] = { " from ", " to " };
	int first = below(draw, 2), last = percent(draw, 30) ? 1 : first;

	if (last < first)
		last = first;
	for (int side = first; side <= last; side++) {
		struct random chain = { draw->seed + below(draw, 4) };
		uint64_t bytes[2] = { random_next(&chain), random_next(&chain) };

		fputs(sides[side], out);
		put_masked(out, draw, (uint8_t *)bytes, below(draw, family_bits(draw) + 1));
	}
	if (percent(draw, 30))
		fprintf(out, " tcp dport %u", some_port(draw));
}

static void put_half(FILE *out, struct shape_draw *draw, const char *name)
{
	unsigned int edge = random_between(draw->random, 20000, 45000);

	if (percent(draw, 50))
		fprintf(out, " %s 0-%u", name, edge);
	else
		fprintf(out, " %s %u-65535", name, edge);
}

/* Every rule overlaps every other. */
void shape_put_overlap(FILE *out, struct shape_draw *draw)
{
	fputs(" from ", out);
	put_anywhere(out, draw, below(draw, 4));
	fputs(" to ", out);
	put_anywhere(out, draw, below(draw, 4));
	put_half(out, draw, "sport");
	put_half(out, draw, "dport");
}

/* Source ports x destination ports. */
void shape_put_rectangles(FILE *out, struct shape_draw *draw)
{
	if (draw->families != SHAPE_MIXED)
		fprintf(out, " ipv%u", draw->family);
	fputs(" sport ", out);
	put_port_range(out, draw);
	fputs(" dport ", out);
	put_port_range(out, draw);
}

/*
 * Each rule is wider than those before it, in both its address and its ports: it decides frames at
 * its border, and any later rule would decide them otherwise.
 */
void shape_put_ladder(FILE *out, struct shape_draw *draw)
{
	struct random chain = { draw->seed + below(draw, 2) };
	uint64_t bytes[2] = { random_next(&chain), random_next(&chain) };
	unsigned int width = 32767 * (uint64_t)(draw->i + 1) / draw->n;

	fputs(percent(draw, 50) ? " from " : " to ", out);
	put_masked(out, draw, (uint8_t *)bytes,
		   (draw->n - draw->i) * family_bits(draw) / (draw->n + 1));
	fprintf(out, " %s dport %u-%u", percent(draw, 50) ? "tcp" : "udp", 32767 - width,
		32767 + width);
}

/* Source prefixes x destination prefixes of every length, near and far. */
void shape_put_crosses(FILE *out, struct shape_draw *draw)
{
	static const char *const sides[] = { " from ", " to " };

	for (int side = 0; side < 2; side++) {
		unsigned int len = below(draw, family_bits(draw) + 1);

		fputs(sides[side], out);
		if (percent(draw, 50))
			put_prefix(out, draw, len);
		else
			put_anywhere(out, draw, percent(draw, 50) ? len : len / 4);
	}
}

/* Neighbouring hosts, to one of few others. */
void shape_put_hosts(FILE *out, struct shape_draw *draw)
{
	struct random first = { draw->seed };
	uint64_t bytes[2] = { random_next(&first), random_next(&first) };
	uint8_t *address = (uint8_t *)bytes;
	unsigned int last = family_bits(draw) / 8 - 1;

	address[last] = draw->i;
	address[last - 1] = draw->i >> 8;
	address[last - 2] = draw->i >> 16;
	fputs(" from ", out);
	put_masked(out, draw, address, family_bits(draw));
	if (percent(draw, 30)) {
		address[last] = below(draw, 4);
		fputs(" to ", out);
		put_masked(out, draw, address, family_bits(draw));
	}
}

/* Prefixes of no bit, one and two. */
void shape_put_one_bit(FILE *out, struct shape_draw *draw)
{
	fputs(" from ", out);
	put_anywhere(out, draw, below(draw, 3));
	if (percent(draw, 60)) {
		fputs(" to ", out);
		put_anywhere(out, draw, below(draw, 3));
	}
	if (percent(draw, 70) && put_proto(out, draw, 30))
		fprintf(out, " dport %u", some_port(draw));
}

/* One pair of addresses, services apart. */
void shape_put_same_address(FILE *out, struct shape_draw *draw)
{
	struct random common = { draw->seed };
	struct random *own = draw->random;

	draw->random = &common;
	fputs(" from ", out);
	put_prefix(out, draw, family_bits(draw));
	fputs(" to ", out);
	put_prefix(out, draw, family_bits(draw) - 8);
	draw->random = own;
	fprintf(out, " %s", percent(draw, 50) ? "tcp" : "udp");
	if (percent(draw, 30))
		fprintf(out, " sport %u", some_port(draw));
	fprintf(out, " dport %u", below(draw, 65536));
}

/* Every rule occurs about eight times. */
void shape_put_duplicates(FILE *out, struct shape_draw *draw)
{
	struct random original = { draw->seed + below(draw, draw->n / 8 + 1) };
	struct random *own = draw->random;

	draw->random = &original;
	if (draw->families == SHAPE_MIXED)
		draw->family = percent(draw, 50) ? 4 : 6;
	shape_put_ipc(out, draw);
	draw->random = own;
}

void shape_put_wildcards(FILE *out, struct shape_draw *draw)
{
	if (draw->families != SHAPE_MIXED && percent(draw, 50))
		fprintf(out, " ipv%u", draw->family);
}

/* ---- lists and sets -------------------------------------------------------------------- */

static void put_prefix_list(FILE *out, struct shape_draw *draw, unsigned int most)
{
	unsigned int n = random_between(draw->random, 2, most);

	fputs("{ ", out);
	for (unsigned int i = 0; i < n; i++) {
		if (i)
			fputs(", ", out);
		if (draw->families == SHAPE_MIXED)
			draw->family = percent(draw, 50) ? 4 : 6;
		put_prefix(out, draw, percent(draw, 95) ? long_length(draw) : short_length(draw));
	}
	fputs(" }", out);
}

static void put_port_list(FILE *out, struct shape_draw *draw, unsigned int most)
{
	unsigned int n = random_between(draw->random, 1, most);

	for (unsigned int i = 0; i < n; i++) {
		unsigned int port = some_port(draw), room = 65535 - port;

		fprintf(out, "%s%u", i ? "," : "", port);
		if (room && percent(draw, 40))
			fprintf(out, "-%u", port + 1 + below(draw, room < 200 ? room : 200));
	}
}

/* Lists of prefixes and of ports, some of them long, some negated. */
void shape_put_lists(FILE *out, struct shape_draw *draw)
{
	static const char *const sides[] = { "from", "to" };
	static const char *const ports[] = { "sport", "dport", "port" };
	unsigned int most = percent(draw, 2) ? 200 : 6;

	for (int i = 0; i < 2; i++) {
		if (percent(draw, 35))
			continue;
		fprintf(out, " %s %s", sides[i], percent(draw, 30) ? "not " : "");
		put_prefix_list(out, draw, most);
	}
	if (percent(draw, 60)) {
		fprintf(out, " %s %s", RANDOM_OF(draw->random, ports),
			percent(draw, 30) ? "not " : "");
		put_port_list(out, draw, most);
	}
}

void shape_put_sets(FILE *out, struct shape_draw *draw)
{
	unsigned int sides = random_between(draw->random, 1, 3);

	for (unsigned int i = 0; i < 2; i++) {
		if (!(sides >> i & 1))
			continue;
		fprintf(out, " %s %s", i ? "to" : "from", percent(draw, 35) ? "not " : "");
		if (percent(draw, 3))
			fputs("@" NG_BLOCKED, out);
		else
			fprintf(out, "@set%u", below(draw, draw->n_sets));
	}
	if (percent(draw, 50) && put_proto(out, draw, 20))
		fprintf(out, " dport %u", some_port(draw));
}

/* ---- only one field -------------------------------------------------------------------- */

/*
 * A number below @n, most often one of a few, so that frames match: a frame has only one value of a
 * field.
 */
static unsigned int some_number(struct shape_draw *draw, unsigned int n)
{
	return percent(draw, 50) ? below(draw, n) : below(draw, n < 16 ? n : 16);
}

/* "5", "5-9" or "3,7-8" after @name, from @least to below @n; or `not` that. */
static void put_numbers(FILE *out, struct shape_draw *draw, const char *name, unsigned int least,
			unsigned int n)
{
	unsigned int parts = percent(draw, 70) ? 1 : random_between(draw->random, 2, 5);

	fprintf(out, " %s %s", name, percent(draw, 15) ? "not " : "");
	for (unsigned int i = 0; i < parts; i++) {
		unsigned int value = least + some_number(draw, n - least);
		unsigned int room = n - 1 - value;

		fprintf(out, "%s%u", i ? "," : "", value);
		if (room && percent(draw, 30))
			fprintf(out, "-%u", value + 1 + below(draw, room));
	}
}

void shape_put_ports(FILE *out, struct shape_draw *draw)
{
	static const char *const names[] = { "sport", "dport", "port" };

	if (percent(draw, 70))
		fputs(percent(draw, 50) ? " tcp" : " udp", out);
	if (percent(draw, 10)) {
		put_numbers(out, draw, "sport", 0, 65536);
		put_numbers(out, draw, "dport", 0, 65536);
	} else if (percent(draw, 50)) {
		fprintf(out, " dport %u", some_port(draw));
	} else {
		put_numbers(out, draw, RANDOM_OF(draw->random, names), 0, 65536);
	}
}

void shape_put_protos(FILE *out, struct shape_draw *draw)
{
	put_numbers(out, draw, "proto", 0, 256);
}

void shape_put_flags(FILE *out, struct shape_draw *draw)
{
	unsigned int mask = random_between(draw->random, 1, 255);

	fprintf(out, " tcp flags %s", percent(draw, 15) ? "not " : "");
	random_put_flag_names(out, below(draw, 256) & mask);
	fputc('/', out);
	random_put_flag_names(out, mask);
}

void shape_put_icmp(FILE *out, struct shape_draw *draw)
{
	fprintf(out, " %s", draw->family == 4 ? "icmp" : "icmpv6");
	if (percent(draw, 50)) {
		put_numbers(out, draw, "icmp-type", 0, 256);
		return;
	}
	fprintf(out, " icmp-type %s%u/%u", percent(draw, 15) ? "not " : "", some_number(draw, 256),
		some_number(draw, 256));
	if (percent(draw, 30))
		fprintf(out, ",%u/%u", some_number(draw, 256), some_number(draw, 256));
}

void shape_put_vlans(FILE *out, struct shape_draw *draw)
{
	if (percent(draw, 4))
		fputs(percent(draw, 50) ? " vlan none" : " vlan any", out);
	else
		put_numbers(out, draw, "vlan", 1, 4095);
}

void shape_put_lengths(FILE *out, struct shape_draw *draw)
{
	if (percent(draw, 60))
		put_numbers(out, draw, "length", 20, 1501);
	else
		put_numbers(out, draw, "length", 20, 65536);
}

/* The other fields of the IP header. */
void shape_put_headers(FILE *out, struct shape_draw *draw)
{
	static const char *const fragments[] = { "no", "first", "later", "any", "first,later" };

	bool any = false;

	for (enum ng_field field = 0; field < NG_FIELDS; field++) {
		const struct ng_field_info *info = &ng_fields[field];

		if (!ng_header_has(draw->family, field) || !percent(draw, 60))
			continue;
		if (info->kind == NG_VALUE_BOOL)
			fprintf(out, " %s%s", info->keyword, percent(draw, 50) ? " no" : "");
		else
			put_numbers(out, draw, info->keyword, info->min, info->max + 1);
		any = true;
	}
	if (!any || percent(draw, 60))
		fprintf(out, " fragment %s%s", percent(draw, 20) ? "not " : "",
			RANDOM_OF(draw->random, fragments));
}

static void put_ether(FILE *out, struct shape_draw *draw, const char *name)
{
	fprintf(out, " %s %s02:00:00:00:%02x:%02x", name, percent(draw, 15) ? "not " : "",
		some_number(draw, 256), some_number(draw, 256));
}

void shape_put_ethernet(FILE *out, struct shape_draw *draw)
{
	unsigned int kinds = random_between(draw->random, 1, 7);

	if (kinds & 1)
		put_ether(out, draw, "ether-from");
	if (kinds & 2)
		put_ether(out, draw, "ether-to");
	if (kinds & 4)
		fprintf(out, " ethertype %s0x%04x", percent(draw, 15) ? "not " : "",
			percent(draw, 60) ? RANDOM_OF(draw->random, domain_ethertype)
					  : 0x0600 + below(draw, 0xfa00));
}
