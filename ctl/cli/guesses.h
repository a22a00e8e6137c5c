/* SPDX-License-Identifier: GPL-2.0-only */
/* Words that people try because other tools have them, and the commands that do what they mean. */
#ifndef NG_GUESSES_H
#define NG_GUESSES_H

/** ng_guess() - a hint for what is no command, one word or two; NULL: nothing comes to mind */
const char *ng_guess(const char *name);

#endif
