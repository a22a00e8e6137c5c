/* SPDX-License-Identifier: GPL-2.0-only */
/* The live table: addresses that come and go without a rebuild, outside all images. */
#ifndef NG_LIVE_BPF_H
#define NG_LIVE_BPF_H

#include <bpf/bpf_endian.h>

#include "maps.bpf.h"

static __always_inline __u64 ng_live_holds(__u32 class, __u64 hi, __u64 lo)
{
	struct ng_live_key key = {};

	if (class == NG_CLASS_IPV4) {
		key.family = 4;
		key.addr[0] = bpf_htonl(lo);
	} else {
		key.family = 6;
		key.addr[0] = bpf_htonl(hi >> 32);
		key.addr[1] = bpf_htonl(hi);
		key.addr[2] = bpf_htonl(lo >> 32);
		key.addr[3] = bpf_htonl(lo);
	}
	return bpf_map_lookup_elem(&ng_live, &key) != NULL;
}

/* The live table is empty most of the time: one word says so. */
static __always_inline int ng_live_in_use(void)
{
	const volatile struct ng_control *control;
	__u32 zero = 0;

	control = bpf_map_lookup_elem(&ng_control, &zero);
	return control && control->live_entries;
}

#endif
