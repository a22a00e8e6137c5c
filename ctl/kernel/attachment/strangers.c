// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/attachment/strangers.h"

#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "kernel/pins/handle.h"
#include "kernel/programs/programs.h"
#include "kernel/programs/tc.h"
#include "kernel/programs/xdp.h"

#define PROGRAMS 64 /* the kernel's maximum on one hook */

struct found {
	const struct ng_state *state;
	struct ng_stranger *list;
	size_t n;
};

/* Is it a program of netguard, by its name, and not of @state? 1, 0 or -errno. */
static int is_stranger(const struct ng_state *state, __u32 id)
{
	__cleanup_fd int fd = bpf_prog_get_fd_by_id(id);
	struct ng_program_info info;
	int result = fd < 0 ? -errno : ng_program_ask(fd, &info);

	if (result)
		return ng_unless_gone(result);
	if (strncmp(info.name, "netguard_", strlen("netguard_")) != 0)
		return 0;
	result = state ? ng_program_uses(fd, state->control_id) : 0;
	return result < 0 ? result : !result;
}

static int add(struct found *found, const struct if_nameindex *iface, enum ng_hook hook, __u32 id)
{
	struct ng_location location;
	int result = is_stranger(found->state, id), linked = 0;

	if (result <= 0)
		return result;
	if (hook == NG_HOOK_XDP)
		result = ng_xdp_locate(iface->if_index, id, &location);
	else
		result = linked = ng_tc_is_linked(iface->if_index, hook, id);
	if (result < 0)
		return result;
	if (ng_array_grow(&found->list, found->n, sizeof(*found->list)))
		return -ENOMEM;
	found->list[found->n] = (struct ng_stranger){
		.ifindex = iface->if_index,
		.hook = hook,
		.way = hook == NG_HOOK_XDP ? location.way
		       : linked		   ? NG_WAY_TCX
					   : NG_WAY_CLSACT,
		.program_id = id,
	};
	snprintf(found->list[found->n].iface, IF_NAMESIZE, "%s", iface->if_name);
	found->n++;
	return 0;
}

static int look_at_hook(struct found *found, const struct if_nameindex *iface, enum ng_hook hook)
{
	__u32 ids[PROGRAMS];
	int n = hook == NG_HOOK_XDP ? ng_xdp_programs(iface->if_index, ids, PROGRAMS)
				    : ng_tc_programs(iface->if_index, hook, ids, PROGRAMS);
	int result = n < 0 ? n : 0;

	for (int i = 0; !result && i < n; i++)
		result = add(found, iface, hook, ids[i]);
	return result;
}

int ng_strangers(const struct ng_state *state, struct ng_stranger **list, size_t *n,
		 struct ng_error *err)
{
	struct found found = { .state = state && ng_state_exists(state) ? state : NULL };
	struct if_nameindex *ifaces = if_nameindex();
	int result = ifaces ? 0 : -errno;

	for (struct if_nameindex *iface = ifaces; iface && !result && iface->if_index; iface++)
		for (enum ng_hook hook = 0; !result && hook < NG_HOOKS; hook++)
			result = look_at_hook(&found, iface, hook);
	if (ifaces)
		if_freenameindex(ifaces);
	if (result) {
		free(found.list);
		return ng_fail(err, result, "cannot list the interfaces: %s", strerror(-result));
	}
	*list = found.list;
	*n = found.n;
	return 0;
}

/* The TCX link of the program: an fd; -ENOENT: there is none; another -errno. */
static int link_of(const struct ng_stranger *stranger)
{
	__u32 id = 0;
	int result;

	while (!bpf_link_get_next_id(id, &id)) {
		struct bpf_link_info info = { 0 };
		__u32 len = sizeof(info);
		int fd = bpf_link_get_fd_by_id(id);

		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0)
			return -errno;
		result = bpf_obj_get_info_by_fd(fd, &info, &len) ? -errno : 0;
		if (!result && info.prog_id == stranger->program_id)
			return fd;
		close(fd);
		if (result)
			return result;
	}
	return -errno;
}

static int detach(const struct ng_stranger *stranger)
{
	__cleanup_fd int program = bpf_prog_get_fd_by_id(stranger->program_id), link = -1;
	struct ng_location location;
	int result;

	if (program < 0)
		return -errno;
	if (stranger->hook == NG_HOOK_XDP) {
		result = ng_xdp_locate(stranger->ifindex, stranger->program_id, &location);
		if (result)
			return result;
		return location.attached ? ng_xdp_detach(stranger->ifindex, &location, program) : 0;
	}
	if (stranger->way == NG_WAY_TCX) {
		link = link_of(stranger);
		if (link < 0)
			return link;
	}
	return ng_tc_detach(stranger->ifindex, stranger->hook, link);
}

int ng_stranger_remove(const struct ng_stranger *stranger, struct ng_error *err)
{
	int result = detach(stranger);

	if (!result)
		return 0;
	return ng_fail_at(err, result, stranger->iface, "cannot detach program %u from %s: %s",
			  stranger->program_id, ng_hook_name(stranger->hook), strerror(-result));
}
