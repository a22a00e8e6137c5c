/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rules of a bench as plain numbers: what the generator and the ClassBench reader make, what
 * traces are drawn from, and what the right answers are found in, without netguard's own code.
 */
#ifndef BENCH_RULES_H
#define BENCH_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

#define BENCH_ICMP   1
#define BENCH_TCP    6
#define BENCH_UDP    17
#define BENCH_GRE    47
#define BENCH_ESP    50
#define BENCH_ICMPV6 58
#define BENCH_SCTP   132

#define BENCH_PROTO_ANY -1
#define BENCH_PORT_MAX	65535

/* An address as a number, the upper half first; an IPv4 address is in @lo. */
struct bench_address {
	uint64_t hi, lo;
};

/**
 * struct bench_rule - one rule
 * @src, @dst: prefixes, host bits zero
 * @sport, @dport: lowest and highest; 0 to BENCH_PORT_MAX is no condition
 * @proto: BENCH_PROTO_ANY or a number; BENCH_ICMPV6 in a rule for IPv6
 * @flags, @flags_mask: TCP flags; of ICMP, the type under a mask of 0 or 255
 */
struct bench_rule {
	struct bench_address src, dst;
	uint8_t src_len, dst_len;
	uint16_t sport[2], dport[2];
	int16_t proto;
	uint8_t flags, flags_mask;
	bool pass;
};

/**
 * struct bench_rules - a list in the order of decision; zeroed, it is empty
 * @left_out: lines of a file that netguard's language has no rule for
 */
struct bench_rules {
	int family; /* 4 or 6 */
	size_t n;
	struct bench_rule *list;
	size_t left_out;
};
void bench_rules_clear(struct bench_rules *rules);

/** bench_mask() - the first @len bits of an address of @family */
struct bench_address bench_mask(int family, unsigned int len);

/** bench_has_ports() - can a packet of this protocol have ports? */
bool bench_has_ports(int proto);

/** bench_is_icmp() - does @proto have types, in rules of this family? */
bool bench_is_icmp(int family, int proto);

/** bench_rules_print() - as a ruleset of netguard */
void bench_rules_print(const struct bench_rules *rules, FILE *out);

/** bench_address_print() - as text; IPv6 without abbreviation */
void bench_address_print(int family, struct bench_address address, FILE *out);

enum bench_kind { BENCH_ACL, BENCH_FW, BENCH_IPC, BENCH_KINDS };
extern const char *const bench_kind_names[BENCH_KINDS];

/**
 * bench_generate() - @n rules with the statistics of a kind of real rule sets
 *
 * The same for the same arguments on every machine. No two rules are equal; narrow ones stand
 * before wide ones.
 * Return: 0 with *@rules for bench_rules_clear(), or -ENOMEM.
 */
int bench_generate(enum bench_kind kind, int family, size_t n, struct bench_rules *rules);

/**
 * bench_read_classbench() - rules from a file of the ClassBench generator (Taylor and Turner 2007)
 *
 * Lines: @SRC/LEN DST/LEN LO : HI LO : HI PROTO/MASK FLAGS/MASK, numbers behind the ports in hex.
 * Return: 0, -ENOMEM, or -errno with @err.
 */
int bench_read_classbench(const char *path, struct bench_rules *rules, struct ng_error *err);

#endif
