// SPDX-License-Identifier: GPL-2.0-only
#include "net/ethtool.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>

#include "base/cleanup.h"

static int ask(const char *iface, void *command)
{
	__cleanup_fd int sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { .ifr_data = command };

	if (sock < 0)
		return -errno;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", iface);
	return ioctl(sock, SIOCETHTOOL, &request) ? -errno : 0;
}

int ng_driver_name(const char *iface, char driver[32])
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	int result = ask(iface, &info);

	if (!result)
		snprintf(driver, 32, "%.31s", info.driver);
	return result;
}

/*
 * veth reports that it strips tags but does not: a tag inside a frame stays there. Frames from a
 * VLAN device on top of its peer carry the tag in metadata, and no setting here changes that.
 */
int ng_strips_vlan(const char *iface, bool *strips)
{
	struct ethtool_value flags = { .cmd = ETHTOOL_GFLAGS };
	char driver[32] = "";
	int result = ask(iface, &flags);

	/* A driver need not support either request. */
	if (result && result != -EOPNOTSUPP)
		return result;
	*strips = !result && flags.data & ETH_FLAG_RXVLAN &&
		  (ng_driver_name(iface, driver) || strcmp(driver, "veth"));
	return 0;
}

/* The number of features that the kernel knows, or -errno. */
static int count_features(const char *iface)
{
	struct {
		struct ethtool_sset_info info;
		__u32 n;
	} asked = { .info = { .cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_FEATURES } };
	int result = ask(iface, &asked);

	return result ? result : (int)asked.n;
}

static void fill_in(struct ng_offload *offload, const struct ethtool_gstrings *names,
		    const struct ethtool_gfeatures *features)
{
	for (__u32 i = 0; i < names->len; i++) {
		const struct ethtool_get_features_block *block = &features->features[i / 32];
		__u32 bit = 1U << i % 32;

		if (strncmp((const char *)names->data + (size_t)i * ETH_GSTRING_LEN, offload->name,
			    ETH_GSTRING_LEN))
			continue;
		offload->on = block->active & bit;
		offload->fixed = block->never_changed & bit || !(block->available & bit);
	}
}

int ng_offloads_find(const char *iface, struct ng_offload *offloads, size_t n)
{
	__cleanup_free struct ethtool_gfeatures *features = NULL;
	__cleanup_free struct ethtool_gstrings *names = NULL;
	int count = count_features(iface), result;
	__u32 blocks = (count + 31) / 32;

	if (count < 0)
		return count;
	names = calloc(1, sizeof(*names) + (size_t)count * ETH_GSTRING_LEN);
	features = calloc(1, sizeof(*features) + blocks * sizeof(features->features[0]));
	if (!names || !features)
		return -ENOMEM;
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_FEATURES;
	names->len = count;
	features->cmd = ETHTOOL_GFEATURES;
	features->size = blocks;
	result = ask(iface, names);
	if (!result)
		result = ask(iface, features);
	for (size_t i = 0; !result && i < n; i++)
		fill_in(&offloads[i], names, features);
	return result;
}

int ng_queues_find(const char *iface, struct ng_queues *queues)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	int result = ask(iface, &channels);

	if (result)
		return result;
	*queues = (struct ng_queues){
		.now = channels.combined_count + channels.rx_count,
		.most = channels.max_combined + channels.max_rx,
		.paired = channels.max_combined,
	};
	return 0;
}
