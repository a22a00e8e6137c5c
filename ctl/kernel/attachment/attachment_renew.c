// SPDX-License-Identifier: GPL-2.0-only
#include "kernel/attachment/attachment_renew.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/attachment/attachment_add.h"
#include "kernel/attachment/attachment_pins.h"
#include "kernel/attachment/search.h"
#include "kernel/programs/programs.h"

static int exchange(const struct ng_state *state, const struct ng_generation *next,
		    const struct ng_attachment *old, const struct ng_location *location,
		    const struct ng_config *config, struct ng_error *err)
{
	char path[NG_PIN_PATH];
	__cleanup_fd int program = -1;
	int result;

	program = ng_program_load_pinned(state, next, old->ifindex, old->hook, config, err);
	if (program < 0)
		return program;
	if (old->link >= 0) {
		result = ng_pin_fd(old->link,
				   ng_path_link(state, path, next->number, old->ifindex, old->hook),
				   err);
		if (result)
			return result;
	}
	result = ng_attachment_swap(old, location, old->program, program);
	if (result)
		return ng_fail_at(err, result, old->iface, "cannot replace the program: %s",
				  strerror(-result));
	return 0;
}

static int fail_reading(const struct ng_attachment *old, int code, struct ng_error *err)
{
	return ng_fail_at(err, code, old->iface, "cannot find out what is attached to it: %s",
			  strerror(-code));
}

/* In the network namespace that the interface is in. */
static int renew_in_place(const struct ng_state *state, const struct ng_generation *next,
			  const struct ng_attachment *old, const struct ng_location *location,
			  struct ng_config *config, struct ng_error *err)
{
	struct ng_interface iface;
	int result;

	if (location->dispatcher) {
		result = ng_interface_at(location->ifindex, &iface);
		if (ng_is_gone(result))
			return 0;
		return result ? fail_reading(old, result, err)
			      : ng_attachment_add_xdp(state, next, &iface, location->way, config,
						      err);
	}
	/* It must filter at once, while the generation that it replaces is still in force. */
	config->first_generation = state->now.number;
	return exchange(state, next, old, location, config, err);
}

static int renew_record(const struct ng_state *state, const struct ng_generation *next,
			const struct ng_attachment *old, const struct ng_config *config,
			struct ng_error *err)
{
	int program = ng_program_load_pinned(state, next, old->ifindex, old->hook, config, err);

	if (program < 0)
		return program;
	close(program);
	return 0;
}

int ng_attachment_renew(const struct ng_state *state, const struct ng_generation *next,
			const struct ng_attachment *old, struct ng_error *err)
{
	bool renamed = old->ifindex == state->renamed;
	struct ng_config config;
	struct ng_location location;
	char name[IF_NAMESIZE];
	int result, own;

	result = renamed ? ng_interface_name(old->ifindex, name) : -ENODEV;
	if (ng_is_gone(result))
		memcpy(name, old->iface, sizeof(name));
	else if (result)
		return fail_reading(old, result, err);
	config = ng_config_for(next, old->hook, name, old->config.attachment);
	config.trial = old->config.trial;
	config.generic = old->config.generic;
	result = ng_attachment_search(old, &location);
	if (result)
		return fail_reading(old, result, err);
	if (!location.attached)
		return renew_record(state, next, old, &config, err);
	result = ng_location_enter(&location, &own);
	if (result)
		return ng_fail_at(err, result, old->iface,
				  "cannot enter the network namespace that it is in: %s",
				  strerror(-result));
	result = renew_in_place(state, next, old, &location, &config, err);
	ng_location_leave(own);
	return result;
}
