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

struct ng_capture {
	pcap_t *pcap;
	const char *path;
	const struct layer *layer; /* NULL: no Ethernet */
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

static void describe(struct ng_capture *capture)
{
	int dlt = lib.pcap_datalink(capture->pcap), ext = lib.pcap_datalink_ext(capture->pcap);
	const char *name = lib.pcap_datalink_val_to_name(dlt);

	capture->layer = find_layer(dlt);
	if (!capture->layer && name)
		snprintf(capture->skip, sizeof(capture->skip), "link-type %s", name);
	else if (!capture->layer)
		snprintf(capture->skip, sizeof(capture->skip), "link-type %d", dlt);
	else
		capture->fcs = capture->layer->fcs;
	/* The file may give the length of the FCS, in units of two bytes: pcap-savefile(5). */
	if (capture->layer && LT_FCS_LENGTH_PRESENT(ext))
		capture->fcs = 2 * LT_FCS_LENGTH(ext);
}

static int open_file(const char *path, FILE **file, struct ng_error *err)
{
	int fd;

	*file = stdin;
	if (!strcmp(path, "-"))
		return 0;
	fd = ng_file_open(path, path, 0, err);
	if (fd < 0)
		return fd;
	*file = fdopen(fd, "r");
	if (*file)
		return 0;
	close(fd);
	return ng_fail_at(err, -ENOMEM, path, "out of memory");
}

int ng_capture_open(const char *path, struct ng_capture **capture, struct ng_error *err)
{
	struct ng_capture *opened = calloc(1, sizeof(*opened));
	char why[PCAP_ERRBUF_SIZE] = "";
	FILE *file;
	int ret;

	if (!opened)
		return ng_fail_at(err, -ENOMEM, path, "out of memory");
	ret = ng_library_load(NG_LIBPCAP, FUNCTIONS(NG_LIBRARY_NAME), &lib, err);
	if (!ret)
		ret = open_file(path, &file, err);
	if (ret) {
		free(opened);
		return ret;
	}
	opened->pcap =
		lib.pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!opened->pcap) {
		if (file != stdin)
			fclose(file);
		free(opened);
		ng_fail_at(err, -EINVAL, path, "cannot be read as a capture: %s", why);
		return ng_hint(err, -EINVAL, "captures are pcap or pcapng files");
	}
	opened->path = path;
	describe(opened);
	*capture = opened;
	return 0;
}

void ng_capture_close(struct ng_capture *capture)
{
	if (!capture)
		return;
	lib.pcap_close(capture->pcap);
	free(capture);
}

static int fail(const struct ng_capture *capture, struct ng_error *err)
{
	const char *why = lib.pcap_geterr(capture->pcap);

	ng_fail_at(err, -EINVAL, capture->path, "cannot be read after packet %llu: %s", capture->n,
		   why);
	if (strstr(why, "interface"))
		return ng_hint(err, -EINVAL,
			       "libpcap reads pcapng files whose interfaces are all of one kind; "
			       "split the file by interface first");
	return ng_hint(err, -EINVAL, "the file is truncated or damaged there");
}

int ng_capture_next(struct ng_capture *capture, struct ng_frame *frame, struct ng_error *err)
{
	const struct layer *layer = capture->layer;
	struct pcap_pkthdr *header;
	size_t captured, wire;
	const u_char *data;
	int ret;

	ret = lib.pcap_next_ex(capture->pcap, &header, &data);
	if (ret == PCAP_ERROR_BREAK)
		return 0;
	if (ret != 1)
		return fail(capture, err);
	capture->n++;
	captured = header->caplen;
	wire = header->len;
	*frame = (struct ng_frame){
		.data = data,
		.time = header->ts.tv_sec * NG_NS_PER_SECOND +
			header->ts.tv_usec, /* ns: see above */
	};
	if (!layer) {
		frame->skip = capture->skip;
	} else if (wire >= layer->header + capture->fcs) {
		wire -= layer->header + capture->fcs;
		captured = captured > layer->header ? captured - layer->header : 0;
		frame->data += layer->header;
		frame->captured = captured < wire ? captured : wire;
		frame->wire = wire;
	}
	return 1;
}
