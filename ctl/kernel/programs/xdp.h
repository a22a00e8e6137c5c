/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XDP programs on interfaces, through libxdp: beside others under its dispatcher, or alone where
 * the kernel has no extension programs. Never touches a program that is not netguard's.
 */
#ifndef NG_XDP_H
#define NG_XDP_H

#include "kernel/programs/interface.h"
#include "kernel/programs/namespaces.h"
#include "kernel/programs/programs.h"

/**
 * struct ng_location - where a program of ours is, or is not
 * @attached:   it is on its hook
 * @way, @dispatcher: how, when @attached
 * @other:      when not: the program that stands there alone, or 0
 * @ifindex:    of the interface that was looked at
 * @netns:      a path for ng_netns_go() when that is in another network namespace; else empty
 */
struct ng_location {
	bool attached;
	enum ng_way way;
	bool dispatcher;
	__u32 other;
	int ifindex;
	char netns[NG_NETNS_PATH];
};

/** ng_xdp_locate() - is the program @id on the interface? 0; -errno when that cannot be told */
int ng_xdp_locate(int ifindex, __u32 id, struct ng_location *location);

/** ng_xdp_programs() - the ids of at most @max programs on the interface; how many, or -errno */
int ng_xdp_programs(int ifindex, __u32 *ids, size_t max);

/**
 * ng_xdp_attach() - load @program and put it on the interface
 * @way:    NG_WAY_NATIVE or NG_WAY_GENERIC
 * @undone: 0; -errno after a failure: perhaps the program is on the interface
 *
 * Return: the program's fd, which the caller closes; -EBUSY when another program has the
 * interface for itself; -EOPNOTSUPP when the driver has no XDP; another -errno; @err is filled.
 */
int ng_xdp_attach(const struct ng_interface *iface, struct ng_program *program, enum ng_way way,
		  int *undone, struct ng_error *err);

/** ng_xdp_swap() - put @to in the place of @from, which is there alone; 0 or -errno */
int ng_xdp_swap(int ifindex, enum ng_way way, int from, int to);

/** ng_xdp_detach() - take the program off, from where ng_xdp_locate() found it; 0 or -errno */
int ng_xdp_detach(int ifindex, const struct ng_location *location, int program);

/**
 * ng_xdp_take_back() - take the program off, if it is on the interface
 *
 * After a failure: the kernel may have attached it when its answer could not be read. 0 or -errno.
 */
int ng_xdp_take_back(int ifindex, int program);

/**
 * ng_xdp_sweep() - after a command was killed while libxdp was at work on the interface
 * @control_id: programs that use this map are ours
 * @keep:       ids of those that are pinned and so known, @n of them
 *
 * Takes off programs of ours that nobody knows, and ng_xdp_sweep_pins(). Return: 0 or -errno.
 */
int ng_xdp_sweep(int ifindex, __u32 control_id, const __u32 *keep, size_t n);

/**
 * ng_xdp_sweep_pins() - remove what is left in libxdp's folder of dispatchers with programs of ours
 *
 * Of those that are not on the interface: it is gone, or somebody took the dispatcher off, or a
 * command was killed. Return: 0; -errno, and what could not be told to be left stays.
 */
int ng_xdp_sweep_pins(int ifindex, __u32 control_id);

/** ng_xdp_sweep_folder() - remove the folder of libxdp's pins when it is empty */
void ng_xdp_sweep_folder(void);

#endif
