// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz targets. libFuzzer runs them with inputs that find new paths (tests/fuzz.sh), fuzz_test.c
 * with mutations that are always the same, and with earlier findings.
 */
#include "fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "commands/capture.h"
#include "compile/image.h"
#include "compile/image_read.h"
#include "frame_compare.h"
#include "packet/hex.h"
#include "commands/watch/packet_text.h"
#include "rules/parse.h"
#include "rules/messages.h"
#include "rules/prefix.h"
#include "rules/print.h"
#include "commands/feed/line.h"
#include "rules/set_file.h"

static char *print(const struct ng_ruleset *ruleset)
{
	char *printed = NULL;
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	if (!out || ng_print_ruleset(out, ruleset, NG_SETS_INLINE) || fclose(out))
		abort();
	return printed;
}

/* Compile @ruleset and print it from its image; NULL: it is too large for one. */
static char *print_of_image(const struct ng_ruleset *ruleset)
{
	struct ng_ruleset *again = NULL;
	struct ng_image image = { 0 };
	struct ng_error err = { 0 };
	char *printed = NULL;
	int ret = ng_image_compile(ruleset, NULL, 0, &image, &err);

	if (!ret && (ng_image_check(image.data, ng_image_extent(image.data), &err) ||
		     ng_image_ruleset(image.data, &again, &err)))
		abort();
	if (!ret)
		printed = print(again);
	else if (ret != -E2BIG)
		abort();
	ng_ruleset_free(again);
	ng_image_clear(&image);
	return printed;
}

static char *read_and_print(const char *text, size_t len, size_t *errors)
{
	__cleanup_free char *compiled = NULL;
	struct ng_ruleset *ruleset = NULL;
	struct ng_messages messages = { 0 };
	char *printed = NULL;

	if (!ng_parse_text(text, len, "fuzz", NULL, NULL, &ruleset, &messages)) {
		printed = print(ruleset);
		compiled = print_of_image(ruleset);
		if (compiled && strcmp(compiled, printed) != 0)
			abort();
	}
	*errors = messages.errors;
	ng_ruleset_free(ruleset);
	ng_messages_clear(&messages);
	return printed;
}

enum fuzz_result fuzz_rules(const uint8_t *data, size_t size)
{
	__cleanup_free char *first = NULL, *second = NULL;
	size_t errors;

	first = read_and_print((const char *)data, size, &errors);
	if (!first)
		return errors ? FUZZ_REFUSED : FUZZ_BROKEN;
	second = read_and_print(first, strlen(first), &errors);
	return second && !strcmp(first, second) ? FUZZ_SAME : FUZZ_BROKEN;
}

/* Every prefix on a line of its own. */
static char *print_list(const struct ng_set *set)
{
	char *printed = NULL, text[64];
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	for (size_t i = 0; out && i < set->n_prefixes; i++)
		fprintf(out, "%s\n", ng_prefix_text(&set->prefixes[i], text, sizeof(text)));
	if (!out || fclose(out))
		abort();
	return printed;
}

static int read_list(const char *data, size_t size, struct ng_set *set, struct ng_list_notes *notes)
{
	struct ng_text text = { .data = (char *)data, .len = size };
	struct ng_error err = { .what = "" };
	int ret = ng_text_check(data, size, "fuzz", &err);

	if (!ret)
		ret = ng_read_set_text(&text, "fuzz", set, notes, &err);
	/* An error says where and what, in characters that can be shown. */
	if (ret && (strncmp(err.where, "fuzz:", 5) != 0 || !*err.what))
		abort();
	for (const char *c = err.what; ret && *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			abort();
	return ret;
}

enum fuzz_result fuzz_list(const uint8_t *data, size_t size)
{
	__cleanup_free char *first = NULL, *second = NULL;
	struct ng_set set = { 0 }, again = { 0 };
	struct ng_list_notes notes;
	bool same;

	if (read_list((const char *)data, size, &set, &notes))
		return FUZZ_REFUSED;
	/* A list that was written by print_list() needs no correction. */
	first = print_list(&set);
	same = !read_list(first, strlen(first), &again, &notes) && !notes.duplicates &&
	       !notes.masked && !notes.ranges && !notes.headers;
	second = print_list(&again);
	same = same && !strcmp(first, second);
	free(set.prefixes);
	free(again.prefixes);
	return same ? FUZZ_SAME : FUZZ_BROKEN;
}

/* As a line of a feed that is read as the same. */
static char *print_line(const struct ng_feed_line *line, const struct ng_list_reader *list)
{
	static const char *const verbs[] = { "", "add", "del", "begin", "commit", "ping" };
	char *printed = NULL, prefix[64] = "";

	if (line->verb == NG_FEED_ADD || line->verb == NG_FEED_DELETE)
		ng_prefix_text(&list->prefixes[0], prefix, sizeof(prefix));
	if (asprintf(&printed,
		     line->end == NG_FEED_FOR_GOOD ? "%s %s %s"
		     : line->end == NG_FEED_FOR	   ? "%s %s %s for %lluns"
						   : "%s %s %s until %llu.%09llu",
		     verbs[line->verb], line->set, prefix,
		     (unsigned long long)(line->end == NG_FEED_FOR ? line->ns
								   : line->ns / 1000000000),
		     (unsigned long long)(line->ns % 1000000000)) < 0)
		abort();
	return printed;
}

static int read_feed_line(struct ng_list_reader *list, const char *data, size_t size,
			  struct ng_feed_line *line)
{
	char copy[NG_FEED_LINE_MAX + 1];
	int ret;

	memcpy(copy, data, size);
	copy[size] = '\0';
	ret = ng_feed_read(list, copy, copy + size, line);
	if (ret && !*list->err->what)
		abort();
	if (!ret && !list->n && (line->verb == NG_FEED_ADD || line->verb == NG_FEED_DELETE))
		abort();
	return ret;
}

/* Numbers of ns are longer than what `for` reads: those of a second at most are compared. */
static bool is_read_back(struct ng_list_reader *list, const struct ng_feed_line *line)
{
	__cleanup_free char *printed = print_line(line, list);
	struct ng_prefix first = list->n ? list->prefixes[0] : (struct ng_prefix){ 0 };
	struct ng_feed_line again;

	if (line->end == NG_FEED_FOR && line->ns > 999999999)
		return true;
	return !read_feed_line(list, printed, strlen(printed), &again) &&
	       again.verb == line->verb && again.end == line->end && again.ns == line->ns &&
	       !strcmp(again.set, line->set) &&
	       (!list->n || !memcmp(&first, &list->prefixes[0], sizeof(first)));
}

enum fuzz_result fuzz_feed(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;
	enum fuzz_result result = FUZZ_REFUSED;
	struct ng_error err;
	struct ng_list_reader list = { .name = "fuzz", .err = &err };

	while (at < end && result != FUZZ_BROKEN) {
		const char *newline = memchr(at, '\n', end - at), *stop = newline ? newline : end;
		struct ng_feed_line line;

		list.number++;
		if (stop - at <= NG_FEED_LINE_MAX && !read_feed_line(&list, at, stop - at, &line))
			result = is_read_back(&list, &line) ? FUZZ_SAME : FUZZ_BROKEN;
		at = stop + 1;
	}
	free(list.prefixes);
	return result;
}

/* A file without a name, which has a path in /proc. */
static void write_file(const uint8_t *data, size_t size, int *fd, char path[32])
{
	*fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (*fd < 0 || write(*fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, 32, "/proc/self/fd/%d", *fd);
}

enum fuzz_result fuzz_capture(const uint8_t *data, size_t size)
{
	enum fuzz_result result = FUZZ_REFUSED;
	struct ng_capture *capture;
	struct ng_error err = { 0 };
	struct ng_frame frame;
	__cleanup_fd int fd = -1;
	char path[32];
	int ret;

	write_file(data, size, &fd, path);
	if (ng_capture_open(path, &capture, &err))
		return *err.what ? FUZZ_REFUSED : FUZZ_BROKEN;
	while ((ret = ng_capture_next(capture, &frame, &err)) == 1) {
		/* Without bytes the copy may be empty. */
		uint8_t *copy = malloc(frame.captured + 1);

		if (!copy || frame.captured > frame.wire)
			abort();
		if (frame.captured)
			memcpy(copy, frame.data, frame.captured);
		free(copy);
		result = FUZZ_SAME;
	}
	ng_capture_close(capture);
	return ret && !*err.what ? FUZZ_BROKEN : result;
}

/* ---- frames ---------------------------------------------------------------------------- */

#define CUTS 300 /* captured lengths to try: more than a record has */

static bool is_one_line(const struct ng_record *record)
{
	char text[NG_PACKET_TEXT];

	ng_packet_text(record, text);
	if (!memchr(text, '\0', sizeof(text)))
		return false;
	for (const char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			return false;
	return true;
}

/* Format a record with the first bytes of @frame. */
static bool is_told(const struct ng_frame_bytes *frame, uint32_t packets)
{
	struct ng_record record = {
		.length = frame->length,
		.captured = frame->captured < NG_RECORD_BYTES ? frame->captured : NG_RECORD_BYTES,
		.packets = packets,
		.tag_proto = frame->tag_proto,
		.tag_tci = frame->tag_tci,
		.reason = packets, /* any will do */
	};

	memcpy(record.data, frame->data, record.captured);
	return is_one_line(&record);
}

/* Read a copy that ends where reading has to end. */
static void read_copy(const struct ng_frame_bytes *frame, struct ng_frame_fields *fields)
{
	__cleanup_free uint8_t *data = malloc(frame->captured);
	struct ng_frame_bytes copy = *frame;

	if (frame->captured)
		memcpy(data, frame->data, frame->captured);
	copy.data = data;
	ng_frame_read(&copy, fields);
}

/* Of a truncated frame nothing is read that is not in the whole one. */
static bool is_read(const struct ng_frame_bytes *frame, uint32_t packets)
{
	struct ng_frame_bytes cut = *frame;
	struct ng_frame_fields fields;
	struct ng_trace whole;

	read_copy(frame, &fields);
	whole = (struct ng_trace){ .class = fields.class, .decision.reason = fields.reason };
	memcpy(whole.key, fields.key, sizeof(whole.key));
	for (cut.captured = 0; cut.captured <= frame->captured && cut.captured < CUTS;
	     cut.captured++) {
		read_copy(&cut, &fields);
		if (frame_difference(&fields, &whole, 1) || fields.n_tags > NG_FRAME_TAGS ||
		    fields.headers > UINT16_MAX || fields.payload > cut.length ||
		    !is_told(&cut, packets))
			return false;
	}
	return true;
}

enum fuzz_result fuzz_frame(const uint8_t *data, size_t size)
{
	const uint8_t *bytes = data + FUZZ_FRAME_HEAD;
	size_t len = size - FUZZ_FRAME_HEAD;
	struct ng_frame_bytes frame = { .data = bytes, .captured = len, .length = len };

	if (size < FUZZ_FRAME_HEAD)
		return FUZZ_REFUSED;
	frame.length += data[0] << 8 | data[1];
	frame.tag_proto = data[2] << 8 | data[3];
	frame.tag_tci = data[4] << 8 | data[5];
	return is_read(&frame, data[6]) ? FUZZ_SAME : FUZZ_BROKEN;
}

enum fuzz_result fuzz_hex(const uint8_t *data, size_t size)
{
	__cleanup_free char *text = strndup((const char *)data, size);
	__cleanup_free uint8_t *frame = NULL;
	struct ng_error err = { 0 };
	size_t len;

	if (!text)
		abort();
	if (ng_hex_read(text, &frame, &len, &err))
		return *err.what ? FUZZ_REFUSED : FUZZ_BROKEN;
	return is_read(&(struct ng_frame_bytes){ .data = frame, .captured = len, .length = len }, 1)
		       ? FUZZ_SAME
		       : FUZZ_BROKEN;
}

enum fuzz_result fuzz_image(const uint8_t *data, size_t size)
{
	__cleanup_free uint8_t *image = malloc(size);
	struct ng_ruleset *ruleset = NULL;
	const struct ng_image_rule *rules;
	struct ng_error err = { 0 };
	size_t n, text = 0;
	int ret;

	if (size)
		memcpy(image, data, size);
	ret = ng_image_check(image, size, &err);
	if (ret)
		return *err.what ? FUZZ_REFUSED : FUZZ_BROKEN;
	rules = ng_image_rules(image, &n);
	for (size_t i = 0; i < n; i++)
		text += strnlen(ng_image_text(image, &rules[i].text), rules[i].text.count);
	ret = text <= size * n && ng_image_slots(image) ? ng_image_ruleset(image, &ruleset, &err)
							: -EINVAL;
	if (!ret)
		free(print(ruleset));
	ng_ruleset_free(ruleset);
	return !ret || *err.what ? FUZZ_SAME : FUZZ_BROKEN;
}

const struct fuzz_target fuzz_targets[FUZZ_TARGETS] = {
	{ "rules", fuzz_rules }, { "list", fuzz_list },	  { "capture", fuzz_capture },
	{ "hex", fuzz_hex },	 { "frame", fuzz_frame }, { "image", fuzz_image },
	{ "feed", fuzz_feed },
};

const struct fuzz_target *fuzz_find(const char *name)
{
	for (size_t i = 0; name && i < FUZZ_TARGETS; i++)
		if (!strcmp(fuzz_targets[i].name, name))
			return &fuzz_targets[i];
	return NULL;
}

static const struct fuzz_target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	target = fuzz_find(getenv("FUZZ_TARGET"));
	if (!target)
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (target->run(data, size) == FUZZ_BROKEN)
		abort();
	return 0;
}
