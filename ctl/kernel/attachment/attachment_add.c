// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/attachment/attachment_add.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "kernel/attachment/attachment_remove.h"
#include "kernel/attachment/attachment_pins.h"
#include "kernel/maps/rows.h"
#include "kernel/programs/programs.h"
#include "kernel/programs/tc.h"

static int attach_xdp(const struct ng_state *state, const struct ng_generation *maps,
		      const struct ng_interface *iface, enum ng_way way, struct ng_program *program,
		      const struct ng_config *config, struct ng_error *err)
{
	int result = ng_change_begin(state, iface->ifindex), undone, fd;

	if (result)
		return ng_fail_bpf(err, result, "cannot mark the interface");
	fd = ng_xdp_attach(iface, program, way, &undone, err);
	if (fd >= 0) {
		result = ng_pin_program(state, maps->number, iface->ifindex, NG_HOOK_XDP, fd,
					config, err);
		if (result)
			undone = ng_xdp_undo_attach(iface->ifindex, fd);
		close(fd);
	}
	/*
	 * As long as the mark exists, the next command that takes the lock detaches programs
	 * without a pin.
	 */
	if (!undone)
		ng_change_end(state, iface->ifindex);
	return fd < 0 ? fd : result;
}

int ng_attachment_add_xdp(const struct ng_state *state, const struct ng_generation *maps,
			  const struct ng_interface *iface, enum ng_way way,
			  const struct ng_config *config, struct ng_error *err)
{
	struct ng_program program;
	int result = ng_program_open(state, maps, NG_HOOK_XDP, config, &program, err);

	if (result)
		return result;
	result = attach_xdp(state, maps, iface, way, &program, config, err);
	ng_program_close(&program);
	return result;
}

int ng_program_load_pinned(const struct ng_state *state, const struct ng_generation *maps,
			   int ifindex, enum ng_hook hook, const struct ng_config *config,
			   struct ng_error *err)
{
	struct ng_program program;
	int result, fd;

	result = ng_program_open(state, maps, hook, config, &program, err);
	if (result)
		return result;
	fd = ng_program_load(&program, err);
	ng_program_close(&program);
	if (fd < 0)
		return fd;
	result = ng_pin_program(state, maps->number, ifindex, hook, fd, config, err);
	if (result) {
		close(fd);
		return result;
	}
	return fd;
}

static int add_filter(const struct ng_state *state, const struct ng_interface *iface,
		      enum ng_hook hook, int program, struct ng_error *err)
{
	char path[NG_PIN_PATH];
	int result = ng_tc_qdisc_exists(iface->ifindex);

	if (!result &&
	    bpf_obj_pin(state->control, ng_pin_path(state, path, "%d-qdisc", iface->ifindex)))
		result = errno == EEXIST ? 0 : -errno;
	if (!result)
		result = ng_tc_qdisc_create(iface->ifindex);
	if (result < 0 && result != -EEXIST)
		return ng_fail_at(err, result, iface->name, "cannot create a clsact qdisc: %s",
				  strerror(-result));
	return ng_tc_filter(iface, hook, program, err);
}

/* Attach a program that is pinned already. */
static int put_tc(const struct ng_state *state, const struct ng_interface *iface, enum ng_hook hook,
		  int program, enum ng_way *way, struct ng_error *err)
{
	__cleanup_fd int link =
		state->no_tcx ? -EOPNOTSUPP : ng_tc_link(iface->ifindex, hook, program);
	char path[NG_PIN_PATH];
	int result;

	if (link >= 0) {
		*way = NG_WAY_TCX;
		ng_path_link(state, path, state->now.number, iface->ifindex, hook);
		result = ng_pin_fd(link, path, err);
		if (result)
			ng_tc_detach(iface->ifindex, hook, link);
		return result;
	}
	if (link != -EOPNOTSUPP)
		return ng_fail_at(err, link, iface->name, "cannot attach a TC program: %s",
				  strerror(-link));
	*way = NG_WAY_CLSACT;
	result = add_filter(state, iface, hook, program, err);
	if (result)
		ng_qdisc_remove(state, iface->ifindex);
	return result;
}

static int add_tc(const struct ng_state *state, const struct ng_interface *iface, enum ng_hook hook,
		  enum ng_way *way, const struct ng_config *config, struct ng_error *err)
{
	const struct ng_generation *maps = &state->now;
	int result = ng_change_begin(state, iface->ifindex), undone = 0;
	__cleanup_fd int program = -1;

	if (result)
		return ng_fail_bpf(err, result, "cannot mark the interface");
	program = ng_program_load_pinned(state, maps, iface->ifindex, hook, config, err);
	result = program < 0 ? program : put_tc(state, iface, hook, program, way, err);
	if (result && program >= 0)
		undone = ng_unpin_program(state, maps->number, iface->ifindex, hook);
	/*
	 * As long as the mark exists, the next command that takes the lock unpins what is not
	 * attached.
	 */
	if (!undone)
		ng_change_end(state, iface->ifindex);
	return result;
}

static int free_number(const struct ng_attachments *taken, __u32 *number)
{
	for (__u32 i = 0; i < NG_ATTACHMENTS_MAX; i++) {
		size_t j = 0;

		while (j < taken->n && taken->list[j].config.attachment != i)
			j++;
		if (j == taken->n) {
			*number = i;
			return 0;
		}
	}
	return -ENOSPC;
}

static int begin_totals(const struct ng_state *state, __u32 number)
{
	struct ng_rows rows;
	int result = ng_rows_map(&state->now, true, &rows);

	if (result)
		return result;
	ng_rows_reset(&rows, NG_SLOT_TOTALS + 2 * number);
	ng_rows_reset(&rows, NG_SLOT_TOTALS + 2 * number + 1);
	ng_rows_unmap(&rows);
	return 0;
}

/*
 * The number of a new program: that of the one that lost this hook, which is set aside; else a free
 * one.
 */
static int find_number(const struct ng_state *state, int ifindex, enum ng_hook hook, __u32 *number,
		       bool *was_lost)
{
	const struct ng_attachment *lost;
	struct ng_attachments taken;
	int result = ng_attachments_read(state, state->now.number, &taken);

	if (result)
		return result;
	lost = ng_attachments_find(&taken, ifindex, hook);
	*was_lost = lost;
	if (lost) {
		*number = lost->config.attachment;
		result = ng_pin_set_aside(state, ifindex, hook);
	} else {
		result = free_number(&taken, number);
		if (!result)
			result = begin_totals(state, *number);
	}
	ng_attachments_close(&taken);
	return result;
}

/* The lost program has a successor, or the attempt failed. Returns @result, that of the attempt. */
static int end_loss(const struct ng_state *state, int ifindex, enum ng_hook hook, int result)
{
	int failed = ng_pin_bring_back(state, ifindex, hook);

	if (!failed && hook == NG_HOOK_XDP)
		failed = ng_xdp_sweep_pins(ifindex, state->control_id);
	if (failed && !result)
		ng_warn(failed, "the program that had lost its hook");
	return result;
}

int ng_attachment_add(struct ng_state *state, const struct ng_interface *iface, enum ng_hook hook,
		      enum ng_way *way, struct ng_error *err)
{
	struct ng_config config;
	bool was_lost;
	__u32 number;
	int result = find_number(state, iface->ifindex, hook, &number, &was_lost);

	if (result == -ENOSPC)
		return ng_fail_at(err, result, iface->name,
				  "cannot attach: %d programs are attached, which is the maximum",
				  NG_ATTACHMENTS_MAX);
	if (result)
		return ng_fail_bpf(err, result, "cannot read the state");
	config = ng_config_for(&state->now, hook, iface->name, number);
	config.trial = state->trial;
	config.generic = *way == NG_WAY_GENERIC;
	if (hook == NG_HOOK_XDP)
		result = ng_attachment_add_xdp(state, &state->now, iface, *way, &config, err);
	else
		result = add_tc(state, iface, hook, way, &config, err);
	return was_lost ? end_loss(state, iface->ifindex, hook, result) : result;
}
