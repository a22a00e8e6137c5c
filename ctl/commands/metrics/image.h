/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the metrics need of the ruleset in force. It is read once for each ruleset: a server that
 * is asked every few seconds does not read 100,000 rules each time.
 */
#ifndef NG_METRICS_IMAGE_H
#define NG_METRICS_IMAGE_H

#include <linux/types.h>

#include "kernel/state/state.h"
#include "rules/ruleset.h"

/**
 * struct ng_metrics_rule - a rule that has series of its own
 * @name: its label, or its text when it has none; owned
 * @slot: of its counter
 */
struct ng_metrics_rule {
	char *name;
	enum ng_verdict verdict;
	enum ng_direction direction;
	__u32 slot;
};

struct ng_metrics_set {
	char name[NG_SET_NAME_LEN];
	__u64 prefixes;
};

/**
 * struct ng_metrics_image - begins zeroed but for @all_rules
 * @all_rules: those without a label too
 * @created:   0: nothing was read yet; else CLOCK_REALTIME, ns, which tells images apart
 * @size:      bytes
 * @slots:     counters it uses
 * @n_rules:   of the ruleset
 * @rules:     @n of them, those that ng_metrics_same_rule() side by side
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
 * Return: 0; -errno with @err filled, and @image is one that was in force, or nothing was read.
 */
int ng_metrics_image_read(const struct ng_state *state, struct ng_metrics_image *image,
			  struct ng_error *err);
void ng_metrics_image_clear(struct ng_metrics_image *image);

/** ng_metrics_same_rule() - do they share their series? Then their counters are added up */
bool ng_metrics_same_rule(const struct ng_metrics_rule *a, const struct ng_metrics_rule *b);

#endif
