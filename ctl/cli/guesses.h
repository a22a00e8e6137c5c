/* SPDX-License-Identifier: GPL-2.0-only */
/* Words that other tools use, and the commands of netguard that do what they mean. */
#ifndef NG_GUESSES_H
#define NG_GUESSES_H

/** ng_foreign_hint() - a hint for an unknown command of one word or two, or option; NULL: none */
const char *ng_foreign_hint(const char *name);

#endif
