// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "commands/command.h"
#include "commands/edit.h"
#include "kernel/live.h"
#include "file.h"
#include "rules/print.h"

#define NEW_FILE_MODE 0644

static int fail_write(const char *path, int code, struct ng_error *err)
{
	return ng_fail_at(err, code, path, "cannot be written: %s", strerror(-code));
}

/*
 * A link stays a link: its target is replaced. What is no file, such as /dev/stdout, cannot be
 * replaced by one.
 */
static int find_target(const char *path, struct ng_file *target, struct ng_error *err)
{
	int ret = ng_file_find(path, path, target, err);

	if (ret)
		return ret == -ELOOP ? ret : fail_write(path, ret, err);
	ret = ng_file_owned(target, path, err);
	if (!ret && target->exists && (target->by_kernel || !S_ISREG(target->status.st_mode))) {
		ng_fail_at(err, -EINVAL, path, "is not a file");
		ret = ng_hint(err, -EINVAL, "without FILE, save writes to standard output");
	}
	if (ret)
		ng_file_close(target);
	return ret;
}

/* Returns an open file beside @target, whose name is put into @name. */
static FILE *open_beside(const struct ng_file *target, char name[NAME_MAX + 1])
{
	mode_t mode = target->exists ? target->status.st_mode & 07777 : NEW_FILE_MODE;
	unsigned long number;
	FILE *file = NULL;
	int fd;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return NULL;
	snprintf(name, NAME_MAX + 1, "%.*s.%016lx", NAME_MAX - 17, target->name, number);
	fd = openat(target->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return NULL;
	if (!fchmod(fd, mode))
		file = fdopen(fd, "w");
	if (!file) {
		int error = errno;

		unlinkat(target->folder, name, 0);
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

static int replace(const struct ng_file *target, const char *path, const struct ng_ruleset *ruleset,
		   struct ng_error *err)
{
	char name[NAME_MAX + 1];
	FILE *file = open_beside(target, name);
	int ret;

	if (!file)
		return fail_write(path, -errno, err);
	ret = write_all(file, ruleset);
	if (fclose(file) && !ret)
		ret = -errno;
	if (!ret && renameat(target->folder, name, target->folder, target->name))
		ret = -errno;
	if (!ret)
		return 0;
	unlinkat(target->folder, name, 0);
	return fail_write(path, ret, err);
}

static int save_file(const char *path, const struct ng_ruleset *ruleset, struct ng_error *err)
{
	struct ng_file target;
	int ret = find_target(path, &target, err);

	if (ret)
		return ret;
	ret = replace(&target, path, ruleset, err);
	ng_file_close(&target);
	return ret;
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
