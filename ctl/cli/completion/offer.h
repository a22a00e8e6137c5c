/* SPDX-License-Identifier: GPL-2.0-only */
/* What a shell is told that a word may become. */
#ifndef NG_OFFER_H
#define NG_OFFER_H

#include <stdio.h>

#include "rules/names.h"

/**
 * struct ng_offer - where candidates go
 * @typed: of the word that is to be completed, what stands there
 * @kept:  how many bytes before @typed belong to the word as well and stay: "--mode="
 * @out:   gets a line a candidate: the whole word, a tab, a few words about it
 */
struct ng_offer {
	const char *typed;
	int kept;
	FILE *out;
};

/** ng_offer() - @value, when what is typed can become it; @about may be NULL */
void ng_offer(const struct ng_offer *offer, const char *value, const char *about);

/** ng_offer_names() - of a list with commas the last value may be one of @names */
void ng_offer_names(const struct ng_offer *offer, const struct ng_name *names);

/** ng_offer_files() - what files are there the shell knows itself */
void ng_offer_files(const struct ng_offer *offer);

/** ng_offer_interfaces() - those of the network namespace that the process is in */
void ng_offer_interfaces(const struct ng_offer *offer);

/** ng_offer_netns() - the names that `ip netns` knows */
void ng_offer_netns(const struct ng_offer *offer);

#endif
