/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Estimates the sources of dropped packets from a sample: each packet in the sample stands for a
 * number of packets that were dropped in the same time. No system calls, except for the random key.
 */
#ifndef NG_SOURCES_H
#define NG_SOURCES_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "layout/counters.h"
#include "layout/record.h"
#include "report/rates.h"

#define NG_SOURCES_MAX	     16384 /* addresses, a power of two */
#define NG_SOURCES_INTERVALS 10	   /* intervals that rates are averaged over */
#define NG_SOURCE_TEXT	     INET6_ADDRSTRLEN

/**
 * struct ng_source - an address
 * @text:    as text; "": unused
 * @family, @bytes: 4 or 6 and the address in network order; 0: frames without an IP address
 * @sampled: packets in the sample since it was added
 * @now:     in the sample of the current interval
 * @intervals:   in the samples of the last intervals, by number modulo NG_SOURCES_INTERVALS
 */
struct ng_source {
	char text[NG_SOURCE_TEXT];
	uint8_t family;
	uint8_t bytes[16];
	uint64_t sampled;
	struct ng_counter now;
	struct ng_counter intervals[NG_SOURCES_INTERVALS];
};

/**
 * struct ng_span - one or several intervals
 * @sampled: packets in the sample, of @all that were dropped
 */
struct ng_span {
	double seconds;
	uint64_t sampled, all;
};

/**
 * struct ng_sources - zero it at first
 * @table: hash table of NG_SOURCES_MAX places, @n in use; NULL: no packet yet
 * @key:   of the hash, since senders choose source addresses
 * @intervals: number of intervals
 * @now:   packets in the sample of the current interval
 * @spans: the last intervals, by number modulo NG_SOURCES_INTERVALS
 */
struct ng_sources {
	struct ng_source *table;
	uint64_t key[2];
	size_t n;
	uint64_t intervals;
	uint64_t now;
	struct ng_span spans[NG_SOURCES_INTERVALS];
};

void ng_sources_clear(struct ng_sources *sources);

/**
 * ng_sources_take() - add a packet of the sample, which may be an aggregate
 *
 * If there is no room for another address, only the totals count it. Return: 0 or -errno.
 */
int ng_sources_take(struct ng_sources *sources, const struct ng_record *record);

/**
 * ng_sources_advance() - end an interval of @seconds
 * @missed: packets dropped in it that are not in the sample
 *
 * Removes addresses without a packet in NG_SOURCES_INTERVALS intervals. Return: 0 or -ENOMEM.
 */
int ng_sources_advance(struct ng_sources *sources, double seconds, uint64_t missed);

/** ng_sources_span() - the sum of the last intervals */
struct ng_span ng_sources_span(const struct ng_sources *sources);

/** ng_source_rate() - the estimated rate over the last intervals */
struct ng_rate ng_source_rate(const struct ng_sources *sources, const struct ng_source *source);

#endif
