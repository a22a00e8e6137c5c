// SPDX-License-Identifier: GPL-2.0-only
/* flows, flows flush: the flows that are noted for `established`. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cli/context.h"
#include "cli/words.h"
#include "commands/flows/selection.h"
#include "kernel/maps/flow_table.h"
#include "kernel/publish.h"
#include "report/table.h"
#include "rules/names.h"
#include "rules/time.h"

#define END_LEN	     (INET6_ADDRSTRLEN + 16)
#define ROWS_AT_ONCE 4096
#define NO_FLOWS     "no rule in force uses `established`: there are no flows"

/**
 * struct flows - the flow table, while it is looked through
 * @in_use:   a rule in force uses `established`
 * @settings: of the ruleset in force
 * @table:    zero: there is none
 * @tick:     now
 */
struct flows {
	struct ng_state *state;
	struct ng_flow_selection selection;
	bool in_use;
	struct ng_flow_settings settings;
	struct ng_flow_table table;
	__u64 tick;
};

/**
 * struct flow - one of them, for output
 * @age, @left: seconds since it was noted, and until it is forgotten without another packet
 */
struct flow {
	const struct ng_flow_key *key;
	enum ng_flow_state state;
	uint64_t age, left;
};

static void clear(struct flows *flows)
{
	ng_flows_unmap(&flows->table);
	ng_flow_selection_clear(&flows->selection);
	ng_state_close(flows->state);
}
#define __cleanup_flows __attribute__((cleanup(clear)))

static int read_settings(struct flows *flows, struct ng_error *err)
{
	struct ng_held_image image = { 0 };
	const struct ng_image_header *header;
	int ret = ng_image_hold_in_force(flows->state, &image, err);

	if (ret)
		return ret;
	header = image.data;
	flows->in_use = header->established;
	flows->settings = header->flows;
	ng_image_release(&image);
	return 0;
}

static int open_flows(struct ng_context *ctx, bool writable, struct flows *flows)
{
	int ret = ng_flow_selection_read(ctx, &flows->selection);

	if (!ret)
		ret = ng_open_state(ctx, &flows->state);
	if (!ret)
		ret = read_settings(flows, &ctx->error);
	if (ret)
		return ret;
	ret = ng_flows_map(flows->state, writable, &flows->table);
	if (ret && ret != -ENOENT)
		return ng_fail(&ctx->error, ret, "cannot read the flow table: %s", strerror(-ret));
	flows->tick = ng_flow_tick(ng_clock_monotonic());
	return 0;
}

static uint64_t seconds_of(__u64 ticks)
{
	return (ticks << NG_FLOW_TICK_SHIFT) / NG_NS_PER_SECOND;
}

/* Find the next flow that is selected, from index *@i on; *@i is then the index after it. */
static bool next_flow(const struct flows *flows, size_t *i, struct ng_flow_key *key,
		      struct flow *flow)
{
	__u64 idle;

	for (; *i < flows->table.n; ++*i) {
		enum ng_flow_state state =
			ng_flow_read(&flows->table, *i, &flows->settings, flows->tick, key);

		if (state == NG_FLOW_STATES || !ng_flow_is_selected(&flows->selection, key))
			continue;
		idle = ng_flow_age(flows->table.flows[(*i)++].meta, flows->tick);
		flow->key = key;
		flow->state = state;
		flow->age = seconds_of(ng_flow_age(key->begun, flows->tick));
		flow->left = flows->settings.timeouts[state] > idle
				     ? seconds_of(flows->settings.timeouts[state] - idle)
				     : 0;
		return true;
	}
	return false;
}

static const char *state_words(enum ng_flow_state state)
{
#define WORDS(NAME, WORDS, ...) [NG_FLOW_##NAME] = (WORDS),
	static const char *const words[] = { NG_FLOW_STATE_TABLE(WORDS) };
#undef WORDS

	return words[state];
}

/* ---- flows ----------------------------------------------------------------------------- */

static uint16_t port_of(const struct ng_flow_key *key, enum ng_field field)
{
	return field == NG_FIELD_TO || !ng_flow_has_ports(key) ? key->ports : key->ports >> 16;
}

static const char *address_text(const struct ng_flow_key *key, enum ng_field field,
				char text[END_LEN])
{
	struct ng_prefix address;

	ng_flow_address(key, field, &address);
	return inet_ntop(ng_address_family(&address), address.addr, text, END_LEN);
}

/* "192.0.2.1:53", "[2001:db8::1]:53", "192.0.2.1" */
static const char *end_text(const struct ng_flow_key *key, enum ng_field field, char text[END_LEN])
{
	char address[END_LEN];
	bool is_ipv4 = key->class == NG_CLASS_IPV4;

	if (!ng_flow_has_ports(key))
		return address_text(key, field, text);
	snprintf(text, END_LEN, is_ipv4 ? "%.46s:%u" : "[%.46s]:%u",
		 address_text(key, field, address), port_of(key, field));
	return text;
}

static const char *duration_text(uint64_t seconds, char text[NG_TIME_TEXT])
{
	return seconds ? ng_duration_text(seconds, text) : "0s";
}

static void print_flow(struct ng_table *table, const struct flow *flow)
{
	char end[END_LEN], time[NG_TIME_TEXT];

	ng_table_cell(table, "%s", ng_name_of(ng_protocols, flow->key->proto));
	ng_table_cell(table, "%s", end_text(flow->key, NG_FIELD_FROM, end));
	ng_table_cell(table, "%s", end_text(flow->key, NG_FIELD_TO, end));
	if (ng_flow_has_ports(flow->key))
		ng_table_cell(table, "%s", state_words(flow->state));
	else
		ng_table_cell(table, "%s id %u", state_words(flow->state),
			      port_of(flow->key, NG_FIELD_TO));
	ng_table_cell(table, "%s", duration_text(flow->age, time));
	ng_table_cell(table, "%s", duration_text(flow->left, time));
}

static void print(const struct flows *flows)
{
	static const struct ng_column columns[] = {
		{ "PROTO", false }, { "FROM", false }, { "TO", false },
		{ "STATE", false }, { "AGE", true },   { "LEFT", true },
	};
	__cleanup_table struct ng_table *table = ng_table_new(columns, 6);
	struct ng_flow_key key;
	struct flow flow;
	size_t n = 0;

	if (!flows->in_use) {
		puts(NO_FLOWS);
		return;
	}
	for (size_t i = 0; !ferror(stdout) && next_flow(flows, &i, &key, &flow);) {
		print_flow(table, &flow);
		if (!(++n % ROWS_AT_ONCE))
			ng_table_print(table, stdout);
	}
	ng_table_print(table, stdout);
}

static struct json_object *object_of(const struct flow *flow)
{
	struct json_object *object = ng_json_new();
	char end[END_LEN];

	ng_json_text(object, "proto", ng_name_of(ng_protocols, flow->key->proto));
	ng_json_text(object, "from", address_text(flow->key, NG_FIELD_FROM, end));
	ng_json_text(object, "to", address_text(flow->key, NG_FIELD_TO, end));
	if (ng_flow_has_ports(flow->key)) {
		ng_json_number(object, "sport", port_of(flow->key, NG_FIELD_FROM));
		ng_json_number(object, "dport", port_of(flow->key, NG_FIELD_TO));
	} else {
		ng_json_number(object, "id", port_of(flow->key, NG_FIELD_TO));
	}
	ng_json_text(object, "state", state_words(flow->state));
	ng_json_number(object, "age", flow->age);
	ng_json_number(object, "left", flow->left);
	return object;
}

static void say(struct ng_context *ctx, const struct flows *flows)
{
	struct json_object *head = ng_json_new();
	struct ng_json_list list;
	struct ng_flow_key key;
	struct flow flow;

	ng_json_bool(head, "established", flows->in_use);
	ng_json_number(head, "room", flows->in_use ? flows->settings.flows : 0);
	ng_json_list_begin(&list, stdout, head, "flows");
	for (size_t i = 0; flows->in_use && !ferror(stdout) && next_flow(flows, &i, &key, &flow);)
		ng_json_list_add(&list, object_of(&flow));
	ng_json_list_end(&list);
	ctx->said = true;
}

int ng_command_flows(struct ng_context *ctx)
{
	__cleanup_flows struct flows flows = { 0 };
	int ret = open_flows(ctx, false, &flows);

	if (ret)
		return ret;
	if (ctx->json)
		say(ctx, &flows);
	else
		print(&flows);
	return 0;
}

/* ---- flows flush ----------------------------------------------------------------------- */

/* All flows, or those that are selected; returns how many there were. */
static uint64_t forget(struct flows *flows, bool all)
{
	struct ng_flow_key key;
	struct flow flow;
	uint64_t n = 0;

	for (size_t i = 0; next_flow(flows, &i, &key, &flow); n++)
		ng_flow_forget(&flows->table, i - 1);
	/* With other timeouts, those whose time is over would be there again. */
	if (all && flows->table.n)
		ng_flows_flush(&flows->table);
	return n;
}

int ng_command_flows_flush(struct ng_context *ctx)
{
	__cleanup_flows struct flows flows = { 0 };
	struct json_object *object;
	uint64_t n;
	int ret = open_flows(ctx, true, &flows);

	if (ret)
		return ret;
	n = forget(&flows, !ctx->n_words);
	if (!ctx->json) {
		if (flows.in_use || n)
			printf("%" PRIu64 " flow%s deleted\n", n, ng_plural(n));
		else
			puts(NO_FLOWS);
		return 0;
	}
	object = ng_json_new();
	ng_json_number(object, "deleted", n);
	ng_say_json(ctx, object, 0);
	return 0;
}
