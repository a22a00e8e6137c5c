// SPDX-License-Identifier: GPL-2.0-only
#include "compile/entry/entry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "compile/entry/bounds.h"
#include "rules/fields.h"

#define ICMP   1
#define ICMPV6 58

/**
 * struct draft - the entry of one variant of a rule for one class of frames
 * @never: no frame of this class can match it
 * @inexact: the rule has conditions that @box does not express
 * @bits, @bits_mask: as in struct ng_bits; @implied: NG_BIT_HAS_* that other fields imply
 * @lo, @hi, @misc_lo, @misc_hi: bounds of lanes, without guards
 * @box:   ranges that trees can cut on; may be wider than the entry
 * @matches: room for two of each field; not cleared, since a draft is made for each rule
 */
struct draft {
	struct ng_compiler *compiler;
	const struct ng_rule *rule;
	enum ng_class class;
	bool never, inexact;
	struct ng_bound saddr, daddr, saddr_mask, daddr_mask;
	__u32 bits, bits_mask, implied;
	__u64 lo, hi, misc_lo, misc_hi;
	__u64 sets, sets_mask;
	struct ng_box box;
	struct ng_match *matches;
	size_t n_matches;
	struct ng_error *err;
};

static void require(struct draft *d, __u32 mask, __u32 bits)
{
	if ((d->bits ^ bits) & d->bits_mask & mask)
		d->never = true;
	d->bits_mask |= mask;
	d->bits |= bits;
}

/* Frees the list of @bounds. */
static int add_match(struct draft *d, enum ng_field field, struct ng_bounds bounds, bool inside)
{
	__cleanup_free struct ng_bound *list = bounds.list;
	const struct ng_key_field *number = &ng_key_fields[field];
	struct ng_match *match;

	if (bounds.n > NG_MATCH_BOUNDS) {
		ng_fail(d->err, -E2BIG, "%s lists too many values: %zu bounds of ranges, %u fit",
			ng_fields[field].keyword, bounds.n, NG_MATCH_BOUNDS);
		return ng_hint(d->err, -E2BIG, "put addresses into a set, split other lists");
	}
	d->inexact = true;
	match = &d->matches[d->n_matches++];
	*match = (struct ng_match){
		.word = number->word,
		.shift = number->shift,
		.wide = number->bits > 64,
		.mask = ng_key_mask(field),
		.odd = inside,
		.bounds = { ng_buffer_append(&d->compiler->body, list, bounds.n * sizeof(*list)),
			    bounds.n },
	};
	return 0;
}

static void narrow_lane(__u64 *lo, __u64 *hi, enum ng_field field, __u64 from, __u64 to)
{
	__u64 shift = ng_key_fields[field].shift, lane = ng_key_mask(field) << shift;

	if (from << shift > (*lo & lane))
		*lo = (*lo & ~lane) | from << shift;
	if (to << shift < (*hi & lane))
		*hi = (*hi & ~lane) | to << shift;
}

/* The number must be between @from and @to. Return: can the entry and its extra express that? */
static bool narrow(struct draft *d, enum ng_field field, __u64 from, __u64 to)
{
	const struct ng_key_field *number = &ng_key_fields[field];
	__u64 mask = ng_key_mask(field);

	if (number->cut != NG_CUT_NONE && number->bits <= 32)
		d->never |= !ng_box_narrow(&d->box, number->cut, from, to);
	else if (number->cut != NG_CUT_NONE && from == to)
		ng_box_fix(&d->box, number->cut, from, ~0ULL, number->bits);
	if (from)
		d->implied |= number->has;
	switch (number->word) {
	case NG_WORD_LANES:
		narrow_lane(&d->lo, &d->hi, field, from, to);
		return true;
	case NG_WORD_MISC:
		narrow_lane(&d->misc_lo, &d->misc_hi, field, from, to);
		return true;
	case NG_WORD_BITS:
		/* An entry has only the lower half of the word. */
		if (from != to || mask << number->shift > UINT32_MAX)
			return false;
		require(d, mask << number->shift, from << number->shift);
		return true;
	default:
		return false;
	}
}

/* Condition: the number is in one of the ranges, or negated, in none. */
static int add_ranges(struct draft *d, enum ng_field field, const struct ng_range *ranges, size_t n,
		      bool negated)
{
	struct ng_bounds bounds;
	__u64 last = 0;
	int err;

	require(d, ng_key_fields[field].has, ng_key_fields[field].has);
	/* The last range may be an ICMP code, inside the one before. */
	for (size_t i = 0; i < n; i++)
		if (ranges[i].hi > last)
			last = ranges[i].hi;
	if (!negated && narrow(d, field, ranges[0].lo, last) && n == 1)
		return 0;
	err = ng_bounds_of_ranges(ranges, n, &bounds);
	return err ? err : add_match(d, field, bounds, !negated);
}

static int add_number(struct draft *d, const struct ng_condition *c)
{
	return add_ranges(d, c->field, c->ranges, c->n_ranges, c->negated);
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

/* ICMP is only over IPv4, ICMPv6 only over IPv6: remove the other one's number. */
static int add_proto(struct draft *d, const struct ng_condition *c)
{
	__u64 strange = d->class == NG_CLASS_IPV4 ? ICMPV6 : ICMP;
	struct ng_range ranges[2 * 256];
	size_t n = 0;

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
	if (n)
		return add_ranges(d, NG_FIELD_PROTO, ranges, n, c->negated);
	require(d, NG_BIT_HAS_PROTO, NG_BIT_HAS_PROTO);
	d->never |= !c->negated;
	return 0;
}

__u64 ng_set_bit(struct ng_compiler *compiler, const char *name, int daddr, struct ng_error *err)
{
	size_t i;

	for (i = 0; i < compiler->n_used; i++)
		if (compiler->used[i].daddr == daddr && !strcmp(compiler->used[i].name, name))
			break;
	if (i == NG_LOOKUPS_MAX) {
		ng_fail(err, -E2BIG,
			"the rules look up more than %d sets, counting one in `from` and `to` "
			"as two",
			NG_LOOKUPS_MAX);
		return 0;
	}
	if (i == compiler->n_used) {
		struct ng_used_set *used = &compiler->used[compiler->n_used++];

		snprintf(used->name, sizeof(used->name), "%s", name);
		used->set = ng_ruleset_set(compiler->ruleset, name);
		used->daddr = daddr;
	}
	return 1ULL << i;
}

static int use_set(struct draft *d, const struct ng_condition *c)
{
	__u64 bit = ng_set_bit(d->compiler, c->set, c->field == NG_FIELD_TO, d->err);

	if (!bit)
		return -E2BIG;
	d->sets_mask |= bit;
	if (!c->negated)
		d->sets |= bit;
	return 0;
}

static void fix_address(struct draft *d, bool from, const struct ng_prefix *prefix)
{
	struct ng_bound *address = from ? &d->saddr : &d->daddr;
	struct ng_bound *mask = from ? &d->saddr_mask : &d->daddr_mask;
	enum ng_cut cut = from ? NG_CUT_FROM : NG_CUT_TO;

	ng_prefix_number(prefix, address, mask);
	if (prefix->family == 6)
		ng_box_fix(&d->box, cut, address->hi, mask->hi, 64);
	ng_box_fix(&d->box, cut + (prefix->family == 6 ? 2 : 3), address->lo, mask->lo,
		   prefix->family == 6 ? 64 : 32);
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
		fix_address(d, c->field == NG_FIELD_FROM, only);
		return 0;
	}
	err = ng_bounds_of_prefixes(c->prefixes, c->n_prefixes, family, &bounds);
	return err ? err : add_match(d, c->field, bounds, !c->negated);
}

/* Condition: neither port is in the list. `port` without `not` was split into variants before. */
static int add_no_port(struct draft *d, const struct ng_condition *c)
{
	struct ng_condition port = *c;
	int err;

	port.field = NG_FIELD_SPORT;
	err = add_number(d, &port);
	port.field = NG_FIELD_DPORT;
	return err ? err : add_number(d, &port);
}

static int add_flags(struct draft *d, const struct ng_condition *c)
{
	struct ng_range ranges[256];
	size_t n = 0;

	require(d, NG_BIT_HAS_FLAGS, NG_BIT_HAS_FLAGS);
	if (!c->negated) {
		require(d, (__u32)c->flags_mask << NG_BIT_FLAGS_SHIFT,
			(__u32)c->flags_value << NG_BIT_FLAGS_SHIFT);
		ng_box_fix(&d->box, NG_CUT_FLAGS, c->flags_value, c->flags_mask, 8);
		if (c->flags_value & c->flags_mask)
			d->implied |= NG_BIT_HAS_FLAGS;
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
	return add_ranges(d, NG_FIELD_FLAGS, ranges, n, true);
}

static int add_icmp(struct draft *d, const struct ng_condition *c)
{
	int err = add_number(d, c);

	/* The estimate (tree/estimate.c) needs this bit to know the protocol. */
	d->implied &= ~NG_BIT_HAS_ICMP_TYPE;
	if (ng_types_ask_code(c))
		require(d, NG_BIT_HAS_ICMP_CODE, NG_BIT_HAS_ICMP_CODE);
	return err;
}

static int add_vlan(struct draft *d, const struct ng_condition *c)
{
	if (d->rule->direction == NG_IN)
		d->compiler->reads_vlan = true;
	if (c->n_ranges != 1 || c->ranges[0].lo != NG_VLAN_NONE || c->ranges[0].hi != NG_VLAN_NONE)
		return add_number(d, c);
	require(d, NG_BIT_HAS_VLAN, NG_BIT_HAS_VLAN);
	require(d, NG_BIT_TAGGED, c->negated ? NG_BIT_TAGGED : 0);
	return 0;
}

static int add_fragment(struct draft *d, const struct ng_condition *c)
{
	static const __u32 bits[] = { NG_BIT_FRAGMENT_NO, NG_BIT_FRAGMENT_FIRST,
				      NG_BIT_FRAGMENT_LATER };
	__u32 wanted = 0, unwanted = 0;

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

static int add_condition(struct draft *d, const struct ng_condition *c)
{
	switch (c->field) {
	case NG_FIELD_FAMILY:
		return add_family(d, c);
	case NG_FIELD_PROTO:
		return add_proto(d, c);
	case NG_FIELD_FROM:
	case NG_FIELD_TO:
		return add_address(d, c);
	case NG_FIELD_PORT:
		return add_no_port(d, c);
	case NG_FIELD_FLAGS:
		return add_flags(d, c);
	case NG_FIELD_ICMP_TYPE:
		return add_icmp(d, c);
	case NG_FIELD_VLAN:
		return add_vlan(d, c);
	case NG_FIELD_FRAGMENT:
		return add_fragment(d, c);
	case NG_FIELD_INVALID:
		return 0;
	default:
		return add_number(d, c);
	}
}

/* The interface's name as in NG_WORD_IFACE_HI and _LO. */
static void iface_words(const char *name, __u64 words[2])
{
	for (int i = 0; i < 16; i++)
		words[i / 8] = words[i / 8] << 8 | (__u8)name[i];
}

/*
 * When a rule expires, by the clock that programs can read: CLOCK_TAI is ahead of UTC by the leap
 * seconds that the kernel was told of, often none.
 */
static __u64 until_of(const struct ng_rule *rule)
{
	struct timex clock = {};

	if (!rule->until)
		return 0;
	adjtimex(&clock);
	return (rule->until + clock.tai) * NG_NS_PER_SECOND;
}

/* What the entry says about the counter, see NG_OUTCOME_SLOT. */
static __u32 counts_at(const struct ng_target *target)
{
	return target->limiter ? target->limiter : target->slot;
}

/* Append the conditions that do not fit into the entry. Return: their offset; 0: there are none. */
static size_t append_extra(struct draft *d, const struct ng_target *target)
{
	struct ng_buffer *body = &d->compiler->body;
	struct ng_entry_extra extra = {
		.lo = d->misc_lo,
		.hi = d->misc_hi | NG_MISC_GUARDS,
		.length = d->lo >> NG_LANE_LENGTH_SHIFT,
		.length_end = d->hi >> NG_LANE_LENGTH_SHIFT,
		.sets = d->sets,
		.sets_mask = d->sets_mask,
		.until = until_of(d->rule),
		.slot = counts_at(target),
		.matches = d->n_matches,
	};
	size_t offset;

	if (d->rule->iface[0]) {
		iface_words(d->rule->iface, extra.iface);
		extra.iface_mask = ~0ULL;
		ng_box_fix(&d->box, NG_CUT_IFACE, extra.iface[0], ~0ULL, 64);
		ng_box_fix(&d->box, NG_CUT_IFACE + 2, extra.iface[1], ~0ULL, 64);
	}
	if (!d->misc_lo && d->misc_hi == NG_MISC_MAX && !extra.length &&
	    extra.length_end == NG_LANE_LENGTH_MAX && !d->sets_mask && !extra.iface_mask &&
	    !extra.until && !d->n_matches)
		return 0;
	ng_box_fix(&d->box, NG_CUT_SETS, d->sets, d->sets_mask, 64);
	offset = ng_buffer_append(body, &extra, sizeof(extra));
	ng_buffer_append(body, d->matches, d->n_matches * sizeof(d->matches[0]));
	return offset;
}

/* The parts of an entry that it may share with others. */
static int share_parts(struct draft *d, struct ng_bits bits, struct ng_entry *entry)
{
	struct ng_shared *shared = &d->compiler->shared;
	struct ng_buffer *body = &d->compiler->body;
	struct ng_masks4 masks4 = { bits, d->saddr_mask.lo | d->daddr_mask.lo << 32 };
	struct ng_masks6 masks6 = {
		.bits = bits,
		.saddr = { d->saddr_mask.hi, d->saddr_mask.lo },
		.daddr = { d->daddr_mask.hi, d->daddr_mask.lo },
	};
	struct ng_ports ports = {
		.first = d->lo & NG_PORT_LANES,
		.last = d->hi & NG_PORT_LANES,
	};
	int failed = d->class == NG_CLASS_IPV6
			     ? ng_shared_put(shared, body, &masks6, sizeof(masks6), &entry->masks)
			     : ng_shared_put(shared, body, &masks4, sizeof(masks4), &entry->masks);

	return failed ? failed : ng_shared_put(shared, body, &ports, sizeof(ports), &entry->ports);
}

static int append_entry(struct draft *d, const struct ng_target *target)
{
	struct ng_rules_of *rules = &d->compiler->rules[d->rule->direction][d->class];
	struct ng_items *items = ng_target_decides(target) ? &rules->decide : &rules->count;
	size_t extra = append_extra(d, target);
	__u32 mask = d->bits_mask & ~d->implied;
	struct ng_bits bits = { d->bits & mask, mask };
	struct ng_entry entry = {
		.outcome = (__u64)target->rule << NG_OUTCOME_RULE_SHIFT |
			   (__u64)target->action << NG_OUTCOME_ACTION_SHIFT,
	};

	if (share_parts(d, bits, &entry))
		return -ENOMEM;
	entry.outcome |= extra ? NG_OUTCOME_EXTRA | extra : counts_at(target);
	if (d->rule->log)
		entry.outcome |= NG_OUTCOME_LOG;
	ng_box_fix(&d->box, NG_CUT_PRESENCE, bits.value >> 16, bits.mask >> 16, 16);
	items->ipv6 = d->class == NG_CLASS_IPV6;
	d->compiler->entry_bytes += ng_items_size(items);
	if (items->ipv6) {
		struct ng_entry6 entry6 = { { d->saddr.hi, d->saddr.lo },
					    { d->daddr.hi, d->daddr.lo },
					    entry };

		return ng_items_add(items, &d->box, &entry6, !d->inexact);
	}
	return ng_items_add(items, &d->box,
			    &(struct ng_entry4){ d->saddr.lo | d->daddr.lo << 32, entry },
			    !d->inexact);
}

static int add_entry(struct ng_compiler *compiler, const struct ng_variant *v, enum ng_class class,
		     const struct ng_target *target, struct ng_error *err)
{
	struct ng_match matches[2 * NG_FIELDS];
	struct draft d = {
		.compiler = compiler,
		.rule = v->rule,
		.class = class,
		.hi = NG_LANES_MAX,
		.misc_hi = NG_MISC_MAX,
		.matches = matches,
		.err = err,
	};
	int failed = 0;

	d.inexact = v->rule->until;
	ng_box_whole(&d.box);
	for (size_t i = 0; i < v->n && !d.never; i++) {
		failed = add_condition(&d, &v->conditions[i]);
		if (failed)
			return failed;
	}
	/* A frame without addresses has no bucket. */
	d.never |= class == NG_CLASS_OTHER && target->action == NG_ACTION_LIMIT &&
		   v->rule->limit.per != NG_LIMIT_ALL;
	/* A `pass` rule passes invalid frames only if it names `invalid`. */
	if (ng_rule_condition(v->rule, NG_FIELD_INVALID))
		require(&d, NG_BIT_VALID, 0);
	else if (target->action == NG_ACTION_PASS)
		require(&d, NG_BIT_VALID, NG_BIT_VALID);
	return d.never ? 0 : append_entry(&d, target);
}

_Static_assert(NG_FAMILY_IPV4 == 1 << NG_CLASS_IPV4 && NG_FAMILY_IPV6 == 1 << NG_CLASS_IPV6 &&
		       NG_FAMILY_OTHER == 1 << NG_CLASS_OTHER,
	       "families are classes");

int ng_variant_append(struct ng_compiler *compiler, const struct ng_variant *v,
		      const struct ng_target *target, struct ng_error *err)
{
	unsigned int families = ~0U;
	int failed = 0;

	for (size_t i = 0; i < v->n; i++)
		families &= ng_field_families(v->conditions[i].field);
	for (int kind = 0; kind < NG_CLASSES && !failed; kind++)
		if (families >> kind & 1)
			failed = add_entry(compiler, v, kind, target, err);
	return failed;
}

int ng_compiler_has_room(const struct ng_compiler *compiler, size_t more, struct ng_error *err)
{
	size_t bytes = compiler->ruleset ? compiler->ruleset->bytes : 0;

	bytes += compiler->body.size + compiler->source.size + compiler->entry_bytes + more;
	if (bytes <= NG_COMPILE_BYTES)
		return 0;
	ng_fail(err, -E2BIG,
		"the ruleset is too large: compiling it takes more than %lu MiB of memory, and the "
		"image would not hold it",
		NG_COMPILE_BYTES >> 20);
	return ng_hint(err, -E2BIG, "put addresses into sets; use fewer rules with lists");
}

void ng_compiler_clear(struct ng_compiler *compiler)
{
	ng_buffer_clear(&compiler->body);
	ng_buffer_clear(&compiler->source);
	ng_shared_clear(&compiler->shared);
	for (int direction = 0; direction < NG_DIRECTIONS; direction++)
		for (int kind = 0; kind < NG_CLASSES; kind++) {
			ng_items_clear(&compiler->rules[direction][kind].decide);
			ng_items_clear(&compiler->rules[direction][kind].count);
		}
}
