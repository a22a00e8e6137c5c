// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include "base/cleanup.h"
#include "commands/doctor/doctor.h"
#include "net/ethtool.h"
#include "net/netdev.h"
#include "net/rtnetlink.h"
#include "kernel/status.h"
#include "kernel/state/state.h"
#include "kernel/programs/interface.h"
#include "kernel/programs/tc.h"

/*
 * Where a driver takes no frame in several buffers, one must fit into a page with XDP's headroom
 * (256 bytes) and struct skb_shared_info (320), Ethernet header and VLAN tag included.
 */
#define FRAME_IN_A_PAGE ((unsigned int)getpagesize() - 256 - 320 - 18)

#define NG_BPF_TCX_INGRESS 46 /* <linux/bpf.h> of Linux 6.6 */

/**
 * struct patient - an interface that is looked at
 * @ours: netguard is attached by XDP
 */
struct patient {
	struct ng_findings *findings;
	struct ng_interface iface;
	bool ours;
};

#define found(patient, about, ...) \
	ng_found((patient)->findings, (patient)->iface.name, about, __VA_ARGS__)

static void look_at_device(const struct patient *patient)
{
	const struct ng_interface *iface = &patient->iface;
	char driver[32] = "", master[IF_NAMESIZE] = "";
	struct ng_link link = { 0 };

	ng_driver_name(iface->name, driver);
	ng_link_find(iface->ifindex, &link);
	if (*driver && *link.kind && strcmp(driver, link.kind))
		found(patient, "device", NG_FINDING_OK, "%s (%s), MTU %u, %s", driver, link.kind,
		      iface->mtu, iface->up ? "up" : "down");
	else
		found(patient, "device", NG_FINDING_OK, "%s, MTU %u, %s",
		      *driver	   ? driver
		      : *link.kind ? link.kind
				   : "no name of a driver",
		      iface->mtu, iface->up ? "up" : "down");
	if (link.master && if_indextoname(link.master, master))
		ng_found_hint(found(patient, "master", NG_FINDING_NOTE,
				    "belongs to %s: what is filtered here is all that comes in "
				    "through this port, and nothing of its other ports",
				    master),
			      "to filter what reaches the host: %s attach %s", ng_netguard(),
			      master);
}

/* What tunnels carry is hidden from the filter below them, and plain in the one on top. */
static void look_at_tunnel(const struct patient *patient)
{
	static const char *const kinds[] = { "vxlan",  "geneve", "gretap", "ip6gretap",
					     "macsec", "batadv", "erspan" };
	struct ng_link link = { 0 };

	ng_link_find(patient->iface.ifindex, &link);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(link.kind, kinds[i]))
			ng_found_hint(found(patient, "tunnel", NG_FINDING_NOTE,
					    "a %s tunnel: here the frames inside it are filtered, "
					    "without the packets that carry them",
					    link.kind),
				      "those are filtered on the interface below");
}

static void look_at_native(const struct patient *patient)
{
	const struct ng_interface *iface = &patient->iface;
	uint64_t features = 0;
	int result = ng_xdp_features(iface->ifindex, &features);

	if (result) {
		ng_found_hint(found(patient, "native XDP", NG_FINDING_UNKNOWN, "%s",
				    result == -EOPNOTSUPP
					    ? "the kernel does not tell (Linux 6.3 is the first)"
					    : strerror(-result)),
			      "%s attach %s tries it, and takes TC where there is none",
			      ng_netguard(), iface->name);
	} else if (!(features & NG_XDP_ACT_BASIC)) {
		ng_found_hint(found(patient, "native XDP", NG_FINDING_NOTE,
				    "the driver has none, or not as it is set up now"),
			      "%s attach %s takes TC", ng_netguard(), iface->name);
	} else if (!(features & NG_XDP_ACT_RX_SG) && iface->mtu > FRAME_IN_A_PAGE) {
		ng_found_hint(found(patient, "native XDP", NG_FINDING_NOTE,
				    "the driver has it, but not for frames in several buffers, "
				    "and the MTU of %u is more than fits into one",
				    iface->mtu),
			      "%sip link set %s mtu %u, or %s attach %s --mode tc", ng_in_netns(),
			      iface->name, FRAME_IN_A_PAGE, ng_netguard(), iface->name);
	} else {
		found(patient, "native XDP", NG_FINDING_OK, "the driver has it%s",
		      features & NG_XDP_ACT_RX_SG ? ", for frames in several buffers too" : "");
	}
}

/* An offload that is in the way of XDP; @option is what ethtool -K calls it. */
static void look_at_offload(const struct patient *patient, const struct ng_offload *offload,
			    const char *option, const char *harm)
{
	struct ng_finding *finding;

	if (!offload->on)
		return;
	finding = found(patient, "offload", NG_FINDING_NOTE, "%s is on%s: %s", offload->name,
			offload->fixed ? " and cannot be switched off" : "", harm);
	if (offload->fixed)
		ng_found_hint(finding, "%s attach %s --mode tc", ng_netguard(),
			      patient->iface.name);
	else
		ng_found_hint(finding, "%sethtool -K %s %s off", ng_in_netns(), patient->iface.name,
			      option);
}

static void look_at_offloads(const struct patient *patient)
{
	struct ng_offload offloads[] = {
		{ .name = "rx-vlan-hw-parse" },
		{ .name = "rx-lro" },
		{ .name = "rx-gro-hw" },
	};
	const char *name = patient->iface.name;
	int result = ng_offloads_find(name, offloads, 3);

	if (result) {
		found(patient, "offload", NG_FINDING_UNKNOWN, "the driver does not tell: %s",
		      strerror(-result));
		return;
	}
	/* Some drivers say that they strip tags, and do not: what attach goes by counts. */
	offloads[0].on &= patient->iface.strips_vlan;
	look_at_offload(patient, &offloads[0], "rxvlan",
			"VLAN tags are taken out of the frames before XDP sees them, and rules "
			"with `vlan` cannot be used there");
	look_at_offload(patient, &offloads[1], "lro",
			"frames are put together before XDP sees them; most drivers then refuse "
			"native XDP");
	look_at_offload(patient, &offloads[2], "rx-gro-hw",
			"frames are put together before XDP sees them; many drivers then refuse "
			"native XDP");
	if (!offloads[0].on && !offloads[1].on && !offloads[2].on)
		found(patient, "offload", NG_FINDING_OK, "none that hides anything from XDP");
}

static void look_at_queues(const struct patient *patient)
{
	unsigned int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const char *name = patient->iface.name;
	struct ng_queues queues;

	if (ng_queues_find(name, &queues) || !queues.now)
		return;
	if (queues.now < cpus && queues.now < queues.most)
		ng_found_hint(found(patient, "queues", NG_FINDING_NOTE,
				    "%u of at most %u receive, and there are %u CPUs: no more of "
				    "them filter",
				    queues.now, queues.most, cpus),
			      "%sethtool -L %s %s %u", ng_in_netns(), name,
			      queues.paired ? "combined" : "rx",
			      queues.most < cpus ? queues.most : cpus);
	else
		found(patient, "queues", NG_FINDING_OK, "%u that receive, %u CPU%s", queues.now,
		      cpus, cpus == 1 ? "" : "s");
}

static void look_at_netguard(struct patient *patient)
{
	__cleanup_free struct ng_hook_info *hooks = NULL;
	struct ng_state *state = NULL;
	struct ng_error error;
	size_t n = 0;
	int result = ng_state_open(NG_ACCESS_READ, &state, &error);

	if (!result)
		result = ng_hooks(state, &hooks, &n, &error);
	if (result && result != -ENOENT && result != -ENODEV)
		ng_found_hint(found(patient, "netguard", NG_FINDING_UNKNOWN, "%s", error.what),
			      "%s", error.hint);
	for (size_t i = 0; i < n; i++) {
		if (hooks[i].ifindex != patient->iface.ifindex)
			continue;
		patient->ours |= hooks[i].attached && hooks[i].hook == NG_HOOK_XDP;
		if (*hooks[i].problem)
			ng_found_hint(found(patient, "netguard", NG_FINDING_NOTE,
					    "attached (%s, %s), but %s",
					    ng_hook_name(hooks[i].hook), ng_way_name(hooks[i].way),
					    hooks[i].problem),
				      "%s status", ng_netguard());
		else
			found(patient, "netguard", NG_FINDING_OK, "attached: %s, %s",
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

static void look_at_xdp(const struct patient *patient)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, now);
	const char *name = patient->iface.name;
	char program[BPF_OBJ_NAME_LEN];
	__u32 id;

	if (bpf_xdp_query(patient->iface.ifindex, 0, &now))
		return;
	id = now.drv_prog_id ? now.drv_prog_id : now.skb_prog_id ? now.skb_prog_id : now.hw_prog_id;
	if (!id || patient->ours)
		return;
	name_of(id, program);
	if (!strcmp(program, "xdp_dispatcher"))
		found(patient, "XDP", NG_FINDING_OK,
		      "programs of others are there under libxdp's dispatcher, which netguard "
		      "joins");
	else
		ng_found_hint(found(patient, "XDP", NG_FINDING_NOTE,
				    "program %s (id %u) is there already%s", program, id,
				    now.skb_prog_id == id ? ", in generic mode" : ""),
			      "netguard does not replace it: %s attach %s --mode tc", ng_netguard(),
			      name);
}

static void look_at_tc(const struct patient *patient)
{
	LIBBPF_OPTS(bpf_prog_query_opts, query);
	int ifindex = patient->iface.ifindex;

	if (!bpf_prog_query_opts(ifindex, (enum bpf_attach_type)NG_BPF_TCX_INGRESS, &query) &&
	    query.prog_cnt)
		found(patient, "TCX", NG_FINDING_OK,
		      "%u program%s on the way in; netguard's stand before others", query.prog_cnt,
		      query.prog_cnt == 1 ? "" : "s");
	if (ng_tc_qdisc_exists(ifindex) > 0)
		found(patient, "clsact", NG_FINDING_OK,
		      "there already; filters of others stay, and stand behind netguard's");
}

void ng_doctor_interface(struct ng_findings *findings, const char *name, bool wanted)
{
	struct patient patient = { .findings = findings };
	struct ng_error error;

	if (ng_interface_find(name, &patient.iface, &error)) {
		ng_found_hint(
			ng_found(findings, name, "device", NG_FINDING_PROBLEM, "%s", error.what),
			"%s", error.hint);
		return;
	}
	look_at_device(&patient);
	if (ng_interface_has_ethernet(&patient.iface, &error)) {
		ng_found_hint(found(&patient, "frames",
				    wanted ? NG_FINDING_PROBLEM : NG_FINDING_NOTE, "%s",
				    error.what),
			      "%s", error.hint);
		return;
	}
	look_at_tunnel(&patient);
	look_at_native(&patient);
	look_at_offloads(&patient);
	look_at_queues(&patient);
	look_at_netguard(&patient);
	look_at_xdp(&patient);
	look_at_tc(&patient);
}
