// SPDX-License-Identifier: GPL-2.0-only
#include "report/rates.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* FNV-1a, 64 bits, never 0: http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t hash(const char *name, size_t size)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ (unsigned char)name[i]) * 0x100000001b3ULL;
	return hash ? hash : 1;
}

void ng_rates_clear(struct ng_rates *rates)
{
	for (uint32_t slot = 0; slot < rates->n; slot++)
		free(rates->trends[slot]);
	free(rates->counted);
	free(rates->owners);
	free(rates->list);
	free(rates->trends);
	*rates = (struct ng_rates){ 0 };
}

/* Grow *@array from @old to @n elements of @size bytes; new ones are zeroed. */
static int grow(void *array, uint32_t old, uint32_t n, size_t size)
{
	char *grown = reallocarray(*(void **)array, n, size);

	if (!grown)
		return -ENOMEM;
	memset(grown + old * size, 0, (n - old) * size);
	*(void **)array = grown;
	return 0;
}

int ng_rates_room(struct ng_rates *rates, uint32_t n)
{
	uint32_t old = rates->n;

	if (n <= old)
		return 0;
	if (grow(&rates->counted, old, n, sizeof(*rates->counted)) ||
	    grow(&rates->owners, old, n, sizeof(*rates->owners)) ||
	    grow(&rates->list, old, n, sizeof(*rates->list)) ||
	    grow(&rates->trends, old, n, sizeof(*rates->trends)))
		return -ENOMEM;
	rates->n = n;
	return 0;
}

void ng_rates_own(struct ng_rates *rates, uint32_t slot, const char *name, size_t size)
{
	uint64_t owner = hash(name, size);

	if (slot >= rates->n || rates->owners[slot] == owner)
		return;
	if (rates->owners[slot]) {
		rates->counted[slot] = (struct ng_counter){ 0 };
		free(rates->trends[slot]);
		rates->trends[slot] = NULL;
	}
	rates->owners[slot] = owner;
}

static uint64_t grown(uint64_t before, uint64_t now)
{
	return now >= before ? now - before : now;
}

static int note(struct ng_rates *rates, uint32_t slot)
{
	struct ng_trend **trend = &rates->trends[slot];
	double packets = rates->list[slot].packets;

	if (!*trend && packets > 0)
		*trend = calloc(1, sizeof(**trend));
	if (*trend)
		(*trend)->packets[rates->intervals % NG_TREND_INTERVALS] = packets;
	return !*trend && packets > 0 ? -ENOMEM : 0;
}

int ng_rates_update(struct ng_rates *rates, uint64_t time, const struct ng_counter *counters,
		    uint32_t n)
{
	int result = 0;

	rates->seconds = rates->time && time > rates->time
				 ? (double)(time - rates->time) / NG_NS_PER_SECOND
				 : 0;
	for (uint32_t slot = 0; slot < rates->n; slot++) {
		struct ng_counter now = slot < n ? counters[slot] : (struct ng_counter){ 0 };
		struct ng_counter *before = &rates->counted[slot];

		rates->list[slot] = (struct ng_rate){ 0 };
		if (rates->seconds > 0) {
			rates->list[slot].packets =
				grown(before->packets, now.packets) / rates->seconds;
			rates->list[slot].bits =
				grown(before->bytes, now.bytes) * 8.0 / rates->seconds;
		}
		*before = now;
		if (note(rates, slot))
			result = -ENOMEM;
	}
	rates->time = time;
	rates->intervals++;
	return result;
}

struct ng_rate ng_rate_of(const struct ng_rates *rates, uint32_t slot)
{
	return slot < rates->n ? rates->list[slot] : (struct ng_rate){ 0 };
}

struct ng_rate ng_rate_sum(struct ng_rate a, struct ng_rate b)
{
	return (struct ng_rate){ .packets = a.packets + b.packets, .bits = a.bits + b.bits };
}
