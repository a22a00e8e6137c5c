// SPDX-License-Identifier: GPL-2.0-only
#include "compare.h"

#include <errno.h>
#include <string.h>

static bool is_row(struct json_object *row)
{
	double unused;

	return json_object_is_type(row, json_type_object) && bench_row_name(row)[0] &&
	       bench_cost(row, &unused);
}

int bench_compare_read(const char *path, struct json_object **rows, struct ng_error *err)
{
	struct json_object *read;
	FILE *file = fopen(path, "r");

	if (!file)
		return ng_fail_at(err, -errno, path, "cannot open it: %s", strerror(errno));
	fclose(file);
	read = json_object_from_file(path);
	if (!json_object_is_type(read, json_type_array) || !json_object_array_length(read)) {
		json_object_put(read);
		return ng_fail_at(err, -EINVAL, path, "it is not the results.json of a bench");
	}
	for (size_t i = 0; i < json_object_array_length(read); i++)
		if (!is_row(json_object_array_get_idx(read, i))) {
			json_object_put(read);
			return ng_fail_at(err, -EINVAL, path,
					  "it is not the results.json of a bench: entry %zu is no "
					  "row with a name and a cost",
					  i + 1);
		}
	*rows = read;
	return 0;
}

static double figure_of(struct json_object *row, const char *figure)
{
	struct json_object *value;

	return json_object_object_get_ex(row, figure, &value) ? json_object_get_double(value) : -1;
}

/* ---- bases ------------------------------------------------------------------------------- */

/* Where a row was measured: rows of one place have the same bases. Live rows have none of them. */
enum place { XDP4, XDP6, TC4, TC6, PLACES };
static const char *const places[PLACES] = { "XDP, IPv4", "XDP, IPv6", "TC, IPv4", "TC, IPv6" };

static enum place place_of(const char *name)
{
	size_t len = strlen(name);
	bool tc = len > 3 && !strcmp(name + len - 3, "-tc"), ipv6 = strstr(name, "-v6");

	if (!strncmp(name, "live-", 5) || !strncmp(name, "nftables-", 9) ||
	    !strncmp(name, "bpfilter-", 9))
		return PLACES;
	return 2 * tc + ipv6;
}

static double floor_of(struct json_object *row)
{
	return figure_of(row, "floor_ns");
}

/* What reading a frame costs behind the writer, of rows that are over it. */
static double parse_of(struct json_object *row)
{
	double cost, whole = figure_of(row, "with_parsing_ns");

	return whole > 0 && bench_cost(row, &cost) && whole > cost ? whole - cost : -1;
}

/* The least of a base in those rows of a place that both runs have; -1 when none has it. */
static double base_of(struct json_object *rows, struct json_object *others, enum place place,
		      double (*base)(struct json_object *row))
{
	double least = -1;

	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);
		const char *name = bench_row_name(row);
		double ns = place_of(name) == place ? base(row) : -1;

		if (ns > 0 && (least < 0 || ns < least) && bench_row_of(others, name))
			least = ns;
	}
	return least;
}

static void print_line(const char *name, double before, double now, const char *unit)
{
	printf("%-29s %10.1f %10.1f %s", name, before, now, unit);
	/* Differences of some ns can come out as 0 or less. */
	if (before > 0 && now > 0)
		printf(" %6.2f", now / before);
	putchar('\n');
}

static void compare_bases(const struct bench *b, struct json_object *before)
{
	static double (*const bases[])(struct json_object * row) = { floor_of, parse_of };
	static const char *const names[] = { "floor", "parsing" };
	char name[64];

	for (int base = 0; base < 2; base++)
		for (enum place place = 0; place < PLACES; place++) {
			double was = base_of(before, b->rows, place, bases[base]);
			double is = base_of(b->rows, before, place, bases[base]);

			if (was <= 0 || is <= 0)
				continue;
			snprintf(name, sizeof(name), "%s: %s", names[base], places[place]);
			print_line(name, was, is, "ns");
		}
}

/* ---- rows -------------------------------------------------------------------------------- */

static void compare_rows(const struct bench *b, struct json_object *before)
{
	for (size_t i = 0; i < json_object_array_length(b->rows); i++) {
		struct json_object *now = json_object_array_get_idx(b->rows, i);
		struct json_object *was = bench_row_of(before, bench_row_name(now));
		double cost, then;
		const char *unit = bench_cost(now, &cost);

		if (was && !strcmp(bench_cost(was, &then), unit))
			print_line(bench_row_name(now), then, cost, unit);
	}
}

static void print_only(struct json_object *rows, struct json_object *others, const char *which)
{
	const char *between = "";

	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		const char *name = bench_row_name(json_object_array_get_idx(rows, i));

		if (bench_row_of(others, name))
			continue;
		printf("%s%s", between[0] ? between : which, name);
		between = ", ";
	}
	if (between[0])
		putchar('\n');
}

void bench_compare(const struct bench *b, struct json_object *before)
{
	printf("\n%-29s %10s %10s    %6s\n", "beside the earlier run", "before", "now", "ratio");
	compare_bases(b, before);
	compare_rows(b, before);
	print_only(before, b->rows, "only before: ");
	print_only(b->rows, before, "only now: ");
}
