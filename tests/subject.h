/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Something that decides and counts frames: the model, or the real program of a hook. Tests run
 * both on the same frames.
 */
#ifndef NG_TEST_SUBJECT_H
#define NG_TEST_SUBJECT_H

#include "kernel/runner.h"
#include "model_flows.h"

struct subject;

/**
 * subject_open() - the model or the program of @hook
 * @model: the model; otherwise the program
 * @iface: the interface for `on IFACE`; must live as long as the subject
 * @live:  the live entries of sets, or NULL; must live as long as the subject. Entries of
 *         @blocked are there from the first ruleset on, those of other sets when a ruleset has
 *         the set.
 *
 * Return: 0 with *@subject, to be closed with subject_close(); or -ENOMEM.
 */
int subject_open(bool model, enum ng_hook hook, const char *iface, const struct model_live *live,
		 struct subject **subject);
void subject_close(struct subject *subject); /* NULL is fine */

/**
 * subject_use() - put @ruleset in force, with all counters at zero
 * @ruleset: must live until the next call or subject_close()
 *
 * Return: 0, or -errno of compiling, loading or publishing, with @err filled.
 */
int subject_use(struct subject *subject, const struct ng_ruleset *ruleset, struct ng_error *err);

/**
 * subjects_use() - put @ruleset in force in @n subjects; it is compiled once
 * @image: of @ruleset; each program gets a copy. Models do not use it.
 *
 * All programs get it at the same time, since each publication waits until the kernel does not use
 * the image before any more. Return: as subject_use().
 */
int subjects_use(struct subject *const *subjects, size_t n, const struct ng_ruleset *ruleset,
		 const struct ng_image *image, struct ng_error *err);

/** subject_time() - set the time by which rates are measured, ns; it begins at 0 */
void subject_time(struct subject *subject, uint64_t ns);
/** subject_set_now() - the time for flows: CLOCK_MONOTONIC, ns; from a ruleset on it is 0 */
void subject_set_now(struct subject *subject, uint64_t ns);

/** subject_put_flow() - note a flow, if the ruleset uses `established`; 0 or -errno */
int subject_put_flow(struct subject *subject, const struct model_flow *flow);

/**
 * subject_same_flows() - has the program the flows of the model that are not over, and no others?
 * @n: how many there are
 */
bool subject_same_flows(const struct subject *model, const struct subject *program, size_t *n);

/** subject_run() - decide and count one frame; as ng_runner_run() */
int subject_run(struct subject *subject, const void *frame, size_t len,
		const struct ng_aggregate *aggregate, struct ng_decision *decision);

/**
 * subject_counted() - the `count` rules that the last frame matched
 *
 * Of the model only; valid until its next frame.
 */
const struct model_counted *subject_counted(const struct subject *subject);

/** subject_counter() - of a slot below SUBJECT_SLOTS */
struct ng_counter subject_counter(const struct subject *subject, __u32 slot);
#define SUBJECT_SLOTS MODEL_SLOTS

/** subject_rule_counter() - of the rule with this index, from 0 */
struct ng_counter subject_rule_counter(const struct subject *subject, size_t rule);

/** subject_rule_over() - likewise, packets over the rate; 0 for a rule that is no `limit` */
struct ng_counter subject_rule_over(const struct subject *subject, size_t rule);

/** subject_slot_name() - the name of a slot: "default", "invalid ip-length"; or NULL */
const char *subject_slot_name(__u32 slot);

static inline enum ng_direction subject_direction(enum ng_hook hook)
{
	return hook == NG_HOOK_TC_OUT ? NG_OUT : NG_IN;
}

#endif
