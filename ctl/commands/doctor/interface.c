// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include "base/cleanup.h"
#include "commands/doctor/doctor.h"
#include "kernel/programs/interface.h"
#include "kernel/programs/tc.h"
#include "kernel/state/state.h"
#include "kernel/status.h"
#include "net/ethtool.h"
#include "net/netdev.h"
#include "net/rtnetlink.h"

/*
 * If a driver does not support multi-buffer frames, a frame has to fit into a page together with
 * XDP's headroom (256 bytes) and struct skb_shared_info (320), Ethernet header and VLAN tag
 * included.
 */
#define FRAME_IN_A_PAGE ((unsigned int)getpagesize() - 256 - 320 - 18)

#define NG_BPF_TCX_INGRESS 46 /* <linux/bpf.h> of Linux 6.6 */

/**
 * struct target - an interface that is checked
 * @ours: netguard is attached by XDP
 */
struct target {
	struct ng_findings *findings;
	struct ng_interface iface;
	bool ours;
};

#define found(target, about, ...) \
	ng_found((target)->findings, (target)->iface.name, about, __VA_ARGS__)

static void check_device(const struct target *target)
{
	const struct ng_interface *iface = &target->iface;
	char driver[32] = "", master[IF_NAMESIZE] = "";
	struct ng_link link = { 0 };

	ng_driver_name(iface->name, driver);
	ng_link_find(iface->ifindex, &link);
	if (*driver && *link.kind && strcmp(driver, link.kind))
		found(target, "device", NG_FINDING_OK, "%s (%s), MTU %u, %s", driver, link.kind,
		      iface->mtu, iface->up ? "up" : "down");
	else
		found(target, "device", NG_FINDING_OK, "%s, MTU %u, %s",
		      *driver	   ? driver
		      : *link.kind ? link.kind
				   : "the driver has no name",
		      iface->mtu, iface->up ? "up" : "down");
	if (link.master && if_indextoname(link.master, master))
		ng_found_hint(found(target, "master", NG_FINDING_NOTE,
				    "is a port of %s: attached here, the filter sees all that this "
				    "port receives, and nothing of the other ports",
				    master),
			      "to filter what reaches the host: %s attach %s", ng_netguard(),
			      master);
}

/* A filter below a tunnel sees the outer packets, one on the tunnel's interface the inner ones. */
static void check_tunnel(const struct target *target)
{
	static const char *const kinds[] = { "vxlan",  "geneve", "gretap", "ip6gretap",
					     "macsec", "batadv", "erspan" };
	struct ng_link link = { 0 };

	ng_link_find(target->iface.ifindex, &link);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(link.kind, kinds[i]))
			ng_found_hint(found(target, "tunnel", NG_FINDING_NOTE,
					    "a %s tunnel: the filter sees the inner packets here, "
					    "not the outer ones",
					    link.kind),
				      "attach to the underlying interface for those");
}

static void check_native(const struct target *target)
{
	const struct ng_interface *iface = &target->iface;
	uint64_t features = 0;
	int result = ng_xdp_features(iface->ifindex, &features);

	if (result) {
		ng_found_hint(
			found(target, "native XDP", NG_FINDING_UNKNOWN, "%s",
			      result == -EOPNOTSUPP
				      ? "the kernel does not report it (Linux 6.3 and newer do)"
				      : strerror(-result)),
			"%s attach %s tries it, and falls back to TC", ng_netguard(), iface->name);
	} else if (!(features & NG_XDP_ACT_BASIC)) {
		ng_found_hint(found(target, "native XDP", NG_FINDING_NOTE,
				    "the driver does not support it, or not in its current "
				    "configuration"),
			      "%s attach %s uses TC", ng_netguard(), iface->name);
	} else if (!(features & NG_XDP_ACT_RX_SG) && iface->mtu > FRAME_IN_A_PAGE) {
		ng_found_hint(found(target, "native XDP", NG_FINDING_NOTE,
				    "the driver supports it, but not for multi-buffer frames, and "
				    "the MTU of %u needs more than one buffer",
				    iface->mtu),
			      "%sip link set %s mtu %u, or %s attach %s --mode tc", ng_in_netns(),
			      iface->name, FRAME_IN_A_PAGE, ng_netguard(), iface->name);
	} else {
		found(target, "native XDP", NG_FINDING_OK, "the driver supports it%s",
		      features & NG_XDP_ACT_RX_SG ? ", multi-buffer frames included" : "");
	}
}

/* An offload that interferes with XDP; @option is its name for ethtool -K. */
static void check_offload(const struct target *target, const struct ng_offload *offload,
			  const char *option, const char *harm)
{
	struct ng_finding *finding;

	if (!offload->on)
		return;
	finding = found(target, "offload", NG_FINDING_NOTE, "%s is on%s: %s", offload->name,
			offload->fixed ? " and cannot be switched off" : "", harm);
	if (offload->fixed)
		ng_found_hint(finding, "%s attach %s --mode tc", ng_netguard(), target->iface.name);
	else
		ng_found_hint(finding, "%sethtool -K %s %s off", ng_in_netns(), target->iface.name,
			      option);
}

static void check_offloads(const struct target *target)
{
	struct ng_offload offloads[] = {
		{ .name = "rx-vlan-hw-parse" },
		{ .name = "rx-lro" },
		{ .name = "rx-gro-hw" },
	};
	const char *name = target->iface.name;
	int result = ng_offloads_find(name, offloads, 3);

	if (result) {
		found(target, "offload", NG_FINDING_UNKNOWN, "the driver does not report them: %s",
		      strerror(-result));
		return;
	}
	/* Some drivers report that they strip tags but do not: use what attach uses. */
	offloads[0].on &= target->iface.strips_vlan;
	check_offload(target, &offloads[0], "rxvlan",
		      "VLAN tags are removed from frames before XDP sees them, and rules with "
		      "`vlan` cannot be used there");
	check_offload(
		target, &offloads[1], "lro",
		"frames are merged before XDP sees them; most drivers then refuse native XDP");
	check_offload(
		target, &offloads[2], "rx-gro-hw",
		"frames are merged before XDP sees them; many drivers then refuse native XDP");
	if (!offloads[0].on && !offloads[1].on && !offloads[2].on)
		found(target, "offload", NG_FINDING_OK, "none that affects XDP");
}

static void check_queues(const struct target *target)
{
	unsigned int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const char *name = target->iface.name;
	struct ng_queues queues;

	if (ng_queues_find(name, &queues) || !queues.now)
		return;
	if (queues.now < cpus && queues.now < queues.most)
		ng_found_hint(
			found(target, "queues", NG_FINDING_NOTE,
			      "%u of at most %u receive, for %u CPUs: the other CPUs do not filter",
			      queues.now, queues.most, cpus),
			"%sethtool -L %s %s %u", ng_in_netns(), name,
			queues.paired ? "combined" : "rx", queues.most < cpus ? queues.most : cpus);
	else
		found(target, "queues", NG_FINDING_OK, "%u receive, %u CPU%s", queues.now, cpus,
		      cpus == 1 ? "" : "s");
}

static void check_netguard(struct target *target)
{
	__cleanup_free struct ng_hook_info *hooks = NULL;
	struct ng_state *state = NULL;
	struct ng_error error;
	size_t n = 0;
	int result = ng_state_open(NG_ACCESS_READ, &state, &error);

	if (!result)
		result = ng_hooks(state, &hooks, &n, &error);
	if (result && result != -ENOENT && result != -ENODEV)
		ng_found_hint(found(target, "netguard", NG_FINDING_UNKNOWN, "%s", error.what), "%s",
			      error.hint);
	for (size_t i = 0; i < n; i++) {
		if (hooks[i].ifindex != target->iface.ifindex)
			continue;
		target->ours |= hooks[i].attached && hooks[i].hook == NG_HOOK_XDP;
		if (*hooks[i].problem)
			ng_found_hint(found(target, "netguard", NG_FINDING_NOTE,
					    "attached (%s, %s), but %s",
					    ng_hook_name(hooks[i].hook), ng_way_name(hooks[i].way),
					    hooks[i].problem),
				      "%s status", ng_netguard());
		else
			found(target, "netguard", NG_FINDING_OK, "attached: %s, %s",
			      ng_hook_name(hooks[i].hook), ng_way_name(hooks[i].way));
	}
	ng_state_close(state);
}

static void name_of(__u32 id, char name[BPF_OBJ_NAME_LEN])
{
	__cleanup_fd int fd = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len))
		strcpy(name, "?");
	else
		memcpy(name, info.name, BPF_OBJ_NAME_LEN);
}

static void check_xdp(const struct target *target)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, now);
	const char *name = target->iface.name;
	char program[BPF_OBJ_NAME_LEN];
	__u32 id;

	if (bpf_xdp_query(target->iface.ifindex, 0, &now))
		return;
	id = now.drv_prog_id ? now.drv_prog_id : now.skb_prog_id ? now.skb_prog_id : now.hw_prog_id;
	if (!id || target->ours)
		return;
	name_of(id, program);
	if (!strcmp(program, "xdp_dispatcher"))
		found(target, "XDP", NG_FINDING_OK,
		      "other programs run under libxdp's dispatcher; netguard joins them");
	else
		ng_found_hint(found(target, "XDP", NG_FINDING_NOTE,
				    "program %s (id %u) is already attached%s", program, id,
				    now.skb_prog_id == id ? ", in generic mode" : ""),
			      "netguard does not replace it: %s attach %s --mode tc", ng_netguard(),
			      name);
}

static void check_tc(const struct target *target)
{
	LIBBPF_OPTS(bpf_prog_query_opts, query);
	int ifindex = target->iface.ifindex;

	if (!bpf_prog_query_opts(ifindex, (enum bpf_attach_type)NG_BPF_TCX_INGRESS, &query) &&
	    query.prog_cnt)
		found(target, "TCX", NG_FINDING_OK,
		      "%u ingress program%s; netguard's run before others", query.prog_cnt,
		      query.prog_cnt == 1 ? "" : "s");
	if (ng_tc_qdisc_exists(ifindex) > 0)
		found(target, "clsact", NG_FINDING_OK,
		      "already there; filters of others stay, and run after netguard's");
}

void ng_doctor_interface(struct ng_findings *findings, const char *name, bool wanted)
{
	struct target target = { .findings = findings };
	struct ng_error error;

	if (ng_interface_find(name, &target.iface, &error)) {
		ng_found_hint(
			ng_found(findings, name, "device", NG_FINDING_PROBLEM, "%s", error.what),
			"%s", error.hint);
		return;
	}
	check_device(&target);
	if (ng_interface_has_ethernet(&target.iface, &error)) {
		ng_found_hint(found(&target, "frames",
				    wanted ? NG_FINDING_PROBLEM : NG_FINDING_NOTE, "%s",
				    error.what),
			      "%s", error.hint);
		return;
	}
	check_tunnel(&target);
	check_native(&target);
	check_offloads(&target);
	check_queues(&target);
	check_netguard(&target);
	check_xdp(&target);
	check_tc(&target);
}
