// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows about `established`: established-tcp asks the kernel's sockets, established-tcp-flow-100000
 * finds the same in the flow table, established-udp-100000 noted UDP flows. Each beside the same
 * rule that asks for the protocol instead.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "bench.h"
#include "filter.h"
#include "kernel/maps/flow_table.h"
#include "kernel/runner.h"

#define ACK 0x10

static const bool passes[] = { true };

/**
 * struct row - see above
 * @flows: number of noted flows, all of which packets belong to; 0: it is a connection of this host
 */
static const struct row {
	const char *name;
	const char *without;
	int proto;
	size_t flows;
} rows[] = {
	{ "established-tcp", "default drop\npass tcp\n", BENCH_TCP, 0 },
	{ "established-tcp-flow-1", "default drop\npass tcp\n", BENCH_TCP, 1 },
	{ "established-tcp-flow-100000", "default drop\npass tcp\n", BENCH_TCP, 100000 },
	{ "established-udp-1", "default drop\npass udp\n", BENCH_UDP, 1 },
	{ "established-udp-100000", "default drop\npass udp\n", BENCH_UDP, 100000 },
};

/** struct pair - both ends of a TCP connection over loopback, and the socket that listened */
struct pair {
	int listener, ends[2];
};

static void pair_close(struct pair *pair)
{
	ng_cleanup_fd(&pair->listener);
	ng_cleanup_fd(&pair->ends[0]);
	ng_cleanup_fd(&pair->ends[1]);
}

/* The namespace of the bench begins with loopback down. */
static void loopback_up(int socket)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	ioctl(socket, SIOCSIFFLAGS, &request);
}

/* *@key: a packet from the first end to the second. */
static int pair_open(struct pair *pair, struct bench_key *key)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in from;
	socklen_t len = sizeof(at);

	pair->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pair->ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pair->ends[1] = -1;
	loopback_up(pair->listener);
	if (bind(pair->listener, (void *)&at, len) || listen(pair->listener, 1) ||
	    getsockname(pair->listener, (void *)&at, &len) ||
	    connect(pair->ends[0], (void *)&at, len))
		return -errno;
	pair->ends[1] = accept4(pair->listener, NULL, NULL, SOCK_CLOEXEC);
	if (pair->ends[1] < 0 || getsockname(pair->ends[0], (void *)&from, &len))
		return -errno;
	*key = (struct bench_key){
		.src.lo = ntohl(from.sin_addr.s_addr),
		.dst.lo = ntohl(at.sin_addr.s_addr),
		.sport = ntohs(from.sin_port),
		.dport = ntohs(at.sin_port),
		.proto = BENCH_TCP,
		.flags = ACK,
	};
	return 0;
}

/* Packet number @i comes from 198.18.0.0/15 (RFC 2544). */
static struct bench_key key_at(const struct row *row, size_t i)
{
	return (struct bench_key){
		.src.lo = 0xc6120000U + (i & 0x1ffff),
		.dst.lo = 0xc0000201U,
		.sport = 53,
		.dport = 1024 + i % 50000,
		.proto = row->proto,
		.flags = row->proto == BENCH_TCP ? ACK : 0,
	};
}

/* @keys: @n of them, which come at random */
static int make_trace(const struct bench_key *keys, size_t n, struct bench_trace *trace)
{
	uint64_t random = 1;

	*trace = (struct bench_trace){
		.family = 4,
		.n = BENCH_SET_PACKETS,
		.keys = calloc(BENCH_SET_PACKETS, sizeof(*trace->keys)),
		.answers = calloc(BENCH_SET_PACKETS, sizeof(*trace->answers)),
	};
	if (!trace->keys || !trace->answers)
		return -ENOMEM;
	for (size_t i = 0; i < trace->n; i++) {
		random = random * 6364136223846793005ULL + 1442695040888963407ULL;
		trace->keys[i] = keys[(random >> 33) % n];
	}
	return 0;
}

/* Note the flows of the row for which there is room: *@n of @keys. */
static int note_flows(const struct row *row, struct ng_runner *runner, struct bench_key *keys,
		      size_t *n)
{
	__u64 tick = ng_flow_tick(ng_clock_read(CLOCK_MONOTONIC));
	struct ng_flow_table table;
	int result = ng_flows_map(ng_runner_state(runner), true, &table);

	if (result)
		return result;
	for (size_t i = 0; *n < row->flows; i++) {
		struct bench_key answer = key_at(row, i);
		struct ng_flow_key key = {
			.from[1] = answer.dst.lo,
			.to[1] = answer.src.lo,
			.ports = (__u32)answer.dport << 16 | answer.sport,
			.proto = row->proto,
			.class = NG_CLASS_IPV4,
		};

		if (!ng_flow_has_room(&table, &key))
			continue;
		ng_flow_put(&table, &key, tick,
			    row->proto == BENCH_TCP ? NG_FLOW_TCP_ESTABLISHED : NG_FLOW_UDP_STREAM);
		keys[(*n)++] = answer;
	}
	ng_flows_unmap(&table);
	return 0;
}

/*
 * The trace through one ruleset. If it has no packets yet, the row's flows are noted, and it gets
 * packets of these.
 */
static int run_ruleset(const struct row *row, const char *text, struct bench_course *course,
		       struct bench_trace *trace, struct bench_times *times, struct ng_error *err)
{
	__cleanup_free struct bench_key *keys = calloc(row->flows + 1, sizeof(*keys));
	size_t n = 0;
	struct ng_runner *runner = NULL;
	struct bench_filter filter;
	int result = bench_filter_make(text, strlen(text), NULL, &filter, err);

	if (result)
		return result;
	result = ng_runner_open_plain(NG_HOOK_XDP, &filter.image, "", &runner, err);
	if (!result && !trace->n &&
	    (!keys || note_flows(row, runner, keys, &n) || make_trace(keys, n, trace)))
		result = ng_fail(err, -EIO, "cannot note flows");
	if (!result)
		result = bench_filter_run(&filter, runner, course, trace, passes, times, err);
	ng_runner_close(runner);
	bench_filter_clear(&filter);
	return result;
}

static int measure(struct bench *b, const struct row *row, struct bench_trace *trace,
		   struct ng_error *err)
{
	static const char with[] = "default drop\npass established\n";
	struct bench_course *course = bench_course(b, NG_HOOK_XDP, 4, BENCH_SET_PACKETS, err);
	struct bench_times established, without;
	int result = course ? 0 : -1;

	if (!result)
		result = run_ruleset(row, with, course, trace, &established, err);
	if (!result)
		result = run_ruleset(row, row->without, course, trace, &without, err);
	if (result)
		return result;
	bench_row(b, row->name,
		  (struct bench_figure[]){
			  { "floor_ns", established.base[BENCH_FLOOR] },
			  { "over_parsing_ns", established.all - established.base[BENCH_PARSE] },
			  { "without_ns", without.all - without.base[BENCH_PARSE] },
			  { "state_ns", (established.all - established.base[BENCH_PARSE]) -
						(without.all - without.base[BENCH_PARSE]) },
			  { NULL },
		  });
	return 0;
}

static int run_row(struct bench *b, const struct row *row, struct ng_error *err)
{
	struct pair pair = { -1, { -1, -1 } };
	struct bench_trace trace = { 0 };
	struct bench_key own = { 0 };
	int result = row->flows ? 0 : pair_open(&pair, &own);

	if (result)
		ng_fail(err, result, "cannot connect to myself: %s", strerror(-result));
	else if (!row->flows && make_trace(&own, 1, &trace))
		result = ng_fail(err, -ENOMEM, "out of memory");
	if (!result)
		result = measure(b, row, &trace, err);
	bench_trace_clear(&trace);
	pair_close(&pair);
	return result;
}

void bench_established_rows(struct bench *b)
{
	struct ng_error err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (bench_wants(b, "%s", rows[i].name) && run_row(b, &rows[i], &err))
			bench_fail(b, rows[i].name, &err);
}
