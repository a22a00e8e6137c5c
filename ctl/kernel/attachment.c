// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/attachment.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "cleanup.h"
#include "kernel/maps.h"
#include "kernel/programs.h"
#include "kernel/tc.h"

static const char *program_pin(const struct ng_state *state, char path[NG_PIN_PATH],
			       __u32 generation, int ifindex, enum ng_hook hook)
{
	return ng_pin_path(state, path, "gen-%u/%d-%s", generation, ifindex, ng_hook_name(hook));
}

static const char *link_pin(const struct ng_state *state, char path[NG_PIN_PATH], __u32 generation,
			    int ifindex, enum ng_hook hook)
{
	return ng_pin_path(state, path, "gen-%u/%d-%s-link", generation, ifindex,
			   ng_hook_name(hook));
}

static const char *config_pin(const struct ng_state *state, char path[NG_PIN_PATH],
			      __u32 generation, int ifindex, enum ng_hook hook)
{
	return ng_pin_path(state, path, "gen-%u/%d-%s-config", generation, ifindex,
			   ng_hook_name(hook));
}

static void unpack_name(const __u64 packed[2], char name[IF_NAMESIZE])
{
	for (size_t i = 0; i < IF_NAMESIZE; i++)
		name[i] = packed[i / 8] >> (56 - 8 * (i % 8));
	name[IF_NAMESIZE - 1] = '\0';
}

static int read_pin(const struct ng_state *state, __u32 generation, const char *entry,
		    struct ng_attachment *attachment)
{
	struct ng_attachment read = { .program = -1, .link = -1 };
	char path[NG_PIN_PATH], hook[16];
	int result;

	if (sscanf(entry, "%d-%15s", &read.ifindex, hook) != 2 || ng_hook_parse(hook, &read.hook))
		return -EINVAL; /* a link or a map */
	result = ng_config_get(config_pin(state, path, generation, read.ifindex, read.hook),
			       &read.config);
	if (result && result != -ENOENT)
		return result;
	read.program = bpf_obj_get(program_pin(state, path, generation, read.ifindex, read.hook));
	if (read.program < 0)
		return -errno;
	/* A netguard before this one pinned no configuration. */
	if (result == -ENOENT)
		result = ng_program_config(read.program, &read.config);
	if (!result)
		result = ng_program_ask(read.program, &read.info);
	if (result) {
		close(read.program);
		return result;
	}
	unpack_name(read.config.iface, read.iface);
	if (read.hook != NG_HOOK_XDP)
		read.link = bpf_obj_get(link_pin(state, path, generation, read.ifindex, read.hook));
	*attachment = read;
	return 0;
}

static int by_interface(const void *a, const void *b)
{
	const struct ng_attachment *x = a, *y = b;

	if (x->ifindex != y->ifindex)
		return x->ifindex < y->ifindex ? -1 : 1;
	return (int)x->hook - (int)y->hook;
}

int ng_attachments_read(const struct ng_state *state, __u32 generation,
			struct ng_attachments *attachments)
{
	struct ng_attachments read = { 0 };
	struct dirent *entry;
	char path[NG_PIN_PATH];
	DIR *folder = opendir(ng_pin_path(state, path, "gen-%u", generation));

	if (!folder)
		return -errno;
	while ((entry = readdir(folder))) {
		struct ng_attachment *list, found;

		if (read_pin(state, generation, entry->d_name, &found))
			continue;
		list = reallocarray(read.list, read.n + 1, sizeof(*list));
		if (!list) {
			close(found.program);
			ng_cleanup_fd(&found.link);
			ng_attachments_close(&read);
			closedir(folder);
			return -ENOMEM;
		}
		read.list = list;
		read.list[read.n++] = found;
	}
	closedir(folder);
	if (read.n)
		qsort(read.list, read.n, sizeof(*read.list), by_interface);
	*attachments = read;
	return 0;
}

void ng_attachments_close(struct ng_attachments *attachments)
{
	for (size_t i = 0; i < attachments->n; i++) {
		close(attachments->list[i].program);
		ng_cleanup_fd(&attachments->list[i].link);
	}
	free(attachments->list);
	*attachments = (struct ng_attachments){ 0 };
}

const struct ng_attachment *ng_attachments_find(const struct ng_attachments *attachments,
						int ifindex, enum ng_hook hook)
{
	for (size_t i = 0; i < attachments->n; i++)
		if (attachments->list[i].ifindex == ifindex && attachments->list[i].hook == hook)
			return &attachments->list[i];
	return NULL;
}

void ng_attachment_place(const struct ng_attachment *attachment, struct ng_place *place)
{
	if (attachment->hook == NG_HOOK_XDP)
		ng_xdp_place(attachment->ifindex, attachment->info.id, place);
	else
		ng_tc_place(attachment->ifindex, attachment->hook, attachment->link,
			    attachment->info.id, place);
}

/* A mark that libxdp is at work, so that who comes after a killed command looks closer. */
static void begin_change(const struct ng_state *state, int ifindex)
{
	char path[NG_PIN_PATH];

	bpf_obj_pin(state->control, ng_pin_path(state, path, "%d-changing", ifindex));
}

static void end_change(const struct ng_state *state, int ifindex)
{
	char path[NG_PIN_PATH];

	unlink(ng_pin_path(state, path, "%d-changing", ifindex));
}

static int pin(int fd, const char *path, struct ng_error *err)
{
	if (!bpf_obj_pin(fd, path))
		return 0;
	return ng_fail_bpf(err, -errno, "cannot pin the program");
}

/* The configuration first, so that no program is without one. */
static int pin_program(const struct ng_state *state, __u32 generation, int ifindex,
		       enum ng_hook hook, int program, const struct ng_config *config,
		       struct ng_error *err)
{
	char path[NG_PIN_PATH];
	int result = ng_config_put(config_pin(state, path, generation, ifindex, hook), config);

	if (result)
		return ng_fail_bpf(err, result, "cannot pin the program's configuration");
	result = pin(program, program_pin(state, path, generation, ifindex, hook), err);
	if (result)
		unlink(config_pin(state, path, generation, ifindex, hook));
	return result;
}

static void unpin_program(const struct ng_state *state, __u32 generation, int ifindex,
			  enum ng_hook hook)
{
	char path[NG_PIN_PATH];

	unlink(program_pin(state, path, generation, ifindex, hook));
	unlink(config_pin(state, path, generation, ifindex, hook));
}

static int add_xdp(const struct ng_state *state, const struct ng_generation *maps,
		   const struct ng_interface *iface, enum ng_way way,
		   const struct ng_config *config, struct ng_error *err)
{
	struct ng_place place = { .attached = true, .way = way };
	struct ng_program_info info;
	struct ng_program program;
	int result, fd;

	result = ng_program_open(state, maps, NG_HOOK_XDP, config, &program, err);
	if (result)
		return result;
	begin_change(state, iface->ifindex);
	fd = result = ng_xdp_attach(iface, &program, way, err);
	if (fd >= 0) {
		result = pin_program(state, maps->number, iface->ifindex, NG_HOOK_XDP, fd, config,
				     err);
		if (result && !ng_program_ask(fd, &info)) {
			ng_xdp_place(iface->ifindex, info.id, &place);
			ng_xdp_detach(iface->ifindex, &place, fd);
		}
		close(fd);
	}
	end_change(state, iface->ifindex);
	ng_program_close(&program);
	return result;
}

/* Load and pin a program that is attached afterwards; its fd or -errno with @err filled. */
static int load_pinned(const struct ng_state *state, const struct ng_generation *maps, int ifindex,
		       enum ng_hook hook, const struct ng_config *config, struct ng_error *err)
{
	struct ng_program program;
	int result, fd;

	result = ng_program_open(state, maps, hook, config, &program, err);
	if (result)
		return result;
	fd = ng_program_load(&program, err);
	ng_program_close(&program);
	if (fd < 0)
		return fd;
	result = pin_program(state, maps->number, ifindex, hook, fd, config, err);
	if (result) {
		close(fd);
		return result;
	}
	return fd;
}

/*
 * The qdisc goes with the last filter, when it was made for ours. It is marked before it is made:
 * a command killed in between leaves a mark of a qdisc that does not exist, which does no harm.
 */
static void drop_qdisc(const struct ng_state *state, int ifindex)
{
	char path[NG_PIN_PATH];

	ng_pin_path(state, path, "%d-qdisc", ifindex);
	if (!access(path, F_OK) && (ng_tc_qdisc_remove(ifindex) || !ng_tc_qdisc_exists(ifindex)))
		unlink(path);
}

static int add_filter(const struct ng_state *state, const struct ng_interface *iface,
		      enum ng_hook hook, int program, struct ng_error *err)
{
	char path[NG_PIN_PATH];
	int result = 0;

	if (!ng_tc_qdisc_exists(iface->ifindex)) {
		bpf_obj_pin(state->control, ng_pin_path(state, path, "%d-qdisc", iface->ifindex));
		result = ng_tc_qdisc_make(iface->ifindex);
	}
	if (result && result != -EEXIST)
		return ng_fail_at(err, result, iface->name, "cannot make a clsact qdisc: %s",
				  strerror(-result));
	return ng_tc_filter(iface, hook, program, err);
}

static int add_tc(const struct ng_state *state, const struct ng_interface *iface, enum ng_hook hook,
		  enum ng_way *way, const struct ng_config *config, struct ng_error *err)
{
	const struct ng_generation *maps = &state->now;
	char path[NG_PIN_PATH];
	__cleanup_fd int program = -1, link = -1;
	int result;

	program = load_pinned(state, maps, iface->ifindex, hook, config, err);
	if (program < 0)
		return program;
	link = state->no_tcx ? -EOPNOTSUPP : ng_tc_link(iface->ifindex, hook, program);
	if (link >= 0) {
		*way = NG_WAY_TCX;
		result = pin(link, link_pin(state, path, maps->number, iface->ifindex, hook), err);
		if (result)
			ng_tc_detach(iface->ifindex, hook, link);
	} else if (link == -EOPNOTSUPP) {
		*way = NG_WAY_CLSACT;
		result = add_filter(state, iface, hook, program, err);
		if (result)
			drop_qdisc(state, iface->ifindex);
	} else {
		result = ng_fail_at(err, link, iface->name, "cannot attach a TC program: %s",
				    strerror(-link));
	}
	if (result)
		unpin_program(state, maps->number, iface->ifindex, hook);
	return result;
}

static int free_number(const struct ng_attachments *taken, __u32 *number)
{
	for (__u32 i = 0; i < NG_ATTACHMENTS_MAX; i++) {
		size_t j = 0;

		while (j < taken->n && taken->list[j].config.attachment != i)
			j++;
		if (j == taken->n) {
			*number = i;
			return 0;
		}
	}
	return -ENOSPC;
}

static int begin_totals(const struct ng_state *state, __u32 number)
{
	struct ng_rows rows;
	int result = ng_rows_map(&state->now, true, &rows);

	if (result)
		return result;
	ng_rows_reset(&rows, NG_SLOT_TOTALS + 2 * number);
	ng_rows_reset(&rows, NG_SLOT_TOTALS + 2 * number + 1);
	ng_rows_unmap(&rows);
	return 0;
}

int ng_attachment_add(struct ng_state *state, const struct ng_interface *iface, enum ng_hook hook,
		      enum ng_way *way, struct ng_error *err)
{
	struct ng_attachments taken;
	struct ng_config config;
	__u32 number;
	int result = ng_attachments_read(state, state->now.number, &taken);

	if (!result) {
		result = free_number(&taken, &number);
		ng_attachments_close(&taken);
	}
	if (result == -ENOSPC)
		return ng_fail_at(err, result, iface->name,
				  "cannot attach: %d programs are attached, more is not possible",
				  NG_ATTACHMENTS_MAX);
	if (!result)
		result = begin_totals(state, number);
	if (result)
		return ng_fail_bpf(err, result, "cannot read the state");
	config = ng_config_for(&state->now, hook, iface->name, number);
	if (hook == NG_HOOK_XDP)
		return add_xdp(state, &state->now, iface, *way, &config, err);
	return add_tc(state, iface, hook, way, &config, err);
}

static int swap(const struct ng_attachment *attachment, const struct ng_place *place, int from,
		int to)
{
	if (attachment->hook == NG_HOOK_XDP)
		return ng_xdp_swap(attachment->ifindex, place->way, from, to);
	return ng_tc_swap(attachment->ifindex, attachment->hook, attachment->link, from, to);
}

static int exchange(const struct ng_state *state, const struct ng_generation *next,
		    const struct ng_attachment *old, const struct ng_place *place,
		    const struct ng_config *config, struct ng_error *err)
{
	char path[NG_PIN_PATH];
	__cleanup_fd int program = -1;
	int result;

	program = load_pinned(state, next, old->ifindex, old->hook, config, err);
	if (program < 0)
		return program;
	if (old->link >= 0) {
		result = pin(old->link,
			     link_pin(state, path, next->number, old->ifindex, old->hook), err);
		if (result)
			return result;
	}
	result = swap(old, place, old->program, program);
	if (result)
		return ng_fail_at(err, result, old->iface,
				  "cannot put a larger program in the place of the old one: %s",
				  strerror(-result));
	return 0;
}

int ng_attachment_renew(const struct ng_state *state, const struct ng_generation *next,
			const struct ng_attachment *old, struct ng_error *err)
{
	struct ng_config config =
		ng_config_for(next, old->hook, old->iface, old->config.attachment);
	struct ng_interface iface;
	struct ng_place place;

	ng_attachment_place(old, &place);
	if (!place.attached || ng_interface_at(old->ifindex, &iface))
		return 0;
	if (place.dispatcher)
		return add_xdp(state, next, &iface, place.way, &config, err);
	/* It works at once, the generation it replaces being still in force. */
	config.first_generation = state->now.number;
	return exchange(state, next, old, &place, &config, err);
}

static int take_off(const struct ng_state *state, const struct ng_attachment *attachment,
		    const struct ng_place *place)
{
	int result;

	if (attachment->hook != NG_HOOK_XDP)
		return ng_tc_detach(attachment->ifindex, attachment->hook, attachment->link);
	begin_change(state, attachment->ifindex);
	result = ng_xdp_detach(attachment->ifindex, place, attachment->program);
	end_change(state, attachment->ifindex);
	return result;
}

int ng_attachment_drop(const struct ng_state *state, __u32 generation,
		       const struct ng_attachment *attachment, const struct ng_attachment *instead)
{
	char path[NG_PIN_PATH];
	struct ng_place place;
	int result = 0;

	ng_attachment_place(attachment, &place);
	if (place.attached && instead && !place.dispatcher)
		result = swap(attachment, &place, attachment->program, instead->program);
	else if (place.attached)
		result = take_off(state, attachment, &place);
	if (result)
		return result;
	unlink(link_pin(state, path, generation, attachment->ifindex, attachment->hook));
	unpin_program(state, generation, attachment->ifindex, attachment->hook);
	if (attachment->hook == NG_HOOK_XDP && !place.attached)
		ng_xdp_clean(attachment->ifindex, state->control_id);
	if (!instead && place.way == NG_WAY_CLSACT)
		drop_qdisc(state, attachment->ifindex);
	return 0;
}

/* The ids of all programs that are pinned, of whatever generation; @*n of them, for free(). */
static int pinned_ids(const struct ng_state *state, __u32 **ids, size_t *n)
{
	DIR *folder = opendir(state->folder);
	struct dirent *entry;

	*ids = NULL;
	*n = 0;
	if (!folder)
		return -errno;
	while ((entry = readdir(folder))) {
		struct ng_attachments attachments;
		__u32 generation, *more;

		if (sscanf(entry->d_name, "gen-%u", &generation) != 1 ||
		    ng_attachments_read(state, generation, &attachments))
			continue;
		more = reallocarray(*ids, *n + attachments.n + 1, sizeof(*more));
		for (size_t i = 0; more && i < attachments.n; i++)
			more[(*n)++] = attachments.list[i].info.id;
		ng_attachments_close(&attachments);
		if (!more) {
			closedir(folder);
			free(*ids);
			return -ENOMEM;
		}
		*ids = more;
	}
	closedir(folder);
	return 0;
}

static void sweep_libxdp(const struct ng_state *state, int ifindex)
{
	__u32 *keep;
	size_t n;

	if (pinned_ids(state, &keep, &n))
		return;
	ng_xdp_sweep(ifindex, state->control_id, keep, n);
	free(keep);
	end_change(state, ifindex);
}

void ng_attachments_sweep(const struct ng_state *state)
{
	DIR *folder = opendir(state->folder);
	struct dirent *entry;

	if (!folder)
		return;
	while ((entry = readdir(folder))) {
		char mark[16];
		int ifindex;

		if (sscanf(entry->d_name, "%d-%15s", &ifindex, mark) != 2)
			continue;
		if (!strcmp(mark, "changing"))
			sweep_libxdp(state, ifindex);
		else
			drop_qdisc(state, ifindex);
	}
	closedir(folder);
}
