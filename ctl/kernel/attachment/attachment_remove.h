/* SPDX-License-Identifier: GPL-2.0-only */
/* A program is taken off its hook and unpinned. */
#ifndef NG_ATTACHMENT_REMOVE_H
#define NG_ATTACHMENT_REMOVE_H

#include "kernel/attachment/attachment.h"

/**
 * ng_attachment_remove() - take a program off its hook and unpin it
 * @generation: whose pin it is
 * @instead:    the program that is to take its place; NULL: none
 *
 * Return: 0, also when it was not on its hook; -errno, and then it is still pinned.
 */
int ng_attachment_remove(const struct ng_state *state, __u32 generation,
			 const struct ng_attachment *attachment,
			 const struct ng_attachment *instead);

/**
 * ng_qdisc_remove() - the qdisc goes with the last filter, when it was made for ours
 *
 * It is marked before it is made: a command killed in between leaves a mark of a qdisc that does
 * not exist, which does no harm. Return: 0, also when it is not ours or stays for others' filters;
 * -errno, and it is still marked.
 */
int ng_qdisc_remove(const struct ng_state *state, int ifindex);

#endif
