// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "commands/command.h"
#include "commands/edit.h"
#include "kernel/live.h"
#include "rules/print.h"

#define NEW_FILE_MODE 0644

/*
 * A link stays a link: its target is replaced. What is no file, such as /dev/stdout, cannot be
 * replaced by one.
 */
static int find_target(const char *path, char *target, mode_t *mode, struct ng_error *err)
{
	struct stat found;

	*mode = NEW_FILE_MODE;
	if (!realpath(path, target)) {
		if (errno != ENOENT || strlen(path) >= PATH_MAX)
			return ng_fail_at(err, -errno, path, "cannot be written: %s",
					  strerror(errno));
		strcpy(target, path);
		return 0;
	}
	if (stat(target, &found))
		return ng_fail_at(err, -errno, path, "cannot be written: %s", strerror(errno));
	if (!S_ISREG(found.st_mode)) {
		ng_fail_at(err, -EINVAL, path, "is not a file");
		return ng_hint(err, -EINVAL, "without FILE, save writes to standard output");
	}
	*mode = found.st_mode & 07777;
	return 0;
}

/* Returns an open file beside @target, whose name is put into @name. */
static FILE *open_beside(const char *target, mode_t mode, char *name, size_t size)
{
	FILE *file;
	int fd;

	if ((size_t)snprintf(name, size, "%s.XXXXXX", target) >= size) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		return NULL;
	file = fchmod(fd, mode) ? NULL : fdopen(fd, "w");
	if (!file) {
		int error = errno;

		unlink(name);
		close(fd);
		errno = error;
	}
	return file;
}

static int write_all(FILE *file, const struct ng_ruleset *ruleset)
{
	int ret = ng_print_ruleset(file, ruleset, NG_SETS_INLINE);

	if (!ret && (fflush(file) || fsync(fileno(file))))
		ret = -errno;
	return ret;
}

static int save_file(const char *path, const struct ng_ruleset *ruleset, struct ng_error *err)
{
	char target[PATH_MAX], name[PATH_MAX + 8];
	FILE *file;
	mode_t mode;
	int ret;

	ret = find_target(path, target, &mode, err);
	if (ret)
		return ret;
	file = open_beside(target, mode, name, sizeof(name));
	if (!file)
		return ng_fail_at(err, -errno, path, "cannot be written: %s", strerror(errno));
	ret = write_all(file, ruleset);
	if (fclose(file) && !ret)
		ret = -errno;
	if (!ret && rename(name, target))
		ret = -errno;
	if (ret) {
		unlink(name);
		return ng_fail_at(err, ret, path, "cannot be written: %s", strerror(-ret));
	}
	return 0;
}

/* The same text as a member of a JSON object. */
static int say_text(struct ng_context *ctx, const struct ng_ruleset *ruleset)
{
	__cleanup_free char *text = NULL;
	struct json_object *object;
	size_t size;
	FILE *memory = open_memstream(&text, &size);
	int ret;

	if (!memory)
		return -errno;
	ret = ng_print_ruleset(memory, ruleset, NG_SETS_INLINE);
	if (fclose(memory) && !ret)
		ret = -ENOMEM;
	if (ret)
		return ret;
	object = ng_json_new();
	ng_json_text(object, "text", text);
	ng_say_json(ctx, object, 0);
	return 0;
}

/* How many live entries there are, which no ruleset can hold. */
static int count_live(struct ng_context *ctx, const struct ng_state *state, size_t *live)
{
	__cleanup_free struct ng_live_count *counts = NULL;
	size_t n;
	int ret = ng_live_counts(state, &counts, &n, &ctx->error);

	*live = 0;
	for (size_t i = 0; !ret && i < n; i++)
		*live += counts[i].n;
	return ret;
}

static int save(struct ng_context *ctx, const struct ng_ruleset *ruleset, size_t live)
{
	const char *path = ctx->n_words ? ctx->words[0] : "-";
	struct json_object *object;
	int ret;

	if (!strcmp(path, "-")) {
		if (ctx->json)
			return say_text(ctx, ruleset);
		ng_print_ruleset(stdout, ruleset, NG_SETS_INLINE); /* main() looks after stdout */
		return 0;
	}
	ret = save_file(path, ruleset, &ctx->error);
	if (ret)
		return ret;
	if (ctx->json) {
		object = ng_json_new();
		ng_json_text(object, "file", path);
		ng_json_number(object, "live", live);
		ng_say_json(ctx, object, 0);
		return 0;
	}
	printf("%s: saved", path);
	if (live)
		printf(", without %zu live entr%s of sets; see `netguard set list`", live,
		       live == 1 ? "y" : "ies");
	putchar('\n');
	return 0;
}

int ng_command_save(struct ng_context *ctx)
{
	__cleanup_ruleset struct ng_ruleset *ruleset = NULL;
	__cleanup_state struct ng_state *state = NULL;
	__cleanup_free void *image = NULL;
	size_t size, live;
	int ret;

	ret = ng_open_state(ctx, &state);
	if (!ret)
		ret = ng_image_of(ctx, state, &image, &size, &ruleset);
	if (!ret)
		ret = count_live(ctx, state, &live);
	return ret ? ret : save(ctx, ruleset, live);
}
