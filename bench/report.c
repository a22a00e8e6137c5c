// SPDX-License-Identifier: GPL-2.0-only
/* What a run prints while it goes on, and the arrays that become its results. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "promises.h"

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

const char *bench_row_name(struct json_object *row)
{
	const char *name = json_object_get_string(json_object_object_get(row, "name"));

	return name ? name : "";
}

struct json_object *bench_row_of(struct json_object *rows, const char *name)
{
	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		if (!strcmp(bench_row_name(row), name))
			return row;
	}
	return NULL;
}

/* Figures that a row may be about, and what they are over. */
static const struct {
	const char *figure, *unit, *over;
} costs[] = {
	{ "over_parsing_ns", "ns", "parsing" },
	{ "over_floor_ns", "ns", "a drop" },
	{ "with_ns", "ns", "a drop" },
	{ "ms", "ms", "" },
};
#define COSTS (sizeof(costs) / sizeof(costs[0]))

const char *bench_cost(struct json_object *row, double *cost)
{
	for (size_t i = 0; i < COSTS; i++) {
		struct json_object *figure;

		if (!json_object_object_get_ex(row, costs[i].figure, &figure))
			continue;
		*cost = json_object_get_double(figure);
		return costs[i].unit;
	}
	return NULL;
}

/* Ratios with two digits behind the point, others with one, large ones with none. */
static struct json_object *number(const struct bench_figure *figure)
{
	int digits = strstr(figure->name, "_ratio") ? 2 : figure->value < 1000 ? 1 : 0;
	char text[32];

	snprintf(text, sizeof(text), "%.*f", digits, figure->value);
	return json_object_new_double_s(strtod(text, NULL), text);
}

/* Name, what the row is about, and what that is over. */
static void print_cost(struct json_object *row)
{
	printf("%-29s", bench_row_name(row));
	for (size_t i = 0; i < COSTS; i++) {
		struct json_object *figure;

		if (!json_object_object_get_ex(row, costs[i].figure, &figure))
			continue;
		printf("%9.1f %s  %-8s", json_object_get_double(figure), costs[i].unit,
		       costs[i].over);
		return;
	}
}

static void print_promises(struct bench *b, struct json_object *row)
{
	struct bench_kept kept[BENCH_PROMISES_MAX];
	size_t n = bench_promises(b->rows, row, kept);

	for (size_t i = 0; i < n; i++) {
		printf(i ? "\n%-53s" : "%s", i ? "" : "  ");
		bench_promise_print(&kept[i], stdout);
		if (!kept[i].promise->most)
			continue;
		b->kept += kept[i].kept;
		b->missed += !kept[i].kept;
		b->reached += kept[i].reached;
	}
	putchar('\n');
}

/* All other figures, on a line of their own. */
static void print_rest(struct json_object *row)
{
	const char *between = "    ";

	json_object_object_foreach(row, name, value)
	{
		bool shown = !strcmp(name, "name");

		for (size_t i = 0; i < COSTS; i++)
			shown |= !strcmp(name, costs[i].figure);
		if (shown)
			continue;
		printf("%s%s %s", between, name, json_object_to_json_string(value));
		between = ", ";
	}
	if (between[0] == ',')
		putchar('\n');
	fflush(stdout);
}

void bench_head(void)
{
	printf("%-29s%12s  %-8s  %s\n", "name", "cost", "over", "promised");
}

void bench_row(struct bench *b, const char *name, const struct bench_figure *figures)
{
	struct json_object *row = json_object_new_object();

	json_object_object_add(row, "name", json_object_new_string(name));
	for (; figures->name; figures++)
		json_object_object_add(row, figures->name, number(figures));
	json_object_array_add(b->rows, row);
	print_cost(row);
	print_promises(b, row);
	print_rest(row);
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

void bench_summary(const struct bench *b)
{
	putchar('\n');
	if (b->kept + b->missed)
		printf("promises: %zu kept, of which %zu goals reached; %zu missed\n", b->kept,
		       b->reached, b->missed);
	for (size_t i = 0; i < json_object_array_length(b->left_out); i++) {
		struct json_object *entry = json_object_array_get_idx(b->left_out, i);

		printf("not measured: %s: %s\n",
		       json_object_get_string(json_object_object_get(entry, "name")),
		       json_object_get_string(json_object_object_get(entry, "why")));
	}
}
