// SPDX-License-Identifier: GPL-2.0-only
#include "compile/slots.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "compile/image_read.h"
#include "layout/counters.h"

#define NOBODY UINT32_MAX

/**
 * struct held - a rule of a kept image
 * @next: the next one with the same text, or NOBODY
 */
struct held {
	const char *text;
	__u32 len;
	__u32 slot;
	__u32 next;
};

/**
 * struct text - the rules with one text
 * @hash:  of the text
 * @first: the first one whose slot no new rule has got, or NOBODY
 * @last:  the last one; NOBODY: this place is free
 */
struct text {
	__u32 hash;
	__u32 first, last;
};

/**
 * struct taken - the rules of all kept images
 * @held:  in the order of images, then of rules
 * @texts: a hash table with open addressing, at most half full, of @mask + 1 places
 * @top:   one more than the highest slot
 */
struct taken {
	struct held *held;
	size_t n;
	struct text *texts;
	size_t mask;
	__u32 top;
};

static __u64 mix(__u64 sum, __u64 word)
{
	sum = (sum ^ word) * 0x9e3779b97f4a7c15ULL;
	return sum ^ sum >> 29;
}

static __u32 hash_of(const char *text, size_t len)
{
	__u64 sum = len, word = 0;

	for (; len >= sizeof(word); text += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		sum = mix(sum, word);
	}
	word = 0;
	memcpy(&word, text, len);
	return mix(sum, word) >> 32;
}

#define AHEAD 16 /* rules whose place in the table is prefetched */

/**
 * struct hashes - hashes of the texts of rules, computed in order
 * @next: the first rule whose hash is not yet computed
 * @ring: those of the rules from @next - AHEAD on
 */
struct hashes {
	const char *text;
	const struct ng_image_rule *rules;
	size_t n, next;
	__u32 ring[AHEAD];
};

/* The hash of rule @i; callers ask for all rules, in order. */
static __u32 next_hash(struct hashes *hashes, const struct taken *taken, size_t i)
{
	for (; hashes->next < hashes->n && hashes->next < i + AHEAD; hashes->next++) {
		const struct ng_list *text = &hashes->rules[hashes->next].text;
		__u32 hash = hash_of(hashes->text + text->offset, text->count);

		hashes->ring[hashes->next % AHEAD] = hash;
		__builtin_prefetch(&taken->texts[hash & taken->mask]);
	}
	return hashes->ring[i % AHEAD];
}

/* The place of rules with this text, or a free one. */
static struct text *find(const struct taken *taken, const char *text, size_t len, __u32 hash)
{
	size_t at = hash & taken->mask;
	struct text *place;

	while ((place = &taken->texts[at])->last != NOBODY) {
		const struct held *last = &taken->held[place->last];

		if (place->hash == hash && last->len == len && !memcmp(last->text, text, len))
			return place;
		at = (at + 1) & taken->mask;
	}
	place->hash = hash;
	return place;
}

static void hold(struct taken *taken, const char *text, size_t len, __u32 hash, __u32 slot)
{
	struct text *place = find(taken, text, len, hash);
	__u32 number = taken->n++;

	taken->held[number] = (struct held){ text, len, slot, NOBODY };
	if (place->last == NOBODY)
		place->first = number;
	else
		taken->held[place->last].next = number;
	place->last = number;
	if (slot >= taken->top)
		taken->top = slot + 1;
}

static int taken_new(struct taken *taken, size_t rules)
{
	size_t places = 4;

	while (places < 2 * rules)
		places *= 2;
	taken->top = NG_SLOT_RULES;
	taken->mask = places - 1;
	taken->held = reallocarray(NULL, rules + 1, sizeof(*taken->held));
	taken->texts = reallocarray(NULL, places, sizeof(*taken->texts));
	if (!taken->held || !taken->texts)
		return -ENOMEM;
	for (size_t i = 0; i < places; i++)
		taken->texts[i].last = NOBODY;
	return 0;
}

static void taken_clear(struct taken *taken)
{
	free(taken->held);
	free(taken->texts);
}

/* The rules of all kept images; for taken_clear() also on failure. */
static int collect(const void *const *kept, size_t n_kept, struct taken *taken)
{
	size_t all = 0, n;

	for (size_t i = 0; i < n_kept; i++)
		if (kept[i]) {
			ng_image_rules(kept[i], &n);
			all += n;
		}
	if (taken_new(taken, all))
		return -ENOMEM;
	for (size_t i = 0; i < n_kept; i++)
		if (kept[i] && ng_image_slots(kept[i]) > taken->top)
			taken->top = ng_image_slots(kept[i]);
	for (size_t i = 0; i < n_kept; i++) {
		const struct ng_image_rule *rules = kept[i] ? ng_image_rules(kept[i], &n) : NULL;
		const char *text = rules ? (const char *)ng_image_source(kept[i]) : NULL;
		struct hashes hashes = { .text = text, .rules = rules, .n = rules ? n : 0 };

		for (size_t j = 0; j < hashes.n; j++)
			hold(taken, text + rules[j].text.offset, rules[j].text.count,
			     next_hash(&hashes, taken, j), rules[j].slot);
	}
	return 0;
}

/*
 * The slot of the first held rule with this text that no new rule has got; 0: none. Several images
 * may have rules with the same slots.
 */
static __u32 take_over(struct taken *taken, const char *text, size_t len, __u32 hash, __u8 *given)
{
	struct text *place = find(taken, text, len, hash);

	while (place->last != NOBODY && place->first != NOBODY) {
		const struct held *held = &taken->held[place->first];

		place->first = held->next;
		if (given[held->slot])
			continue;
		given[held->slot] = 1;
		return held->slot;
	}
	return 0;
}

/* The second counters of rules with a rate. */
static void mark_over(const void *const *kept, size_t n_kept, __u8 *used)
{
	for (size_t i = 0; i < n_kept; i++) {
		size_t n = 0;
		const struct ng_limiter *limiters = kept[i] ? ng_image_limiters(kept[i], &n) : NULL;

		for (size_t j = 0; j < n; j++)
			used[limiters[j].over] = 1;
	}
}

int ng_slots_assign(const char *text, struct ng_image_rule *rules, size_t n,
		    const void *const *kept, size_t n_kept, struct ng_slots *slots)
{
	__attribute__((cleanup(taken_clear))) struct taken taken = { 0 };
	__cleanup_free __u8 *given = NULL, *used = NULL;
	struct hashes hashes = { .text = text, .rules = rules, .n = n };
	__u32 next = NG_SLOT_RULES, *fresh;
	size_t n_fresh = 0;

	if (collect(kept, n_kept, &taken))
		return -ENOMEM;
	given = calloc(taken.top + n, 1);
	used = calloc(taken.top + n, 1);
	fresh = calloc(n + 1, sizeof(*fresh));
	if (!given || !used || !fresh) {
		free(fresh);
		return -ENOMEM;
	}
	for (size_t i = 0; i < taken.n; i++)
		used[taken.held[i].slot] = 1;
	mark_over(kept, n_kept, used);
	for (size_t i = 0; i < n; i++) {
		rules[i].slot = take_over(&taken, text + rules[i].text.offset, rules[i].text.count,
					  next_hash(&hashes, &taken, i), given);
		if (rules[i].slot)
			continue;
		while (used[next])
			next++;
		used[next] = 1;
		rules[i].slot = next;
		fresh[n_fresh++] = next;
	}
	*slots = (struct ng_slots){ .end = NG_SLOT_RULES, .fresh = fresh, .n_fresh = n_fresh };
	for (size_t i = 0; i < n; i++)
		if (rules[i].slot >= slots->end)
			slots->end = rules[i].slot + 1;
	return 0;
}
