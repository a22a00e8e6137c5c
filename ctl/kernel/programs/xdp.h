/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XDP programs on interfaces, through libxdp: beside others under its dispatcher, or alone where
 * the kernel has no extension programs. Programs that are not netguard's are never touched.
 */
#ifndef NG_XDP_H
#define NG_XDP_H

#include "kernel/programs/interface.h"
#include "kernel/programs/namespaces.h"
#include "kernel/programs/programs.h"

/**
 * struct ng_location - where a program of netguard is attached
 * @attached:   it is on its hook
 * @way, @dispatcher: how, when @attached
 * @other:      when not: another program that is there without a dispatcher, or 0
 * @ifindex:    of the interface that was examined
 * @netns:      a path for ng_netns_switch() when that interface is in another network namespace;
 *              else empty
 */
struct ng_location {
	bool attached;
	enum ng_way way;
	bool dispatcher;
	__u32 other;
	int ifindex;
	char netns[NG_NETNS_PATH];
};

/** ng_xdp_locate() - is program @id on the interface? 0; -errno when that cannot be determined */
int ng_xdp_locate(int ifindex, __u32 id, struct ng_location *location);

/** ng_xdp_programs() - the ids of at most @max programs on the interface; how many, or -errno */
int ng_xdp_programs(int ifindex, __u32 *ids, size_t max);

/**
 * ng_xdp_attach() - load @program and attach it to the interface
 * @way:    NG_WAY_NATIVE or NG_WAY_GENERIC
 * @undone: 0; -errno after a failure: the program may still be on the interface
 *
 * Return: the program's fd, which the caller closes; -EBUSY when another program is there that
 * cannot be shared with; -EOPNOTSUPP when the driver has no XDP; another -errno; @err is filled.
 */
int ng_xdp_attach(const struct ng_interface *iface, struct ng_program *program, enum ng_way way,
		  int *undone, struct ng_error *err);

/** ng_xdp_swap() - replace @from, which is there without a dispatcher, by @to; 0 or -errno */
int ng_xdp_swap(int ifindex, enum ng_way way, int from, int to);

/** ng_xdp_detach() - detach the program from where ng_xdp_locate() found it; 0 or -errno */
int ng_xdp_detach(int ifindex, const struct ng_location *location, int program);

/**
 * ng_xdp_undo_attach() - detach the program if it is on the interface
 *
 * For after a failure: the kernel may have attached it although its answer could not be read.
 * Return: 0 or -errno.
 */
int ng_xdp_undo_attach(int ifindex, int program);

/**
 * ng_xdp_sweep() - clean up after a command that was killed while libxdp changed the interface
 * @control_id: programs that use this map belong to this state
 * @keep:       ids of those that are pinned, @n of them
 *
 * Detaches programs of this state that have no pin, then calls ng_xdp_sweep_pins(). Return: 0 or
 * -errno.
 */
int ng_xdp_sweep(int ifindex, __u32 control_id, const __u32 *keep, size_t n);

/**
 * ng_xdp_sweep_pins() - remove stale pins of dispatchers with programs of this state
 *
 * A dispatcher's pins in libxdp's folder are stale when it is not on the interface any more: the
 * interface is gone, the dispatcher was detached, or a command was killed. Return: 0; -errno: pins
 * that could not be examined stay.
 */
int ng_xdp_sweep_pins(int ifindex, __u32 control_id);

/** ng_xdp_sweep_folder() - remove the folder of libxdp's pins when it is empty */
void ng_xdp_sweep_folder(void);

#endif
