// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/history.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <bpf/bpf.h>

#include "cleanup.h"
#include "compile/image.h"
#include "kernel/maps.h"
#include "kernel/window.h"

static const char *entry_pin(const struct ng_state *state, char path[NG_PIN_PATH], __u32 number)
{
	return ng_pin_path(state, path, "history/%u", number);
}

/* The map of an entry, mapped as far as its head; NULL: there is none, or not of our layout. */
static struct ng_history_head *map_head(int fd, bool writable)
{
	struct bpf_map_info info = { 0 };
	struct ng_history_head *head;
	__u32 len = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) || info.value_size < sizeof(*head))
		return NULL;
	head = mmap(NULL, sizeof(*head), writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED,
		    fd, 0);
	if (head == MAP_FAILED)
		return NULL;
	if (head->size <= info.value_size - sizeof(*head))
		return head;
	munmap(head, sizeof(*head));
	return NULL;
}

/* When the image in @slot was made; 0: there is none. */
static __u64 created_in(const struct ng_state *state, enum ng_image_slot slot)
{
	__cleanup_fd int fd = ng_image_fd(&state->now, slot);
	struct ng_image_header head;

	return fd < 0 || ng_image_head(fd, &head) ? 0 : head.created;
}

static int newest_first(const void *a, const void *b)
{
	const struct ng_history_entry *x = a, *y = b;

	return (x->number < y->number) - (x->number > y->number);
}

static bool read_entry(const struct ng_state *state, const char *name,
		       struct ng_history_entry *entry)
{
	struct ng_history_head *head;
	char path[NG_PIN_PATH], rest;
	__cleanup_fd int fd = -1;

	if (sscanf(name, "%u%c", &entry->number, &rest) != 1)
		return false;
	fd = bpf_obj_get(entry_pin(state, path, entry->number));
	head = map_head(fd, false);
	if (!head)
		return false;
	entry->head = *head;
	munmap(head, sizeof(*head));
	return true;
}

/* All entries, also those that never were in force; *@n of them, for free(). NULL: no memory. */
static struct ng_history_entry *read_all(const struct ng_state *state, size_t *n)
{
	enum ng_image_slot in_force = ng_window_slot(state);
	__u64 current = created_in(state, in_force);
	__u64 other = created_in(state, NG_IMAGE_SLOTS - 1 - in_force);
	struct ng_history_entry *list = malloc(sizeof(*list)), *more;
	char path[NG_PIN_PATH];
	DIR *folder = opendir(ng_pin_path(state, path, "history"));
	struct dirent *found;

	*n = 0;
	while (list && folder && (found = readdir(folder))) {
		struct ng_history_entry *entry = &list[*n];

		*entry = (struct ng_history_entry){ 0 };
		if (!read_entry(state, found->d_name, entry))
			continue;
		entry->in_force = entry->head.created == current;
		entry->previous = !entry->in_force && entry->head.created == other;
		/* The command that is to note it has not come yet. */
		entry->head.unconfirmed |= entry->previous && in_force == NG_IMAGE_PREVIOUS;
		more = reallocarray(list, ++*n + 1, sizeof(*list));
		if (!more)
			free(list);
		list = more;
	}
	if (folder)
		closedir(folder);
	if (list)
		qsort(list, *n, sizeof(*list), newest_first);
	return list;
}

/* A new map with @head and, if that says so, the source of @image; pinned as @number. */
static int write_entry(struct ng_state *state, __u32 number, const struct ng_history_head *head,
		       const struct ng_image_header *image)
{
	size_t size = sizeof(*head) + head->size;
	__cleanup_fd int fd = ng_array_create("ng_history", size, 1);
	struct ng_image_header *source;
	char path[NG_PIN_PATH];
	void *to;

	if (fd < 0)
		return fd;
	to = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (to == MAP_FAILED)
		return -errno;
	memcpy(to, head, sizeof(*head));
	if (head->size) {
		source = (void *)((char *)to + sizeof(*head));
		memcpy(source, image, head->size);
		source->size = head->size;
		source->rules = source->lookups = (struct ng_list){ 0 };
		memset(source->forests, 0, sizeof(source->forests));
	}
	munmap(to, size);
	return bpf_obj_pin(fd, entry_pin(state, path, number)) ? -errno : 0;
}

/* Is what @entry was compiled from what @image was compiled from? Else, or unknown: no. */
static bool is_source_of(const struct ng_state *state, const struct ng_history_entry *entry,
			 const struct ng_image_header *image)
{
	size_t size = sizeof(entry->head) + entry->head.size;
	char path[NG_PIN_PATH];
	__cleanup_fd int fd = -1;
	const char *kept;
	bool same;

	if (entry->head.size != image->source || image->source < sizeof(*image))
		return false;
	fd = bpf_obj_get(entry_pin(state, path, entry->number));
	kept = fd < 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (kept == MAP_FAILED)
		return false;
	same = !memcmp(kept + sizeof(entry->head) + sizeof(*image), image + 1,
		       image->source - sizeof(*image));
	munmap((void *)kept, size);
	return same;
}

/* Is @image there already, as the last one that takes a place? @list: newest first */
static bool is_repeated(const struct ng_state *state, const struct ng_history_entry *list, size_t n,
			const struct ng_image_header *image)
{
	for (size_t i = 0; i < n; i++)
		if (!list[i].head.passing)
			return !list[i].head.unconfirmed && is_source_of(state, &list[i], image);
	return false;
}

int ng_history_add(struct ng_state *state, const void *image, const struct ng_origin *origin,
		   struct ng_error *err)
{
	const struct ng_image_header *header = image;
	struct ng_history_head head = {
		.version = NG_LAYOUT_VERSION,
		.created = header->created,
		.size = header->source <= NG_HISTORY_BYTES ? header->source : 0,
		.rules = header->rules.count,
		.sets = header->sets.count,
	};
	__cleanup_free struct ng_history_entry *list = NULL;
	char path[NG_PIN_PATH];
	size_t n;
	int result;

	ng_history_settle(state, NULL);
	list = read_all(state, &n);
	if (!list)
		return ng_fail(err, -ENOMEM, "out of memory");
	/* While its image is in a slot it can be gone back to without the text. */
	head.passing = origin->passing || is_repeated(state, list, n, header);
	if (head.passing)
		head.size = 0;
	snprintf(head.command, sizeof(head.command), "%s", origin->command);
	snprintf(head.user, sizeof(head.user), "%s", origin->user);
	mkdir(ng_pin_path(state, path, "history"), 0700);
	result = write_entry(state, n ? list[0].number + 1 : 1, &head, header);
	return result ? ng_fail_bpf(err, result, "cannot write the history") : 0;
}

static void drop(struct ng_state *state, const struct ng_history_entry *entry)
{
	char path[NG_PIN_PATH];

	unlink(entry_pin(state, path, entry->number));
}

/* The entry without its source, in its place. */
static void shed_source(struct ng_state *state, struct ng_history_entry *entry)
{
	entry->head.size = 0;
	drop(state, entry);
	write_entry(state, entry->number, &entry->head, NULL);
}

/* It has been in force, and is rejected or not: the two words that change. */
static void mark(struct ng_state *state, const struct ng_history_entry *entry, bool unconfirmed)
{
	char path[NG_PIN_PATH];
	__cleanup_fd int fd = bpf_obj_get(entry_pin(state, path, entry->number));
	struct ng_history_head *head = map_head(fd, true);

	if (!head)
		return;
	head->applied = 1;
	head->unconfirmed = unconfirmed;
	munmap(head, sizeof(*head));
}

static bool is_in_a_slot(const struct ng_history_entry *entry)
{
	return entry->in_force || entry->previous;
}

static bool was_in_force(const struct ng_history_entry *entry)
{
	return entry->head.applied || is_in_a_slot(entry);
}

void ng_history_settle(struct ng_state *state, size_t *shed)
{
	__cleanup_free struct ng_history_entry *list = NULL;
	size_t n, kept = 0, gave_up = 0;
	struct ng_window window;
	__u64 bytes = 0;

	ng_window_read(state, &window);
	list = read_all(state, &n);
	for (size_t i = 0; list && i < n; i++) {
		struct ng_history_entry *entry = &list[i];
		bool accepted = entry->in_force && window.kind == NG_WINDOW_NONE;

		if (!was_in_force(entry) ||
		    (entry->head.passing ? !is_in_a_slot(entry) : kept == NG_HISTORY_MAX)) {
			drop(state, entry);
			continue;
		}
		kept += !entry->head.passing;
		if (!entry->head.applied || (accepted && entry->head.unconfirmed))
			mark(state, entry, entry->head.unconfirmed && !accepted);
		bytes += entry->head.size;
		if (!entry->head.size || bytes <= NG_HISTORY_BYTES)
			continue;
		bytes -= entry->head.size;
		entry->head.applied = 1;
		shed_source(state, entry);
		gave_up++;
	}
	if (shed)
		*shed = gave_up;
}

void ng_history_reject(struct ng_state *state)
{
	__u64 created = created_in(state, NG_IMAGE_CURRENT);
	__cleanup_free struct ng_history_entry *list = NULL;
	size_t n;

	list = read_all(state, &n);
	for (size_t i = 0; list && i < n; i++)
		if (list[i].head.created == created)
			mark(state, &list[i], true);
}

int ng_history_list(const struct ng_state *state, struct ng_history_entry **list, size_t *n,
		    struct ng_error *err)
{
	size_t all, shown = 0;
	struct ng_history_entry *read = read_all(state, &all);

	if (!read)
		return ng_fail(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < all; i++)
		if (was_in_force(&read[i]))
			read[shown++] = read[i];
	*list = read;
	*n = shown;
	return 0;
}

static int fail_missing(__u32 number, struct ng_error *err)
{
	ng_fail(err, -ENOENT, "there is no ruleset %u in the history", number);
	return ng_hint(err, -ENOENT, "%s rollback --list names those there are", ng_netguard());
}

int ng_history_source(const struct ng_state *state, __u32 number, void **data, struct ng_error *err)
{
	char path[NG_PIN_PATH];
	__cleanup_fd int fd = bpf_obj_get(entry_pin(state, path, number));
	__cleanup_free void *copy = NULL;
	struct ng_history_head *head;
	size_t size, mapped;
	int result;

	if (fd < 0 && errno != ENOENT)
		return ng_fail_bpf(err, -errno, "cannot read the history");
	head = map_head(fd, false);
	if (!head)
		return fail_missing(number, err);
	size = head->size;
	munmap(head, sizeof(*head));
	if (!size)
		return ng_fail(err, -ENOENT, "ruleset %u was too large to be kept", number);
	mapped = sizeof(*head) + size;
	head = mmap(NULL, mapped, PROT_READ, MAP_SHARED, fd, 0);
	if (head == MAP_FAILED)
		return ng_fail_bpf(err, -errno, "cannot read the history");
	copy = malloc(size);
	if (copy)
		memcpy(copy, head + 1, size);
	munmap(head, mapped);
	if (!copy)
		return ng_fail(err, -ENOMEM, "out of memory");
	result = ng_image_check(copy, size, err);
	if (result)
		return result;
	*data = copy;
	copy = NULL;
	return 0;
}
