/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of explain, as text and as JSON. */
#ifndef NG_EXPLAIN_PRINT_H
#define NG_EXPLAIN_PRINT_H

#include "cli/command.h"
#include "packet/explain.h"

/**
 * struct ng_explained - a packet, and the explanation
 * @len:     bytes of the frame; @cut: the capture had truncated it
 * @assumed: bits 1 << enum ng_field, see struct ng_described
 * @iface_assumed: the interface was not given either
 * @from_file: the rules were read from a file
 * @reading: see ng_reading()
 */
struct ng_explained {
	const struct ng_explainer *explainer;
	size_t len;
	bool cut;
	unsigned int assumed;
	bool iface_assumed;
	bool from_file;
	const struct ng_rule *reading;
	const struct ng_explanation *answer;
};

void ng_explain_print(const struct ng_explained *explained);
void ng_explain_say(struct ng_context *ctx, const struct ng_explained *explained);

#endif
