// SPDX-License-Identifier: GPL-2.0-only
#include "commands/metrics/request.h"

#include <string.h>

/* A part of the head. */
struct span {
	const char *at;
	size_t len;
};

static bool is(struct span span, const char *text)
{
	return span.len == strlen(text) && !memcmp(span.at, text, span.len);
}

/* Cut off the part of @rest up to @end, and @end itself. */
static struct span cut(struct span *rest, char end)
{
	const char *found = memchr(rest->at, end, rest->len);
	struct span cut = { rest->at, found ? (size_t)(found - rest->at) : rest->len };
	size_t taken = cut.len + (found ? 1 : 0);

	rest->at += taken;
	rest->len -= taken;
	return cut;
}

/* RFC 9112 section 2.2: a line may end without CR, too. */
bool ng_request_ends(const char *head, size_t size, size_t from)
{
	size_t start = from > 3 ? from - 3 : 0;

	return memmem(head + start, size - start, "\n\r\n", 3) ||
	       memmem(head + start, size - start, "\n\n", 2);
}

int ng_request_status(const char *head, size_t size, bool *bare)
{
	struct span rest = { head, size }, line, method, target, path;

	*bare = false;
	if (memchr(head, '\0', size))
		return 400;
	line = cut(&rest, '\n');
	if (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	method = cut(&line, ' ');
	target = cut(&line, ' ');
	if (!is(line, "HTTP/1.1") && !is(line, "HTTP/1.0"))
		return 400;
	*bare = is(method, "HEAD");
	path = cut(&target, '?');
	if (!is(path, NG_METRICS_PATH))
		return 404;
	return *bare || is(method, "GET") ? 200 : 405;
}
