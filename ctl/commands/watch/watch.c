// SPDX-License-Identifier: GPL-2.0-only
/* `watch` and `capture`: packets as they arrive, as lines or as pcapng. */
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file_replace.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "cli/words.h"
#include "commands/edit.h"
#include "commands/watch/packet_text.h"
#include "commands/watch/words.h"
#include "compile/image_read.h"
#include "kernel/attachment/counting.h"
#include "kernel/maps/records.h"
#include "layout/record.h"
#include "net/pcapng.h"
#include "report/counts.h"
#include "report/plain.h"
#include "rules/print.h"
#include "rules/time.h"

#define TAG	     4 /* bytes */
#define RATE_MAX     1000000
#define COMMENT_SIZE 1024

/**
 * struct watch - a running watch or capture
 * @data, @ruleset: the image in force, for the rules' text; @created: of its header
 * @wanted:  the selection, with the rate
 * @listens: the selection was printed
 * @path:    of the capture, "-": standard output; NULL: print lines
 * @out:     the capture, once it has begun
 * @ifaces:  indices of the interfaces in the capture, in its order
 * @shown, @most: number of packets; @most 0: no limit
 * @missed:  of earlier readers
 */
struct watch {
	struct ng_context *ctx;
	struct ng_state *state;
	void *data;
	struct ng_ruleset *ruleset;
	__u64 created;
	struct ng_wanted wanted;
	bool listens;
	const char *path;
	FILE *out;
	__u32 *ifaces;
	size_t n_ifaces;
	__u64 shown, most;
	struct ng_missed missed;
};

/* A record, prepared for output. */
struct packet {
	const struct ng_record *record;
	__u64 time; /* CLOCK_REALTIME, ns */
	char iface[IF_NAMESIZE];
	char by[COMMENT_SIZE];
	__u8 frame[NG_RECORD_BYTES + TAG];
	size_t captured, wire;
};

static volatile sig_atomic_t ended;

static void note_end(int signal)
{
	(void)signal;
	ended = 1;
}

static void end_by_signals(void)
{
	const struct sigaction action = { .sa_handler = note_end };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static void forget_image(struct watch *watch)
{
	free(watch->data);
	ng_ruleset_free(watch->ruleset);
	watch->data = NULL;
	watch->ruleset = NULL;
}

static int read_image(struct watch *watch)
{
	int ret;

	forget_image(watch);
	ret = ng_image_of(watch->ctx, watch->state, &watch->data, &watch->ruleset);
	if (!ret)
		watch->created = ((const struct ng_image_header *)watch->data)->created;
	return ret;
}

/* The text of rule @number in the image of @record; NULL if that is no longer in force. */
static char *text_of(struct watch *watch, const struct ng_record *record, __u32 number)
{
	if (record->image != watch->created && read_image(watch))
		return NULL;
	if (record->image != watch->created || !number || number > watch->ruleset->n_rules)
		return NULL;
	return ng_rule_text(&watch->ruleset->rules[number - 1]);
}

/* "rule 7: drop tcp dport 23", "the rate of rule 7: limit …", "the default", "default invalid
 * (ip-length)" … */
static void decider_words(struct watch *watch, const struct ng_record *record, char *words,
			  size_t size)
{
	const char *by = ng_decider_words(record->decider)->by;
	__cleanup_free char *text = NULL;

	if (record->decider == NG_BY_RULE) {
		text = text_of(watch, record, record->rule);
		snprintf(words, size, "%srule %u%s%s", record->over ? "the rate of " : "",
			 record->rule, text ? ": " : "", text ? text : "");
	} else if (record->decider == NG_BY_INVALID) {
		snprintf(words, size, "%s (%s)", by, ng_reason_name(record->reason));
	} else {
		snprintf(words, size, "%s", by);
	}
}

/* Put a tag that the kernel had removed back into the frame, IEEE 802.1Q section 9. */
static void copy_frame(const struct ng_record *record, struct packet *packet)
{
	size_t tag = record->tag_proto && record->captured >= 12 ? TAG : 0, addresses = 12;

	if (!tag) {
		memcpy(packet->frame, record->data, record->captured);
	} else {
		memcpy(packet->frame, record->data, addresses);
		packet->frame[12] = record->tag_proto >> 8;
		packet->frame[13] = record->tag_proto;
		packet->frame[14] = record->tag_tci >> 8;
		packet->frame[15] = record->tag_tci;
		memcpy(packet->frame + addresses + tag, record->data + addresses,
		       record->captured - addresses);
	}
	packet->captured = record->captured + tag;
	packet->wire = record->length + tag;
}

static const char *direction_name(const struct ng_record *record)
{
	return record->direction == NG_OUT ? "out" : "in";
}

static void print_line(const struct packet *packet)
{
	const struct ng_record *record = packet->record;
	time_t seconds = packet->time / NG_NS_PER_SECOND;
	char text[NG_PACKET_TEXT], clock[16];
	struct tm tm;

	strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&seconds, &tm));
	ng_print(stdout, "%s.%06u %s %s %s by %s | ", clock,
		 (unsigned int)(packet->time % NG_NS_PER_SECOND / 1000), packet->iface,
		 direction_name(record), record->drop ? "drop" : "pass", packet->by);
	if (record->log && record->log != record->rule)
		printf("(log of rule %u) ", record->log);
	puts(ng_packet_text(record, text));
}

static void say_line(const struct packet *packet)
{
	const struct ng_record *record = packet->record;
	struct json_object *object = ng_json_new();
	char text[NG_PACKET_TEXT], time[32];

	ng_json_text(object, "time", ng_real_time(packet->time, time, sizeof(time)));
	ng_json_number(object, "time_ns", packet->time);
	ng_json_text(object, "interface", packet->iface);
	ng_json_text(object, "direction", direction_name(record));
	ng_json_text(object, "verdict", record->drop ? "drop" : "pass");
	ng_json_text(object, "by", packet->by);
	ng_json_number(object, "rule", record->rule);
	ng_json_bool(object, "over", record->over);
	ng_json_number(object, "log", record->log);
	ng_json_number(object, "packets", record->packets);
	ng_json_number(object, "length", packet->wire);
	ng_json_text(object, "packet", ng_packet_text(record, text));
	ng_json_print_line(stdout, object);
}

/* The interface's number in the capture, to which it is added if it is new; -ENOMEM. */
static int number_of(struct watch *watch, __u32 ifindex, const char *name)
{
	for (size_t i = 0; i < watch->n_ifaces; i++)
		if (watch->ifaces[i] == ifindex)
			return i;
	if (ng_array_grow(&watch->ifaces, watch->n_ifaces, sizeof(*watch->ifaces)))
		return ng_fail(&watch->ctx->error, -ENOMEM, "out of memory");
	watch->ifaces[watch->n_ifaces] = ifindex;
	ng_pcapng_iface(watch->out, name, NG_RECORD_BYTES + TAG);
	return watch->n_ifaces++;
}

/* Readers refuse a capture without interfaces: add all that packets may come from. */
static int tell_ifaces(struct watch *watch)
{
	__cleanup_free struct ng_counting *list = NULL;
	size_t n;
	int ret = ng_counting(watch->state, &list, &n, &watch->ctx->error);

	for (size_t i = 0; i < n && ret >= 0; i++) {
		unsigned int ifindex = if_nametoindex(list[i].iface);

		if (ifindex)
			ret = number_of(watch, ifindex, list[i].iface);
	}
	fflush(watch->out); /* for readers of a pipe; errors are reported at the end */
	return ret < 0 ? ret : 0;
}

/* Other messages are printed at the end, which is too late here. */
static void warn_now(const char *what, const char *command)
{
	fprintf(stderr, "netguard: warning: %s; %s %s\n", what, ng_netguard(), command);
}

static bool sees_what_leaves(const struct watch *watch)
{
	__cleanup_free struct ng_counting *list = NULL;
	struct ng_error unknown;
	size_t n;

	if (ng_counting(watch->state, &list, &n, &unknown))
		return true;
	for (size_t i = 0; i < n; i++)
		if (list[i].hook == NG_HOOK_TC_OUT)
			return true;
	return false;
}

static bool is_logged(const struct ng_ruleset *ruleset)
{
	for (size_t i = 0; i < ruleset->n_rules; i++)
		if (ruleset->rules[i].log)
			return true;
	return false;
}

/* Print the selection, and warn if no packet can match it. */
static void say_listening(const struct watch *watch)
{
	const struct ng_wanted *wanted = &watch->wanted;

	if (wanted->leaves && !sees_what_leaves(watch))
		warn_now("outgoing packets are not seen: no rule in force has `out`",
			 "rule add count out attaches the egress programs");
	if ((wanted->word & NG_WATCH_LOG) && !is_logged(watch->ruleset))
		warn_now("no rule in force is marked log", "watch all shows every packet");
	if (!watch->ctx->quiet)
		fprintf(stderr, "showing %s%s%s; press Ctrl-C to stop\n", wanted->what,
			wanted->rule ? watch->ctx->words[1] : "",
			wanted->filter.size ? " that match the conditions" : "");
}

/* Called again when the programs change: the selection is printed once. */
static int open_reader(struct watch *watch, struct ng_record_reader **reader)
{
	int ret = ng_records_open(watch->state, watch->wanted.word, &watch->wanted.filter, reader,
				  &watch->ctx->error);

	if (!ret && !watch->listens)
		say_listening(watch);
	watch->listens |= !ret;
	return ret;
}

static int write_packet(struct watch *watch, const struct packet *packet)
{
	const struct ng_record *record = packet->record;
	char comment[COMMENT_SIZE + 64], log[32] = "";
	int iface = number_of(watch, record->ifindex, packet->iface);

	if (iface < 0)
		return iface;
	if (record->log && record->log != record->rule)
		snprintf(log, sizeof(log), " (log of rule %u)", record->log);
	snprintf(comment, sizeof(comment), "%s by %s%s", record->drop ? "dropped" : "passed",
		 packet->by, log);
	ng_pcapng_packet(watch->out, &(struct ng_pcapng_packet){
					     .time = packet->time,
					     .iface = iface,
					     .out = record->direction == NG_OUT,
					     .data = packet->frame,
					     .captured = packet->captured,
					     .wire = packet->wire,
					     .comment = comment,
				     });
	return 0;
}

/* Return: 0; -ECANCELED after the last packet; another -errno. */
static int take(void *to, const struct ng_record *record)
{
	struct packet packet = { .record = record, .time = ng_boot_to_real(record->time) };
	struct watch *watch = to;
	int ret = 0;

	if (!if_indextoname(record->ifindex, packet.iface))
		snprintf(packet.iface, sizeof(packet.iface), "%u", record->ifindex);
	decider_words(watch, record, packet.by, sizeof(packet.by));
	copy_frame(record, &packet);
	if (watch->out)
		ret = write_packet(watch, &packet);
	else if (watch->ctx->json)
		say_line(&packet);
	else
		print_line(&packet);
	if (fflush(watch->out ? watch->out : stdout))
		return ng_fail(&watch->ctx->error, -EPIPE, "cannot write the packets: %s",
			       strerror(errno));
	if (ret)
		return ret;
	return ++watch->shown == watch->most ? -ECANCELED : 0;
}

/* Called when there is a reader: otherwise an existing file stays. */
static int begin_capture(struct watch *watch)
{
	int ret;

	if (watch->out)
		return tell_ifaces(watch);
	if (!strcmp(watch->path, "-")) {
		watch->out = stdout;
	} else {
		ret = ng_file_create(watch->path, &watch->out, &watch->ctx->error);
		if (ret)
			return ret;
	}
	ng_pcapng_begin(watch->out, "netguard " NG_VERSION);
	return tell_ifaces(watch);
}

/* Read until the programs change (-ESTALE) or the end (0); or another -errno. */
static int read_on(struct watch *watch)
{
	struct ng_missed missed;
	struct ng_record_reader *reader;
	int ret = open_reader(watch, &reader);

	if (ret)
		return ret;
	if (watch->path)
		ret = begin_capture(watch);
	while (!ret && !ended)
		ret = ng_records_wait(reader, take, watch);
	ng_records_missed(reader, &missed);
	watch->missed.limited += missed.limited;
	watch->missed.full += missed.full;
	ng_records_close(reader);
	return ret == -EINTR || ret == -ECANCELED ? 0 : ret;
}

static int watch_all(struct watch *watch)
{
	int ret = 0;

	do {
		ng_state_close(watch->state);
		watch->state = NULL;
		ret = ng_open_state(watch->ctx, &watch->state);
		if (!ret)
			ret = read_image(watch);
		if (!ret)
			ret = read_on(watch);
	} while (ret == -ESTALE && !ended);
	return ret;
}

/* Print the number of packets, also of those not shown, to standard error. */
static void say_missed(const struct watch *watch)
{
	fprintf(stderr, "%" PRIu64 " packet%s shown", (uint64_t)watch->shown,
		ng_plural(watch->shown));
	if (watch->missed.limited)
		fprintf(stderr, ", %" PRIu64 " not shown (limit of records per second)",
			(uint64_t)watch->missed.limited);
	if (watch->missed.full)
		fprintf(stderr, ", %" PRIu64 " not shown (arrived faster than they were read)",
			(uint64_t)watch->missed.full);
	fputc('\n', stderr);
}

static int read_number(struct ng_context *ctx, const char *name, __u64 max, __u64 *number)
{
	const char *text = ng_option(ctx, name);
	char *end;

	if (!text)
		return 0;
	errno = 0;
	*number = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || !*number || *number > max)
		return ng_usage(ctx, "%s: '%s' is not a number from 1 to %" PRIu64, name, text,
				(uint64_t)max);
	return 0;
}

/* `rule N`: find its counter slot, which it keeps when other rules change. */
static int find_slot(struct watch *watch)
{
	struct ng_context *ctx = watch->ctx;
	const struct ng_image_rule *rules;
	const struct ng_limiter *limiter;
	size_t number = 0, n;
	int ret;

	ret = ng_open_state(ctx, &watch->state);
	if (!ret)
		ret = read_image(watch);
	if (!ret)
		ret = ng_word_number(ctx, 1, "rule", watch->ruleset->n_rules, &number);
	if (ret)
		return ret;
	if (watch->ruleset->rules[number - 1].verdict == NG_COUNT) {
		ng_fail(&ctx->error, -EINVAL, "rule %zu is a `count` rule, which decides nothing",
			number);
		return ng_hint(&ctx->error, -EINVAL, "mark it with `log` and watch log");
	}
	rules = ng_image_rules(watch->data, &n);
	/* Of a `limit` rule, the packets that it dropped. */
	limiter = watch->ruleset->rules[number - 1].verdict == NG_LIMIT
			  ? ng_image_limiter(watch->data, rules[number - 1].slot)
			  : NULL;
	watch->wanted.word |= (__u64)(limiter ? limiter->over : rules[number - 1].slot)
			      << NG_WATCH_SLOT_SHIFT;
	return 0;
}

static void clear(struct watch *watch)
{
	forget_image(watch);
	ng_state_close(watch->state);
	ng_buffer_clear(&watch->wanted.filter);
	free(watch->ifaces);
	if (watch->out && watch->out != stdout)
		fclose(watch->out);
}

static int read_arguments(struct watch *watch)
{
	__u64 rate = NG_WATCH_RATE_USUAL;
	int ret = read_number(watch->ctx, "--limit", RATE_MAX, &rate);

	if (!ret)
		ret = read_number(watch->ctx, "--packets", UINT64_MAX, &watch->most);
	if (!ret)
		ret = ng_wanted_read(watch->ctx, &watch->wanted);
	watch->wanted.word |= rate << NG_WATCH_RATE_SHIFT;
	if (!ret && watch->wanted.rule)
		ret = find_slot(watch);
	return ret;
}

static int run(struct watch *watch)
{
	int ret;

	end_by_signals();
	ret = watch_all(watch);
	if (!ret && !watch->ctx->quiet)
		say_missed(watch);
	return ret;
}

int ng_command_watch(struct ng_context *ctx)
{
	__attribute__((cleanup(clear))) struct watch watch = { .ctx = ctx };
	int ret = read_arguments(&watch);

	return ret ? ret : run(&watch);
}

int ng_command_capture(struct ng_context *ctx)
{
	__attribute__((cleanup(clear))) struct watch watch = { .ctx = ctx };
	int ret;

	watch.path = ng_option(ctx, "-w");
	if (!watch.path)
		return ng_usage(ctx, "-w FILE is missing; -w - is standard output");
	ret = read_arguments(&watch);
	if (ret)
		return ret;
	ret = run(&watch);
	if (!ret && watch.out && fflush(watch.out))
		ret = ng_fail_at(&ctx->error, -errno, watch.path, "cannot write: %s",
				 strerror(errno));
	return ret;
}
