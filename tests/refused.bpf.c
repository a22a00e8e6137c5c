// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that would crash or hang the kernel, or read its memory, and that every kernel must
 * refuse (verifier_refuses_test.c). After each comes the same program without its fault,
 * NAME_right, which must load: so the fault is what is refused, and nothing else.
 *
 * They are loaded but never run.
 */
#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define ETHERNET 14
#define ENTRIES	 8

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64[ENTRIES]);
} numbers SEC(".maps");

const volatile __u64 configuration = 1;

/* So that the compiler cannot know the number of iterations, nor remove the loop. */
#define SOMETHING_HAPPENS(i) asm volatile("" : "+r"(i))

/* The frame may be shorter than the byte that is read. */
SEC("xdp")
int past_the_end(struct xdp_md *ctx)
{
	const __u8 *data = (void *)(long)ctx->data;

	return data[ETHERNET] == 0x45 ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int past_the_end_right(struct xdp_md *ctx)
{
	const __u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	if (data + ETHERNET + 1 > end)
		return XDP_PASS;
	return data[ETHERNET] == 0x45 ? XDP_DROP : XDP_PASS;
}

/* The look-up may have failed: then this is a null pointer dereference. */
SEC("xdp")
int unchecked_map_pointer(struct xdp_md *ctx)
{
	__u32 key = ctx->rx_queue_index;
	__u64 *value = bpf_map_lookup_elem(&numbers, &key);

	return *value ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int unchecked_map_pointer_right(struct xdp_md *ctx)
{
	__u32 key = ctx->rx_queue_index;
	__u64 *value = bpf_map_lookup_elem(&numbers, &key);

	return value && *value ? XDP_DROP : XDP_PASS;
}

/* The index comes from the packet and may be beyond the value: memory after it would be read. */
SEC("xdp")
int past_the_value(struct xdp_md *ctx)
{
	__u32 key = 0, index = ctx->rx_queue_index;
	__u64 *value = bpf_map_lookup_elem(&numbers, &key);

	return value && value[index] ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int past_the_value_right(struct xdp_md *ctx)
{
	__u32 key = 0, index = ctx->rx_queue_index;
	__u64 *value = bpf_map_lookup_elem(&numbers, &key);

	return value && index < ENTRIES && value[index] ? XDP_DROP : XDP_PASS;
}

/* A number that is not a pointer is used as an address, here the length of the frame. */
SEC("xdp")
int made_up_address(struct xdp_md *ctx)
{
	const volatile __u64 *somewhere = (void *)bpf_xdp_get_buff_len(ctx);

	return *somewhere ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int made_up_address_right(struct xdp_md *ctx)
{
	volatile __u64 here = bpf_xdp_get_buff_len(ctx);
	const volatile __u64 *somewhere = &here;

	return *somewhere ? XDP_DROP : XDP_PASS;
}

/* Read-only data, such as the configuration of netguard's programs, is written to. */
SEC("xdp")
int write_to_configuration(struct xdp_md *ctx)
{
	*(volatile __u64 *)&configuration = ctx->rx_queue_index;
	return XDP_PASS;
}

SEC("xdp")
int write_to_configuration_right(struct xdp_md *ctx)
{
	return configuration == ctx->rx_queue_index ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int endless_loop(struct xdp_md *ctx)
{
	__u64 i = 0;

	while (i < ENTRIES)
		SOMETHING_HAPPENS(ctx);
	return XDP_PASS;
}

SEC("xdp")
int endless_loop_right(struct xdp_md *ctx)
{
	for (__u64 i = 0; i < ENTRIES; i++)
		SOMETHING_HAPPENS(ctx);
	return XDP_PASS;
}

/* It would end, but after a hundred million iterations for each packet. */
SEC("xdp")
int long_loop(struct xdp_md *ctx)
{
	for (__u64 i = 0; i < 100000000; i++)
		SOMETHING_HAPPENS(ctx);
	return XDP_PASS;
}

SEC("xdp")
int long_loop_right(struct xdp_md *ctx)
{
	for (__u64 i = 0; i < 10000; i++)
		SOMETHING_HAPPENS(ctx);
	return XDP_PASS;
}

static struct bpf_sock *listener(struct xdp_md *ctx)
{
	struct bpf_sock_tuple tuple = { .ipv4.dport = bpf_htons(22) };

	return bpf_skc_lookup_tcp(ctx, &tuple, sizeof(tuple.ipv4), BPF_F_CURRENT_NETNS, 0);
}

/* The socket may be gone once it was released. */
SEC("xdp")
int released_reference(struct xdp_md *ctx)
{
	struct bpf_sock *sock = listener(ctx);
	__u32 state = 0;

	if (sock) {
		bpf_sk_release(sock);
		state = sock->state;
	}
	return state ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int released_reference_right(struct xdp_md *ctx)
{
	struct bpf_sock *sock = listener(ctx);
	__u32 state = 0;

	if (sock) {
		state = sock->state;
		bpf_sk_release(sock);
	}
	return state ? XDP_DROP : XDP_PASS;
}

/* For each packet a socket is not released: memory would run out. */
SEC("xdp")
int kept_reference(struct xdp_md *ctx)
{
	return listener(ctx) ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int kept_reference_right(struct xdp_md *ctx)
{
	struct bpf_sock *sock = listener(ctx);

	if (sock)
		bpf_sk_release(sock);
	return sock ? XDP_DROP : XDP_PASS;
}

/* XDP has no socket buffer to read from: another structure would be taken for one. */
SEC("xdp")
int helper_of_others(struct xdp_md *ctx)
{
	__u8 byte = 0;

	bpf_skb_load_bytes(ctx, ETHERNET, &byte, sizeof(byte));
	return byte == 0x45 ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int helper_of_others_right(struct xdp_md *ctx)
{
	__u8 byte = 0;

	bpf_xdp_load_bytes(ctx, ETHERNET, &byte, sizeof(byte));
	return byte == 0x45 ? XDP_DROP : XDP_PASS;
}

char ng_license[] SEC("license") = "GPL";
