// SPDX-License-Identifier: GPL-2.0-only
#include "commands/own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "net/frame.h"
#include "rules/prefix.h"
#include "rules/value.h"

static int add(struct ng_own *own, const char *word, struct ng_error *err)
{
	struct ng_prefix prefix;
	struct ng_error unused;
	struct ng_range macs;
	int ret;

	if (!ng_value_ether(word, &macs, &unused))
		return ng_ranges_push(&own->macs, &own->n_macs, &macs);
	ret = ng_parse_prefix(word, &prefix, err);
	if (ret)
		return ng_hint(err, ret,
			       "addresses, prefixes and MAC addresses, with commas between them");
	return ng_prefixes_push(&own->prefixes, &own->n_prefixes, &prefix);
}

int ng_own_read(const char *list, struct ng_own *own, struct ng_error *err)
{
	__cleanup_free char *copy = strdup(list);
	char *rest = copy, *word;
	int ret = copy ? 0 : -ENOMEM;

	while (!ret && (word = strsep(&rest, ",")))
		ret = add(own, word, err);
	return ret == -ENOMEM ? ng_fail(err, ret, "out of memory") : ret;
}

void ng_own_clear(struct ng_own *own)
{
	free(own->prefixes);
	free(own->macs);
}

static bool has_mac(const struct ng_own *own, uint64_t mac)
{
	for (size_t i = 0; i < own->n_macs; i++)
		if (mac >= own->macs[i].lo && mac <= own->macs[i].hi)
			return true;
	return false;
}

static bool has_address(const struct ng_own *own, const struct ng_prefix *address)
{
	for (size_t i = 0; i < own->n_prefixes; i++)
		if (ng_prefix_holds(&own->prefixes[i], address))
			return true;
	return false;
}

bool ng_own_sends(const struct ng_own *own, const uint8_t *frame, size_t captured, size_t length)
{
	struct ng_frame_bytes bytes = { .data = frame, .captured = captured, .length = length };
	struct ng_frame_fields fields;
	struct ng_prefix from = { 0 };

	ng_frame_read(&bytes, &fields);
	if (fields.key[NG_WORD_BITS] & NG_BIT_HAS_ETHER &&
	    has_mac(own, fields.key[NG_WORD_ETHER_FROM]))
		return true;
	from.family = ng_key_address(fields.key, fields.class, NG_WORD_SADDR_HI, from.addr);
	if (!from.family)
		return false;
	from.len = 8 * ng_address_size(&from);
	return has_address(own, &from);
}
