/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A frame as the parsers see it, whichever hook it came to.
 *
 * Included by hook_xdp.bpf.h and hook_tc.bpf.h, one of which a program includes before anything
 * else. They define:
 *
 *	NG_CONTEXT		the type of the hook's context
 *	ng_load_bytes()		bpf_xdp_load_bytes() or bpf_skb_load_bytes()
 *	ng_frame_length(ctx)
 *	ng_frame_iface(ctx)	its index
 *	ng_frame_tag(ctx)	tag beside the frame: protocol << 16 | priority and id, or 0
 *	ng_cursor_begin()
 */
#ifndef NG_CURSOR_BPF_H
#define NG_CURSOR_BPF_H

#include <stddef.h>

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "bpf/verifier.bpf.h"

/* Headers that lie further back than this are not read; no chain of 8 reaches it. */
#define NG_OFFSET_MAX 0x7fff

/**
 * struct ng_cursor - a frame and how far it was read
 * @ctx:       the hook's context
 * @data, @data_end: the linear part
 * @offset:    of the next header, from the Ethernet header on
 * @end:       first byte that no longer belongs to the frame, later to the IP packet
 * @zero:      where a 0 stands that the verifier does not know, see ng_widen()
 * @tag_proto: 802.1Q tag that stands beside the frame (TC), network order; 0 if there is none
 * @tag_tci:   its priority and id, host order
 * @segments, @segment_size: of a GSO or GRO aggregate (TC); 1 and 0 if it is none
 */
struct ng_cursor {
	NG_CONTEXT *ctx;
	void *data, *data_end;
	__u64 offset;
	__u64 end;
	const volatile __u64 *zero;
	__u64 tag_proto;
	__u64 tag_tci;
	__u64 segments;
	__u64 segment_size;
};

/**
 * ng_at() - @size bytes at @offset, which may lie outside the linear part
 * @copy: where they are put then
 *
 * Return: where to read them, NULL when the frame or the IP packet ends before.
 */
static __always_inline const void *ng_at(const struct ng_cursor *c, __u64 offset, void *copy,
					 const __u32 size)
{
	const void *at;

	if (offset > NG_OFFSET_MAX || offset + size > c->end)
		return NULL;
	ng_bound_again(offset, NG_OFFSET_MAX);
	at = c->data + offset;
	if (at + size <= c->data_end)
		return at;
	if (ng_load_bytes(c->ctx, offset, copy, size))
		return NULL;
	return copy;
}

#endif
