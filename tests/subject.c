// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compile/image_read.h"
#include "model_flows.h"
#include "model_index.h"
#include "subject.h"

#include "kernel/live/live.h"
#include "kernel/maps/flow_table.h"

/* Smaller rulesets are run without an index: by the model alone. */
#define INDEX_FROM 64

struct subject {
	bool is_model;
	enum ng_hook hook;
	const char *iface;
	const struct model_live *live;
	const struct ng_ruleset *ruleset;

	struct model_counters counters; /* the model's */
	struct model_index *index;
	struct model_counted counted;
	struct model_buckets *buckets;
	uint64_t time;
	struct model_flows flows;
	uint64_t now; /* ns */

	struct ng_image image;		 /* the program's */
	struct ng_runner *runner;	 /* from the first ruleset on */
	int published;			 /* result of the publication */
	struct ng_counter *rules_before; /* counters when the ruleset was put in force */
	struct ng_counter *over_before;
	struct ng_counter before[SUBJECT_SLOTS];
};

int subject_open(bool model, enum ng_hook hook, const char *iface, const struct model_live *live,
		 struct subject **subject)
{
	struct subject *new = calloc(1, sizeof(*new));

	if (!new)
		return -ENOMEM;
	new->is_model = model;
	new->hook = hook;
	new->iface = iface;
	new->live = live;
	*subject = new;
	return 0;
}

void subject_close(struct subject *subject)
{
	if (!subject)
		return;
	ng_runner_close(subject->runner);
	ng_image_clear(&subject->image);
	model_counters_clear(&subject->counters);
	model_index_free(subject->index);
	model_buckets_free(subject->buckets);
	free(subject->rules_before);
	free(subject->over_before);
	free(subject->counted.list);
	model_flows_clear(&subject->flows);
	free(subject);
}

static int use_in_model(struct subject *subject)
{
	size_t n = subject->ruleset->n_rules;
	size_t *list = calloc(n + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	model_buckets_free(subject->buckets);
	subject->buckets = model_buckets_new();
	free(subject->counted.list);
	subject->counted = (struct model_counted){ .list = list };
	model_counters_clear(&subject->counters);
	model_flows_clear(&subject->flows);
	model_index_free(subject->index);
	subject->index = NULL;
	if (!subject->buckets)
		return -ENOMEM;
	if (n >= INDEX_FROM && model_index_new(subject->ruleset, &subject->index))
		return -ENOMEM;
	return model_counters_init(&subject->counters, n);
}

/* Live entries of sets that no ruleset has are lost, so they are added each time. */
static int give_live(const struct subject *subject, bool opened, struct ng_error *err)
{
	const struct model_live *live = subject->live;

	for (size_t i = 0; live && i < live->n; i++) {
		const struct model_live_entry *entry = &live->entries[i];
		bool is_blocked = !strcmp(entry->set, NG_BLOCKED);
		int ret = 0;

		if (is_blocked ? opened : ng_ruleset_set(subject->ruleset, entry->set) != NULL)
			ret = ng_live_add(ng_runner_state(subject->runner), entry->set,
					  &entry->prefix, entry->until, NULL, err);
		if (ret)
			return ret;
	}
	return 0;
}

static struct ng_counter program_rule_counter(const struct subject *subject, size_t rule)
{
	size_t n;
	const struct ng_image_rule *rules = ng_image_rules(subject->image.data, &n);

	return ng_runner_counter(subject->runner, rules[rule].slot);
}

static struct ng_counter program_rule_over(const struct subject *subject, size_t rule)
{
	size_t n;
	const struct ng_image_rule *rules = ng_image_rules(subject->image.data, &n);
	const struct ng_limiter *limiter = ng_image_limiter(subject->image.data, rules[rule].slot);

	return limiter ? ng_runner_counter(subject->runner, limiter->over)
		       : (struct ng_counter){ 0 };
}

/* Counters of a program are never reset: the earlier values are subtracted. */
static int note_counters(struct subject *subject)
{
	size_t n = subject->ruleset->n_rules;

	free(subject->rules_before);
	free(subject->over_before);
	subject->rules_before = calloc(n ? n : 1, sizeof(struct ng_counter));
	subject->over_before = calloc(n ? n : 1, sizeof(struct ng_counter));
	if (!subject->rules_before || !subject->over_before)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		subject->rules_before[i] = program_rule_counter(subject, i);
		subject->over_before[i] = program_rule_over(subject, i);
	}
	for (__u32 i = 0; i < SUBJECT_SLOTS; i++)
		subject->before[i] = ng_runner_counter(subject->runner, i);
	return 0;
}

/* Publish it if it fits, so that one ruleset replaces another as in a running filter. */
static void *publish(void *data)
{
	struct subject *subject = data;

	subject->published =
		subject->runner ? ng_runner_publish(subject->runner, &subject->image) : -E2BIG;
	return NULL;
}

/* Each ruleset begins without flows; in a running filter they stay. */
static int forget_flows(struct subject *subject)
{
	struct ng_flow_table table;
	int ret = ng_flows_map(ng_runner_state(subject->runner), true, &table);

	if (ret)
		return ret == -ENOENT ? 0 : ret;
	ng_flows_flush(&table);
	ng_flows_unmap(&table);
	return 0;
}

/* After publish(): if it does not fit, load the program again. */
static int use_in_program(struct subject *subject, struct ng_error *err)
{
	bool opens = subject->published == -E2BIG;
	int ret = opens ? 0 : subject->published;

	if (ret)
		return ng_fail(err, ret, "cannot publish: %s", strerror(-ret));
	if (opens) {
		ng_runner_close(subject->runner);
		subject->runner = NULL;
		ret = ng_runner_open(subject->hook, &subject->image, subject->iface,
				     &subject->runner, err);
	}
	if (!ret)
		ret = give_live(subject, opens, err);
	if (!ret) {
		subject_set_now(subject, 0);
		ret = forget_flows(subject);
	}
	return ret ? ret : note_counters(subject);
}

static void publish_all(struct subject *const *subjects, size_t n)
{
	pthread_t threads[n];
	bool runs[n];

	for (size_t i = 0; i < n; i++) {
		runs[i] = !subjects[i]->is_model &&
			  !pthread_create(&threads[i], NULL, publish, subjects[i]);
		if (!runs[i] && !subjects[i]->is_model)
			publish(subjects[i]);
	}
	for (size_t i = 0; i < n; i++)
		if (runs[i])
			pthread_join(threads[i], NULL);
}

/* A publication may write data into the image that depends on its maps. */
static int copy_image(struct subject *subject, const struct ng_image *image)
{
	struct ng_image copy = *image;

	copy.fresh = NULL;
	copy.data = ng_image_duplicate(image->data);
	if (!copy.data)
		return -ENOMEM;
	ng_image_clear(&subject->image);
	subject->image = copy;
	return 0;
}

int subjects_use(struct subject *const *subjects, size_t n, const struct ng_ruleset *ruleset,
		 const struct ng_image *image, struct ng_error *err)
{
	int ret = 0;

	for (size_t i = 0; i < n && !ret; i++) {
		subjects[i]->ruleset = ruleset;
		if (!subjects[i]->is_model)
			ret = copy_image(subjects[i], image);
	}
	if (ret)
		return ng_fail(err, ret, "out of memory");
	publish_all(subjects, n);
	for (size_t i = 0; i < n && !ret; i++)
		ret = subjects[i]->is_model ? use_in_model(subjects[i])
					    : use_in_program(subjects[i], err);
	return ret;
}

int subject_use(struct subject *subject, const struct ng_ruleset *ruleset, struct ng_error *err)
{
	struct ng_image image = { 0 };
	int ret = subject->is_model ? 0 : ng_image_compile(ruleset, NULL, 0, &image, err);

	if (!ret)
		ret = subjects_use(&subject, 1, ruleset, &image, err);
	ng_image_clear(&image);
	return ret;
}

static struct model_flows *uses_flows(struct subject *subject)
{
	for (size_t i = 0; i < subject->ruleset->n_rules; i++)
		if (ng_rule_condition(&subject->ruleset->rules[i], NG_FIELD_ESTABLISHED))
			return &subject->flows;
	return NULL;
}

/* ---- flows ----------------------------------------------------------------------------- */

void subject_set_now(struct subject *subject, uint64_t ns)
{
	subject->now = ns;
	if (!subject->is_model)
		ng_runner_set_now(subject->runner, ns);
}

static __u64 half_of(const uint8_t *address)
{
	__u64 half = 0;

	for (int i = 0; i < 8; i++)
		half = half << 8 | address[i];
	return half;
}

static struct ng_flow_key key_of(const struct model_flow *flow)
{
	struct ng_flow_key key = {
		.ports = (__u32)flow->sport << 16 | flow->dport,
		.proto = flow->proto,
		.class = flow->family == 6 ? NG_CLASS_IPV6 : NG_CLASS_IPV4,
	};

	if (flow->family == 6) {
		key.from[0] = half_of(flow->from);
		key.from[1] = half_of(flow->from + 8);
		key.to[0] = half_of(flow->to);
		key.to[1] = half_of(flow->to + 8);
	} else {
		key.from[1] = half_of(flow->from) >> 32;
		key.to[1] = half_of(flow->to) >> 32;
	}
	return key;
}

int subject_put_flow(struct subject *subject, const struct model_flow *flow)
{
	struct ng_flow_key key = key_of(flow);
	struct ng_flow_table table;
	int ret;

	if (!uses_flows(subject))
		return 0;
	if (subject->is_model)
		return model_flows_put(&subject->flows, flow);
	ret = ng_flows_map(ng_runner_state(subject->runner), true, &table);
	if (ret)
		return ret;
	ng_flow_put(&table, &key, flow->seen, flow->state);
	ng_flows_unmap(&table);
	return 0;
}

static const struct ng_flow_settings *settings_of(const struct subject *program)
{
	return &((const struct ng_image_header *)program->image.data)->flows;
}

static bool has_flow(const struct ng_flow_table *table, const struct subject *program,
		     const struct model_flow *flow, __u64 tick)
{
	struct ng_flow_key key = key_of(flow);
	__u64 hash = ng_flow_hash(table->head->key, &key);
	size_t first = ng_flow_bucket(hash, table->head->buckets) * NG_FLOW_WAYS;

	for (size_t i = first; i < first + NG_FLOW_WAYS; i++)
		if (table->flows[i].tag == hash &&
		    ng_flow_state_of(table, i, settings_of(program), tick) == flow->state &&
		    (table->flows[i].meta & NG_FLOW_SEEN) == flow->seen)
			return true;
	return false;
}

bool subject_same_flows(const struct subject *model, const struct subject *program, size_t *n)
{
	uint64_t tick = ng_flow_tick(model->now);
	struct ng_flow_table table;
	size_t missing = 0, there = 0;

	*n = 0;
	if (!model->flows.n)
		return true;
	if (ng_flows_map(ng_runner_state(program->runner), false, &table))
		return false;
	for (size_t i = 0; i < model->flows.n; i++)
		if (!model_flow_is_over(&model->flows.list[i], &model->ruleset->flows, tick)) {
			missing += !has_flow(&table, program, &model->flows.list[i], tick);
			++*n;
		}
	for (size_t i = 0; i < table.n; i++)
		there += ng_flow_state_of(&table, i, settings_of(program), tick) != NG_FLOW_STATES;
	ng_flows_unmap(&table);
	return !missing && there == *n;
}

/* ---- running --------------------------------------------------------------------------- */

static uint64_t now(clockid_t clock, uint64_t unit)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (time.tv_sec * 1000000000ULL + time.tv_nsec) / unit;
}

static void run_model(struct subject *subject, const void *bytes, size_t len,
		      const struct ng_aggregate *aggregate, struct ng_decision *decision)
{
	struct model_frame frame = {
		.bytes = bytes,
		.len = len,
		.direction = subject_direction(subject->hook),
		.iface = subject->iface,
		.segments = aggregate ? aggregate->segments : 0,
		.segment_size = aggregate ? aggregate->size : 0,
		.time = subject->time,
		.boot = now(CLOCK_BOOTTIME, 1),
		.utc = now(CLOCK_REALTIME, 1000000000),
		.tick = ng_flow_tick(subject->now),
	};
	struct model_rules rules = {
		.ruleset = subject->ruleset,
		.live = subject->live,
		.flows = uses_flows(subject),
		.index = subject->index,
		.buckets = subject->buckets,
	};

	model_decide(&rules, &frame, decision, &subject->counted);
	model_count(&subject->counters, frame.direction, decision, &subject->counted);
}

void subject_time(struct subject *subject, uint64_t ns)
{
	subject->time = ns;
	if (!subject->is_model)
		ng_runner_time(subject->runner, ns);
}

int subject_run(struct subject *subject, const void *frame, size_t len,
		const struct ng_aggregate *aggregate, struct ng_decision *decision)
{
	if (!subject->is_model)
		return ng_runner_run(subject->runner, frame, len, aggregate, decision);
	run_model(subject, frame, len, aggregate, decision);
	return 0;
}

static struct ng_counter since(struct ng_counter now, struct ng_counter before)
{
	return (struct ng_counter){
		.packets = now.packets - before.packets,
		.bytes = now.bytes - before.bytes,
	};
}

const struct model_counted *subject_counted(const struct subject *subject)
{
	return &subject->counted;
}

struct ng_counter subject_counter(const struct subject *subject, __u32 slot)
{
	if (subject->is_model)
		return subject->counters.fixed[slot];
	return since(ng_runner_counter(subject->runner, slot), subject->before[slot]);
}

struct ng_counter subject_rule_counter(const struct subject *subject, size_t rule)
{
	if (subject->is_model)
		return subject->counters.rules[rule];
	return since(program_rule_counter(subject, rule), subject->rules_before[rule]);
}

struct ng_counter subject_rule_over(const struct subject *subject, size_t rule)
{
	if (subject->is_model)
		return subject->counters.over[rule];
	return since(program_rule_over(subject, rule), subject->over_before[rule]);
}

const char *subject_slot_name(__u32 slot)
{
	static const char *const names[SUBJECT_SLOTS] = {
		[NG_SLOT_DEFAULT_IN] = "default",
		[NG_SLOT_DEFAULT_OUT] = "default out",
		[NG_SLOT_NON_IP] = "non_ip",
		[NG_SLOT_EXEMPT] = "exempt",
		[NG_SLOT_BLOCKED] = "blocked",
		[NG_SLOT_INVALID + NG_VLAN_DEPTH] = "invalid vlan-depth",
		[NG_SLOT_INVALID + NG_VLAN_TRUNCATED] = "invalid vlan-truncated",
		[NG_SLOT_INVALID + NG_L3_TRUNCATED] = "invalid l3-truncated",
		[NG_SLOT_INVALID + NG_IP_VERSION] = "invalid ip-version",
		[NG_SLOT_INVALID + NG_IP_HEADER_LENGTH] = "invalid ip-header-length",
		[NG_SLOT_INVALID + NG_IP_LENGTH] = "invalid ip-length",
		[NG_SLOT_INVALID + NG_OPTIONS_TRUNCATED] = "invalid options-truncated",
		[NG_SLOT_INVALID + NG_EXT_TRUNCATED] = "invalid ext-truncated",
		[NG_SLOT_INVALID + NG_EXT_DEPTH] = "invalid ext-depth",
		[NG_SLOT_INVALID + NG_FRAGMENT_TCP_OFFSET] = "invalid fragment-tcp-offset",
		[NG_SLOT_INVALID + NG_FRAGMENT_TINY] = "invalid fragment-tiny",
		[NG_SLOT_TOTALS] = "passed",
		[NG_SLOT_TOTALS + 1] = "dropped",
	};

	return names[slot];
}
