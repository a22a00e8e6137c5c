/* SPDX-License-Identifier: GPL-2.0-only */
/* What of HTTP/1.1 (RFC 9112) a scrape takes: the head of a request. */
#ifndef NG_METRICS_REQUEST_H
#define NG_METRICS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#define NG_METRICS_PATH "/metrics"

/**
 * ng_request_ends() - is the head of a request complete?
 * @from: how much of it was looked at before
 */
bool ng_request_ends(const char *head, size_t size, size_t from);

/**
 * ng_request_status() - what to answer
 * @head: complete, @size bytes; a query behind the path is taken and means nothing
 * @bare: HEAD: no body is wanted
 *
 * Return: 200; 404 for another path; 405 for other methods than GET and HEAD; 400 for what is no
 * request, or has a NUL in it.
 */
int ng_request_status(const char *head, size_t size, bool *bare);

#endif
