/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A packet that is described by conditions of the rule language, each with one value. Flags need no
 * mask: `flags syn` is SYN and nothing else.
 */
#ifndef NG_DESCRIBED_H
#define NG_DESCRIBED_H

#include "rules/ruleset.h"

#define NG_DESCRIBED_FRAME_MAX 65593 /* Ethernet, a tag, the longest IPv6 packet */

/**
 * struct ng_described - a packet
 * @said:    the words, as a rule; to be cleared with ng_rule_clear()
 * @assumed: bits 1 << enum ng_field: fields that were not given, and were chosen
 * @values:  of all fields that the packet has; ICMP_TYPE: type << 8 | code
 */
struct ng_described {
	struct ng_rule said;
	unsigned int assumed;
	uint64_t values[NG_FIELDS];
	struct ng_prefix from, to;
};

/**
 * ng_described_read() - read @text: "[in|out] [on IFACE] CONDITIONS"
 * @ruleset: its sets are known, so that naming one gets the right error; may be NULL
 *
 * Return: 0; -EINVAL with @err, whose .where is "packet:1:COLUMN" or empty; -ENOMEM.
 */
int ng_described_read(const char *text, const struct ng_ruleset *ruleset,
		      struct ng_described *described, struct ng_error *err);

/** ng_described_frame() - write the frame, *@len bytes; 0, or -EINVAL with @err */
int ng_described_frame(const struct ng_described *described, uint8_t frame[NG_DESCRIBED_FRAME_MAX],
		       size_t *len, struct ng_error *err);

/**
 * ng_described_check() - has the frame the fields that were given?
 * @reading: what a program read of its frame, see ng_reading()
 *
 * Return: 0; -EINVAL with @err, which names the condition that the others rule out.
 */
int ng_described_check(const struct ng_described *described, const struct ng_rule *reading,
		       struct ng_error *err);

#endif
