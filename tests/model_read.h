/* SPDX-License-Identifier: GPL-2.0-only */
/* The model's reading of a frame: docs/semantics.md, "Reading a frame" and "Invalid frames". */
#ifndef NG_TEST_MODEL_READ_H
#define NG_TEST_MODEL_READ_H

#include "model.h"

#define PROTO_ICMP   1
#define PROTO_ICMPV6 58

/* A number that may not have been readable. */
struct field {
	bool known;
	uint64_t value;
};

/* What could be read of a frame. Offsets count from its first byte. */
struct packet {
	const uint8_t *bytes;
	size_t len;
	enum ng_reason reason;

	struct field ether_from, ether_to;
	struct field vlan; /* 0: no tag with an id */
	struct field ethertype;
	bool is_ip; /* by its ethertype, readable or not */

	struct field family; /* 4 or 6: the IP header exists */
	uint8_t source[16], destination[16];
	struct field length, ttl, dscp, flow_label, proto, fragment, df;
	size_t l3;     /* the IP header's start */
	size_t ip_end; /* after the last byte of the packet that is in the frame */
	size_t l4;     /* where L4 starts, or reading stopped */
	bool offset_1; /* a fragment with offset 1, so from byte 8 on */

	struct field sport, dport, flags, icmp_type, icmp_code;
	struct field established; /* by model_decide() */
	size_t headers;		  /* bytes of headers, which each segment of an aggregate repeats */
};

/** model_read() - read what can be read of @frame; *@packet keeps pointing to its bytes */
void model_read(struct packet *packet, const struct model_frame *frame);

#endif
