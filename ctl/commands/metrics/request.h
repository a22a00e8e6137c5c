/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of HTTP/1.1 (RFC 9112) that a scrape needs: the head of a request. */
#ifndef NG_METRICS_REQUEST_H
#define NG_METRICS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#define NG_METRICS_PATH "/metrics"

/**
 * ng_request_ends() - is the head of a request complete?
 * @from: bytes that were checked before
 */
bool ng_request_ends(const char *head, size_t size, size_t from);

/**
 * ng_request_status() - the status of the answer
 * @head: complete, @size bytes; a query after the path is ignored
 * @bare: HEAD: the answer has no body
 *
 * Return: 200; 404 for another path; 405 for other methods than GET and HEAD; 400 if it is not a
 * request, or has a NUL in it.
 */
int ng_request_status(const char *head, size_t size, bool *bare);

#endif
