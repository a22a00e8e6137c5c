// SPDX-License-Identifier: GPL-2.0-only
#include "cli/completion/offer.h"

#include <dirent.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/plain.h"

#define NETNS_FOLDER "/run/netns"

void ng_offer(const struct ng_offer *offer, const char *value, const char *about)
{
	__cleanup_free char *plain = ng_plain(value), *plain_about = ng_plain(about ? about : "");

	/* A name with characters that have to be escaped is not offered: escaped, it is another
	 * name. */
	if (!strncmp(value, offer->typed, strlen(offer->typed)) && !strcmp(plain, value))
		fprintf(offer->out, "%.*s%s\t%s\n", offer->kept, offer->typed - offer->kept, value,
			plain_about);
}

void ng_offer_names(const struct ng_offer *offer, const struct ng_name *names)
{
	const char *comma = strrchr(offer->typed, ',');
	const char *last = comma ? comma + 1 : offer->typed;

	for (; names && names->name; names++)
		if (!strncmp(names->name, last, strlen(last)))
			fprintf(offer->out, "%.*s%s\t%u\n", (int)(last - offer->typed),
				offer->typed, names->name, names->value);
}

void ng_offer_files(const struct ng_offer *offer)
{
	fputs(":files\n", offer->out);
}

void ng_offer_interfaces(const struct ng_offer *offer)
{
	struct if_nameindex *interfaces = if_nameindex();

	for (struct if_nameindex *at = interfaces; at && at->if_index; at++)
		ng_offer(offer, at->if_name, NULL);
	if_freenameindex(interfaces);
}

void ng_offer_netns(const struct ng_offer *offer)
{
	DIR *folder = opendir(NETNS_FOLDER);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (*entry->d_name != '.')
			ng_offer(offer, entry->d_name, NULL);
	if (folder)
		closedir(folder);
}
