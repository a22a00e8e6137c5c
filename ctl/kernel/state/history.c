// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/state/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <bpf/bpf.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "compile/image_read.h"
#include "kernel/maps/images.h"
#include "kernel/maps/map.h"
#include "kernel/maps/window.h"
#include "layout/history.h"
#include "layout/version.h"

static const char *entry_pin(const struct ng_state *state, char path[NG_PIN_PATH], __u32 number)
{
	return ng_pin_path(state, path, "history/%u", number);
}

/* Map the head of an entry; -ENOENT: it has another layout; another -errno. */
static int map_head(int fd, bool writable, struct ng_history_head **mapped)
{
	struct bpf_map_info info = { 0 };
	struct ng_history_head *head;
	__u32 len = sizeof(info);

	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	if (info.value_size < sizeof(*head))
		return -ENOENT;
	head = mmap(NULL, sizeof(*head), writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED,
		    fd, 0);
	if (head == MAP_FAILED)
		return -errno;
	if (head->size > info.value_size - sizeof(*head)) {
		munmap(head, sizeof(*head));
		return -ENOENT;
	}
	*mapped = head;
	return 0;
}

/* When the image in @slot was created; 0: there is none. Return: 0 or -errno. */
static int created_in(const struct ng_state *state, enum ng_image_slot slot, __u64 *created)
{
	__cleanup_fd int fd = ng_image_fd(&state->now, slot);
	struct ng_image_header head;
	int result = fd < 0 ? fd : ng_image_head(fd, &head);

	*created = result ? 0 : head.created;
	return ng_unless_gone(result);
}

static int newest_first(const void *a, const void *b)
{
	const struct ng_history_entry *x = a, *y = b;

	return (x->number < y->number) - (x->number > y->number);
}

/* -ENOENT: it is not an entry, has another layout, or was removed after the folder was read. */
static int read_entry(const struct ng_state *state, const char *name,
		      struct ng_history_entry *entry)
{
	struct ng_history_head *head;
	char path[NG_PIN_PATH], rest;
	__cleanup_fd int fd = -1;
	int result;

	*entry = (struct ng_history_entry){ 0 };
	if (sscanf(name, "%u%c", &entry->number, &rest) != 1)
		return -ENOENT;
	fd = ng_pin_open(entry_pin(state, path, entry->number));
	result = map_head(fd, false, &head);
	if (result)
		return result;
	entry->head = *head;
	munmap(head, sizeof(*head));
	return 0;
}

/* Find out which entries are the current and the previous image. */
static int relate(const struct ng_state *state, struct ng_history_entry *list, size_t n)
{
	enum ng_image_slot in_force = ng_window_slot(state);
	__u64 current, other;
	int result = created_in(state, in_force, &current);

	if (!result)
		result = created_in(state, NG_IMAGE_SLOTS - 1 - in_force, &other);
	for (size_t i = 0; !result && i < n; i++) {
		struct ng_history_entry *entry = &list[i];

		entry->in_force = entry->head.created == current;
		entry->previous = !entry->in_force && entry->head.created == other;
		/* The window has expired, and no command has recorded that yet. */
		entry->head.unconfirmed |= entry->previous && in_force == NG_IMAGE_PREVIOUS;
	}
	return result;
}

/* All entries, including those that were never in force; *@n of them, *@entries for free(). */
static int read_all(const struct ng_state *state, struct ng_history_entry **entries, size_t *n)
{
	struct ng_history_entry *list = NULL;
	char path[NG_PIN_PATH];
	int result;
	__cleanup_folder DIR *folder = ng_folder_open(ng_pin_path(state, path, "history"), &result);
	struct dirent *found;
	size_t length = 0;

	while (folder && !result && (found = ng_folder_next(folder, &result))) {
		struct ng_history_entry entry;

		result = read_entry(state, found->d_name, &entry);
		if (result) {
			result = ng_unless_gone(result);
			continue;
		}
		result = ng_array_grow(&list, length, sizeof(*list));
		if (!result)
			list[length++] = entry;
	}
	if (!result)
		result = relate(state, list, length);
	if (result) {
		free(list);
		return result;
	}
	if (length)
		qsort(list, length, sizeof(*list), newest_first);
	*entries = list;
	*n = length;
	return 0;
}

/* Bytes of a source without what depends on how the ruleset was compiled. */
static size_t kept_of(const struct ng_image_source *source)
{
	return source->hides.offset;
}

/* Create a map with @head and, unless @head->size is 0, with @source; pin it at @path. */
static int write_entry(const char *path, const struct ng_history_head *head,
		       const struct ng_image_source *source)
{
	size_t size = sizeof(*head) + head->size;
	__cleanup_fd int fd = ng_array_create("ng_history", size, 1);
	struct ng_image_source *copy;
	void *to;

	if (fd < 0)
		return fd;
	to = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (to == MAP_FAILED)
		return -errno;
	memcpy(to, head, sizeof(*head));
	if (head->size) {
		copy = (void *)((char *)to + sizeof(*head));
		memcpy(copy, source, head->size);
		copy->size = head->size;
		copy->rules = copy->hides = (struct ng_list){ 0 };
	}
	munmap(to, size);
	return bpf_obj_pin(fd, path) ? -errno : 0;
}

/* Map the first @size bytes of a source that @entry keeps, of map @fd; NULL: that fails. */
static const struct ng_image_source *map_kept(int fd, size_t size, const void **mapped)
{
	const char *data =
		mmap(NULL, sizeof(struct ng_history_head) + size, PROT_READ, MAP_SHARED, fd, 0);

	*mapped = data;
	return data == MAP_FAILED ? NULL : (const void *)(data + sizeof(struct ng_history_head));
}

/* Is what the entry in map @fd keeps, @size bytes, the same as @source? */
static bool is_kept(int fd, const struct ng_image_source *source, size_t size)
{
	const void *mapped;
	const struct ng_image_source *kept = map_kept(fd, size, &mapped);
	bool same;

	if (!kept)
		return false;
	same = !memcmp(kept + 1, source + 1, size - sizeof(*source));
	munmap((void *)mapped, sizeof(struct ng_history_head) + size);
	return same;
}

/* The same of the length of its text: that needs one page of the map, not all. */
static bool has_length(int fd, const struct ng_image_source *source)
{
	const void *mapped;
	const struct ng_image_source *kept = map_kept(fd, sizeof(*kept), &mapped);
	bool same;

	if (!kept)
		return false;
	same = kept->text.count == source->text.count;
	munmap((void *)mapped, sizeof(struct ng_history_head) + sizeof(*kept));
	return same;
}

/* Is @source that of @entry? Also false when that is not known. */
static bool is_source_of(const struct ng_state *state, const struct ng_history_entry *entry,
			 const struct ng_image_source *source)
{
	char path[NG_PIN_PATH];
	__cleanup_fd int fd = -1;

	if (entry->head.size != kept_of(source) || kept_of(source) < sizeof(*source) ||
	    entry->head.version != NG_LAYOUT_VERSION)
		return false;
	fd = bpf_obj_get(entry_pin(state, path, entry->number));
	return fd >= 0 && has_length(fd, source) && is_kept(fd, source, kept_of(source));
}

/* Is @source that of the last entry that is not passing? @list: newest first */
static bool is_repeated(const struct ng_state *state, const struct ng_history_entry *list, size_t n,
			const struct ng_image_source *source)
{
	for (size_t i = 0; i < n; i++)
		if (!list[i].head.passing)
			return !list[i].head.unconfirmed && is_source_of(state, &list[i], source);
	return false;
}

int ng_history_add(struct ng_state *state, const void *image, const struct ng_origin *origin,
		   struct ng_error *err)
{
	const struct ng_image_header *header = image;
	const struct ng_image_source *source = ng_image_source(image);
	struct ng_history_head head = {
		.version = NG_LAYOUT_VERSION,
		.created = header->created,
		.size = kept_of(source) <= NG_HISTORY_BYTES ? kept_of(source) : 0,
		.rules = source->rules.count,
		.sets = source->sets.count,
	};
	__cleanup_free struct ng_history_entry *list = NULL;
	char path[NG_PIN_PATH];
	size_t n;
	int result;

	result = ng_history_settle(state, NULL);
	if (!result)
		result = read_all(state, &list, &n);
	if (result)
		return ng_fail_bpf(err, result, "cannot read the history");
	/* A passing entry needs no source: it is kept only while its image is in a slot. */
	head.passing = origin->passing || is_repeated(state, list, n, source);
	if (head.passing)
		head.size = 0;
	snprintf(head.command, sizeof(head.command), "%s", origin->command);
	snprintf(head.user, sizeof(head.user), "%s", origin->user);
	if (mkdir(ng_pin_path(state, path, "history"), 0700) && errno != EEXIST)
		return ng_fail_bpf(err, -errno, "cannot create a folder for the history");
	entry_pin(state, path, n ? list[0].number + 1 : 1);
	result = write_entry(path, &head, source);
	return result ? ng_fail_bpf(err, result, "cannot write the history") : 0;
}

static int remove_entry(struct ng_state *state, const struct ng_history_entry *entry)
{
	char path[NG_PIN_PATH];

	return ng_pin_remove(entry_pin(state, path, entry->number));
}

/* Replace the entry by one without its source, atomically. */
static int drop_source(struct ng_state *state, struct ng_history_entry *entry)
{
	char path[NG_PIN_PATH], place[NG_PIN_PATH];
	int result;

	ng_pin_path(state, path, "history/%u-shed", entry->number);
	entry->head.size = 0;
	result = ng_pin_remove(path); /* left by a command that was killed here */
	if (!result)
		result = write_entry(path, &entry->head, NULL);
	if (result)
		return result;
	return rename(path, entry_pin(state, place, entry->number)) ? -errno : 0;
}

/* Set the two words of an entry that change: it has been in force; it was not confirmed. */
static int mark(struct ng_state *state, const struct ng_history_entry *entry, bool unconfirmed)
{
	char path[NG_PIN_PATH];
	__cleanup_fd int fd = ng_pin_open(entry_pin(state, path, entry->number));
	struct ng_history_head *head;
	int result = map_head(fd, true, &head);

	if (result)
		return result;
	head->applied = 1;
	head->unconfirmed = unconfirmed;
	munmap(head, sizeof(*head));
	return 0;
}

static bool is_in_a_slot(const struct ng_history_entry *entry)
{
	return entry->in_force || entry->previous;
}

static bool was_in_force(const struct ng_history_entry *entry)
{
	return entry->head.applied || is_in_a_slot(entry);
}

/* Keep the source of an entry if there is room; *@bytes: the size of all newer ones. */
static int keep(struct ng_state *state, struct ng_history_entry *entry, bool accepted, __u64 *bytes,
		size_t *shed)
{
	int result = 0;

	if (!entry->head.applied || (accepted && entry->head.unconfirmed))
		result = mark(state, entry, entry->head.unconfirmed && !accepted);
	*bytes += entry->head.size;
	if (result || !entry->head.size || *bytes <= NG_HISTORY_BYTES)
		return result;
	*bytes -= entry->head.size;
	entry->head.applied = 1;
	++*shed;
	return drop_source(state, entry);
}

int ng_history_settle(struct ng_state *state, size_t *shed)
{
	__cleanup_free struct ng_history_entry *list = NULL;
	size_t n, kept = 0, gave_up = 0;
	struct ng_window window;
	__u64 bytes = 0;
	int result;

	ng_window_read(state, &window);
	result = read_all(state, &list, &n);
	for (size_t i = 0; !result && i < n; i++) {
		struct ng_history_entry *entry = &list[i];
		bool accepted = entry->in_force && window.kind == NG_WINDOW_NONE;

		if (!was_in_force(entry) ||
		    (entry->head.passing ? !is_in_a_slot(entry) : kept == NG_HISTORY_MAX)) {
			result = remove_entry(state, entry);
			continue;
		}
		kept += !entry->head.passing;
		result = keep(state, entry, accepted, &bytes, &gave_up);
	}
	if (shed)
		*shed = gave_up;
	return result;
}

int ng_history_reject(struct ng_state *state)
{
	__cleanup_free struct ng_history_entry *list = NULL;
	__u64 created;
	size_t n;
	int result = created_in(state, NG_IMAGE_CURRENT, &created);

	if (!result)
		result = read_all(state, &list, &n);
	for (size_t i = 0; !result && i < n; i++)
		if (list[i].head.created == created)
			result = mark(state, &list[i], true);
	return result;
}

int ng_history_list(const struct ng_state *state, struct ng_history_entry **list, size_t *n,
		    struct ng_error *err)
{
	struct ng_history_entry *read;
	size_t all, shown = 0;
	int result = read_all(state, &read, &all);

	if (result)
		return ng_fail_bpf(err, result, "cannot read the history");
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
	return ng_hint(err, -ENOENT, "%s rollback --list lists them", ng_netguard());
}

int ng_history_source(const struct ng_state *state, __u32 number, void **data, struct ng_error *err)
{
	char path[NG_PIN_PATH];
	__cleanup_fd int fd = ng_pin_open(entry_pin(state, path, number));
	__cleanup_free void *copy = NULL;
	struct ng_history_head *head;
	size_t size, mapped;
	int result;

	result = map_head(fd, false, &head);
	if (ng_is_gone(result))
		return fail_missing(number, err);
	if (result)
		return ng_fail_bpf(err, result, "cannot read the history");
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
