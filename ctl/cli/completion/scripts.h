/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Completion scripts. They run `netguard completion words` for each word, so that they know nothing
 * about commands themselves.
 */
#ifndef NG_SCRIPTS_H
#define NG_SCRIPTS_H

/** ng_completion_script() - for "bash", "zsh" or "fish"; NULL for any other */
const char *ng_completion_script(const char *shell);

#endif
