// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/attachment/search.h"

#include <stdio.h>
#include <string.h>

#include "kernel/programs/namespaces.h"

struct search {
	const struct ng_attachment *attachment;
	struct ng_location *location;
};

int ng_attachment_locate_on(const struct ng_attachment *attachment, int ifindex,
			    struct ng_location *location)
{
	struct ng_attachment there = *attachment;

	there.ifindex = ifindex;
	return ng_attachment_locate(&there, location);
}

/*
 * Search all interfaces of the current network namespace; @path is "" in our own. 1: found, see
 * @search->location; 0; or -errno.
 */
static int look_here(const char *path, void *arg)
{
	struct search *search = arg;
	struct if_nameindex *list = if_nameindex();
	struct ng_location location = { 0 };
	int result = list ? 0 : -errno;

	for (struct if_nameindex *iface = list;
	     iface && !result && iface->if_index && !location.attached; iface++)
		result = ng_attachment_locate_on(search->attachment, iface->if_index, &location);
	if (list)
		if_freenameindex(list);
	if (result || !location.attached)
		return result;
	snprintf(location.netns, sizeof(location.netns), "%s", path);
	*search->location = location;
	return 1;
}

/* Does the interface that it was attached to still have the same name and index? 1, 0 or -errno. */
static int is_here(const struct ng_attachment *attachment)
{
	char name[IF_NAMESIZE];
	int result = ng_interface_name(attachment->ifindex, name);

	return result ? ng_unless_gone(result) : !strcmp(name, attachment->iface);
}

int ng_attachment_search(const struct ng_attachment *attachment, struct ng_location *location)
{
	struct search search = { .attachment = attachment, .location = location };
	int result = ng_attachment_locate(attachment, location);

	if (result || location->attached)
		return result;
	result = is_here(attachment);
	if (!result)
		result = look_here("", &search);
	if (!result)
		result = ng_netns_visit(look_here, &search);
	return result < 0 ? result : 0;
}

int ng_location_enter(const struct ng_location *location, int *own)
{
	int fd;

	*own = -1;
	if (!location->netns[0])
		return 0;
	fd = ng_netns_switch(location->netns);
	if (fd < 0)
		return fd;
	*own = fd;
	return 0;
}

void ng_location_leave(int own)
{
	if (own >= 0)
		ng_netns_return(own);
}
