/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The few values that random rulesets and random frames draw from, so that frames match rules: the
 * limits of each field, and values that netguard treats specially. See random_value().
 */
#ifndef NG_TEST_RANDOM_DOMAIN_H
#define NG_TEST_RANDOM_DOMAIN_H

#include <stdint.h>

static const uint8_t domain_ipv4[][4] = {
	{ 192, 0, 2, 1 },   { 192, 0, 2, 2 },	    { 192, 0, 2, 129 },	   { 198, 51, 100, 7 },
	{ 203, 0, 113, 9 }, { 10, 0, 0, 1 },	    { 10, 255, 255, 255 }, { 224, 0, 0, 1 },
	{ 0, 0, 0, 0 },	    { 255, 255, 255, 255 },
};

static const uint8_t domain_ipv6[][16] = {
	{ 0x20, 0x01, 0x0d, 0xb8, [15] = 1 },
	{ 0x20, 0x01, 0x0d, 0xb8, [15] = 2 },
	{ 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, [15] = 1 },
	{ 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 0x80, [15] = 1 },
	{ 0xfe, 0x80, [15] = 1 },
	{ 0xfe, 0xbf, [15] = 1 },
	{ 0xff, 0x02, [15] = 1 },
	{ [15] = 0 },
	{ [15] = 1 },
	{ [10] = 0xff, 0xff, 192, 0, 2, 1 },
};

static const uint8_t domain_ether[][6] = {
	{ 2, 0, 0, 0, 0, 1 },	    { 2, 0, 0, 0, 0, 2 },
	{ 2, 0, 0, 0, 1, 0 },	    { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	{ 0x33, 0x33, 0, 0, 0, 1 },
};

/* The first three are those of the hooks; the others differ from them in a few of 15 bytes. */
static const char *const domain_iface[] = {
	"eth0", "eth1", "uplink-15-bytes", "uplink-15-bites", "uplink-1", "eth00"
};

static const uint16_t domain_port[] = { 0, 7, 22, 53, 80, 123, 443, 1024, 40000, 65535 };

static const uint16_t domain_vlan[] = { 1, 2, 5, 7, 100, 4094 };

static const uint8_t domain_proto[] = { 0,  1,	2,  4,	6,   17,  33,  43,  44,	 47,  50,
					51, 58, 59, 60, 103, 132, 135, 136, 139, 253, 255 };

static const uint8_t domain_icmp_type[] = { 0,	 1,   2,   3,	4,   5,	  8,   11,  128, 129,
					    130, 131, 132, 133, 134, 135, 136, 137, 143, 255 };

static const uint8_t domain_icmp_code[] = { 0, 1, 4, 13, 255 };

static const uint8_t domain_ttl[] = { 0, 1, 2, 64, 128, 254, 255 };

static const uint16_t domain_length[] = { 20, 28, 40, 44, 48, 60, 64, 84, 100, 1500, 65535 };

static const uint16_t domain_ethertype[] = { 0x0600, 0x0800, 0x0806, 0x86dd,
					     0x8847, 0x8864, 0x88cc, 0xffff };

/* When live entries expire, in tests that draw their frames from here. */
enum domain_end { DOMAIN_FOR_GOOD, DOMAIN_FOR_AN_HOUR, DOMAIN_IS_OVER };

static const struct {
	const char *set;
	enum domain_end end;
	uint8_t family;
	uint8_t len;
	uint8_t addr[16];
} domain_live[] = {
	{ "blocked", DOMAIN_FOR_GOOD, 4, 32, { 203, 0, 113, 9 } },
	{ "blocked", DOMAIN_FOR_GOOD, 6, 128, { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 } },
	{ "blocked", DOMAIN_FOR_AN_HOUR, 4, 30, { 10, 255, 255, 252 } },
	{ "blocked", DOMAIN_IS_OVER, 4, 32, { 192, 0, 2, 1 } },
	{ "blocked", DOMAIN_IS_OVER, 6, 16, { 0xfe, 0x80 } },
	{ "set0", DOMAIN_FOR_GOOD, 4, 32, { 192, 0, 2, 1 } },
	{ "set0", DOMAIN_IS_OVER, 4, 24, { 192, 0, 2, 0 } },
	{ "set0", DOMAIN_FOR_AN_HOUR, 6, 64, { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1 } },
	{ "set1", DOMAIN_FOR_AN_HOUR, 4, 8, { 10 } },
	{ "set1", DOMAIN_IS_OVER, 6, 0, { 0 } },
	{ "set2", DOMAIN_FOR_GOOD, 6, 128, { [15] = 1 } },
};

#endif
