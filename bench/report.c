// SPDX-License-Identifier: GPL-2.0-only
/* What a run prints while it goes on, and the arrays that become its results. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

/**
 * struct target - what a row may cost
 * @most: "over_floor_ns" in floors, or "ms" where there is no floor
 */
struct target {
	const char *name;
	double most;
};

static const struct target targets[] = {
	{ "rules-v4-acl-10", 0.4 },
	{ "rules-v4-fw-10", 0.4 },
	{ "rules-v4-ipc-10", 0.4 },
	{ "rules-v4-acl-1000", 2.4 },
	{ "rules-v4-fw-1000", 2.4 },
	{ "rules-v4-ipc-1000", 2.4 },
	{ "rules-v4-acl-10000", 4 },
	{ "rules-v4-fw-10000", 4 },
	{ "rules-v4-ipc-10000", 4 },
	{ "rules-v4-acl-100000", 6 },
	{ "rules-v4-fw-100000", 8 },
	{ "rules-v4-ipc-100000", 6 },
	{ "rules-v6-acl-10000", 6 },
	{ "rules-v6-fw-10000", 6 },
	{ "rules-v6-ipc-10000", 6 },
	{ "set-v4-1000000", 5 },
	{ "set-v4-mixed-1000000", 5 },
	{ "set-v6-1000000", 10 },
	{ "set-v6-mixed-1000000", 10 },
	{ "apply-rules-10000", 150 },
	{ "apply-rules-100000", 200 },
	{ "apply-set-1000000", 500 },
	{ "ban", 5 },
	{ "rule-add", 60 },
	{ "rule-delete", 60 },
	{ "block-conditions", 60 },
};

static double target_of(const char *name)
{
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (!strcmp(targets[i].name, name))
			return targets[i].most;
	return 0;
}

static bool ends_with(const char *name, const char *word, size_t len)
{
	size_t own = strlen(name);

	return own >= len && !memcmp(name + own - len, word, len);
}

bool bench_wants(const struct bench *b, const char *format, ...)
{
	char name[256];
	va_list args;

	va_start(args, format);
	vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	if (!b->words || !b->words[0])
		return true;
	for (char *const *word = b->words; *word; word++) {
		size_t len = strlen(*word);

		if (strstr(name, *word))
			return true;
		if (len && (*word)[len - 1] == '$' && ends_with(name, *word, len - 1))
			return true;
	}
	return false;
}

static double figure(const struct bench_figure *figures, const char *name)
{
	for (; figures->name; figures++)
		if (!strcmp(figures->name, name))
			return figures->value;
	return -1;
}

static struct json_object *number(double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.*f", value < 1000 ? 1 : 0, value);
	return json_object_new_double_s(strtod(text, NULL), text);
}

/* The cost in the row's own measure, and what it may be. */
static void print_cost(struct bench *b, const char *name, const struct bench_figure *figures)
{
	double floor = figure(figures, "floor_ns"), over = figure(figures, "over_floor_ns");
	double target = target_of(name), cost = floor > 0 ? over / floor : figure(figures, "ms");
	const char *unit = floor > 0 ? "x" : "ms";

	if (floor > 0)
		printf(" %8.1f %11.1f", floor, over);
	else
		printf(" %20s", "");
	if (cost >= 0)
		printf(" %9.2f %-2s", cost, unit);
	else
		printf(" %12s", "");
	if (target > 0) {
		printf("  <= %5.1f %-7s", target, cost <= target ? "met" : "MISSED");
		b->met += cost <= target;
		b->missed += cost > target;
	} else {
		printf("  %16s", "");
	}
}

static void print_row(struct bench *b, const char *name, const struct bench_figure *figures)
{
	static const char *const shown[] = { "floor_ns", "over_floor_ns", "ms" };
	const char *between = " ";

	printf("%-24s", name);
	print_cost(b, name, figures);
	for (; figures->name; figures++) {
		if (!strcmp(figures->name, shown[0]) || !strcmp(figures->name, shown[1]) ||
		    !strcmp(figures->name, shown[2]))
			continue;
		printf("%s%s %.*f", between, figures->name, figures->value < 1000 ? 1 : 0,
		       figures->value);
		between = ", ";
	}
	putchar('\n');
	fflush(stdout);
}

void bench_head(void)
{
	printf("%-24s %8s %11s %12s  %-16s\n", "name", "floor ns", "over it ns", "in floors",
	       "target");
}

void bench_row(struct bench *b, const char *name, const struct bench_figure *figures)
{
	struct json_object *row = json_object_new_object();

	print_row(b, name, figures);
	json_object_object_add(row, "name", json_object_new_string(name));
	for (; figures->name; figures++)
		json_object_object_add(row, figures->name, number(figures->value));
	json_object_array_add(b->rows, row);
}

void bench_fail(struct bench *b, const char *name, const struct ng_error *err)
{
	b->failed++;
	fprintf(stderr, "%s: %s%s%s%s%s\n", name, err->where, err->where[0] ? ": " : "", err->what,
		err->hint[0] ? "; " : "", err->hint);
}

void bench_leave_out(struct bench *b, const char *name, const char *format, ...)
{
	struct json_object *entry = json_object_new_object();
	char why[512];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	json_object_object_add(entry, "name", json_object_new_string(name));
	json_object_object_add(entry, "why", json_object_new_string(why));
	json_object_array_add(b->left_out, entry);
}

/* A figure of a row; 0 when there is none. */
static double figure_of(const struct bench *b, const char *name, const char *field)
{
	for (size_t i = 0; i < json_object_array_length(b->rows); i++) {
		struct json_object *row = json_object_array_get_idx(b->rows, i);

		if (!strcmp(json_object_get_string(json_object_object_get(row, "name")), name))
			return json_object_get_double(json_object_object_get(row, field));
	}
	return 0;
}

static void compare(const struct bench *b, const char *ours, const char *theirs)
{
	double cost = figure_of(b, ours, "over_floor_ns");
	double peer = figure_of(b, theirs, "over_floor_ns");

	if (cost <= 0 || peer <= 0)
		return;
	printf("%s costs %.2f of %s; target 0.50 %s\n", ours, cost / peer, theirs,
	       cost <= peer / 2 ? "met" : "MISSED");
}

static void compare_logging(const struct bench *b, const char *name)
{
	double with = figure_of(b, name, "with_ns"), without = figure_of(b, name, "without_ns");

	if (with <= 0 || without <= 0)
		return;
	printf("%s costs %.2f of the same without; target 1.10 %s\n", name, with / without,
	       with <= 1.1 * without ? "met" : "MISSED");
}

void bench_summary(const struct bench *b)
{
	putchar('\n');
	compare(b, "blocked-100000", "xdp-filter-100000");
	compare(b, "blocked-live-100000", "xdp-filter-100000");
	compare_logging(b, "log-100-per-second");
	compare_logging(b, "log-100-per-second-tc");
	if (b->met + b->missed)
		printf("targets in the table: %zu met, %zu missed\n", b->met, b->missed);
	for (size_t i = 0; i < json_object_array_length(b->left_out); i++) {
		struct json_object *entry = json_object_array_get_idx(b->left_out, i);

		printf("not measured: %s: %s\n",
		       json_object_get_string(json_object_object_get(entry, "name")),
		       json_object_get_string(json_object_object_get(entry, "why")));
	}
}
