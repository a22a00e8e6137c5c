/* SPDX-License-Identifier: GPL-2.0-only */
/* Replacing an attached program by one of another generation. */
#ifndef NG_ATTACHMENT_RENEW_H
#define NG_ATTACHMENT_RENEW_H

#include "kernel/attachment/attachment.h"

/**
 * ng_attachment_renew() - load a program of generation @next for the hook of @old
 *
 * It replaces that of @old, or is added after it under libxdp's dispatcher; when @old has lost its
 * hook, it is only pinned. Return: 0; -errno with @err filled: it may be pinned then, and
 * ng_attachment_remove() undoes that.
 */
int ng_attachment_renew(const struct ng_state *state, const struct ng_generation *next,
			const struct ng_attachment *old, struct ng_error *err);

#endif
