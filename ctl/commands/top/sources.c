// SPDX-License-Identifier: GPL-2.0-only
#include "commands/top/sources.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "layout/siphash.h"
#include "net/frame.h"

#define FULL	   (NG_SOURCES_MAX / 4 * 3)
#define NO_ADDRESS "no IP address"

void ng_sources_clear(struct ng_sources *sources)
{
	free(sources->table);
	*sources = (struct ng_sources){ 0 };
}

/* The address that the filter read. */
static struct ng_source source_of(const struct ng_frame_fields *fields)
{
	struct ng_source source = { .text = NO_ADDRESS };

	source.family = ng_key_address(fields->key, fields->class, NG_WORD_SADDR_HI, source.bytes);
	if (source.family)
		inet_ntop(source.family == 4 ? AF_INET : AF_INET6, source.bytes, source.text,
			  sizeof(source.text));
	return source;
}

static size_t hash(const uint64_t key[2], const struct ng_source *source)
{
	uint64_t halves[2];

	memcpy(halves, source->bytes, sizeof(halves));
	return ng_siphash(key[0], key[1], halves[0], halves[1], source->family);
}

/* The place of @source in @table, or the free place for it. */
static struct ng_source *place(struct ng_source *table, const uint64_t key[2],
			       const struct ng_source *source)
{
	size_t at = hash(key, source) % NG_SOURCES_MAX;

	while (*table[at].text && (table[at].family != source->family ||
				   memcmp(table[at].bytes, source->bytes, sizeof(source->bytes))))
		at = (at + 1) % NG_SOURCES_MAX;
	return &table[at];
}

static int begin(struct ng_sources *sources)
{
	if (getrandom(sources->key, sizeof(sources->key), 0) != sizeof(sources->key))
		return -EIO;
	sources->table = calloc(NG_SOURCES_MAX, sizeof(*sources->table));
	return sources->table ? 0 : -ENOMEM;
}

int ng_sources_take(struct ng_sources *sources, const struct ng_record *record)
{
	int result = sources->table ? 0 : begin(sources);
	struct ng_source source, *found;
	struct ng_frame_fields fields;
	struct ng_counter counter;

	if (result)
		return result;
	ng_record_read(record, &fields);
	counter = ng_record_counted(record, &fields);
	source = source_of(&fields);
	sources->now += counter.packets;
	found = place(sources->table, sources->key, &source);
	if (!*found->text && sources->n >= FULL)
		return 0;
	if (!*found->text) {
		*found = source;
		sources->n++;
	}
	found->sampled += counter.packets;
	found->now.packets += counter.packets;
	found->now.bytes += counter.bytes;
	return 0;
}

/* End an interval; false: there is no packet of it in any of the last intervals. */
static bool advance(struct ng_source *source, uint64_t at)
{
	source->intervals[at] = source->now;
	source->now = (struct ng_counter){ 0 };
	for (size_t i = 0; i < NG_SOURCES_INTERVALS; i++)
		if (source->intervals[i].packets)
			return true;
	return false;
}

int ng_sources_advance(struct ng_sources *sources, double seconds, uint64_t missed)
{
	uint64_t at = sources->intervals % NG_SOURCES_INTERVALS;
	struct ng_source *table;

	sources->spans[at] = (struct ng_span){
		.seconds = seconds,
		.sampled = sources->now,
		.all = sources->now + missed,
	};
	sources->intervals++;
	sources->now = 0;
	if (!sources->table)
		return 0;
	table = calloc(NG_SOURCES_MAX, sizeof(*table));
	if (!table)
		return -ENOMEM;
	sources->n = 0;
	for (size_t i = 0; i < NG_SOURCES_MAX; i++) {
		struct ng_source *source = &sources->table[i];

		if (!*source->text || !advance(source, at))
			continue;
		*place(table, sources->key, source) = *source;
		sources->n++;
	}
	free(sources->table);
	sources->table = table;
	return 0;
}

struct ng_span ng_sources_span(const struct ng_sources *sources)
{
	struct ng_span sum = { 0 };

	for (size_t i = 0; i < NG_SOURCES_INTERVALS; i++) {
		sum.seconds += sources->spans[i].seconds;
		sum.sampled += sources->spans[i].sampled;
		sum.all += sources->spans[i].all;
	}
	return sum;
}

/*
 * The sample is limited per second, and intervals may be shorter: only over all of them is the
 * sample representative.
 */
struct ng_rate ng_source_rate(const struct ng_sources *sources, const struct ng_source *source)
{
	const struct ng_span span = ng_sources_span(sources);
	struct ng_counter sum = { 0 };
	double scale;

	for (size_t i = 0; i < NG_SOURCES_INTERVALS; i++) {
		sum.packets += source->intervals[i].packets;
		sum.bytes += source->intervals[i].bytes;
	}
	if (!span.sampled || span.seconds <= 0)
		return (struct ng_rate){ 0 };
	scale = span.all / (span.sampled * span.seconds);
	return (struct ng_rate){ .packets = sum.packets * scale, .bits = sum.bytes * 8 * scale };
}
