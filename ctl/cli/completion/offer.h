/* SPDX-License-Identifier: GPL-2.0-only */
/* Candidates for completion, printed for a shell. */
#ifndef NG_OFFER_H
#define NG_OFFER_H

#include <stdio.h>

#include "rules/names.h"

/**
 * struct ng_offer - the word to complete, and where candidates are printed
 * @typed: the part of the word that is to be completed
 * @kept:  how many bytes before @typed belong to the word and stay, such as "--mode="
 * @out:   gets a line for each candidate: the whole word, a tab, a description
 */
struct ng_offer {
	const char *typed;
	int kept;
	FILE *out;
};

/** ng_offer() - offer @value if it begins with @typed; @about may be NULL */
void ng_offer(const struct ng_offer *offer, const char *value, const char *about);

/** ng_offer_names() - offer @names for the last value of a list with commas */
void ng_offer_names(const struct ng_offer *offer, const struct ng_name *names);

/** ng_offer_files() - have the shell offer files */
void ng_offer_files(const struct ng_offer *offer);

/** ng_offer_interfaces() - offer the interfaces of the current network namespace */
void ng_offer_interfaces(const struct ng_offer *offer);

/** ng_offer_netns() - offer the names that `ip netns` lists */
void ng_offer_netns(const struct ng_offer *offer);

#endif
