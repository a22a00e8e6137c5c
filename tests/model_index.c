// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_index.h"

typedef unsigned __int128 u128;

/*
 * A column has one number for each rule, which is compared with that of the frame. In columns of
 * the first kind both must be equal under a mask; in those of the second kind the frame's number
 * must be between two bounds, which span all values in the rule's list.
 */
enum column {
	COLUMN_NEEDS, /* NEEDS_*, and 1 << field for each field that must be readable */
	COLUMN_IFACE, /* a hash of the name */
	COLUMN_PAIRS, /* results of set look-ups, in two words */
	COLUMN_SOURCE4 = COLUMN_PAIRS + 2,
	COLUMN_DESTINATION4,
	COLUMN_SOURCE6, /* in four words, the first uppermost */
	COLUMN_DESTINATION6 = COLUMN_SOURCE6 + 4,
	COLUMN_FLAGS = COLUMN_DESTINATION6 + 4,
	COLUMN_BETWEEN, /* + field: the second kind, from here on */
	COLUMNS = COLUMN_BETWEEN + NG_FIELDS
};
_Static_assert(COLUMNS <= sizeof(((struct model_search *)0)->have) / sizeof(uint32_t),
	       "a search has room for all columns");

#define NEEDS_IN    (1U << 24)
#define NEEDS_OUT   (1U << 25)
#define NEEDS_VALID (1U << 26)
#define NEEDS_IPV4  (1U << 27)
#define NEEDS_IPV6  (1U << 28)
#define NEEDS_NEVER (1U << 31) /* no frame has it */
_Static_assert(NG_FIELDS <= 24, "fields and NEEDS_* do not meet");

/**
 * struct column_data - by rule; both are NULL if no rule has a condition on it
 * @first:  the value, or the lower bound
 * @second: the mask, or how far the upper bound is above the lower
 */
struct column_data {
	uint32_t *first, *second;
};

/* Addresses from @first to @last, both included. */
struct span {
	u128 first, last;
};

/* The prefixes of one family of a set: disjoint and ascending. */
struct spans {
	struct span *list;
	size_t n;
};

struct pair {
	const char *set;
	enum ng_field field; /* FROM or TO */
};

struct model_index {
	const struct ng_ruleset *ruleset;
	size_t room; /* rules, a multiple of MODEL_BLOCK */
	struct column_data columns[COLUMNS];
	struct spans *sets[2]; /* by family: IPv4, IPv6; in the order of the ruleset's sets */
	size_t n_sets;
	struct pair pairs[MODEL_PAIRS_MAX];
	size_t n_pairs;
	bool names_blocked;
	bool failed; /* out of memory */
};

/* ---- sets ------------------------------------------------------------------------------ */

static u128 number_of(const uint8_t *address, uint64_t family)
{
	u128 number = 0;

	for (int i = 0; i < (family == 4 ? 4 : 16); i++)
		number = number << 8 | address[i];
	return number;
}

static struct span span_of(const struct ng_prefix *prefix)
{
	int host_bits = (prefix->family == 4 ? 32 : 128) - prefix->len;
	u128 first = number_of(prefix->addr, prefix->family);
	u128 hosts = host_bits == 128 ? ~(u128)0 : ((u128)1 << host_bits) - 1;

	return (struct span){ first, first | hosts };
}

/* Sorted prefixes are nested or disjoint: one that begins inside the last span lies inside it. */
static int spans_of(const struct ng_set *set, uint64_t family, struct spans *spans)
{
	spans->list = calloc(set->n_prefixes + 1, sizeof(*spans->list));
	if (!spans->list)
		return -ENOMEM;
	for (size_t i = 0; i < set->n_prefixes; i++) {
		struct span span = span_of(&set->prefixes[i]);

		if (set->prefixes[i].family != family)
			continue;
		if (!spans->n || span.first > spans->list[spans->n - 1].last)
			spans->list[spans->n++] = span;
	}
	return 0;
}

bool model_index_set_holds(const struct model_index *index, const struct ng_set *set,
			   uint64_t family, const uint8_t *address)
{
	const struct spans *spans = &index->sets[family == 6][set - index->ruleset->sets];
	u128 number = number_of(address, family);
	size_t below = 0, above = spans->n;

	while (below < above) {
		size_t middle = (below + above) / 2;

		if (spans->list[middle].last < number)
			below = middle + 1;
		else
			above = middle;
	}
	return below < spans->n && spans->list[below].first <= number;
}

/* ---- columns: what rules require ------------------------------------------------------- */

/* Rules without a condition here let everything through. */
static struct column_data *column_at(struct model_index *index, int column)
{
	struct column_data *data = &index->columns[column];

	if (data->first)
		return data;
	data->first = calloc(index->room, sizeof(*data->first));
	data->second = calloc(index->room, sizeof(*data->second));
	if (!data->first || !data->second) {
		index->failed = true;
		return NULL;
	}
	if (column >= COLUMN_BETWEEN)
		memset(data->second, 0xff, index->room * sizeof(*data->second));
	return data;
}

static void ask_bits(struct model_index *index, int column, size_t rule, uint32_t value,
		     uint32_t mask)
{
	struct column_data *data = column_at(index, column);

	if (!data)
		return;
	data->first[rule] |= value & mask;
	data->second[rule] |= mask;
}

static void ask_between(struct model_index *index, enum ng_field field, size_t rule, uint64_t lo,
			uint64_t hi)
{
	struct column_data *data;

	if (hi > UINT32_MAX)
		return;
	data = column_at(index, COLUMN_BETWEEN + field);
	if (!data)
		return;
	data->first[rule] = lo;
	data->second[rule] = hi - lo;
}

static uint32_t hash_of(const char *name)
{
	uint32_t hash = 1;

	while (*name)
		hash = hash * 31 + *name++;
	return hash;
}

/* The bits that all prefixes of @family have in common, or that there is no such prefix. */
static void ask_prefixes(struct model_index *index, const struct ng_condition *condition,
			 uint64_t family, size_t rule)
{
	bool from = condition->field == NG_FIELD_FROM;
	const struct ng_prefix *first = NULL;
	uint8_t mask[16];
	int column = family == 4 ? (from ? COLUMN_SOURCE4 : COLUMN_DESTINATION4)
				 : (from ? COLUMN_SOURCE6 : COLUMN_DESTINATION6);

	memset(mask, 0xff, sizeof(mask));
	for (size_t i = 0; i < condition->n_prefixes; i++) {
		const struct ng_prefix *prefix = &condition->prefixes[i];

		if (prefix->family != family)
			continue;
		if (!first)
			first = prefix;
		for (int bit = 0; bit < 128; bit++)
			if (bit >= prefix->len ||
			    (prefix->addr[bit / 8] ^ first->addr[bit / 8]) & 0x80 >> bit % 8)
				mask[bit / 8] &= ~(0x80 >> bit % 8);
	}
	if (!first) {
		ask_bits(index, COLUMN_NEEDS, rule, family == 4 ? NEEDS_IPV6 : NEEDS_IPV4,
			 family == 4 ? NEEDS_IPV6 : NEEDS_IPV4);
		return;
	}
	for (int word = 0; word < (family == 4 ? 1 : 4); word++)
		ask_bits(index, column + word, rule, number_of(first->addr + 4 * word, 4),
			 number_of(mask + 4 * word, 4));
}

static void ask_pair(struct model_index *index, const struct ng_condition *condition, size_t rule)
{
	struct pair *pairs = index->pairs;
	uint32_t bit;
	size_t i = 0;

	while (i < index->n_pairs &&
	       (pairs[i].field != condition->field || strcmp(pairs[i].set, condition->set)))
		i++;
	if (i == MODEL_PAIRS_MAX)
		return;
	if (i == index->n_pairs)
		pairs[index->n_pairs++] = (struct pair){ condition->set, condition->field };
	bit = 1U << i % 32;
	ask_bits(index, COLUMN_PAIRS + i / 32, rule, condition->negated ? 0 : bit, bit);
}

static void ask_address(struct model_index *index, const struct ng_condition *condition,
			size_t rule)
{
	if (condition->set[0]) {
		index->names_blocked |= !strcmp(condition->set, NG_BLOCKED);
		ask_pair(index, condition, rule);
	} else if (!condition->negated) {
		ask_prefixes(index, condition, 4, rule);
		ask_prefixes(index, condition, 6, rule);
	}
}

/* From the least to the greatest value of a list; nothing for negated lists. */
static void ask_ranges(struct model_index *index, const struct ng_condition *condition, size_t rule)
{
	uint64_t lo = UINT64_MAX, hi = 0;

	if (condition->negated || !condition->n_ranges)
		return;
	for (size_t i = 0; i < condition->n_ranges; i++) {
		if (condition->ranges[i].lo < lo)
			lo = condition->ranges[i].lo;
		if (condition->ranges[i].hi > hi)
			hi = condition->ranges[i].hi;
	}
	ask_between(index, condition->field, rule, lo, hi);
}

static void ask_condition(struct model_index *index, const struct ng_condition *condition,
			  size_t rule)
{
	if (condition->field != NG_FIELD_INVALID)
		ask_bits(index, COLUMN_NEEDS, rule, 1U << condition->field, 1U << condition->field);
	switch (condition->field) {
	case NG_FIELD_FROM:
	case NG_FIELD_TO:
		ask_address(index, condition, rule);
		break;
	case NG_FIELD_FLAGS:
		if (!condition->negated)
			ask_bits(index, COLUMN_FLAGS, rule, condition->flags_value,
				 condition->flags_mask);
		break;
	case NG_FIELD_PORT: /* either of two numbers */
	case NG_FIELD_INVALID:
		break;
	default:
		ask_ranges(index, condition, rule);
	}
}

static void ask_rule(struct model_index *index, size_t number)
{
	const struct ng_rule *rule = &index->ruleset->rules[number];
	uint32_t needs = rule->direction == NG_IN ? NEEDS_IN : NEEDS_OUT;

	if (rule->verdict == NG_PASS && !ng_rule_condition(rule, NG_FIELD_INVALID))
		needs |= NEEDS_VALID;
	ask_bits(index, COLUMN_NEEDS, number, needs, needs);
	if (rule->iface[0])
		ask_bits(index, COLUMN_IFACE, number, hash_of(rule->iface), UINT32_MAX);
	for (size_t i = 0; i < rule->n_conditions; i++)
		ask_condition(index, &rule->conditions[i], number);
}

/* ---- making one ------------------------------------------------------------------------ */

static int make_sets(struct model_index *index)
{
	const struct ng_ruleset *ruleset = index->ruleset;

	for (int family = 0; family < 2; family++) {
		index->sets[family] = calloc(ruleset->n_sets + 1, sizeof(struct spans));
		if (!index->sets[family])
			return -ENOMEM;
		for (size_t i = 0; i < ruleset->n_sets; i++)
			if (spans_of(&ruleset->sets[i], family ? 6 : 4, &index->sets[family][i]))
				return -ENOMEM;
	}
	return 0;
}

int model_index_new(const struct ng_ruleset *ruleset, struct model_index **out)
{
	struct model_index *index = calloc(1, sizeof(*index));

	if (!index)
		return -ENOMEM;
	index->ruleset = ruleset;
	index->n_sets = ruleset->n_sets;
	index->room = (ruleset->n_rules / MODEL_BLOCK + 1) * MODEL_BLOCK;
	index->failed = make_sets(index);
	for (size_t i = 0; i < ruleset->n_rules && !index->failed; i++)
		ask_rule(index, i);
	for (size_t i = ruleset->n_rules; i < index->room && !index->failed; i++)
		ask_bits(index, COLUMN_NEEDS, i, NEEDS_NEVER, NEEDS_NEVER);
	if (index->failed) {
		model_index_free(index);
		return -ENOMEM;
	}
	*out = index;
	return 0;
}

void model_index_free(struct model_index *index)
{
	if (!index)
		return;
	for (int column = 0; column < COLUMNS; column++) {
		free(index->columns[column].first);
		free(index->columns[column].second);
	}
	for (int family = 0; family < 2; family++) {
		for (size_t i = 0; index->sets[family] && i < index->n_sets; i++)
			free(index->sets[family][i].list);
		free(index->sets[family]);
	}
	free(index);
}

bool model_index_names_blocked(const struct model_index *index)
{
	return index->names_blocked;
}

/* ---- searching: what a frame has ------------------------------------------------------- */

static void have(struct model_search *search, enum ng_field name, struct field field)
{
	if (!field.known)
		return;
	search->have[COLUMN_NEEDS] |= 1U << name;
	search->have[COLUMN_BETWEEN + name] = field.value;
}

static void have_addresses(const struct model_case *at, struct model_search *search)
{
	const struct packet *packet = at->packet;
	const struct model_index *index = search->index;

	if (!packet->family.known)
		return;
	search->have[COLUMN_NEEDS] |= 1U << NG_FIELD_FROM | 1U << NG_FIELD_TO;
	search->have[COLUMN_NEEDS] |= packet->family.value == 4 ? NEEDS_IPV4 : NEEDS_IPV6;
	search->have[COLUMN_SOURCE4] = number_of(packet->source, 4);
	search->have[COLUMN_DESTINATION4] = number_of(packet->destination, 4);
	for (int word = 0; word < 4; word++) {
		search->have[COLUMN_SOURCE6 + word] = number_of(packet->source + 4 * word, 4);
		search->have[COLUMN_DESTINATION6 + word] =
			number_of(packet->destination + 4 * word, 4);
	}
	for (size_t i = 0; i < index->n_pairs; i++) {
		const struct pair *pair = &index->pairs[i];

		if (model_in_set(at, pair->set,
				 pair->field == NG_FIELD_FROM ? packet->source
							      : packet->destination))
			search->have[COLUMN_PAIRS + i / 32] |= 1U << i % 32;
	}
}

void model_index_search(const struct model_case *at, struct model_search *search)
{
	const struct packet *packet = at->packet;

	search->index = at->rules->index;
	search->block = SIZE_MAX;
	memset(search->have, 0, sizeof(search->have));
	search->have[COLUMN_NEEDS] = at->frame->direction == NG_IN ? NEEDS_IN : NEEDS_OUT;
	if (packet->reason == NG_VALID)
		search->have[COLUMN_NEEDS] |= NEEDS_VALID;
	search->have[COLUMN_IFACE] = hash_of(at->frame->iface);
	search->have[COLUMN_FLAGS] = packet->flags.value;
	have_addresses(at, search);
	have(search, NG_FIELD_FAMILY, packet->family);
	have(search, NG_FIELD_PROTO, packet->proto);
	have(search, NG_FIELD_SPORT, packet->sport);
	have(search, NG_FIELD_DPORT, packet->dport);
	have(search, NG_FIELD_PORT, packet->sport);
	have(search, NG_FIELD_FLAGS, packet->flags);
	have(search, NG_FIELD_VLAN, packet->vlan);
	have(search, NG_FIELD_LENGTH, packet->length);
	have(search, NG_FIELD_TTL, packet->ttl);
	have(search, NG_FIELD_DSCP, packet->dscp);
	have(search, NG_FIELD_FLOW_LABEL, packet->flow_label);
	have(search, NG_FIELD_FRAGMENT, packet->fragment);
	have(search, NG_FIELD_DF, packet->df);
	have(search, NG_FIELD_ESTABLISHED, packet->established);
	have(search, NG_FIELD_ETHERTYPE, packet->ethertype);
	have(search, NG_FIELD_ETHER_FROM, packet->ether_from);
	have(search, NG_FIELD_ETHER_TO, packet->ether_to);
	have(search, NG_FIELD_ICMP_TYPE,
	     (struct field){ packet->icmp_type.known,
			     packet->icmp_type.value << 8 | packet->icmp_code.value });
}

/* GCC makes vectors of such loops at -O3 only. */
#define VECTORS __attribute__((optimize("O3")))

/* Return: whether any rule of the block is left. */
VECTORS static bool keep_equal(uint32_t *passed, uint32_t mine, const uint32_t *value,
			       const uint32_t *mask)
{
	uint32_t any = 0;

	for (int i = 0; i < MODEL_BLOCK; i++) {
		passed[i] &= -(uint32_t)(((mine ^ value[i]) & mask[i]) == 0);
		any |= passed[i];
	}
	return any;
}

VECTORS static bool keep_between(uint32_t *passed, uint32_t mine, const uint32_t *lo,
				 const uint32_t *width)
{
	uint32_t any = 0;

	for (int i = 0; i < MODEL_BLOCK; i++) {
		passed[i] &= -(uint32_t)(mine - lo[i] <= width[i]);
		any |= passed[i];
	}
	return any;
}

/* Is the column for addresses of another family than the frame's? */
static bool is_foreign(const struct model_search *search, int column)
{
	bool ipv4 = search->have[COLUMN_NEEDS] & NEEDS_IPV4;

	if (column >= COLUMN_SOURCE4 && column < COLUMN_SOURCE6)
		return !ipv4;
	return column >= COLUMN_SOURCE6 && column < COLUMN_FLAGS && ipv4;
}

static void filter_block(struct model_search *search, size_t block)
{
	const struct model_index *index = search->index;
	bool any = true;

	search->block = block;
	memset(search->passed, 0xff, sizeof(search->passed));
	for (int column = 0; column < COLUMNS && any; column++) {
		const struct column_data *data = &index->columns[column];

		if (!data->first || is_foreign(search, column))
			continue;
		if (column < COLUMN_BETWEEN)
			any = keep_equal(search->passed, search->have[column], data->first + block,
					 data->second + block);
		else
			any = keep_between(search->passed, search->have[column],
					   data->first + block, data->second + block);
	}
}

size_t model_index_next(struct model_search *search, size_t from)
{
	const struct model_index *index = search->index;

	for (size_t i = from; i < index->room; i++) {
		size_t block = i / MODEL_BLOCK * MODEL_BLOCK;

		if (search->block != block)
			filter_block(search, block);
		if (search->passed[i - block])
			return i;
	}
	return index->ruleset->n_rules;
}
