/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TC programs on interfaces: by a TCX link where the kernel has them (Linux 6.6), before all
 * others, else by a filter of the clsact qdisc. Never touches a filter that is not netguard's.
 */
#ifndef NG_TC_H
#define NG_TC_H

#include "kernel/programs/interface.h"
#include "kernel/programs/xdp.h"

/**
 * ng_tc_link() - attach by TCX
 *
 * Return: the link's fd: as long as that or a pin of it exists, so does the attachment;
 * -EOPNOTSUPP when the kernel has no TCX; another -errno.
 */
int ng_tc_link(int ifindex, enum ng_hook hook, int program);

/** ng_tc_filter() - attach by clsact, whose qdisc there must be; 0 or -errno with @err filled */
int ng_tc_filter(const struct ng_interface *iface, enum ng_hook hook, int program,
		 struct ng_error *err);

/** ng_tc_qdisc_exists() - has the interface a clsact or ingress qdisc? 1, 0, or -errno */
int ng_tc_qdisc_exists(int ifindex);

/** ng_tc_qdisc_make() - make the clsact qdisc; 0; -EEXIST when there is one; another -errno */
int ng_tc_qdisc_make(int ifindex);

/** ng_tc_qdisc_remove() - remove the qdisc unless somebody has filters in it; 0 or -errno */
int ng_tc_qdisc_remove(int ifindex);

/**
 * ng_tc_locate() - is the program @id on the hook?
 * @link: its TCX link, or negative: by a filter
 *
 * Return: 0; -errno when that cannot be told.
 */
int ng_tc_locate(int ifindex, enum ng_hook hook, int link, __u32 id, struct ng_location *location);

/**
 * ng_tc_programs() - the ids of at most @max programs by TCX, and by our filter
 *
 * Return: how many, or -errno.
 */
int ng_tc_programs(int ifindex, enum ng_hook hook, __u32 *ids, size_t max);

/** ng_tc_is_linked() - is the program on the hook by TCX? 1, 0, or -errno */
int ng_tc_is_linked(int ifindex, enum ng_hook hook, __u32 id);

/** ng_tc_swap() - put @to in the place of @from, atomically; 0 or -errno */
int ng_tc_swap(int ifindex, enum ng_hook hook, int link, int from, int to);

/** ng_tc_detach() - take the program off that ng_tc_locate() found there; 0 or -errno */
int ng_tc_detach(int ifindex, enum ng_hook hook, int link);

#endif
