/* SPDX-License-Identifier: GPL-2.0-only */
/* What a packet meets in the trees of an image, counted without running a program. */
#ifndef BENCH_WEIGH_H
#define BENCH_WEIGH_H

#include "compile/tree/cost.h"
#include "layout/image.h"
#include "rules/ruleset.h"
#include "trace.h"

/**
 * bench_read_key() - the key that the parsers make of a packet of the writer's, a TCP, UDP or ICMP
 * one in one piece
 * @key: NG_WORDS words
 */
void bench_read_key(int family, const struct bench_key *packet, __u64 *key);

/** bench_forest() - of incoming valid frames of @family */
const struct ng_forest *bench_forest(const struct ng_image_header *header, int family);

/** bench_forest_bytes() - of the nodes and leaves of that forest */
size_t bench_forest_bytes(const struct ng_image_header *header, int family);

/** bench_weigh() - lead one packet through the trees, as ng_classify() does; the rules ask for
 * nothing that an entry could not hold, and none is a `count` rule */
struct ng_met bench_weigh(const struct ng_image_header *header, int family,
			  const struct bench_key *packet);

#endif
