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
#include "privilege.h"

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

/* A mark, so that who comes after a killed command looks closer. */
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

static const char *lost_pin(const struct ng_state *state, char path[NG_PIN_PATH], int ifindex,
			    enum ng_hook hook)
{
	return ng_pin_path(state, path, "%d-%s-lost", ifindex, ng_hook_name(hook));
}

/*
 * While another program is attached in the stead of one that lost its hook, that one is known by
 * another name, so that it is not forgotten when the attempt fails.
 */
static int set_aside(const struct ng_state *state, const struct ng_attachment *lost)
{
	char from[NG_PIN_PATH], to[NG_PIN_PATH];

	program_pin(state, from, state->now.number, lost->ifindex, lost->hook);
	if (rename(from, lost_pin(state, to, lost->ifindex, lost->hook)))
		return -errno;
	unlink(link_pin(state, from, state->now.number, lost->ifindex, lost->hook));
	return 0;
}

/* The end of set_aside(), whether there is another program now or not. */
static void bring_back(const struct ng_state *state, int ifindex, enum ng_hook hook)
{
	char from[NG_PIN_PATH], to[NG_PIN_PATH];

	lost_pin(state, from, ifindex, hook);
	program_pin(state, to, state->now.number, ifindex, hook);
	if (!access(to, F_OK))
		unlink(from);
	else
		rename(from, to);
}

int ng_attachment_follow(const struct ng_state *state, const struct ng_attachment *attachment,
			 int ifindex)
{
	char from[NG_PIN_PATH], to[NG_PIN_PATH];
	__u32 number = state->now.number;

	link_pin(state, from, number, attachment->ifindex, attachment->hook);
	if (rename(from, link_pin(state, to, number, ifindex, attachment->hook)) && errno != ENOENT)
		return -errno;
	program_pin(state, from, number, attachment->ifindex, attachment->hook);
	return rename(from, program_pin(state, to, number, ifindex, attachment->hook)) ? -errno : 0;
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

	begin_change(state, iface->ifindex);
	program = load_pinned(state, maps, iface->ifindex, hook, config, err);
	if (program < 0) {
		end_change(state, iface->ifindex);
		return program;
	}
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
	end_change(state, iface->ifindex);
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

/* The number of a new program: that of one which has lost this hook, which is set aside, or a free.
 */
static int find_number(const struct ng_state *state, int ifindex, enum ng_hook hook, __u32 *number,
		       bool *was_lost)
{
	const struct ng_attachment *lost;
	struct ng_attachments taken;
	int result = ng_attachments_read(state, state->now.number, &taken);

	if (result)
		return result;
	lost = ng_attachments_find(&taken, ifindex, hook);
	*was_lost = lost;
	if (lost) {
		*number = lost->config.attachment;
		result = set_aside(state, lost);
	} else {
		result = free_number(&taken, number);
		if (!result)
			result = begin_totals(state, *number);
	}
	ng_attachments_close(&taken);
	return result;
}

int ng_attachment_add(struct ng_state *state, const struct ng_interface *iface, enum ng_hook hook,
		      enum ng_way *way, struct ng_error *err)
{
	struct ng_config config;
	bool was_lost;
	__u32 number;
	int result = find_number(state, iface->ifindex, hook, &number, &was_lost);

	if (result == -ENOSPC)
		return ng_fail_at(err, result, iface->name,
				  "cannot attach: %d programs are attached, more is not possible",
				  NG_ATTACHMENTS_MAX);
	if (result)
		return ng_fail_bpf(err, result, "cannot read the state");
	config = ng_config_for(&state->now, hook, iface->name, number);
	config.trial = state->trial;
	config.generic = *way == NG_WAY_GENERIC;
	if (hook == NG_HOOK_XDP)
		result = add_xdp(state, &state->now, iface, *way, &config, err);
	else
		result = add_tc(state, iface, hook, way, &config, err);
	if (!was_lost)
		return result;
	bring_back(state, iface->ifindex, hook);
	if (hook == NG_HOOK_XDP)
		ng_xdp_clean(iface->ifindex, state->control_id);
	return result;
}

/* Enter the network namespace of @place; *@own is for come_back(). 0 or -errno. */
static int go_to(const struct ng_place *place, int *own)
{
	int fd;

	*own = -1;
	if (!place->netns[0])
		return 0;
	fd = ng_netns_go(place->netns);
	if (fd < 0)
		return fd;
	*own = fd;
	return 0;
}

static void come_back(int own)
{
	if (own >= 0)
		ng_netns_return(own);
}

static int swap(const struct ng_attachment *attachment, const struct ng_place *place, int from,
		int to)
{
	if (attachment->hook == NG_HOOK_XDP)
		return ng_xdp_swap(place->ifindex, place->way, from, to);
	return ng_tc_swap(place->ifindex, attachment->hook, attachment->link, from, to);
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
				  "cannot put another program in the place of the old one: %s",
				  strerror(-result));
	return 0;
}

/* In the network namespace that the interface is in. */
static int renew_in_place(const struct ng_state *state, const struct ng_generation *next,
			  const struct ng_attachment *old, const struct ng_place *place,
			  struct ng_config *config, struct ng_error *err)
{
	struct ng_interface iface;

	if (place->dispatcher)
		return ng_interface_at(place->ifindex, &iface)
			       ? 0
			       : add_xdp(state, next, &iface, place->way, config, err);
	/* It works at once, the generation it replaces being still in force. */
	config->first_generation = state->now.number;
	return exchange(state, next, old, place, config, err);
}

static int renew_record(const struct ng_state *state, const struct ng_generation *next,
			const struct ng_attachment *old, const struct ng_config *config,
			struct ng_error *err)
{
	int program = load_pinned(state, next, old->ifindex, old->hook, config, err);

	if (program < 0)
		return program;
	close(program);
	return 0;
}

int ng_attachment_renew(const struct ng_state *state, const struct ng_generation *next,
			const struct ng_attachment *old, struct ng_error *err)
{
	bool renamed = old->ifindex == state->renamed;
	struct ng_config config;
	struct ng_place place;
	char name[IF_NAMESIZE];
	int result, own;

	if (!renamed || !if_indextoname(old->ifindex, name))
		memcpy(name, old->iface, sizeof(name));
	config = ng_config_for(next, old->hook, name, old->config.attachment);
	config.trial = old->config.trial;
	config.generic = old->config.generic;
	ng_attachment_find(old, &place);
	if (!place.attached)
		return renew_record(state, next, old, &config, err);
	result = go_to(&place, &own);
	if (result)
		return ng_fail_at(err, result, old->iface,
				  "cannot enter the network namespace that it is in: %s",
				  strerror(-result));
	result = renew_in_place(state, next, old, &place, &config, err);
	come_back(own);
	return result;
}

static int take_off(const struct ng_state *state, const struct ng_attachment *attachment,
		    const struct ng_place *place)
{
	int result;

	if (attachment->hook != NG_HOOK_XDP)
		return ng_tc_detach(place->ifindex, attachment->hook, attachment->link);
	begin_change(state, attachment->ifindex);
	result = ng_xdp_detach(place->ifindex, place, attachment->program);
	end_change(state, attachment->ifindex);
	return result;
}

int ng_attachment_drop(const struct ng_state *state, __u32 generation,
		       const struct ng_attachment *attachment, const struct ng_attachment *instead)
{
	char path[NG_PIN_PATH];
	struct ng_place place;
	int result, own;

	/* libxdp would find nothing, and what is there would stay, and be forgotten. */
	if (attachment->hook == NG_HOOK_XDP && !ng_privilege_has(CAP_SYS_ADMIN))
		return -EPERM;
	ng_attachment_find(attachment, &place);
	result = go_to(&place, &own);
	if (result)
		return result;
	if (place.attached && instead && !place.dispatcher)
		result = swap(attachment, &place, attachment->program, instead->program);
	else if (place.attached)
		result = take_off(state, attachment, &place);
	come_back(own);
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

/* TC programs are pinned before they are attached: those that did not come to be. */
static void sweep_tc(const struct ng_state *state, int ifindex)
{
	struct ng_attachments attachments;

	if (ng_attachments_read(state, state->now.number, &attachments))
		return;
	for (size_t i = 0; i < attachments.n; i++) {
		const struct ng_attachment *attachment = &attachments.list[i];
		struct ng_place place;

		if (attachment->ifindex != ifindex || attachment->hook == NG_HOOK_XDP)
			continue;
		ng_attachment_place(attachment, &place);
		if (!place.attached)
			ng_attachment_drop(state, state->now.number, attachment, NULL);
	}
	ng_attachments_close(&attachments);
}

static void sweep_interface(const struct ng_state *state, int ifindex)
{
	__u32 *keep;
	size_t n;

	sweep_tc(state, ifindex);
	/* XDP programs are pinned after they were attached. */
	if (pinned_ids(state, &keep, &n))
		return;
	ng_xdp_sweep(ifindex, state->control_id, keep, n);
	free(keep);
	end_change(state, ifindex);
}

static void sweep_lost(const struct ng_state *state, int ifindex, char *mark)
{
	char *end = strstr(mark, "-lost");
	enum ng_hook hook;

	if (!end)
		return;
	*end = '\0';
	if (!ng_hook_parse(mark, &hook))
		bring_back(state, ifindex, hook);
}

/* Configurations whose program was not pinned yet, or not any more. */
static void sweep_configs(const struct ng_state *state)
{
	char path[NG_PIN_PATH];
	DIR *folder = opendir(ng_pin_path(state, path, "gen-%u", state->now.number));
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char mark[16], *end;
		enum ng_hook hook;
		int ifindex;

		if (sscanf(entry->d_name, "%d-%15s", &ifindex, mark) != 2)
			continue;
		end = strstr(mark, "-config");
		if (!end)
			continue;
		*end = '\0';
		if (!ng_hook_parse(mark, &hook) &&
		    access(program_pin(state, path, state->now.number, ifindex, hook), F_OK))
			unlink(config_pin(state, path, state->now.number, ifindex, hook));
	}
	if (folder)
		closedir(folder);
}

static void sweep_marks(const struct ng_state *state, bool changing)
{
	DIR *folder = opendir(state->folder);
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char mark[16];
		int ifindex;

		if (sscanf(entry->d_name, "%d-%15s", &ifindex, mark) != 2 ||
		    changing != !strcmp(mark, "changing"))
			continue;
		if (changing)
			sweep_interface(state, ifindex);
		else if (!strcmp(mark, "qdisc"))
			drop_qdisc(state, ifindex);
		else
			sweep_lost(state, ifindex, mark);
	}
	if (folder)
		closedir(folder);
}

/* What is half attached goes first: else what lost its hook, brought back, would go with it. */
void ng_attachments_sweep(const struct ng_state *state)
{
	sweep_marks(state, true);
	sweep_marks(state, false);
	sweep_configs(state);
}
