/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names for numbers. The tables are netguard's own, not the machine's /etc/services and
 * /etc/protocols: a ruleset means the same everywhere.
 */
#ifndef NG_NAMES_H
#define NG_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A table ends with a row whose name is NULL. No number has two names, no name two numbers. */
struct ng_name {
	const char *name;
	uint32_t value;
};

extern const struct ng_name ng_services[];
extern const struct ng_name ng_protocols[];
extern const struct ng_name ng_icmp4_types[];
extern const struct ng_name ng_icmp6_types[];
extern const struct ng_name ng_ethertypes[];
extern const struct ng_name ng_dscps[];
extern const struct ng_name ng_fragments[];
extern const struct ng_name ng_bools[];
extern const struct ng_name ng_tcp_flags[];

/** ng_name_find() - the row called @text, or NULL; @names may be NULL */
const struct ng_name *ng_name_find(const struct ng_name *names, const char *text);

/** ng_name_of() - the name of @value, or NULL */
const char *ng_name_of(const struct ng_name *names, uint64_t value);

/**
 * struct ng_guess - the word that was probably meant, by its spelling
 * @best: NULL while no word is similar enough
 */
struct ng_guess {
	const char *best;
	unsigned int distance;
};

/** ng_guess_word() - keep @word in @guess if it is more like the misspelt @text than the best */
void ng_guess_word(struct ng_guess *guess, const char *text, const char *word);
void ng_guess_names(struct ng_guess *guess, const char *text, const struct ng_name *names);

#endif
