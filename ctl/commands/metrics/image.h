/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the metrics need of the ruleset in force. It is read once for each ruleset, so that not
 * every scrape has to read 100,000 rules.
 */
#ifndef NG_METRICS_IMAGE_H
#define NG_METRICS_IMAGE_H

#include <linux/types.h>

#include "kernel/state/state.h"
#include "rules/ruleset.h"

/**
 * struct ng_metrics_rule - a rule that has its own time series
 * @name: its label, or its text if it has none; owned
 * @slot: of its counter; @over: of that of packets over its rate; 0: it has none
 */
struct ng_metrics_rule {
	char *name;
	enum ng_verdict verdict;
	enum ng_direction direction;
	__u32 slot, over;
};

struct ng_metrics_set {
	char name[NG_SET_NAME_LEN];
	__u64 prefixes;
};

/**
 * struct ng_metrics_image - zero it at first, except for @all_rules
 * @all_rules: include rules without a label
 * @created:   CLOCK_REALTIME in ns, which identifies the image; 0: nothing was read yet
 * @size:      bytes
 * @slots:     number of counters it uses
 * @n_rules:   of the ruleset
 * @rules:     @n of them; those that share series are adjacent
 */
struct ng_metrics_image {
	bool all_rules;
	__u64 created;
	__u64 size;
	__u32 slots;
	size_t n_rules;
	bool drops_default[NG_DIRECTIONS], drops_invalid;
	struct ng_metrics_rule *rules;
	size_t n;
	struct ng_metrics_set *sets;
	size_t n_sets;
};

/**
 * ng_metrics_image_read() - bring @image up to date
 *
 * Return: 0; -errno with @err filled; @image is then an earlier one, or empty.
 */
int ng_metrics_image_read(const struct ng_state *state, struct ng_metrics_image *image,
			  struct ng_error *err);
void ng_metrics_image_clear(struct ng_metrics_image *image);

/** ng_metrics_same_rule() - do both share series, the sum of their counters? */
bool ng_metrics_same_rule(const struct ng_metrics_rule *a, const struct ng_metrics_rule *b);

#endif
