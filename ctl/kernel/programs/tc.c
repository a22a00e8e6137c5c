// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/programs/tc.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include "kernel/pins/log.h"
#include "net/netlink.h"

/* <linux/bpf.h> of Linux 6.6; this compiles with those of 6.1. */
#define NG_BPF_TCX_INGRESS 46
#define NG_BPF_TCX_EGRESS  47
#define NG_BPF_F_BEFORE	   (1U << 3)
#define TCX_PROGRAMS	   64 /* the maximum on a hook: BPF_MPROG_MAX */

/*
 * Our filter is the first of the qdisc. Ingress and egress have different handles: on an interface
 * with the old `ingress` qdisc a filter for egress ends up on the ingress side, and is found there
 * by its handle.
 */
#define NG_TC_PRIORITY	 1
#define NG_TC_HANDLE_IN	 0x6e670001
#define NG_TC_HANDLE_OUT 0x6e670002

static int tcx_type(enum ng_hook hook)
{
	return hook == NG_HOOK_TC_OUT ? NG_BPF_TCX_EGRESS : NG_BPF_TCX_INGRESS;
}

int ng_tc_link(int ifindex, enum ng_hook hook, int program)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = NG_BPF_F_BEFORE);
	int fd;

	fd = bpf_link_create(program, ifindex, (enum bpf_attach_type)tcx_type(hook), &opts);
	if (fd >= 0)
		return fd;
	return errno == EINVAL ? -EOPNOTSUPP : -errno;
}

static struct bpf_tc_hook clsact_hook(int ifindex, enum bpf_tc_attach_point point)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = point);

	return hook;
}

static struct bpf_tc_hook clsact_at(int ifindex, enum ng_hook hook)
{
	return clsact_hook(ifindex, hook == NG_HOOK_TC_OUT ? BPF_TC_EGRESS : BPF_TC_INGRESS);
}

static __u32 handle_of(enum ng_hook hook)
{
	return hook == NG_HOOK_TC_OUT ? NG_TC_HANDLE_OUT : NG_TC_HANDLE_IN;
}

/*
 * The program of the filter that is on @side with the handle of @hook; 0 when there is none. The
 * kernel returns EINVAL if there is no qdisc, or no filter of that priority.
 */
static int filter_program(int ifindex, enum ng_hook side, enum ng_hook hook, __u32 *id)
{
	struct bpf_tc_hook at = clsact_at(ifindex, side);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = handle_of(hook), .priority = NG_TC_PRIORITY);
	int result = bpf_tc_query(&at, &opts);

	*id = result ? 0 : opts.prog_id;
	return result == -EINVAL ? 0 : ng_unless_gone(result);
}

static int remove_filter(int ifindex, enum ng_hook side, enum ng_hook hook)
{
	struct bpf_tc_hook at = clsact_at(ifindex, side);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = handle_of(hook), .priority = NG_TC_PRIORITY);

	return bpf_tc_detach(&at, &opts);
}

/* The kernel may have added the filter although its answer could not be read. */
static void undo_filter(int ifindex, enum ng_hook hook, int program)
{
	struct ng_program_info info;
	__u32 there;

	if (!filter_program(ifindex, hook, hook, &there) && there &&
	    !ng_program_ask(program, &info) && info.id == there)
		remove_filter(ifindex, hook, hook);
}

/* After adding the filter for egress: is it on the egress side? */
static int check_side(const struct ng_interface *iface, struct ng_error *err)
{
	__u32 landed;
	int result = filter_program(iface->ifindex, NG_HOOK_TC_IN, NG_HOOK_TC_OUT, &landed);

	if (result) {
		remove_filter(iface->ifindex, NG_HOOK_TC_OUT, NG_HOOK_TC_OUT);
		return ng_fail_at(err, result, iface->name, "cannot read the TC filters: %s",
				  strerror(-result));
	}
	if (!landed)
		return 0;
	remove_filter(iface->ifindex, NG_HOOK_TC_IN, NG_HOOK_TC_OUT);
	ng_fail_at(err, -EBUSY, iface->name,
		   "cannot attach a TC egress filter: the interface has an ingress qdisc, which "
		   "has no egress");
	return ng_hint(err, -EBUSY, "replace it: %stc qdisc replace dev %s clsact", ng_in_netns(),
		       iface->name);
}

int ng_tc_filter(const struct ng_interface *iface, enum ng_hook hook, int program,
		 struct ng_error *err)
{
	struct bpf_tc_hook at = clsact_at(iface->ifindex, hook);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = handle_of(hook), .priority = NG_TC_PRIORITY,
		    .prog_fd = program);
	int result;

	ng_log_begin();
	result = bpf_tc_attach(&at, &opts);
	if (result) {
		const char *reason = ng_log_reason();

		ng_fail_at(err, result, iface->name, "cannot attach a TC filter: %s",
			   reason[0] ? reason : strerror(-result));
		undo_filter(iface->ifindex, hook, program);
		return ng_hint(err, result, "`tc filter show dev %s %s` lists what is there",
			       iface->name, hook == NG_HOOK_TC_OUT ? "egress" : "ingress");
	}
	return hook == NG_HOOK_TC_OUT ? check_side(iface, err) : 0;
}

int ng_tc_qdisc_create(int ifindex)
{
	struct bpf_tc_hook both = clsact_hook(ifindex, BPF_TC_INGRESS | BPF_TC_EGRESS);

	return bpf_tc_hook_create(&both);
}

struct counted {
	int ifindex, n;
	__u32 parent;
};

static int count_message(const struct nlmsghdr *message, void *data)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(message);
	struct counted *counted = data;

	counted->n += tc->tcm_ifindex == counted->ifindex && tc->tcm_parent == counted->parent;
	return MNL_CB_OK;
}

/*
 * The number of qdiscs (RTM_GETQDISC) or filters (RTM_GETTFILTER) under @parent, or -errno. A dump
 * of qdiscs lists those of all interfaces; some kernels do not answer a request for a single one.
 */
static int count(int ifindex, __u32 parent, int type)
{
	struct counted counted = { .ifindex = ifindex, .parent = parent };
	char buffer[256];
	struct nlmsghdr *request = ng_netlink_begin(buffer, type, NLM_F_DUMP);
	struct tcmsg *tc = mnl_nlmsg_put_extra_header(request, sizeof(*tc));
	int result;

	tc->tcm_ifindex = ifindex;
	tc->tcm_parent = parent;
	result = ng_netlink_ask(NETLINK_ROUTE, request, count_message, &counted);
	return result ? result : counted.n;
}

int ng_tc_qdisc_exists(int ifindex)
{
	int n = count(ifindex, TC_H_CLSACT, RTM_GETQDISC);

	return n > 0 ? 1 : n;
}

/* The number of filters of the qdisc, on both sides, or -errno. */
static int count_filters(int ifindex)
{
	int in = count(ifindex, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS), RTM_GETTFILTER), out;

	if (in < 0)
		return in;
	out = count(ifindex, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS), RTM_GETTFILTER);
	return out < 0 ? out : in + out;
}

int ng_tc_qdisc_remove(int ifindex)
{
	struct bpf_tc_hook both = clsact_hook(ifindex, BPF_TC_INGRESS | BPF_TC_EGRESS);
	int n = count_filters(ifindex);

	return n ? n > 0 ? -EBUSY : n : bpf_tc_hook_destroy(&both);
}

/* The programs attached to the hook by TCX; how many, or -errno. */
static int linked_programs(int ifindex, enum ng_hook hook, __u32 ids[TCX_PROGRAMS])
{
	__u32 n = TCX_PROGRAMS;

	if (!bpf_prog_query(ifindex, (enum bpf_attach_type)tcx_type(hook), 0, NULL, ids, &n))
		return n;
	/* A kernel without TCX does not know this query. */
	return errno == EINVAL ? 0 : ng_unless_gone(-errno);
}

int ng_tc_is_linked(int ifindex, enum ng_hook hook, __u32 id)
{
	__u32 ids[TCX_PROGRAMS];
	int n = linked_programs(ifindex, hook, ids);

	for (int i = 0; i < n; i++)
		if (ids[i] == id)
			return 1;
	return n < 0 ? n : 0;
}

int ng_tc_programs(int ifindex, enum ng_hook hook, __u32 *ids, size_t max)
{
	__u32 linked[TCX_PROGRAMS], filter;
	int result = filter_program(ifindex, hook, hook, &filter);
	int n = linked_programs(ifindex, hook, linked);

	if (result || n < 0)
		return result ? result : n;
	if ((size_t)n > max)
		n = max;
	memcpy(ids, linked, n * sizeof(*ids));
	if (filter && (size_t)n < max)
		ids[n++] = filter;
	return n;
}

/*
 * The program that a TCX link has on the interface, or 0. The link tells only an index; when its
 * interface was moved, another one here may have that index.
 */
static int link_program(int link, int ifindex, enum ng_hook hook, __u32 *id)
{
	struct bpf_link_info info = { 0 };
	__u32 len = sizeof(info);
	int result;

	*id = 0;
	if (bpf_obj_get_info_by_fd(link, &info, &len))
		return -errno;
	/* Headers of 6.1 have no info.tcx, whose first word is an ifindex like that of info.xdp. */
	if ((int)info.xdp.ifindex != ifindex)
		return 0;
	result = ng_tc_is_linked(ifindex, hook, info.prog_id);
	if (result > 0)
		*id = info.prog_id;
	return result < 0 ? result : 0;
}

int ng_tc_locate(int ifindex, enum ng_hook hook, int link, __u32 id, struct ng_location *location)
{
	__u32 there;
	int result = link >= 0 ? link_program(link, ifindex, hook, &there)
			       : filter_program(ifindex, hook, hook, &there);

	if (result)
		return result;
	*location = (struct ng_location){
		.ifindex = ifindex,
		.attached = there == id,
		.way = link >= 0 ? NG_WAY_TCX : NG_WAY_CLSACT,
		.other = there == id ? 0 : there,
	};
	return 0;
}

int ng_tc_swap(int ifindex, enum ng_hook hook, int link, int from, int to)
{
	struct bpf_tc_hook at = clsact_at(ifindex, hook);
	LIBBPF_OPTS(bpf_tc_opts, filter, .handle = handle_of(hook), .priority = NG_TC_PRIORITY,
		    .prog_fd = to, .flags = BPF_TC_F_REPLACE);
	LIBBPF_OPTS(bpf_link_update_opts, update, .flags = BPF_F_REPLACE, .old_prog_fd = from);

	if (link < 0)
		return bpf_tc_attach(&at, &filter);
	return bpf_link_update(link, to, &update) ? -errno : 0;
}

int ng_tc_detach(int ifindex, enum ng_hook hook, int link)
{
	if (link < 0)
		return remove_filter(ifindex, hook, hook);
	/* Removing the last pin would do it, too, but only some time later. */
	return bpf_link_detach(link) ? -errno : 0;
}
