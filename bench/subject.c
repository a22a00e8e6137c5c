// SPDX-License-Identifier: GPL-2.0-only
#include "subject.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"

#define WALK_PACKETS 8192

void bench_subject_clear(struct bench_subject *subject)
{
	bench_filter_clear(&subject->filter);
	bench_trace_clear(&subject->random);
	bench_trace_clear(&subject->flows);
	free(subject->passes);
}

/* The rule that decides most packets is made to match none of them. */
static void spoil(struct bench_rules *rules, const struct bench_trace *trace)
{
	__cleanup_free size_t *hits = calloc(rules->n + 1, sizeof(*hits));
	size_t most = 0;

	for (size_t i = 0; hits && i < trace->n; i++)
		if (trace->answers[i] != BENCH_NOTHING)
			hits[trace->answers[i]]++;
	for (size_t i = 0; hits && i < rules->n; i++)
		if (hits[i] > hits[most])
			most = i;
	rules->list[most].src_len = rules->family == 4 ? 32 : 128;
	rules->list[most].src = (struct bench_address){ 0, 1 };
}

static int compile(const struct bench_rules *rules, struct bench_filter *filter,
		   struct ng_error *err)
{
	__cleanup_free char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return ng_fail(err, -errno, "out of memory");
	bench_rules_print(rules, out);
	if (fclose(out))
		return ng_fail(err, -ENOMEM, "out of memory");
	return bench_filter_make(text, len, NULL, filter, err);
}

int bench_subject_make(const struct bench *b, struct bench_rules *rules,
		       struct bench_subject *subject, struct ng_error *err)
{
	struct bench_subject made = { 0 };
	int result;

	made.passes = calloc(rules->n, sizeof(*made.passes));
	if (!made.passes ||
	    bench_trace_rules(rules, b->walk ? WALK_PACKETS : BENCH_PACKETS, &made.random) ||
	    bench_trace_flows(&made.random, &made.flows)) {
		bench_subject_clear(&made);
		return ng_fail(err, -ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < rules->n; i++)
		made.passes[i] = rules->list[i].pass;
	if (b->wrong)
		spoil(rules, &made.random);
	result = compile(rules, &made.filter, err);
	if (result)
		bench_subject_clear(&made);
	else
		*subject = made;
	return result;
}
