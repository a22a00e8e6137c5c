// SPDX-License-Identifier: GPL-2.0-only
/* Reading pcapng: byte orders, times, kinds of blocks, and files that are damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "base/clock.h"
#include "net/pcapng.h"
#include "net/pcapng_read.h"

#define SECTION \
	"\n\r\r\n\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0"
#define SECTION_BIG \
	"\n\r\r\n\0\0\0\x1c\x1a\x2b\x3c\x4d\0\1\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\x1c"
#define IFACE	  "\1\0\0\0\x14\0\0\0\1\0\0\0\0\0\0\0\x14\0\0\0"
#define IFACE_BIG "\0\0\0\1\0\0\0\x14\0\1\0\0\0\0\0\0\0\0\0\x14"
/* Link type 113, units of 2^-4 s, 100 s to be added. */
#define IFACE_SLOW                                                                               \
	"\1\0\0\0\x2c\0\0\0\x71\0\0\0\0\0\0\0\x09\0\1\0\x84\0\0\0\x0e\0\x08\0\x64\0\0\0\0\0\0\0" \
	"\0\0\0\0\x2c\0\0\0"
/* At 3 units, 2 of 5 bytes; the first byte of the interface's number, and of the flags. */
#define PACKET(iface, flags)                                                                    \
	"\6\0\0\0\x30\0\0\0" iface "\0\0\0\0\0\0\0\3\0\0\0\2\0\0\0\5\0\0\0ab\0\0\2\0\4\0" flags \
	"\0\0\0\0\0\0\0\x30\0\0\0"
#define PACKET_BIG                                                                         \
	"\0\0\0\6\0\0\0\x30\0\0\0\0\0\0\0\0\0\0\0\3\0\0\0\2\0\0\0\5ab\0\0\0\2\0\4\0\0\0\2" \
	"\0\0\0\0\0\0\0\x30"
#define SIMPLE	"\3\0\0\0\x14\0\0\0\3\0\0\0abc\0\x14\0\0\0"
#define OLD	"\2\0\0\0\x24\0\0\0\0\0\0\0\0\0\0\0\3\0\0\0\2\0\0\0\5\0\0\0ab\0\0\x24\0\0\0"
#define UNKNOWN "\x0a\0\0\0\x10\0\0\0abcd\x10\0\0\0"

struct file {
	FILE *in;
	struct ng_pcapng *reader;
};

static struct file open_bytes(const char *bytes, size_t size)
{
	struct file file = { .in = fmemopen((void *)bytes, size, "r") };

	assert_non_null(file.in);
	file.reader = ng_pcapng_open(file.in);
	assert_non_null(file.reader);
	return file;
}
#define OPEN(bytes) open_bytes(bytes, sizeof(bytes) - 1)

static void close_file(struct file *file)
{
	ng_pcapng_close(file->reader);
	fclose(file->in);
}

static struct ng_pcapng_frame next(struct file *file)
{
	struct ng_pcapng_frame frame = { 0 };
	const char *why = NULL;

	assert_int_equal(ng_pcapng_next(file->reader, &frame, &why), 1);
	return frame;
}

static void ends(struct file *file)
{
	struct ng_pcapng_frame frame;
	const char *why = NULL;

	assert_int_equal(ng_pcapng_next(file->reader, &frame, &why), 0);
	close_file(file);
}

static void is_packet(const struct ng_pcapng_frame *frame, enum ng_pcapng_direction direction)
{
	assert_int_equal(frame->captured, 2);
	assert_int_equal(frame->wire, 5);
	assert_memory_equal(frame->data, "ab", 2);
	assert_int_equal(frame->direction, direction);
}

static void test_directions(void **state)
{
	struct file file = OPEN(SECTION IFACE PACKET("\0", "\1") PACKET("\0", "\2")
					PACKET("\0", "\xfe") PACKET("\0", "\0"));
	struct ng_pcapng_frame frame;

	(void)state;
	for (int direction = NG_PCAPNG_IN; direction <= 4; direction++) {
		frame = next(&file);
		is_packet(&frame, direction == 3 ? NG_PCAPNG_OUT : direction & 3);
		assert_int_equal(frame.time, 3000);
		assert_int_equal(frame.link, 1);
	}
	ends(&file);
}

static void test_other_byte_order(void **state)
{
	struct file file = OPEN(SECTION_BIG IFACE_BIG PACKET_BIG SECTION IFACE PACKET("\0", "\1"));
	struct ng_pcapng_frame frame = next(&file);

	(void)state;
	is_packet(&frame, NG_PCAPNG_OUT);
	assert_int_equal(frame.time, 3000);
	frame = next(&file);
	is_packet(&frame, NG_PCAPNG_IN);
	ends(&file);
}

static void test_units_and_interfaces(void **state)
{
	struct file file = OPEN(SECTION IFACE IFACE_SLOW UNKNOWN PACKET("\1", "\1"));
	struct ng_pcapng_frame frame = next(&file);

	(void)state;
	assert_int_equal(frame.link, 113);
	assert_int_equal(frame.time, 100 * NG_NS_PER_SECOND + NG_NS_PER_SECOND * 3 / 16);
	ends(&file);
}

static void test_blocks_without_options(void **state)
{
	struct file file = OPEN(SECTION IFACE SIMPLE OLD);
	struct ng_pcapng_frame frame = next(&file);

	(void)state;
	assert_int_equal(frame.captured, 3);
	assert_int_equal(frame.wire, 3);
	assert_int_equal(frame.time, 0);
	frame = next(&file);
	is_packet(&frame, NG_PCAPNG_NEITHER);
	assert_int_equal(frame.time, 3000);
	ends(&file);
}

static void test_what_is_written_is_read(void **state)
{
	static char bytes[4096];
	const uint64_t time = 1700000000123456789;
	FILE *out = fmemopen(bytes, sizeof(bytes), "w");
	struct ng_pcapng_frame frame;
	struct file file;
	long size;

	(void)state;
	ng_pcapng_begin(out, "test");
	ng_pcapng_iface(out, "eth0", 200);
	for (int i = 0; i < 2; i++)
		ng_pcapng_packet(out, &(struct ng_pcapng_packet){ .time = time,
								  .out = i,
								  .data = (const uint8_t *)"ab",
								  .captured = 2,
								  .wire = 5,
								  .comment = "why" });
	size = ftell(out);
	fclose(out);
	file = open_bytes(bytes, size);
	frame = next(&file);
	is_packet(&frame, NG_PCAPNG_IN);
	assert_int_equal(frame.time, time);
	frame = next(&file);
	is_packet(&frame, NG_PCAPNG_OUT);
	ends(&file);
}

#define DAMAGED(bytes)                     \
	{                                  \
		(bytes), sizeof(bytes) - 1 \
	}

static void test_damaged_files_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
	} files[] = {
		DAMAGED(PACKET("\0", "\1")),
		DAMAGED("\n\r\r\n\x1c\0\0\0\x4d\x3c\x2b\x1b\1\0\0\0"),
		DAMAGED("\n\r\r\n\x0c\0\0\0\x4d\x3c\x2b\x1a\x0c\0\0\0"),
		DAMAGED(SECTION PACKET("\0", "\1")),
		DAMAGED(SECTION IFACE PACKET("\1", "\1")),
		DAMAGED(SECTION IFACE SECTION PACKET("\0", "\1")),
		DAMAGED(SECTION "\6\0\0\0\x0d\0\0\0a\x0d\0\0\0"),
		DAMAGED(SECTION "\6\0\0\0\0\0\0\0"),
		DAMAGED(SECTION "\6\0\0\0\0\0\0\x10"),
		DAMAGED(SECTION IFACE "\6\0\0\0\x10\0\0\0abcd\x10\0\0\0"),
		DAMAGED(SECTION IFACE "\3\0\0\0\x14\0\0\0\5\0\0\0abc\0\x14\0\0\0"),
		DAMAGED(SECTION IFACE "\3\0\0\0\x14\0\0\0\3\0\0\0abc\0\x18\0\0\0"),
	};
	struct ng_pcapng_frame frame;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct file file = open_bytes(files[i].bytes, files[i].size);
		const char *why = NULL;

		assert_int_equal(ng_pcapng_next(file.reader, &frame, &why), -EINVAL);
		assert_non_null(why);
		close_file(&file);
	}
}

static void test_every_truncation_is_found(void **state)
{
	static const char whole[] = SECTION IFACE UNKNOWN PACKET("\0", "\1");
	static const size_t ends_well[] = { sizeof(SECTION) - 1, sizeof(SECTION IFACE) - 1,
					    sizeof(SECTION IFACE UNKNOWN) - 1 };

	(void)state;
	for (size_t size = 1; size < sizeof(whole) - 1; size++) {
		struct file file = open_bytes(whole, size);
		struct ng_pcapng_frame frame;
		const char *why = NULL;
		int expected = -EINVAL;

		for (int i = 0; i < 3; i++)
			if (size == ends_well[i])
				expected = 0;
		assert_int_equal(ng_pcapng_next(file.reader, &frame, &why), expected);
		close_file(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_other_byte_order),
		cmocka_unit_test(test_units_and_interfaces),
		cmocka_unit_test(test_blocks_without_options),
		cmocka_unit_test(test_what_is_written_is_read),
		cmocka_unit_test(test_damaged_files_are_refused),
		cmocka_unit_test(test_every_truncation_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
