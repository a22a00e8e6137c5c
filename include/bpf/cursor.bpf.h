/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A frame as the parsers see it, the same for all hooks.
 *
 * Included by hook_xdp.bpf.h and hook_tc.bpf.h, one of which a program includes before anything
 * else. They define:
 *
 *	NG_CONTEXT		the type of the hook's context
 *	ng_load_bytes()		bpf_xdp_load_bytes() or bpf_skb_load_bytes()
 *	ng_frame_length(ctx)
 *	ng_frame_iface(ctx)	its index
 *	ng_frame_tag(ctx)	tag in metadata: protocol << 16 | TCI, or 0
 *	ng_frame_has_socket(ctx) does it come from a socket of this machine?
 *	ng_cursor_begin()
 */
#ifndef NG_CURSOR_BPF_H
#define NG_CURSOR_BPF_H

#include <stddef.h>

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "bpf/verifier.bpf.h"

/* Headers at larger offsets are not read; no chain of 8 extension headers reaches it. */
#define NG_OFFSET_MAX 0x7fff

/**
 * struct ng_cursor - a frame and the position in it
 * @ctx:       the hook's context
 * @data, @data_end: the linear part
 * @offset:    of the next header, from the Ethernet header on
 * @end:       offset of the end of the frame, later of the IP packet
 * @zero:      address of a 0 that the verifier does not know, see ng_widen()
 * @tag_proto: 802.1Q tag in metadata (TC), network order; 0: there is none
 * @tag_tci:   its TCI, host order
 * @segments, @segment_size: of a GSO or GRO aggregate (TC); else 1 and 0
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
 * ng_at() - read @size bytes at @offset, which may be outside the linear part
 * @copy: room for them in that case
 *
 * Return: their address; NULL when the frame or the IP packet ends before.
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
