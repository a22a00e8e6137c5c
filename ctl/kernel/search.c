// SPDX-License-Identifier: GPL-2.0-only
/* Where a program went with its interface, and the way there. */
#include <stdio.h>
#include <string.h>

#include "kernel/attachment_private.h"
#include "kernel/namespaces.h"

struct search {
	const struct ng_attachment *attachment;
	struct ng_place *place;
};

bool ng_attachment_is_on(const struct ng_attachment *attachment, int ifindex,
			 struct ng_place *place)
{
	struct ng_attachment there = *attachment;

	there.ifindex = ifindex;
	ng_attachment_place(&there, place);
	return place->attached;
}

/* On any interface of the network namespace that we are in; @path is empty in our own. */
static bool look_here(const char *path, void *arg)
{
	struct search *search = arg;
	struct if_nameindex *list = if_nameindex();
	struct ng_place place = { 0 };

	for (struct if_nameindex *iface = list; iface && iface->if_index; iface++)
		if (ng_attachment_is_on(search->attachment, iface->if_index, &place))
			break;
	if_freenameindex(list);
	if (!place.attached)
		return false;
	snprintf(place.netns, sizeof(place.netns), "%s", path);
	*search->place = place;
	return true;
}

void ng_attachment_find(const struct ng_attachment *attachment, struct ng_place *place)
{
	struct search search = { .attachment = attachment, .place = place };
	char name[IF_NAMESIZE];

	ng_attachment_place(attachment, place);
	if (place->attached ||
	    (if_indextoname(attachment->ifindex, name) && !strcmp(name, attachment->iface)))
		return;
	if (!look_here("", &search))
		ng_netns_visit(look_here, &search);
}

int ng_place_enter(const struct ng_place *place, int *own)
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

void ng_place_leave(int own)
{
	if (own >= 0)
		ng_netns_return(own);
}
