/* SPDX-License-Identifier: GPL-2.0-only */
/* What the keys of `top` do. */
#ifndef NG_TOP_KEYS_H
#define NG_TOP_KEYS_H

#include "commands/top/model.h"

/** ng_top_key() - handle @key, as of getch(3ncurses) */
void ng_top_key(struct ng_top *top, int key);

#endif
