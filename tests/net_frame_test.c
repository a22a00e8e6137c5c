// SPDX-License-Identifier: GPL-2.0-only
/* What `watch` and `top` show of a packet from its record: frames that are easily misread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "commands/top/sources.h"
#include "commands/watch/packet_text.h"

#define MACS "\x02\0\0\0\0\1\x02\0\0\0\0\2"

/* Lengths are one byte: of the IPv4 packet, and of the payload of the IPv6 header. */
#define IPV4(length, fragment, protocol)                                             \
	"\x08\0\x45\0\0" length "\0\0" fragment "\x40" protocol "\0\0\xc6\x33\x64\7" \
	"\xc0\0\2\1"
#define IPV6(length, next)                        \
	"\x86\xdd\x60\0\0\0\0" length next "\x40" \
	" \1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1"      \
	" \1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\2"
#define WHOLE	"\0\0"
#define PORTS	"\x04\0\0\x35" /* 1024, 53 */
#define REST	"\0\x0c\0\0\0\0\0\0"
#define SYN	PORTS "\x80\0\0\1\0\0\0\0\x50\2\0\0\0\0\0\0"
#define OPTIONS "\0\1\2\0\0\0\0" /* an eight-byte header, less its first byte (next header) */

struct told {
	const char *frame;
	size_t size;
	struct ng_record record;
	const char *line, *source;
};
#define FRAME(bytes) .frame = (bytes), .size = sizeof(bytes) - 1

#define V4 "198.51.100.7"
#define V6 "2001:db8::1"

static const struct told kinds[] = {
	{ FRAME(MACS IPV4("\x28", WHOLE, "\6") SYN),
	  .line = "IP 198.51.100.7.1024 > 192.0.2.1.53: Flags [S], seq 2147483649, length 0",
	  .source = V4 },
	{ FRAME(MACS "\x81\0\0\5" IPV4("\x20", WHOLE, "\x11") PORTS REST),
	  .line = "vlan 5, IP 198.51.100.7.1024 > 192.0.2.1.53: UDP, length 4", .source = V4 },
	{ FRAME(MACS "\x91\0\0\5" IPV4("\x20", WHOLE, "\x11") PORTS REST),
	  .line = "vlan 5, IP 198.51.100.7.1024 > 192.0.2.1.53: UDP, length 4", .source = V4 },
	{ FRAME(MACS "\x88\xa8\0\5\x91\0\x60\7" IPV6("\x0c", "\x11") PORTS REST),
	  .line = "vlan 5, vlan 7, IP6 2001:db8::1.1024 > 2001:db8::2.53: UDP, length 4",
	  .source = V6 },
	{ FRAME(MACS "\x91\0\0\5\x81\0\0\6\x81\0\0\7" IPV4("\x28", WHOLE, "\6") SYN),
	  .line = "vlan 5, vlan 6, Ethernet, length 44, invalid (vlan-depth)",
	  .record.reason = NG_VLAN_DEPTH, .source = "no IP address" },
	{ FRAME(MACS IPV4("\x20", WHOLE, "\x11") PORTS REST),
	  .record = { .tag_proto = 0x88a8, .tag_tci = 0x2009 },
	  .line = "vlan 9, IP 198.51.100.7.1024 > 192.0.2.1.53: UDP, length 4", .source = V4 },
	{ FRAME(MACS "\x81\0\0\5\x81\0\0\6" IPV4("\x20", WHOLE, "\x11") PORTS REST),
	  .record = { .tag_proto = 0x8100, .tag_tci = 4, .reason = NG_VLAN_DEPTH },
	  .line = "vlan 4, vlan 5, Ethernet, length 36, invalid (vlan-depth)",
	  .source = "no IP address" },
	{ FRAME(MACS IPV4("\x20", WHOLE, "\x88") PORTS REST),
	  .line = "IP 198.51.100.7.1024 > 192.0.2.1.53: udplite, length 12", .source = V4 },
	{ FRAME(MACS IPV4("\x20", WHOLE, "\x21") PORTS REST),
	  .line = "IP 198.51.100.7.1024 > 192.0.2.1.53: dccp, length 12", .source = V4 },
	{ FRAME(MACS IPV6("\x0c", "\x84") PORTS REST),
	  .line = "IP6 2001:db8::1.1024 > 2001:db8::2.53: sctp, length 12", .source = V6 },
	{ FRAME(MACS IPV4("\x20", WHOLE,
			  "\x33") "\6\1\0\0" REST), /* in IPv4 AH is the last header that is read */
	  .line = "IP 198.51.100.7 > 192.0.2.1: ah, length 12", .source = V4 },
	{ FRAME(MACS IPV6("\x20", "\x33") "\6\1\0\0" REST SYN),
	  .line = "IP6 2001:db8::1.1024 > 2001:db8::2.53: Flags [S], seq 2147483649, length 0",
	  .source = V6 },
	{ FRAME(MACS IPV6("\x24", "\0") "\x2b" OPTIONS "\x3c" OPTIONS "\x11" OPTIONS PORTS REST),
	  .line = "IP6 2001:db8::1.1024 > 2001:db8::2.53: UDP, length 4", .source = V6 },
	{ FRAME(MACS IPV6("\x14", "\x2c") "\x11\0\0\1\0\0\0\0" PORTS REST),
	  .line = "IP6 2001:db8::1.1024 > 2001:db8::2.53: UDP, length 4, first fragment",
	  .source = V6 },
	{ FRAME(MACS IPV6("\x14", "\x2c") "\x11\0\0\0\0\0\0\0" PORTS REST), /* RFC 6946 */
	  .line = "IP6 2001:db8::1.1024 > 2001:db8::2.53: UDP, length 4", .source = V6 },
	{ FRAME(MACS IPV6("\x14", "\x2c") "\x11\0\0\x08\0\0\0\0" PORTS REST),
	  .line = "IP6 2001:db8::1 > 2001:db8::2: fragment of protocol 17, length 12",
	  .source = V6 },
	{ FRAME(MACS IPV4("\x20", "\0\2", "\x11") PORTS REST),
	  .line = "IP 198.51.100.7 > 192.0.2.1: fragment of protocol 17, length 12", .source = V4 },
	{ FRAME(MACS IPV4("\x1c", WHOLE, "\1") "\x08\0\0\0\0\0\0\0"),
	  .line = "IP 198.51.100.7 > 192.0.2.1: ICMP type 8 code 0, length 8", .source = V4 },
	{ FRAME(MACS IPV4("\x15", WHOLE, "\1") "\x08"),
	  .line = "IP 198.51.100.7 > 192.0.2.1: ICMP type 8, length 1", .source = V4 },
	{ FRAME(MACS IPV4("\x1c", WHOLE, "\x3a") "\x80\0\0\0\0\0\0\0"), /* not over IPv4 */
	  .line = "IP 198.51.100.7 > 192.0.2.1: icmpv6, length 8", .source = V4 },
	{ FRAME(MACS IPV6("\x08", "\x3a") "\x87\0\0\0\0\0\0\0"),
	  .line = "IP6 2001:db8::1 > 2001:db8::2: ICMP6 type 135 code 0, length 8", .source = V6 },
	{ FRAME(MACS IPV4("\x20", WHOLE, "\xfd") PORTS REST),
	  .line = "IP 198.51.100.7 > 192.0.2.1: protocol 253, length 12", .source = V4 },
	{ FRAME(MACS IPV4("\x40", WHOLE, "\x11") PORTS REST), .record.reason = NG_IP_LENGTH,
	  .line = "IP 198.51.100.7.1024 > 192.0.2.1.53: UDP, length 4, invalid (ip-length)",
	  .source = V4 },
	{ FRAME(MACS "\x08\0\x65\0\0\x20"), /* the version does not fit the Ethernet type */
	  .record.reason = NG_L3_TRUNCATED, .line = "IP, length 4, invalid (l3-truncated)",
	  .source = "no IP address" },
	{ FRAME(MACS "\x86\xdd\x45\0\0\x20\0\0\0\0\x40\6\0\0\xc6\x33\x64\7\xc0\0\2\1"
		     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	  .record.reason = NG_IP_VERSION, .line = "IP6, length 40, invalid (ip-version)",
	  .source = "no IP address" },
	{ FRAME(MACS IPV6("\x10", "\0") "\x2b\5\0\0\0\0\0\0" REST),
	  .record.reason = NG_EXT_TRUNCATED,
	  .line = "IP6 2001:db8::1 > 2001:db8::2: protocol not read, length 16, "
		  "invalid (ext-truncated)",
	  .source = V6 },
	/* Beyond the bytes of a record only the filter's reason is shown. */
	{ FRAME(MACS IPV6("\xf8", "\0") "\x2c\x1d\0\0\0\0\0\0"),
	  .record = { .length = 54 + 248, .reason = NG_FRAGMENT_TINY },
	  .line = "IP6 2001:db8::1 > 2001:db8::2: protocol not captured, length 8, "
		  "invalid (fragment-tiny)",
	  .source = V6 },
	{ FRAME(MACS "\x08\6\0\1\x08\0\6\4\0\1"), .line = "ARP, length 8",
	  .source = "no IP address" },
	{ FRAME(MACS "\x88\xcc\2\7\4"), .line = "ethertype 0x88cc, length 3",
	  .source = "no IP address" },
	{ FRAME(MACS "\0\3\x42\x42\3"), .line = "Ethernet, length 3", .source = "no IP address" },
	{ FRAME("\x02\0\0"), .line = "Ethernet, length 3", .source = "no IP address" },
	{ FRAME(MACS IPV4("\x2c", WHOLE, "\6") SYN "\1\2\3\4"), .record.packets = 2,
	  .line = "IP 198.51.100.7.1024 > 192.0.2.1.53: Flags [S], seq 2147483649, length 4, "
		  "2 packets",
	  .source = V4 },
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

static struct ng_record record_of(const struct told *told)
{
	struct ng_record record = told->record;

	memcpy(record.data, told->frame, told->size);
	record.captured = told->size;
	if (!record.length)
		record.length = told->size;
	if (!record.packets)
		record.packets = 1;
	return record;
}

static void test_packet_is_a_line(void **state)
{
	char text[NG_PACKET_TEXT];

	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct ng_record record = record_of(&kinds[i]);

		assert_string_equal(ng_packet_text(&record, text), kinds[i].line);
	}
}

static void test_packet_has_a_source(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct ng_record record = record_of(&kinds[i]);
		struct ng_sources sources = { 0 };
		size_t found = 0;

		assert_int_equal(ng_sources_take(&sources, &record), 0);
		for (size_t at = 0; at < NG_SOURCES_MAX; at++)
			if (!strcmp(sources.table[at].text, kinds[i].source))
				found++;
		if (found != 1)
			fail_msg("%s: no packet of %s", kinds[i].line, kinds[i].source);
		ng_sources_clear(&sources);
	}
}

/* As the filter counts: each packet of an aggregate has headers and the removed tag. */
static void test_source_has_the_bytes_of_all_its_packets(void **state)
{
	struct ng_sources sources = { 0 };
	struct ng_record record = record_of(&kinds[KINDS - 1]);

	(void)state;
	record.packets = 3;
	record.tag_proto = 0x8100;
	assert_int_equal(ng_sources_take(&sources, &record), 0);
	for (size_t at = 0; at < NG_SOURCES_MAX; at++) {
		if (strcmp(sources.table[at].text, V4) != 0)
			continue;
		assert_int_equal(sources.table[at].now.packets, 3);
		assert_int_equal(sources.table[at].now.bytes, 58 + 3 * 4 + 2 * 54);
	}
	ng_sources_clear(&sources);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packet_is_a_line),
		cmocka_unit_test(test_packet_has_a_source),
		cmocka_unit_test(test_source_has_the_bytes_of_all_its_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
