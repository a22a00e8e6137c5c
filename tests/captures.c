// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "captures.h"
#include "base/cleanup.h"

static int add_frame(struct capture *capture, const struct pcap_pkthdr *header,
		     const uint8_t *bytes)
{
	struct capture_frame *frames;
	uint8_t *copy;

	frames = realloc(capture->frames, (capture->n + 1) * sizeof(*frames));
	if (!frames)
		return -ENOMEM;
	capture->frames = frames;
	copy = calloc(1, header->len ? header->len : 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, bytes, header->caplen < header->len ? header->caplen : header->len);
	frames[capture->n++] = (struct capture_frame){ .bytes = copy, .len = header->len };
	return 0;
}

static int read_frames(const char *path, struct capture *capture)
{
	char error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *header;
	const uint8_t *bytes;
	pcap_t *pcap = pcap_open_offline(path, error);
	int ret = 0;

	if (!pcap)
		return 0;
	if (pcap_datalink(pcap) == DLT_EN10MB)
		while (!ret && pcap_next_ex(pcap, &header, &bytes) == 1)
			if (header->len <= CAPTURE_FRAME_MAX)
				ret = add_frame(capture, header, bytes);
	pcap_close(pcap);
	return ret;
}

static int is_capture(const struct dirent *entry)
{
	return strstr(entry->d_name, ".pcap") || strstr(entry->d_name, ".cap");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int captures_read(const char *folder, struct captures *captures)
{
	struct captures read = { 0 };
	struct dirent **entries;
	int n = scandir(folder, &entries, is_capture, by_name);
	int ret = 0;

	if (n < 0)
		return -errno;
	read.list = calloc(n ? n : 1, sizeof(*read.list));
	if (!read.list)
		ret = -ENOMEM;
	for (int i = 0; i < n && !ret; i++) {
		struct capture *capture = &read.list[read.n++];
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		capture->name = strdup(entries[i]->d_name);
		ret = capture->name ? read_frames(path, capture) : -ENOMEM;
	}
	for (int i = 0; i < n; i++)
		free(entries[i]);
	free(entries);
	if (ret)
		captures_free(&read);
	else
		*captures = read;
	return ret;
}

void captures_free(struct captures *captures)
{
	for (size_t i = 0; i < captures->n; i++) {
		for (size_t j = 0; j < captures->list[i].n; j++)
			free(captures->list[i].frames[j].bytes);
		free(captures->list[i].frames);
		free(captures->list[i].name);
	}
	free(captures->list);
	*captures = (struct captures){ 0 };
}

const char *captures_elsewhere(void)
{
	const char *folder = getenv("NETGUARD_CAPTURES");

	return folder ? folder : "../shared/captures";
}

int captures_read_elsewhere(struct captures *captures)
{
	__cleanup_free char *folder = NULL;

	if (asprintf(&folder, "%s/pcaps", captures_elsewhere()) < 0)
		return -ENOMEM;
	return captures_read(folder, captures);
}
