// SPDX-License-Identifier: GPL-2.0-only
#include "compile/entry.h"

#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "compile/bounds.h"

#define ICMP   1
#define ICMPV6 58

/**
 * struct draft - the entry of one rule for one class of frames
 * @never: no frame of this class can match
 */
struct draft {
	struct ng_compiler *compiler;
	const struct ng_rule *rule;
	enum ng_class class;
	bool never;
	struct ng_bound saddr, daddr, saddr_mask, daddr_mask;
	struct ng_entry entry;
	struct ng_match matches[2 * NG_FIELDS];
	size_t n_matches;
	struct ng_error *err;
};

/* A number of the key that a field is about. */
struct number {
	__u16 word, shift, wide;
	__u64 mask;
};

static const struct number numbers[NG_FIELDS] = {
	[NG_FIELD_PROTO] = { NG_WORD_BITS, NG_BIT_PROTO_SHIFT, 0, 0xff },
	[NG_FIELD_SPORT] = { NG_WORD_LANES, NG_LANE_SPORT_SHIFT, 0, 0xffff },
	[NG_FIELD_DPORT] = { NG_WORD_LANES, NG_LANE_DPORT_SHIFT, 0, 0xffff },
	[NG_FIELD_FLAGS] = { NG_WORD_BITS, NG_BIT_FLAGS_SHIFT, 0, 0xff },
	[NG_FIELD_ICMP_TYPE] = { NG_WORD_MISC, NG_MISC_ICMP_SHIFT, 0, 0xffff },
	[NG_FIELD_VLAN] = { NG_WORD_BITS, NG_BIT_VLAN_SHIFT, 0, 0xfff },
	[NG_FIELD_LENGTH] = { NG_WORD_LANES, NG_LANE_LENGTH_SHIFT, 0, NG_LANE_LENGTH_MAX },
	[NG_FIELD_TTL] = { NG_WORD_MISC, NG_MISC_TTL_SHIFT, 0, 0xff },
	[NG_FIELD_DSCP] = { NG_WORD_BITS, NG_BIT_DSCP_SHIFT, 0, 0x3f },
	[NG_FIELD_ETHERTYPE] = { NG_WORD_MISC, NG_MISC_ETHERTYPE_SHIFT, 0, 0xffff },
	[NG_FIELD_ETHER_FROM] = { NG_WORD_ETHER_FROM, 0, 0, ~0ULL },
	[NG_FIELD_ETHER_TO] = { NG_WORD_ETHER_TO, 0, 0, ~0ULL },
	[NG_FIELD_FROM] = { NG_WORD_SADDR_LO, 0, 1, ~0ULL },
	[NG_FIELD_TO] = { NG_WORD_DADDR_LO, 0, 1, ~0ULL },
};

static const char *const field_names[NG_FIELDS] = {
	[NG_FIELD_FROM] = "from",
	[NG_FIELD_TO] = "to",
};

static void require(struct draft *d, __u64 mask, __u64 bits)
{
	if ((d->entry.bits ^ bits) & d->entry.bits_mask & mask)
		d->never = true;
	d->entry.bits_mask |= mask;
	d->entry.bits |= bits;
}

/* Takes the list of @bounds over. */
static int add_match(struct draft *d, enum ng_field field, struct ng_bounds bounds, bool inside)
{
	__cleanup_free struct ng_bound *list = bounds.list;
	const struct number *number = &numbers[field];
	struct ng_match *match;

	if (bounds.n > NG_MATCH_BOUNDS) {
		const char *name = field_names[field] ? field_names[field] : "a condition";

		ng_fail(d->err, -E2BIG, "%s lists too many values: %zu bounds of ranges, %u fit",
			name, bounds.n, NG_MATCH_BOUNDS);
		return ng_hint(d->err, -E2BIG, "put addresses into a set, split other lists");
	}
	match = &d->matches[d->n_matches++];
	*match = (struct ng_match){
		.word = number->word,
		.shift = number->shift,
		.wide = number->wide,
		.mask = number->mask,
		.odd = inside,
		.bounds = { ng_buffer_append(&d->compiler->body, list, bounds.n * sizeof(*list)),
			    bounds.n },
	};
	return 0;
}

static int add_ranges(struct draft *d, enum ng_field field, const struct ng_range *ranges, size_t n,
		      bool inside)
{
	struct ng_bounds bounds;
	int err = ng_bounds_of_ranges(ranges, n, &bounds);

	return err ? err : add_match(d, field, bounds, inside);
}

/* The one place where a condition on one number, with a single value, becomes a comparison. */
static bool fits_bits(const struct ng_condition *c)
{
	return c->n_ranges == 1 && c->ranges[0].lo == c->ranges[0].hi && !c->negated;
}

static int add_family(struct draft *d, const struct ng_condition *c)
{
	__u64 family = d->class == NG_CLASS_IPV4 ? 4 : d->class == NG_CLASS_IPV6 ? 6 : 0;
	bool found = false;

	for (size_t i = 0; i < c->n_ranges; i++)
		found |= family >= c->ranges[i].lo && family <= c->ranges[i].hi;
	if (!family || found == c->negated)
		d->never = true;
	return 0;
}

/* ICMP exists over IPv4 only, ICMPv6 over IPv6 only: the other's number is none here. */
static int add_proto(struct draft *d, const struct ng_condition *c)
{
	__u64 strange = d->class == NG_CLASS_IPV4 ? ICMPV6 : ICMP;
	struct ng_range ranges[2 * 256];
	size_t n = 0;

	require(d, NG_BIT_HAS_PROTO, NG_BIT_HAS_PROTO);
	for (size_t i = 0; i < c->n_ranges; i++) {
		const struct ng_range *range = &c->ranges[i];

		if (strange < range->lo || strange > range->hi) {
			ranges[n++] = *range;
			continue;
		}
		if (strange > range->lo)
			ranges[n++] = (struct ng_range){ range->lo, strange - 1 };
		if (strange < range->hi)
			ranges[n++] = (struct ng_range){ strange + 1, range->hi };
	}
	if (!n) {
		d->never |= !c->negated;
		return 0;
	}
	if (n == 1 && ranges[0].lo == ranges[0].hi && !c->negated) {
		require(d, 0xffULL << NG_BIT_PROTO_SHIFT, ranges[0].lo << NG_BIT_PROTO_SHIFT);
		return 0;
	}
	return add_ranges(d, NG_FIELD_PROTO, ranges, n, !c->negated);
}

static int use_set(struct draft *d, const struct ng_condition *c)
{
	struct ng_compiler *compiler = d->compiler;
	int daddr = c->field == NG_FIELD_TO;
	__u64 bit;
	size_t i;

	for (i = 0; i < compiler->n_used; i++)
		if (compiler->used[i].daddr == daddr && !strcmp(compiler->used[i].name, c->set))
			break;
	if (i == NG_LOOKUPS_MAX)
		return ng_fail(d->err, -E2BIG,
			       "the rules look up more than %d sets, counting one in `from` "
			       "and `to` as two",
			       NG_LOOKUPS_MAX);
	if (i == compiler->n_used) {
		struct ng_used_set *used = &compiler->used[compiler->n_used++];

		memcpy(used->name, c->set, sizeof(used->name));
		used->set = ng_ruleset_set(compiler->ruleset, c->set);
		used->daddr = daddr;
	}
	bit = 1ULL << i;
	d->entry.sets_mask |= bit;
	if (!c->negated)
		d->entry.sets |= bit;
	return 0;
}

static int add_address(struct draft *d, const struct ng_condition *c)
{
	int family = d->class == NG_CLASS_IPV4 ? 4 : 6;
	const struct ng_prefix *only = NULL;
	struct ng_bounds bounds;
	size_t n = 0;
	int err;

	if (c->set[0])
		return use_set(d, c);
	for (size_t i = 0; i < c->n_prefixes; i++)
		if (c->prefixes[i].family == family) {
			only = &c->prefixes[i];
			n++;
		}
	if (!n) {
		d->never |= !c->negated;
		return 0;
	}
	if (n == 1 && !c->negated) {
		bool from = c->field == NG_FIELD_FROM;

		ng_prefix_number(only, from ? &d->saddr : &d->daddr,
				 from ? &d->saddr_mask : &d->daddr_mask);
		return 0;
	}
	err = ng_bounds_of_prefixes(c->prefixes, c->n_prefixes, family, &bounds);
	return err ? err : add_match(d, c->field, bounds, !c->negated);
}

static void narrow_lane(struct draft *d, int shift, const struct ng_range *range)
{
	__u64 lane = NG_LANE_LENGTH_MAX << shift; /* as wide as the widest lane */

	d->entry.lo = (d->entry.lo & ~lane) | range->lo << shift;
	d->entry.hi = (d->entry.hi & ~lane) | range->hi << shift;
}

static int add_lane(struct draft *d, const struct ng_condition *c)
{
	if (c->field != NG_FIELD_LENGTH)
		require(d, NG_BIT_HAS_PORTS, NG_BIT_HAS_PORTS);
	if (c->n_ranges == 1 && !c->negated) {
		narrow_lane(d, numbers[c->field].shift, &c->ranges[0]);
		return 0;
	}
	return add_ranges(d, c->field, c->ranges, c->n_ranges, !c->negated);
}

/*
 * Neither port in the list: two conditions. Either in it: this entry is about the source, and
 * ng_entries_add() adds another for packets whose destination alone is in it.
 */
static int add_port(struct draft *d, const struct ng_condition *c, bool by_destination)
{
	int err;

	require(d, NG_BIT_HAS_PORTS, NG_BIT_HAS_PORTS);
	err = add_ranges(d, NG_FIELD_SPORT, c->ranges, c->n_ranges, !c->negated && !by_destination);
	if (err || (!c->negated && !by_destination))
		return err;
	return add_ranges(d, NG_FIELD_DPORT, c->ranges, c->n_ranges, !c->negated);
}

static int add_flags(struct draft *d, const struct ng_condition *c)
{
	struct ng_range ranges[256];
	size_t n = 0;

	require(d, NG_BIT_HAS_FLAGS, NG_BIT_HAS_FLAGS);
	if (!c->negated) {
		require(d, (__u64)c->flags_mask << NG_BIT_FLAGS_SHIFT,
			(__u64)c->flags_value << NG_BIT_FLAGS_SHIFT);
		return 0;
	}
	for (unsigned int flags = 0; flags < 256; flags++) {
		if ((flags & c->flags_mask) != c->flags_value)
			continue;
		if (n && ranges[n - 1].hi + 1 == flags)
			ranges[n - 1].hi = flags;
		else
			ranges[n++] = (struct ng_range){ flags, flags };
	}
	return add_ranges(d, NG_FIELD_FLAGS, ranges, n, false);
}

static int add_icmp(struct draft *d, const struct ng_condition *c)
{
	require(d, NG_BIT_HAS_ICMP_TYPE, NG_BIT_HAS_ICMP_TYPE);
	for (size_t i = 0; i < c->n_ranges; i++)
		if (c->ranges[i].lo & 0xff || (c->ranges[i].hi & 0xff) != 0xff)
			require(d, NG_BIT_HAS_ICMP_CODE, NG_BIT_HAS_ICMP_CODE);
	return add_ranges(d, NG_FIELD_ICMP_TYPE, c->ranges, c->n_ranges, !c->negated);
}

static int add_vlan(struct draft *d, const struct ng_condition *c)
{
	bool none = c->n_ranges == 1 && c->ranges[0].lo == NG_VLAN_NONE &&
		    c->ranges[0].hi == NG_VLAN_NONE;

	require(d, NG_BIT_HAS_VLAN, NG_BIT_HAS_VLAN);
	if (none) {
		require(d, NG_BIT_TAGGED, c->negated ? NG_BIT_TAGGED : 0);
		return 0;
	}
	require(d, NG_BIT_TAGGED, NG_BIT_TAGGED);
	if (fits_bits(c)) {
		require(d, 0xfffULL << NG_BIT_VLAN_SHIFT, c->ranges[0].lo << NG_BIT_VLAN_SHIFT);
		return 0;
	}
	return add_ranges(d, NG_FIELD_VLAN, c->ranges, c->n_ranges, !c->negated);
}

static int add_fragment(struct draft *d, const struct ng_condition *c)
{
	static const __u64 bits[] = { NG_BIT_FRAGMENT_NO, NG_BIT_FRAGMENT_FIRST,
				      NG_BIT_FRAGMENT_LATER };
	__u64 wanted = 0, unwanted = 0;

	for (unsigned int state = NG_FRAGMENT_NO; state <= NG_FRAGMENT_LATER; state++) {
		bool listed = false;

		for (size_t i = 0; i < c->n_ranges; i++)
			listed |= state >= c->ranges[i].lo && state <= c->ranges[i].hi;
		if (listed != c->negated)
			wanted |= bits[state];
		else
			unwanted |= bits[state];
	}
	d->never |= !wanted;
	require(d, NG_BIT_HAS_FRAGMENT | unwanted, NG_BIT_HAS_FRAGMENT);
	return 0;
}

static int add_condition(struct draft *d, const struct ng_condition *c, bool by_destination)
{
	switch (c->field) {
	case NG_FIELD_FAMILY:
		return add_family(d, c);
	case NG_FIELD_PROTO:
		return add_proto(d, c);
	case NG_FIELD_FROM:
	case NG_FIELD_TO:
		return add_address(d, c);
	case NG_FIELD_SPORT:
	case NG_FIELD_DPORT:
	case NG_FIELD_LENGTH:
		return add_lane(d, c);
	case NG_FIELD_PORT:
		return add_port(d, c, by_destination);
	case NG_FIELD_FLAGS:
		return add_flags(d, c);
	case NG_FIELD_ICMP_TYPE:
		return add_icmp(d, c);
	case NG_FIELD_VLAN:
		return add_vlan(d, c);
	case NG_FIELD_FRAGMENT:
		return add_fragment(d, c);
	case NG_FIELD_ETHERTYPE:
		require(d, NG_BIT_HAS_ETHERTYPE, NG_BIT_HAS_ETHERTYPE);
		break;
	case NG_FIELD_ETHER_FROM:
	case NG_FIELD_ETHER_TO:
		require(d, NG_BIT_HAS_ETHER, NG_BIT_HAS_ETHER);
		break;
	case NG_FIELD_INVALID:
		require(d, NG_BIT_INVALID, NG_BIT_INVALID);
		return 0;
	default:
		break;
	}
	return add_ranges(d, c->field, c->ranges, c->n_ranges, !c->negated);
}

/* Does the condition ask for something that only an IP header says? */
static bool is_about_ip(enum ng_field field)
{
	return field != NG_FIELD_VLAN && field != NG_FIELD_ETHERTYPE &&
	       field != NG_FIELD_ETHER_FROM && field != NG_FIELD_ETHER_TO &&
	       field != NG_FIELD_INVALID;
}

static int add_iface(struct draft *d)
{
	for (int half = 0; half < 2; half++) {
		struct ng_range range = { 0, 0 };
		struct ng_bounds bounds;
		int err;

		for (int i = 0; i < 8; i++)
			range.lo = range.lo << 8 | (__u8)d->rule->iface[8 * half + i];
		range.hi = range.lo;
		err = ng_bounds_of_ranges(&range, 1, &bounds);
		if (err)
			return err;
		d->matches[d->n_matches++] = (struct ng_match){
			.word = half ? NG_WORD_IFACE_LO : NG_WORD_IFACE_HI,
			.mask = ~0ULL,
			.odd = 1,
			.bounds = { ng_buffer_append(&d->compiler->body, bounds.list,
						     bounds.n * sizeof(*bounds.list)),
				    bounds.n },
		};
		free(bounds.list);
	}
	return 0;
}

static void append_entry(struct draft *d)
{
	struct ng_compiler *compiler = d->compiler;
	struct ng_buffer *list = &compiler->entries[d->rule->direction][d->class];
	struct ng_entry *entry = &d->entry;

	entry->hi |= NG_LANE_GUARDS;
	entry->matches.count = d->n_matches;
	entry->matches.offset =
		ng_buffer_append(&compiler->body, d->matches, d->n_matches * sizeof(d->matches[0]));
	if (d->class == NG_CLASS_IPV4) {
		struct ng_entry4 entry4 = { d->saddr.lo, d->daddr.lo, d->saddr_mask.lo,
					    d->daddr_mask.lo, *entry };

		ng_buffer_append(list, &entry4, sizeof(entry4));
	} else if (d->class == NG_CLASS_IPV6) {
		struct ng_entry6 entry6 = { { d->saddr.hi, d->saddr.lo },
					    { d->daddr.hi, d->daddr.lo },
					    { d->saddr_mask.hi, d->saddr_mask.lo },
					    { d->daddr_mask.hi, d->daddr_mask.lo },
					    *entry };

		ng_buffer_append(list, &entry6, sizeof(entry6));
	} else {
		ng_buffer_append(list, entry, sizeof(*entry));
	}
}

/* @by_destination: the second entry of `port`, see add_port() */
static int add_entry(struct ng_compiler *compiler, const struct ng_rule *rule, enum ng_class class,
		     bool by_destination, const struct ng_entry *target, struct ng_error *err)
{
	struct draft d = {
		.compiler = compiler,
		.rule = rule,
		.class = class,
		.entry = *target,
		.err = err,
	};

	/* A `pass` lets no invalid frame by unless it says so. */
	if (rule->verdict == NG_PASS && !ng_rule_condition(rule, NG_FIELD_INVALID))
		require(&d, NG_BIT_INVALID, 0);
	for (size_t i = 0; i < rule->n_conditions && !d.never; i++) {
		const struct ng_condition *c = &rule->conditions[i];
		int failed;

		if (class == NG_CLASS_OTHER && is_about_ip(c->field))
			return 0;
		failed = add_condition(&d, c, by_destination);
		if (failed)
			return failed;
	}
	if (d.never)
		return 0;
	if (rule->iface[0] && add_iface(&d))
		return -ENOMEM;
	append_entry(&d);
	return 0;
}

int ng_entries_add(struct ng_compiler *compiler, const struct ng_rule *rule, __u32 number,
		   __u32 slot, struct ng_error *err)
{
	static const __u32 actions[] = {
		[NG_PASS] = NG_ACTION_PASS,
		[NG_DROP] = NG_ACTION_DROP,
		[NG_COUNT] = NG_ACTION_COUNT,
	};
	const struct ng_condition *port = ng_rule_condition(rule, NG_FIELD_PORT);
	struct ng_entry target = {
		.hi = NG_LANES_MAX,
		.rule = number,
		.slot = slot,
		.action = actions[rule->verdict],
	};

	for (int kind = 0; kind < NG_CLASSES; kind++) {
		int failed = add_entry(compiler, rule, kind, false, &target, err);

		if (!failed && port && !port->negated)
			failed = add_entry(compiler, rule, kind, true, &target, err);
		if (failed)
			return failed;
	}
	return 0;
}
