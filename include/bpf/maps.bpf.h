/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps of both programs. The command creates them, with the sizes of its generation, and all
 * programs of a network namespace share them; ng_trace and ng_config are each program's own.
 */
#ifndef NG_MAPS_BPF_H
#define NG_MAPS_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "layout/config.h"
#include "layout/control.h"
#include "layout/counters.h"
#include "layout/flows.h"
#include "layout/image.h"
#include "layout/limit.h"
#include "layout/live.h"
#include "layout/record.h"

const volatile struct ng_config ng_config = {
	.image_mask = NG_IMAGE_MIN - 8,
	.slot_mask = NG_SLOTS_MIN - 1,
};

/* Set for each frame when ng_config.trace is set. */
struct ng_trace ng_trace;

struct ng_image_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, NG_IMAGE_MIN + NG_IMAGE_SLACK);
	__uint(map_flags, BPF_F_MMAPABLE);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, NG_IMAGE_SLOTS);
	__type(key, __u32);
	__array(values, struct ng_image_map);
} ng_images SEC(".maps");

/* A row for each possible CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, NG_SLOTS_MIN * sizeof(struct ng_counter));
	__uint(map_flags, BPF_F_MMAPABLE);
} ng_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ng_control);
	__uint(map_flags, BPF_F_MMAPABLE);
} ng_control SEC(".maps");

struct ng_live_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NG_LIVE_MIN);
	__type(key, __u32);
	__uint(value_size, NG_LIVE_ELEMENT);
	__uint(map_flags, BPF_F_MMAPABLE | BPF_F_INNER_MAP);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct ng_live_map);
} ng_live SEC(".maps");

struct ng_flow_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NG_FLOWS_MIN);
	__type(key, __u32);
	__uint(value_size, NG_FLOW_ELEMENT);
	__uint(map_flags, BPF_F_MMAPABLE | BPF_F_INNER_MAP);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct ng_flow_map);
} ng_flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, NG_SLOTS_MIN * sizeof(struct ng_limit));
	__uint(map_flags, BPF_F_MMAPABLE);
} ng_limits SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NG_BUCKETS);
	__type(key, __u32);
	__type(value, struct ng_bucket);
	__uint(map_flags, BPF_F_MMAPABLE);
} ng_buckets SEC(".maps");

struct ng_table_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__uint(value_size, sizeof(struct ng_limit_line));
	__uint(map_flags, BPF_F_MMAPABLE | BPF_F_INNER_MAP);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, NG_BUCKETS);
	__type(key, __u32);
	__array(values, struct ng_table_map);
} ng_tables SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, NG_FILTER_SIZE + NG_IMAGE_SLACK);
	__uint(map_flags, BPF_F_MMAPABLE);
} ng_filter SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, NG_RECORDS_SIZE);
} ng_records SEC(".maps");

#endif
