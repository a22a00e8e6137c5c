/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_DRAW_H
#define NG_DRAW_H

#include "commands/top/model.h"

/**
 * ng_draw() - the whole screen, of which what differs from the last one is sent
 *
 * Any size will do: columns are left out where there is no room for them. Sets @top->page.
 */
void ng_draw(struct ng_top *top);

#endif
