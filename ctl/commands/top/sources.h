/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose packets are dropped, by a sample of them: a packet in the sample stands for as many as came
 * in the same time and are not in it. Pure, but for the random key of the table.
 */
#ifndef NG_SOURCES_H
#define NG_SOURCES_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "layout/counters.h"
#include "layout/record.h"
#include "report/rates.h"

#define NG_SOURCES_MAX	 16384 /* addresses, a power of two */
#define NG_SOURCES_LOOKS 10    /* that rates are the average of */
#define NG_SOURCE_TEXT	 INET6_ADDRSTRLEN

/**
 * struct ng_source - an address
 * @text:    it in words; "" is nobody
 * @family, @bytes: 4 or 6 and the address in network order; 0: of frames that have none
 * @sampled: packets in the sample since it is known
 * @now:     what is in the sample since the last look
 * @looks:   what was in the sample at each of the last looks, by number modulo NG_SOURCES_LOOKS
 */
struct ng_source {
	char text[NG_SOURCE_TEXT];
	uint8_t family;
	uint8_t bytes[16];
	uint64_t sampled;
	struct ng_counter now;
	struct ng_counter looks[NG_SOURCES_LOOKS];
};

/**
 * struct ng_span - from one look to the next, or several of them
 * @sampled: packets that are in the sample, of @all that came
 */
struct ng_span {
	double seconds;
	uint64_t sampled, all;
};

/**
 * struct ng_sources - begins zeroed
 * @table: of NG_SOURCES_MAX, hashed, @n in use; NULL: nothing was seen yet
 * @key:   of the hash: who sends packets chooses their sources
 * @looks: how many there were
 * @now:   packets in the sample since the last look
 * @spans: up to each of the last looks, by number modulo NG_SOURCES_LOOKS
 */
struct ng_sources {
	struct ng_source *table;
	uint64_t key[2];
	size_t n;
	uint64_t looks;
	uint64_t now;
	struct ng_span spans[NG_SOURCES_LOOKS];
};

void ng_sources_clear(struct ng_sources *sources);

/**
 * ng_sources_take() - a packet of the sample, which may be an aggregate
 *
 * When there is no room for another address it is still part of the whole. Return: 0 or -errno.
 */
int ng_sources_take(struct ng_sources *sources, const struct ng_record *record);

/**
 * ng_sources_look() - @seconds after the last look
 * @missed: packets that came since then and are not in the sample
 *
 * Whom nothing came from in NG_SOURCES_LOOKS looks is forgotten. Return: 0 or -ENOMEM.
 */
int ng_sources_look(struct ng_sources *sources, double seconds, uint64_t missed);

/** ng_sources_span() - all of the last looks */
struct ng_span ng_sources_span(const struct ng_sources *sources);

/** ng_source_rate() - an estimate, of the last looks */
struct ng_rate ng_source_rate(const struct ng_sources *sources, const struct ng_source *source);

#endif
