/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NG_HEX_H
#define NG_HEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/**
 * ng_hex_read() - read bytes in hexadecimal
 * @text:  two digits a byte; blanks and colons between bytes are ignored
 * @bytes: *@len of them; the caller frees it; at least one is allocated
 *
 * Return: 0, -EINVAL, -ENOMEM.
 */
int ng_hex_read(const char *text, uint8_t **bytes, size_t *len, struct ng_error *err);

#endif
