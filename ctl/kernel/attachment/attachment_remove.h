/* SPDX-License-Identifier: GPL-2.0-only */
/* Detaching and unpinning a program. */
#ifndef NG_ATTACHMENT_REMOVE_H
#define NG_ATTACHMENT_REMOVE_H

#include "kernel/attachment/attachment.h"

/**
 * ng_attachment_remove() - detach a program and unpin it
 * @generation: the generation that it is pinned in
 * @instead:    the program to replace it by; NULL: none
 *
 * Return: 0, also when it was not on its hook; -errno, and then it is still pinned.
 */
int ng_attachment_remove(const struct ng_state *state, __u32 generation,
			 const struct ng_attachment *attachment,
			 const struct ng_attachment *instead);

/**
 * ng_qdisc_remove() - remove the clsact qdisc if netguard created it and its last filter is gone
 *
 * It is marked before it is created: a command killed in between leaves a mark for a qdisc that
 * does not exist, which does no harm. Return: 0, also when it is not ours or has other filters;
 * -errno, and it is still marked.
 */
int ng_qdisc_remove(const struct ng_state *state, int ifindex);

#endif
