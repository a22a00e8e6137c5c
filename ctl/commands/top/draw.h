/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_DRAW_H
#define NG_DRAW_H

#include "commands/top/model.h"

/**
 * ng_draw() - draw the whole screen; only what has changed is sent to the terminal
 *
 * Works with any size: columns that do not fit are left out. Sets @top->page.
 */
void ng_draw(struct ng_top *top);

#endif
