// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linked into build/netguard-failing in place of the functions that allocate memory, for calls by
 * the command itself: with $NG_FAIL_ALLOC=N the Nth request fails, once. Its caller is written to
 * $NG_FAIL_NOTE; if that stays empty there were fewer requests.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Relative to main(), for addr2line(1). */
int main(int argc, char **argv);

static void note(const void *caller)
{
	const char *path = getenv("NG_FAIL_NOTE");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;

	if (fd < 0)
		return;
	dprintf(fd, "main%+td\n", (const char *)caller - (const char *)main);
	close(fd);
}

static bool fails(const void *caller)
{
	static unsigned long requests, nth;
	static bool asked;
	const char *text;

	if (!asked) {
		asked = true;
		text = getenv("NG_FAIL_ALLOC");
		nth = text ? strtoul(text, NULL, 10) : 0;
	}
	if (!nth || __atomic_add_fetch(&requests, 1, __ATOMIC_RELAXED) != nth)
		return false;
	note(caller);
	errno = ENOMEM;
	return true;
}

/* clang-format off */
#define WRAP(type, failed, name, parameters, ...)			\
	type __real_##name parameters;					\
	type __wrap_##name parameters					\
	{								\
		return fails(__builtin_return_address(0)) ? (failed)	\
							  : __real_##name(__VA_ARGS__); \
	}
/* clang-format on */

struct json_object;

WRAP(void *, NULL, malloc, (size_t size), size)
WRAP(void *, NULL, calloc, (size_t n, size_t size), n, size)
WRAP(void *, NULL, realloc, (void *old, size_t size), old, size)
WRAP(void *, NULL, reallocarray, (void *old, size_t n, size_t size), old, n, size)
WRAP(char *, NULL, strdup, (const char *text), text)
WRAP(char *, NULL, strndup, (const char *text, size_t n), text, n)
WRAP(int, -1, vasprintf, (char **text, const char *format, va_list args), text, format, args)
WRAP(FILE *, NULL, open_memstream, (char **text, size_t *size), text, size)
WRAP(FILE *, NULL, fdopen, (int fd, const char *mode), fd, mode)
WRAP(FILE *, NULL, fopen, (const char *path, const char *mode), path, mode)
WRAP(void *, NULL, opendir, (const char *path), path)
WRAP(ssize_t, -1, __getdelim, (char **line, size_t *size, int end, FILE *in), line, size, end, in)
WRAP(ssize_t, -1, getline, (char **line, size_t *size, FILE *in), line, size, in)
WRAP(struct json_object *, NULL, json_object_new_object, (void))
WRAP(struct json_object *, NULL, json_object_new_array, (void))
WRAP(struct json_object *, NULL, json_object_new_string, (const char *text), text)

int __wrap_asprintf(char **text, const char *format, ...);
int __wrap_asprintf(char **text, const char *format, ...)
{
	va_list args;
	int len;

	if (fails(__builtin_return_address(0)))
		return -1;
	va_start(args, format);
	len = __real_vasprintf(text, format, args);
	va_end(args);
	return len;
}
