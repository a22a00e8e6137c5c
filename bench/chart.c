// SPDX-License-Identifier: GPL-2.0-only
/* bench.svg: ns over the floor by the number of rules, and of addresses; drawn by gnuplot. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "base/cleanup.h"
#include "sandbox.h"

#define SCRIPT BENCH_SCRATCH "/chart.gnuplot"

/**
 * struct curve - rows that differ only in the number at the end of their name
 * @prefix: their name before that
 * @title:  in the chart
 */
struct curve {
	const char *prefix, *title;
};

static const struct curve rule_curves[] = {
	{ "rules-v4-acl-", "acl, IPv4" }, { "rules-v4-fw-", "fw, IPv4" },
	{ "rules-v4-ipc-", "ipc, IPv4" }, { "rules-v6-acl-", "acl, IPv6" },
	{ "rules-v6-fw-", "fw, IPv6" },	  { "rules-v6-ipc-", "ipc, IPv6" },
	{ "nftables-", "nftables" },	  { "bpfilter-", "bpfilter" },
};
static const struct curve set_curves[] = {
	{ "set-v4-", "addresses, IPv4" },	 { "set-v4-mixed-", "prefixes, IPv4" },
	{ "set-v6-", "addresses, IPv6" },	 { "set-v6-mixed-", "prefixes, IPv6" },
	{ "blocked-", "blocked, with parsing" }, { "xdp-filter-", "xdp-filter, with parsing" },
};
#define N(array) (sizeof(array) / sizeof((array)[0]))

/* The number behind @prefix when that is all of the name; 0. */
static double size_of(struct json_object *row, const char *prefix)
{
	const char *name = bench_row_name(row);
	char *end;
	double size;

	if (strncmp(name, prefix, strlen(prefix)))
		return 0;
	size = strtod(name + strlen(prefix), &end);
	return *end ? 0 : size;
}

/* One data block a curve, c0, c1, …: a block that is empty is no curve. Return: rows written. */
static size_t write_data(const struct bench *b, const struct curve *curves, size_t n, char block,
			 bool *there, FILE *out)
{
	size_t written = 0;

	for (size_t i = 0; i < n; i++) {
		there[i] = false;
		fprintf(out, "$%c%zu << EOD\n", block, i);
		for (size_t r = 0; r < json_object_array_length(b->rows); r++) {
			struct json_object *row = json_object_array_get_idx(b->rows, r);
			double size = size_of(row, curves[i].prefix);
			double ns;

			if (size < 1 || !bench_cost(row, &ns))
				continue;
			/* The axis is logarithmic, and a difference may be lost in the noise. */
			fprintf(out, "%.0f %.1f\n", size, ns < 1 ? 1 : ns);
			there[i] = true;
			written++;
		}
		fputs("EOD\n", out);
	}
	return written;
}

static void write_plot(const struct curve *curves, size_t n, char block, const bool *there,
		       const char *title, const char *axis, FILE *out)
{
	const char *between = "plot ";

	fprintf(out, "set title '%s'\nset xlabel '%s'\n", title, axis);
	for (size_t i = 0; i < n; i++) {
		if (!there[i])
			continue;
		fprintf(out, "%s$%c%zu using 1:2 with linespoints linewidth 2 title '%s'", between,
			block, i, curves[i].title);
		between = ", \\\n";
	}
	fputc('\n', out);
}

static size_t write_script(const struct bench *b, const char *path, FILE *out)
{
	bool rules[N(rule_curves)], sets[N(set_curves)];
	size_t n_rules = write_data(b, rule_curves, N(rule_curves), 'r', rules, out);
	size_t n_sets = write_data(b, set_curves, N(set_curves), 's', sets, out);

	fprintf(out, "set terminal svg size %d,600 background 'white'\nset output '%s'\n",
		n_rules && n_sets ? 1300 : 700, path);
	fputs("set logscale xy\nset grid\nset key top left\nset xtics format '%.0s%c'\n"
	      "set ylabel 'ns a packet over the floor'\n",
	      out);
	if (n_rules && n_sets)
		fputs("set multiplot layout 1,2\n", out);
	if (n_rules)
		write_plot(rule_curves, N(rule_curves), 'r', rules, "Rules, random packets",
			   "rules", out);
	if (n_sets)
		write_plot(set_curves, N(set_curves), 's', sets, "Sets, random packets",
			   "addresses or prefixes", out);
	return n_rules + n_sets;
}

void bench_chart(struct bench *b, const char *folder)
{
	__cleanup_free char *path = NULL;
	struct ng_error err;
	size_t written;
	FILE *out;

	if (!bench_has_program("gnuplot")) {
		bench_leave_out(b, "bench.svg", "there is no gnuplot on the PATH");
		return;
	}
	if (asprintf(&path, "%s/bench.svg", folder) < 0)
		return;
	out = fopen(SCRIPT, "w");
	if (!out) {
		bench_leave_out(b, "bench.svg", "cannot write " SCRIPT ": %s", strerror(errno));
		return;
	}
	written = write_script(b, path, out);
	fclose(out);
	if (written && bench_call(&err, NULL, NULL, "gnuplot " SCRIPT))
		bench_leave_out(b, "bench.svg", "gnuplot: %s", err.what);
	else if (written)
		printf("\nchart: %s\n", path);
}
