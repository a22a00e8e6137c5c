/* SPDX-License-Identifier: GPL-2.0-only */
/* A program of another generation takes the place of one that is attached. */
#ifndef NG_ATTACHMENT_RENEW_H
#define NG_ATTACHMENT_RENEW_H

#include "kernel/attachment/attachment.h"

/**
 * ng_attachment_renew() - a program of the coming generation @next for the hook of @old
 *
 * In the place of @old's, or behind it under libxdp's dispatcher; when @old has lost its place,
 * pinned alone. Return: 0; -errno with @err filled: then perhaps it is pinned, and
 * ng_attachment_remove() undoes it.
 */
int ng_attachment_renew(const struct ng_state *state, const struct ng_generation *next,
			const struct ng_attachment *old, struct ng_error *err);

#endif
