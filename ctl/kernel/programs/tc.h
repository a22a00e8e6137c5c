/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TC programs on interfaces: by a TCX link where the kernel has TCX (Linux 6.6), before all others,
 * else by a filter of the clsact qdisc. Filters that are not netguard's are never touched.
 */
#ifndef NG_TC_H
#define NG_TC_H

#include "kernel/programs/interface.h"
#include "kernel/programs/xdp.h"

/**
 * ng_tc_link() - attach by TCX
 *
 * Return: the link's fd: the program stays attached as long as that or a pin of it exists;
 * -EOPNOTSUPP when the kernel has no TCX; another -errno.
 */
int ng_tc_link(int ifindex, enum ng_hook hook, int program);

/** ng_tc_filter() - attach by a filter in an existing clsact qdisc; 0 or -errno with @err filled */
int ng_tc_filter(const struct ng_interface *iface, enum ng_hook hook, int program,
		 struct ng_error *err);

/** ng_tc_qdisc_exists() - does the interface have a clsact or ingress qdisc? 1, 0, or -errno */
int ng_tc_qdisc_exists(int ifindex);

/** ng_tc_qdisc_create() - create the clsact qdisc; 0; -EEXIST when there is one; another -errno */
int ng_tc_qdisc_create(int ifindex);

/** ng_tc_qdisc_remove() - remove the qdisc; 0; -EBUSY when it has filters; another -errno */
int ng_tc_qdisc_remove(int ifindex);

/**
 * ng_tc_locate() - is the program @id on the hook?
 * @link: its TCX link; negative: it is attached by a filter
 *
 * Return: 0; -errno when that cannot be determined.
 */
int ng_tc_locate(int ifindex, enum ng_hook hook, int link, __u32 id, struct ng_location *location);

/**
 * ng_tc_programs() - the ids of at most @max programs: those attached by TCX, and that of our
 * filter
 *
 * Return: how many, or -errno.
 */
int ng_tc_programs(int ifindex, enum ng_hook hook, __u32 *ids, size_t max);

/** ng_tc_is_linked() - is the program attached to the hook by TCX? 1, 0, or -errno */
int ng_tc_is_linked(int ifindex, enum ng_hook hook, __u32 id);

/** ng_tc_swap() - replace program @from by @to, atomically; 0 or -errno */
int ng_tc_swap(int ifindex, enum ng_hook hook, int link, int from, int to);

/** ng_tc_detach() - detach the program that ng_tc_locate() found there; 0 or -errno */
int ng_tc_detach(int ifindex, enum ng_hook hook, int link);

#endif
