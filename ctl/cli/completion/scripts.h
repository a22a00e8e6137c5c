/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What shells are given to complete with. The scripts ask `netguard completion words` for each
 * word, so that they know nothing of commands themselves.
 */
#ifndef NG_SCRIPTS_H
#define NG_SCRIPTS_H

/** ng_completion_script() - for "bash", "zsh" or "fish"; NULL for any other */
const char *ng_completion_script(const char *shell);

#endif
