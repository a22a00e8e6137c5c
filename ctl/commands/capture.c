// SPDX-License-Identifier: GPL-2.0-only
#include "commands/capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/library.h"
#include "net/pcapng_read.h"
#include "rules/names.h"

#define FUNCTIONS(X)                                \
	X(pcap_close)                               \
	X(pcap_datalink)                            \
	X(pcap_datalink_ext)                        \
	X(pcap_datalink_val_to_name)                \
	X(pcap_fopen_offline_with_tstamp_precision) \
	X(pcap_geterr)                              \
	X(pcap_next_ex)

static struct {
	FUNCTIONS(NG_LIBRARY_MEMBER)
} lib;

/**
 * struct layer - how a link type carries Ethernet
 * @header: bytes before the frame
 * @fcs:    bytes of frame check sequence after it
 *
 * From the list of link-layer header types, https://www.tcpdump.org/linktypes.html.
 */
struct layer {
	int dlt;
	size_t header, fcs;
};

static const struct layer layers[] = {
	{ .dlt = DLT_EN10MB },
	{ .dlt = DLT_NETANALYZER, .header = 4, .fcs = 4 },
};

/**
 * struct ng_capture - an open file
 * @pcapng: for pcapng, which also needs @file; else NULL
 * @pcap:   for pcap, which owns @file
 * @layer:  NULL: no Ethernet
 * @n:      packets read
 * @skip:   of the last frame that is not Ethernet
 */
struct ng_capture {
	FILE *file;
	struct ng_pcapng *pcapng;
	pcap_t *pcap;
	const char *path;
	const struct layer *layer;
	size_t fcs;
	unsigned long long n;
	char skip[64];
};

static const struct layer *find_layer(int dlt)
{
	for (size_t i = 0; i < sizeof(layers) / sizeof(*layers); i++)
		if (layers[i].dlt == dlt)
			return &layers[i];
	return NULL;
}

/* @name: NULL if there is none for this number */
static void note_other_link(struct ng_capture *capture, int number, const char *name)
{
	if (name)
		snprintf(capture->skip, sizeof(capture->skip), "link-type %s", name);
	else
		snprintf(capture->skip, sizeof(capture->skip), "link-type %d", number);
}

/* ---- opening --------------------------------------------------------------------------- */

static void describe(struct ng_capture *capture)
{
	int dlt = lib.pcap_datalink(capture->pcap), ext = lib.pcap_datalink_ext(capture->pcap);

	capture->layer = find_layer(dlt);
	if (!capture->layer)
		note_other_link(capture, dlt, lib.pcap_datalink_val_to_name(dlt));
	else
		capture->fcs = capture->layer->fcs;
	/* The file may give the length of the FCS, in units of two bytes: pcap-savefile(5). */
	if (capture->layer && LT_FCS_LENGTH_PRESENT(ext))
		capture->fcs = 2 * LT_FCS_LENGTH(ext);
}

static int open_file(struct ng_capture *capture, struct ng_error *err)
{
	int fd;

	capture->file = stdin;
	if (!strcmp(capture->path, "-"))
		return 0;
	fd = ng_file_open(capture->path, capture->path, 0, err);
	if (fd < 0) {
		capture->file = NULL;
		return fd;
	}
	capture->file = fdopen(fd, "r");
	if (capture->file)
		return 0;
	close(fd);
	return ng_fail_at(err, -ENOMEM, capture->path, "out of memory");
}

static int open_pcap(struct ng_capture *capture, struct ng_error *err)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	int ret = ng_library_load(NG_LIBPCAP, FUNCTIONS(NG_LIBRARY_NAME), &lib, err);

	if (ret)
		return ret;
	capture->pcap = lib.pcap_fopen_offline_with_tstamp_precision(
		capture->file, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!capture->pcap) {
		ng_fail_at(err, -EINVAL, capture->path, "cannot be read as a capture: %s", why);
		return ng_hint(err, -EINVAL, "captures are pcap or pcapng files");
	}
	describe(capture);
	return 0;
}

/* The first byte tells the format. */
static int open_format(struct ng_capture *capture, struct ng_error *err)
{
	int first = getc(capture->file);

	ungetc(first, capture->file);
	if (!ng_pcapng_begins(first))
		return open_pcap(capture, err);
	capture->pcapng = ng_pcapng_open(capture->file);
	return capture->pcapng ? 0 : ng_fail_at(err, -ENOMEM, capture->path, "out of memory");
}

int ng_capture_open(const char *path, struct ng_capture **capture, struct ng_error *err)
{
	struct ng_capture *opened = calloc(1, sizeof(*opened));
	int ret;

	if (!opened)
		return ng_fail_at(err, -ENOMEM, path, "out of memory");
	opened->path = path;
	ret = open_file(opened, err);
	if (!ret)
		ret = open_format(opened, err);
	if (ret) {
		ng_capture_close(opened);
		return ret;
	}
	*capture = opened;
	return 0;
}

void ng_capture_close(struct ng_capture *capture)
{
	if (!capture)
		return;
	ng_pcapng_close(capture->pcapng);
	if (capture->pcap)
		lib.pcap_close(capture->pcap);
	else if (capture->file && capture->file != stdin)
		fclose(capture->file);
	free(capture);
}

/* ---- reading --------------------------------------------------------------------------- */

static int fail(const struct ng_capture *capture, const char *why, struct ng_error *err)
{
	ng_fail_at(err, -EINVAL, capture->path, "cannot be read after packet %llu: %s", capture->n,
		   why);
	return ng_hint(err, -EINVAL, "the file is truncated or damaged there");
}

static int read_pcap(struct ng_capture *capture, struct ng_frame *frame, struct ng_error *err)
{
	struct pcap_pkthdr *header;
	const u_char *data;
	int ret = lib.pcap_next_ex(capture->pcap, &header, &data);

	if (ret == PCAP_ERROR_BREAK)
		return 0;
	if (ret != 1)
		return fail(capture, lib.pcap_geterr(capture->pcap), err);
	*frame = (struct ng_frame){
		.data = data,
		.captured = header->caplen,
		.wire = header->len,
		.time = header->ts.tv_sec * NG_NS_PER_SECOND + header->ts.tv_usec,
	};
	return 1;
}

/* Each packet may be of another link type. Names are those of libpcap. */
static void describe_link(struct ng_capture *capture, unsigned int link)
{
	static const struct ng_name names[] = {
		{ "NULL", 0 },
		{ "RAW", 101 },
		{ "IEEE802_11", 105 },
		{ "LINUX_SLL", 113 },
		{ "IEEE802_11_RADIO", 127 },
		{ "IPV4", 228 },
		{ "IPV6", 229 },
		{ "LINUX_SLL2", 276 },
		{ NULL, 0 },
	};

	capture->layer = find_layer(link);
	capture->fcs = capture->layer ? capture->layer->fcs : 0;
	if (!capture->layer)
		note_other_link(capture, link, ng_name_of(names, link));
}

static int read_pcapng(struct ng_capture *capture, struct ng_frame *frame, struct ng_error *err)
{
	struct ng_pcapng_frame read = { 0 };
	const char *why = NULL;
	int ret = ng_pcapng_next(capture->pcapng, &read, &why);

	if (ret == -ENOMEM)
		return ng_fail_at(err, ret, capture->path, "out of memory");
	if (ret < 0)
		return fail(capture, why, err);
	if (!ret)
		return 0;
	describe_link(capture, read.link);
	*frame = (struct ng_frame){
		.data = read.data,
		.captured = read.captured,
		.wire = read.wire,
		.time = read.time,
		.direction = read.direction,
	};
	return 1;
}

/* Only the Ethernet frame is left. */
static void strip(const struct ng_capture *capture, struct ng_frame *frame)
{
	const struct layer *layer = capture->layer;
	size_t others = layer ? layer->header + capture->fcs : 0;

	if (!layer) {
		frame->skip = capture->skip;
	} else if (frame->wire >= others) {
		frame->wire -= others;
		frame->captured =
			frame->captured > layer->header ? frame->captured - layer->header : 0;
		frame->data += layer->header;
	} else {
		frame->wire = 0;
	}
	if (frame->captured > frame->wire)
		frame->captured = frame->wire;
}

int ng_capture_next(struct ng_capture *capture, struct ng_frame *frame, struct ng_error *err)
{
	int ret =
		capture->pcapng ? read_pcapng(capture, frame, err) : read_pcap(capture, frame, err);

	if (ret != 1)
		return ret;
	capture->n++;
	strip(capture, frame);
	return 1;
}
