/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds out why a frame is passed or dropped, by running the real program (kernel/runner.h):
 *
 *	what decides		with the image itself, and no debts: nothing is over a rate
 *	which rules match	with the same rules, none of which decides: those whose counters
 *change what would decide	with the ruleset without the rule that decides without that
 */
#ifndef NG_EXPLAIN_H
#define NG_EXPLAIN_H

#include "kernel/live/live.h"
#include "kernel/runner.h"

/**
 * struct ng_explainer - a hook and a ruleset; zero all other members at first
 * @iface:   the interface for `on IFACE`; "": none
 * @state:   the state whose live entries are used; NULL: none
 * @ruleset: the ruleset that the image was compiled from
 * @image:   as ng_image_compile() made it or as it is in force, with its source
 * @established: suppose that the frame belongs to a known conversation
 * @runner:  the caller closes it with ng_runner_close()
 */
struct ng_explainer {
	enum ng_hook hook;
	const char *iface;
	const struct ng_state *state;
	const struct ng_ruleset *ruleset;
	const void *image;
	bool established;
	struct ng_runner *runner;
};

/* What a rule whose conditions match does to the packet. */
enum ng_effect {
	NG_EFFECT_DECIDES,     /* it decided */
	NG_EFFECT_COUNTS,      /* it counted the packet */
	NG_EFFECT_LIMITS,      /* it drops such packets when they are over its rate */
	NG_EFFECT_NOT_REACHED, /* something decided before */
	NG_EFFECT_INVALID, /* the frame is invalid, and this `pass` rule does not say `invalid` */
};

/** struct ng_matching - a rule whose conditions match; @index from 0 */
struct ng_matching {
	size_t index;
	enum ng_effect effect;
};

/**
 * struct ng_membership - an address of the frame in a set
 * @set:     its name
 * @field:   NG_FIELD_FROM or NG_FIELD_TO
 * @by:      the longest prefix of the ruleset that contains it; family 0: none does
 * @is_live: the live entry @live contains it
 */
struct ng_membership {
	const char *set;
	enum ng_field field;
	struct ng_prefix by;
	bool is_live;
	struct ng_live_member live;
};

/**
 * struct ng_explanation - the result; free with ng_explanation_clear()
 * @trace:   what the program read and decided
 * @rules:   all that match, @n_rules in order
 * @sets:    @n_sets of them
 * @has_without: a rule or @blocked decided
 * @without: what would be decided without it; rules keep their numbers
 */
struct ng_explanation {
	struct ng_trace trace;
	struct ng_matching *rules;
	size_t n_rules;
	struct ng_membership *sets;
	size_t n_sets;
	bool has_without;
	struct ng_decision without;
};

/**
 * ng_explain() - explain a frame, which begins with its Ethernet header
 *
 * Opens the runner at first, and again when an image outgrows it. Return: 0; -ERANGE if the
 * kernel's test run does not accept such a frame; another -errno; @err is filled.
 */
int ng_explain(struct ng_explainer *explainer, const void *frame, size_t len,
	       struct ng_explanation *explanation, struct ng_error *err);
void ng_explanation_clear(struct ng_explanation *explanation);

#endif
