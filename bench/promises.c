// SPDX-License-Identifier: GPL-2.0-only
#include "promises.h"

#include <stdio.h>
#include <string.h>

#include "bench.h"

#define OVER  "over_parsing_ns"
#define WHOLE "over_floor_ns"
#define MB    1e6

/*
 * Where no limit was set, a promise is what was measured last (docs/performance.md), rounded up to
 * the next 5 ns, which is noise.
 */
static const struct bench_promise promises[] = {
	{ "rules-v4-acl-1", OVER, NULL, 10, 0 },
	{ "rules-v4-fw-1", OVER, NULL, 10, 0 },
	{ "rules-v4-ipc-1", OVER, NULL, 10, 0 },
	{ "rules-v4-acl-10", OVER, NULL, 10, 10 },
	{ "rules-v4-fw-10", OVER, NULL, 20, 10 },
	{ "rules-v4-ipc-10", OVER, NULL, 15, 10 },
	{ "rules-v4-acl-100", OVER, NULL, 35, 0 },
	{ "rules-v4-fw-100", OVER, NULL, 50, 0 },
	{ "rules-v4-ipc-100", OVER, NULL, 30, 0 },
	{ "rules-v4-acl-1000", OVER, NULL, 55, 0 },
	{ "rules-v4-fw-1000", OVER, NULL, 55, 0 },
	{ "rules-v4-ipc-1000", OVER, NULL, 45, 0 },
	{ "rules-v4-acl-10000", OVER, NULL, 65, 0 },
	{ "rules-v4-fw-10000", OVER, NULL, 100, 0 },
	{ "rules-v4-ipc-10000", OVER, NULL, 55, 0 },
	{ "rules-v4-acl-100000", OVER, NULL, 180, 100 },
	{ "rules-v4-fw-100000", OVER, NULL, 210, 100 },
	{ "rules-v4-ipc-100000", OVER, NULL, 155, 100 },
	{ "rules-v6-acl-1000", OVER, NULL, 55, 0 },
	{ "rules-v6-fw-1000", OVER, NULL, 55, 0 },
	{ "rules-v6-ipc-1000", OVER, NULL, 55, 0 },
	{ "rules-v6-acl-10000", OVER, NULL, 105, 0 },
	{ "rules-v6-fw-10000", OVER, NULL, 110, 0 },
	{ "rules-v6-ipc-10000", OVER, NULL, 75, 0 },
	{ "rules-v6-acl-100000", OVER, NULL, 190, 150 },
	{ "rules-v6-fw-100000", OVER, NULL, 315, 150 },
	{ "rules-v6-ipc-100000", OVER, NULL, 240, 150 },
	/* Half of what it was. */
	{ "rules-v4-acl-100000", "image_bytes", NULL, 13.5 * MB, 10 * MB },
	{ "rules-v4-fw-100000", "image_bytes", NULL, 10.7 * MB, 10 * MB },
	{ "rules-v4-ipc-100000", "image_bytes", NULL, 9.8 * MB, 0 },
	{ "rules-v6-acl-100000", "image_bytes", NULL, 20.2 * MB, 10 * MB },
	{ "rules-v6-fw-100000", "image_bytes", NULL, 27.8 * MB, 10 * MB },
	{ "rules-v6-ipc-100000", "image_bytes", NULL, 27.8 * MB, 10 * MB },
	/* Of ClassBench's rules or others, when the prototype is beside. */
	{ "prototype-*", "netguard_ratio", NULL, 1.1, 1.0 },
	{ "worst-v4-acl-10000", "median_ratio", NULL, 4, 0 },
	{ "worst-v4-fw-10000", "median_ratio", NULL, 4, 0 },
	{ "worst-v4-ipc-10000", "median_ratio", NULL, 4, 0 },
	{ "worst-v6-acl-10000", "median_ratio", NULL, 4, 0 },
	{ "worst-v6-fw-10000", "median_ratio", NULL, 4, 0 },
	{ "worst-v6-ipc-10000", "median_ratio", NULL, 4, 0 },
	{ "set-v4-1000000", OVER, NULL, 90, 60 },
	{ "set-v6-1000000", OVER, NULL, 155, 100 },
	{ "limit", "over_count_ns", NULL, 8, 0 },
	{ "limit-sources-100000", "over_count_ns", NULL, 60, 0 },
	{ "blocked-100000", WHOLE, "xdp-filter-100000", 0.5, 0 },
	{ "blocked-live-100000", WHOLE, "xdp-filter-100000", 0.5, 0 },
	{ "established-tcp", "state_ns", NULL, 30, 0 },
	{ "established-udp-100000", "state_ns", NULL, 60, 0 },
	{ "log-100-per-second*", "with_ratio", NULL, 1.1, 0 },
	{ "live-tc-rules-10", WHOLE, "nftables-10", 0.3, 0 },
	{ "live-tc-rules-1000", WHOLE, "nftables-1000", 0.01, 0 },
	{ "live-xdp-rules-10", WHOLE, "bpfilter-10", 0, 0 },
	{ "live-xdp-rules-1000", WHOLE, "bpfilter-1000", 0, 0 },
	{ "apply-rules-10000", "ms", NULL, 55, 0 },
	{ "apply-rules-100000", "ms", NULL, 200, 100 },
	{ "apply-rules-100000", "first_ms", NULL, 400, 200 },
	{ "apply-set-1000000", "ms", NULL, 125, 0 },
	{ "ban", "ms", NULL, 3, 0 },
	{ "change-add-100000", "in_force_ms", NULL, 60, 20 },
	{ "change-insert-100000", "in_force_ms", NULL, 60, 20 },
	{ "change-block-100000", "in_force_ms", NULL, 60, 20 },
	{ "change-delete-100000", "in_force_ms", NULL, 60, 20 },
};

static bool is_about(const struct bench_promise *promise, const char *name)
{
	size_t len = strcspn(promise->name, "*");

	return promise->name[len] ? !strncmp(promise->name, name, len)
				  : !strcmp(promise->name, name);
}

static bool value_of(struct json_object *rows, struct json_object *row,
		     const struct bench_promise *promise, double *value)
{
	struct json_object *own = json_object_object_get(row, promise->figure), *others = NULL;

	if (!own)
		return false;
	*value = json_object_get_double(own);
	if (!promise->peer)
		return true;
	json_object_object_get_ex(bench_row_of(rows, promise->peer), promise->figure, &others);
	if (json_object_get_double(others) <= 0)
		return false;
	*value /= json_object_get_double(others);
	return true;
}

size_t bench_promises(struct json_object *rows, struct json_object *row,
		      struct bench_kept kept[BENCH_PROMISES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(promises) / sizeof(promises[0]); i++) {
		const struct bench_promise *promise = &promises[i];
		double value;

		if (!is_about(promise, bench_row_name(row)) || n == BENCH_PROMISES_MAX ||
		    !value_of(rows, row, promise, &value))
			continue;
		kept[n++] = (struct bench_kept){
			.promise = promise,
			.value = value,
			.kept = !promise->most || value <= promise->most,
			.reached = promise->goal > 0 && value <= promise->goal,
		};
	}
	return n;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);

	return len >= strlen(end) && !strcmp(text + len - strlen(end), end);
}

static const char *unit_of(const struct bench_promise *promise)
{
	if (promise->peer || ends_with(promise->figure, "_ratio"))
		return "";
	if (ends_with(promise->figure, "_bytes"))
		return " MB";
	return ends_with(promise->figure, "ms") ? " ms" : " ns";
}

/* The value, where the table does not show it before. */
static void print_value(const struct bench_kept *kept, const char *unit, double scale, FILE *out)
{
	const struct bench_promise *promise = kept->promise;

	if (promise->peer)
		fprintf(out, "%.3g of %s", kept->value, promise->peer);
	else if (strcmp(promise->figure, OVER) && strcmp(promise->figure, "ms"))
		fprintf(out, "%s %.3g%s", promise->figure, kept->value / scale, unit);
	else
		return;
	if (promise->most)
		fputc(' ', out);
}

void bench_promise_print(const struct bench_kept *kept, FILE *out)
{
	const struct bench_promise *promise = kept->promise;
	const char *unit = unit_of(promise);
	double scale = !strcmp(unit, " MB") ? MB : 1;

	print_value(kept, unit, scale, out);
	if (!promise->most)
		return;
	fprintf(out, "<= %g%s", promise->most / scale, unit);
	if (promise->goal > 0)
		fprintf(out, ", goal %g", promise->goal / scale);
	fprintf(out, ": %s", kept->reached ? "goal reached" : kept->kept ? "kept" : "MISSED");
}
