/* SPDX-License-Identifier: GPL-2.0-only */
/* `default timeout STATE TIME` and `default flows N`: what a ruleset says about noted flows. */
#ifndef NG_FLOW_SETTINGS_H
#define NG_FLOW_SETTINGS_H

#include <stdio.h>

#include "rules/input.h"

/** ng_flow_rules_lead() - does a statement of these go on with @token, after `default`? */
bool ng_flow_rules_lead(const struct ng_token *token);

/**
 * ng_flow_rules_read() - read the rest of the statement, from `timeout` or `flows` on
 * @place: of `default`
 *
 * Return: 0; -EINVAL with @err.
 */
int ng_flow_rules_read(struct ng_reader *reader, struct ng_input *source, struct ng_place place,
		       struct ng_error *err);

/** ng_flow_rules_print() - statements for all that is not usual */
void ng_flow_rules_print(FILE *out, const struct ng_flow_rules *flows);

/** ng_flow_state_words() - "tcp established" */
const char *ng_flow_state_words(enum ng_flow_state state);

#endif
