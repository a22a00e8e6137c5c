// SPDX-License-Identifier: GPL-2.0-only
#include "commands/metrics/write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cli/command.h"
#include "cli/context.h"
#include "kernel/live/live_owned.h"
#include "kernel/maps/counters.h"
#include "kernel/maps/window.h"
#include "kernel/state/history.h"
#include "kernel/state/state.h"
#include "kernel/status.h"
#include "layout/live.h"
#include "report/counts.h"
#include "report/prometheus.h"
#include "rules/time.h"

/* All that is read from the kernel, before the first line is written. */
struct answers {
	struct ng_state *state;
	struct ng_summary summary;
	struct ng_window window;
	struct ng_hook_info *hooks;
	size_t n_hooks;
	struct ng_live_count *live;
	size_t n_live;
	struct ng_live_owned *owned;
	size_t n_owned;
	struct ng_history_entry *history;
	size_t n_history;
	struct ng_counter *counters;
	__u32 n_counters;
	const struct ng_metrics_image *image;
};

static void clear(struct answers *answers)
{
	free(answers->hooks);
	free(answers->live);
	free(answers->owned);
	free(answers->history);
	free(answers->counters);
	ng_state_close(answers->state);
}

static int ask(struct answers *answers, struct ng_metrics_image *image, struct ng_error *err)
{
	int ret = ng_state_open(NG_ACCESS_READ, &answers->state, err);

	if (ret)
		return ret;
	ng_state_summary(answers->state, &answers->summary);
	ng_window_read(answers->state, &answers->window);
	ret = ng_metrics_image_read(answers->state, image, err);
	if (!ret)
		ret = ng_hooks(answers->state, &answers->hooks, &answers->n_hooks, err);
	if (!ret)
		ret = ng_live_counts(answers->state, &answers->live, &answers->n_live, err);
	if (!ret)
		ret = ng_live_owned(answers->state, &answers->owned, &answers->n_owned, err);
	if (!ret)
		ret = ng_history_list(answers->state, &answers->history, &answers->n_history, err);
	if (!ret)
		ret = ng_counters_read(answers->state, &answers->counters, &answers->n_counters,
				       err);
	answers->image = image;
	return ret;
}

/*
 * An interface that was renamed and another one that has its old name would have the same series,
 * which Prometheus refuses: add them up.
 */
static void join_hooks(struct answers *answers)
{
	struct ng_hook_info *hooks = answers->hooks;
	size_t n = 0;

	for (size_t i = 0; i < answers->n_hooks; i++) {
		size_t same = 0;

		while (same < n && (hooks[same].hook != hooks[i].hook ||
				    strcmp(hooks[same].iface, hooks[i].iface) != 0))
			same++;
		if (same == n) {
			hooks[n++] = hooks[i];
			continue;
		}
		hooks[same].attached &= hooks[i].attached;
		hooks[same].problem[0] |= hooks[i].problem[0];
		hooks[same].passed.packets += hooks[i].passed.packets;
		hooks[same].passed.bytes += hooks[i].passed.bytes;
		hooks[same].dropped.packets += hooks[i].dropped.packets;
		hooks[same].dropped.bytes += hooks[i].dropped.bytes;
	}
	answers->n_hooks = n;
}

static uint64_t packets_of(struct ng_counter counter)
{
	return counter.packets;
}

static uint64_t bytes_of(struct ng_counter counter)
{
	return counter.bytes;
}

/* Each kind of counter has a family for packets and one for bytes. */
typedef uint64_t (*unit)(struct ng_counter counter);

static void write_hook_totals(struct ng_prometheus *text, const struct answers *answers, unit unit)
{
	for (size_t i = 0; i < answers->n_hooks; i++) {
		const struct ng_hook_info *hook = &answers->hooks[i];
		const char *name = ng_hook_name(hook->hook);

		ng_prometheus_sample(text, unit(hook->passed), "interface", hook->iface, "hook",
				     name, "verdict", "pass", NULL);
		ng_prometheus_sample(text, unit(hook->dropped), "interface", hook->iface, "hook",
				     name, "verdict", "drop", NULL);
	}
}

static void write_hooks(struct ng_prometheus *text, const struct answers *answers)
{
	ng_prometheus_gauge(text, "netguard_hook_attached",
			    "1 while the program that was attached to the interface is on its "
			    "hook, 0 when it was removed.");
	for (size_t i = 0; i < answers->n_hooks; i++)
		ng_prometheus_sample(text, answers->hooks[i].attached, "interface",
				     answers->hooks[i].iface, "hook",
				     ng_hook_name(answers->hooks[i].hook), "mode",
				     ng_way_name(answers->hooks[i].way), NULL);
	ng_prometheus_gauge(text, "netguard_hook_problem",
			    "1 while something is wrong with the attachment; netguard status says "
			    "what, and how to fix it.");
	for (size_t i = 0; i < answers->n_hooks; i++)
		ng_prometheus_sample(text, *answers->hooks[i].problem != '\0', "interface",
				     answers->hooks[i].iface, "hook",
				     ng_hook_name(answers->hooks[i].hook), NULL);
	ng_prometheus_counter(text, "netguard_hook_packets_total", "Packets by verdict.");
	write_hook_totals(text, answers, packets_of);
	ng_prometheus_counter(text, "netguard_hook_bytes_total", "Bytes of packets by verdict.");
	write_hook_totals(text, answers, bytes_of);
}

static struct ng_counter slot(const struct answers *answers, __u32 at)
{
	static const struct ng_counter nothing;

	return at < answers->n_counters ? answers->counters[at] : nothing;
}

static void write_rules(struct ng_prometheus *text, const struct answers *answers, unit unit)
{
	const struct ng_metrics_image *image = answers->image;

	for (size_t i = 0; i < image->n;) {
		const struct ng_metrics_rule *rule = &image->rules[i];
		uint64_t sum = 0;

		for (; i < image->n && ng_metrics_same_rule(rule, &image->rules[i]); i++)
			sum += unit(slot(answers, image->rules[i].slot));
		ng_prometheus_sample(text, sum, "rule", rule->name, "direction",
				     rule->direction == NG_IN ? "in" : "out", "verdict",
				     ng_verdict_name(rule->verdict), NULL);
	}
}

/* Of rules with a rate. */
static void write_over(struct ng_prometheus *text, const struct answers *answers, unit unit)
{
	const struct ng_metrics_image *image = answers->image;

	for (size_t i = 0; i < image->n;) {
		const struct ng_metrics_rule *rule = &image->rules[i];
		uint64_t sum = 0;

		for (; i < image->n && ng_metrics_same_rule(rule, &image->rules[i]); i++)
			sum += unit(slot(answers, image->rules[i].over));
		if (rule->over)
			ng_prometheus_sample(text, sum, "rule", rule->name, "direction",
					     rule->direction == NG_IN ? "in" : "out", NULL);
	}
}

static void write_invalid(struct ng_prometheus *text, const struct answers *answers, unit unit)
{
	for (__u32 reason = NG_VALID + 1; reason < NG_REASONS; reason++)
		ng_prometheus_sample(text, unit(slot(answers, NG_SLOT_INVALID + reason)), "reason",
				     ng_reason_name(reason), NULL);
}

static void write_others(struct ng_prometheus *text, const struct answers *answers, unit unit)
{
	static const struct {
		const char *by;
		__u32 slot;
	} others[] = {
		{ "default", NG_SLOT_DEFAULT_IN }, { "default_out", NG_SLOT_DEFAULT_OUT },
		{ "non_ip", NG_SLOT_NON_IP },	   { "exempt", NG_SLOT_EXEMPT },
		{ "blocked", NG_SLOT_BLOCKED },
	};
	uint64_t invalid = 0;

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		ng_prometheus_sample(text, unit(slot(answers, others[i].slot)), "by", others[i].by,
				     NULL);
	for (__u32 reason = 0; reason < NG_REASONS; reason++)
		invalid += unit(slot(answers, NG_SLOT_INVALID + reason));
	ng_prometheus_sample(text, invalid, "by", "invalid", NULL);
}

static void write_counters(struct ng_prometheus *text, const struct answers *answers)
{
	ng_prometheus_counter(text, "netguard_rule_packets_total",
			      "Packets that a rule decided or counted, by the rule's label or "
			      "text.");
	write_rules(text, answers, packets_of);
	ng_prometheus_counter(text, "netguard_rule_bytes_total",
			      "Bytes of packets that a rule decided or counted, by the rule's "
			      "label or text.");
	write_rules(text, answers, bytes_of);
	ng_prometheus_counter(text, "netguard_rule_over_packets_total",
			      "Packets over the rate of a limit rule, which it dropped.");
	write_over(text, answers, packets_of);
	ng_prometheus_counter(text, "netguard_rule_over_bytes_total",
			      "Bytes of packets over the rate of a limit rule.");
	write_over(text, answers, bytes_of);
	ng_prometheus_counter(text, "netguard_other_packets_total",
			      "Packets that no rule decided, by what decided.");
	write_others(text, answers, packets_of);
	ng_prometheus_counter(text, "netguard_other_bytes_total",
			      "Bytes of packets that no rule decided, by what decided.");
	write_others(text, answers, bytes_of);
	ng_prometheus_counter(text, "netguard_invalid_packets_total",
			      "Invalid frames that no rule decided, by reason.");
	write_invalid(text, answers, packets_of);
	ng_prometheus_counter(text, "netguard_invalid_bytes_total",
			      "Bytes of invalid frames that no rule decided, by reason.");
	write_invalid(text, answers, bytes_of);
}

static void write_records(struct ng_prometheus *text, const struct answers *answers)
{
	ng_prometheus_counter(
		text, "netguard_log_records_dropped_total",
		"Packets that watch or capture selected but did not show, by reason.");
	ng_prometheus_sample(text, slot(answers, NG_SLOT_LOG_LIMITED).packets, "reason", "limit",
			     NULL);
	ng_prometheus_sample(text, slot(answers, NG_SLOT_LOG_FULL).packets, "reason", "full", NULL);
}

static void write_sets(struct ng_prometheus *text, const struct answers *answers)
{
	const struct ng_metrics_image *image = answers->image;
	uint64_t live = 0;

	ng_prometheus_gauge(text, "netguard_set_prefixes",
			    "Prefixes that the ruleset declares for the set.");
	for (size_t i = 0; i < image->n_sets; i++)
		ng_prometheus_sample(text, image->sets[i].prefixes, "set", image->sets[i].name,
				     NULL);
	ng_prometheus_gauge(text, "netguard_set_live_entries",
			    "Live entries of the set that have not expired; those of blocked are "
			    "the blocked addresses.");
	for (size_t i = 0; i < answers->n_live; i++) {
		ng_prometheus_sample(text, answers->live[i].n, "set", answers->live[i].set, NULL);
		live += answers->live[i].n;
	}
	if (answers->n_owned)
		ng_prometheus_gauge(
			text, "netguard_set_owned_entries",
			"Live entries of the set that the owner wants; one that several "
			"want counts for each.");
	for (size_t i = 0; i < answers->n_owned; i++)
		ng_prometheus_sample(text, answers->owned[i].n, "set", answers->owned[i].set,
				     "owner", answers->owned[i].owner, NULL);
	ng_prometheus_gauge(text, "netguard_live_entries", "Live entries of all sets.");
	ng_prometheus_sample(text, live, NULL);
	ng_prometheus_gauge(text, "netguard_live_entries_max", "Maximum number of live entries.");
	ng_prometheus_sample(text, NG_LIVE_MAX, NULL);
}

static void write_ruleset(struct ng_prometheus *text, const struct answers *answers)
{
	const struct ng_metrics_image *image = answers->image;

	ng_prometheus_gauge(text, "netguard_ruleset_rules", "Rules of the ruleset in force.");
	ng_prometheus_sample(text, image->n_rules, NULL);
	ng_prometheus_gauge(text, "netguard_ruleset_sets", "Sets that the ruleset declares.");
	ng_prometheus_sample(text, image->n_sets, NULL);
	ng_prometheus_gauge(text, "netguard_ruleset_default_drop",
			    "1 if packets that no rule decides are dropped, 0 if they pass.");
	ng_prometheus_sample(text, image->drops_default[NG_IN], "by", "default", NULL);
	ng_prometheus_sample(text, image->drops_default[NG_OUT], "by", "default_out", NULL);
	ng_prometheus_sample(text, image->drops_invalid, "by", "invalid", NULL);
	ng_prometheus_gauge(text, "netguard_ruleset_published_timestamp_seconds",
			    "When the ruleset in force was published.");
	ng_prometheus_seconds(text, image->created, NULL);
	ng_prometheus_gauge(text, "netguard_ruleset_number",
			    "The number of the ruleset in force in the history, see netguard "
			    "rollback --list.");
	for (size_t i = 0; i < answers->n_history; i++)
		if (answers->history[i].in_force)
			ng_prometheus_sample(text, answers->history[i].number, NULL);
}

static void write_image(struct ng_prometheus *text, const struct answers *answers)
{
	ng_prometheus_gauge(text, "netguard_image_bytes", "Size of the compiled ruleset.");
	ng_prometheus_sample(text, answers->image->size, NULL);
	ng_prometheus_gauge(text, "netguard_image_capacity_bytes",
			    "Size at which larger programs are loaded.");
	ng_prometheus_sample(text, answers->summary.capacity, NULL);
	ng_prometheus_gauge(text, "netguard_image_slots", "Counters that the ruleset uses.");
	ng_prometheus_sample(text, answers->image->slots, NULL);
	ng_prometheus_gauge(text, "netguard_image_slots_capacity",
			    "Number of counters at which larger programs are loaded.");
	ng_prometheus_sample(text, answers->summary.slots, NULL);
	ng_prometheus_gauge(text, "netguard_generation",
			    "Generation of the loaded programs, from 1.");
	ng_prometheus_sample(text, answers->summary.generation, NULL);
}

static void write_window(struct ng_prometheus *text, const struct ng_window *window)
{
	bool waits = window->kind != NG_WINDOW_NONE && !window->expired;

	ng_prometheus_gauge(text, "netguard_confirm_waiting",
			    "1 while a change waits to be confirmed.");
	ng_prometheus_sample(text, waits && window->kind == NG_WINDOW_RULESET, "change", "ruleset",
			     NULL);
	ng_prometheus_sample(text, waits && window->kind == NG_WINDOW_ATTACH, "change",
			     "attachment", NULL);
	ng_prometheus_gauge(text, "netguard_confirm_expired",
			    "1 if the last change made with --confirm was rolled back because "
			    "nobody confirmed it.");
	ng_prometheus_sample(text, window->expired, NULL);
	ng_prometheus_gauge(text, "netguard_confirm_deadline_timestamp_seconds",
			    "When the waiting change is rolled back; absent while none waits.");
	if (!waits)
		return;
	/* In whole seconds, since the difference of the two clocks varies a little. */
	ng_prometheus_sample(text,
			     (ng_clock_read(CLOCK_REALTIME) + window->left + NG_NS_PER_SECOND / 2) /
				     NG_NS_PER_SECOND,
			     NULL);
}

static int write_all(FILE *out, struct ng_metrics_image *image, struct ng_error *err)
{
	__attribute__((cleanup(clear))) struct answers answers = { 0 };
	struct ng_prometheus text = { .out = out };
	int ret = ask(&answers, image, err);

	ng_prometheus_gauge(&text, "netguard_build_info", "The version of netguard.");
	ng_prometheus_sample(&text, 1, "version", NG_VERSION, NULL);
	ng_prometheus_gauge(&text, "netguard_up",
			    "1 while netguard is attached in this network namespace and its state "
			    "can be read.");
	ng_prometheus_sample(&text, !ret, NULL);
	if (ret)
		return ret == -ENOENT && !answers.state ? 0 : ret;
	join_hooks(&answers);
	write_hooks(&text, &answers);
	write_counters(&text, &answers);
	write_records(&text, &answers);
	write_sets(&text, &answers);
	write_ruleset(&text, &answers);
	write_image(&text, &answers);
	write_window(&text, &answers.window);
	return 0;
}

void ng_metrics_prepare(struct ng_metrics_image *image)
{
	__cleanup_state struct ng_state *state = NULL;

	if (!ng_state_open(NG_ACCESS_READ, &state, NULL))
		ng_metrics_image_read(state, image, NULL);
}

char *ng_metrics_text(size_t *size, struct ng_metrics_image *image, int *ret, struct ng_error *err)
{
	char *text = NULL;
	FILE *memory = open_memstream(&text, size);

	if (!memory)
		return NULL;
	*ret = write_all(memory, image, err);
	if (!fclose(memory))
		return text;
	free(text);
	return NULL;
}
