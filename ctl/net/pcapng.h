/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing pcapng (draft-ietf-opsawg-pcapng): libpcap writes only pcap, which can hold neither the
 * interface nor a comment.
 */
#ifndef NG_PCAPNG_H
#define NG_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct ng_pcapng_packet - a packet
 * @time:  CLOCK_REALTIME, ns
 * @iface: number of its interface, from 0 in the order of ng_pcapng_iface()
 */
struct ng_pcapng_packet {
	uint64_t time;
	uint32_t iface;
	bool out;
	const uint8_t *data;
	size_t captured, wire;
	const char *comment;
};

/* Errors are those of the stream: check ferror() and fflush(). */
void ng_pcapng_begin(FILE *out, const char *program);
void ng_pcapng_iface(FILE *out, const char *name, size_t snaplen);
void ng_pcapng_packet(FILE *out, const struct ng_pcapng_packet *packet);

#endif
