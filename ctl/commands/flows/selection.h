/* SPDX-License-Identifier: GPL-2.0-only */
/* Which flows `flows` and `flows flush` are about. */
#ifndef NG_FLOWS_SELECTION_H
#define NG_FLOWS_SELECTION_H

#include "cli/command.h"
#include "layout/flows.h"
#include "rules/ruleset.h"

/**
 * struct ng_flow_selection - zero: all flows
 * @address: its source or destination is in this prefix; family 0: any
 * @rule:    conditions on families, protocols, addresses and ports
 */
struct ng_flow_selection {
	struct ng_prefix address;
	struct ng_rule rule;
};

/** ng_flow_selection_read() - read the command's words; 0, or -errno with @ctx->error filled */
int ng_flow_selection_read(struct ng_context *ctx, struct ng_flow_selection *selection);
void ng_flow_selection_clear(struct ng_flow_selection *selection);
#define __cleanup_flow_selection __attribute__((cleanup(ng_flow_selection_clear)))

bool ng_flow_is_selected(const struct ng_flow_selection *selection, const struct ng_flow_key *flow);

/** ng_flow_address() - its @field, NG_FIELD_FROM or NG_FIELD_TO */
void ng_flow_address(const struct ng_flow_key *flow, enum ng_field field,
		     struct ng_prefix *address);

/** ng_flow_has_ports() - an echo request has an identifier instead */
bool ng_flow_has_ports(const struct ng_flow_key *flow);

#endif
