// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of live frames: live-xdp-rules-1000 (netguard attached to a veth interface by its command,
 * in native mode) and bpfilter-1000, live-tc-rules-1000 and nftables-1000 (its hook at netdev
 * ingress), each beside a program at the same place that only drops.
 *
 * Whatever is measured drops all packets, so that what the stack would do with them is not
 * measured. All of them are given the same rules.
 */
#include <errno.h>
#include <ifaddrs.h>
#include <math.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>

#include "bench.h"
#include "base/cleanup.h"
#include "live_peers.h"
#include "sandbox.h"

#define NEAR BENCH_NEAR
#define FAR  BENCH_FAR

#define ROUNDS	     5
#define ROUND_NS     2e8
#define CHECK_NS     5e8
#define LONG_NS	     1e9
#define PACKETS_MIN  64
#define PACKETS_SOME 4096
#define PACKETS_MAX  (1U << 20)

/**
 * struct place - where a filter is measured
 * @floor: ns a frame, when a program only drops
 */
struct place {
	struct bench_course *course;
	enum bench_live live;
	double floor;
};

static int network_make(struct bench_course *course, struct ng_error *err)
{
	static const char *const commands[] = {
		"ip link add " NEAR " numrxqueues 1 numtxqueues 1 type veth peer name " FAR
		" numrxqueues 1 numtxqueues 1",
		"ip link set " NEAR " addrgenmode none arp off up",
		"ip link set " FAR " addrgenmode none arp off up",
	};
	int result = 0;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && !result; i++)
		result = bench_call(err, NULL, NULL, "%s", commands[i]);
	/* Without an XDP program an interface has no queue for live frames. */
	if (!result && bpf_xdp_attach(if_nametoindex(NEAR), bench_course_pass(course),
				      XDP_FLAGS_DRV_MODE, NULL))
		result = ng_fail(err, -errno, "cannot attach to " NEAR ": %s", strerror(errno));
	return result;
}

static void network_remove(void)
{
	struct ng_error ignored;

	bench_call(&ignored, NULL, NULL, "ip link del " NEAR);
}

/* Packets that came in at the far end so far; a busy machine may lose some on the wire. */
static double arrived(void)
{
	struct ifaddrs *list, *at;
	double packets = 0;

	if (getifaddrs(&list))
		return 0;
	for (at = list; at; at = at->ifa_next)
		if (at->ifa_addr && at->ifa_addr->sa_family == AF_PACKET && at->ifa_data &&
		    !strcmp(at->ifa_name, FAR))
			packets = ((const struct rtnl_link_stats *)at->ifa_data)->rx_packets;
	freeifaddrs(list);
	return packets;
}

/* One run: 0 with *@ns for each frame that arrived, and *@received of them. */
static int run(const struct place *place, unsigned int packets, bool restart, double *ns,
	       double *received, struct ng_error *err)
{
	double before = arrived(), all;
	int result = bench_course_live(place->course, place->live, if_nametoindex(NEAR), packets,
				       restart, &all, err);

	if (result)
		return result;
	*received = place->live == BENCH_LIVE_TX ? arrived() - before : packets;
	if (*received < 1)
		return ng_fail(err, -EIO, "no live frame arrived");
	*ns = all * packets / *received;
	return 0;
}

/*
 * How many frames take about @budget ns. Not few, unless they take really long: making ready for
 * them takes some ms, more on a busy machine.
 */
static int packets_for(const struct place *place, double budget, unsigned int *packets,
		       struct ng_error *err)
{
	double ns, again, received;
	int result;

	/* Each twice: one may have been interrupted for longer than it takes. */
	for (*packets = PACKETS_MIN; *packets < PACKETS_MAX; *packets *= 4) {
		result = run(place, *packets, false, &ns, &received, err);
		if (!result)
			result = run(place, *packets, false, &again, &received, err);
		if (result)
			return result;
		ns = (ns < again ? ns : again) * *packets;
		if (ns > LONG_NS || (ns > budget / 4 && *packets >= PACKETS_SOME))
			return 0;
	}
	return 0;
}

static int measure(const struct place *place, double *best, struct ng_error *err)
{
	unsigned int packets;
	int result = packets_for(place, ROUND_NS, &packets, err);
	double ns, received;

	*best = 1e18;
	for (int round = 0; round < ROUNDS && !result; round++) {
		result = run(place, packets, false, &ns, &received, err);
		if (!result && ns < *best)
			*best = ns;
	}
	return result;
}

/* Every frame that arrived was counted by the rule that it should be counted by. */
static int check(struct bench *b, const struct bench_peer *peer, const struct place *place,
		 const struct bench_trace *trace, size_t n, struct ng_error *err)
{
	__cleanup_free long long *expected = calloc(n + 1, sizeof(*expected));
	__cleanup_free long long *before = calloc(n + 1, sizeof(*before));
	__cleanup_free long long *after = calloc(n + 1, sizeof(*after));
	double ns, received;
	unsigned int packets;
	int result;

	if (!expected || !before || !after)
		return ng_fail(err, -ENOMEM, "out of memory");
	result = packets_for(place, CHECK_NS, &packets, err);
	if (!result)
		result = peer->counts(b, n, before, err);
	if (result)
		return result;
	packets = packets < trace->n ? packets : trace->n;
	result = run(place, packets, true, &ns, &received, err);
	if (!result)
		result = peer->counts(b, n, after, err);
	if (result)
		return result;
	for (size_t i = 0; i < packets; i++)
		expected[trace->answers[i] == BENCH_NOTHING ? n : trace->answers[i]]++;
	for (size_t i = 0; i <= n; i++) {
		/* Of frames that were lost on the way nobody knows which they were. */
		double wrong = fabs((double)(after[i] - before[i] - expected[i]));

		if (after[i] >= 0 && wrong > packets - received)
			return ng_fail(err, -EBADMSG,
				       "wrong answers: rule %zu counted %lld packets, not %lld",
				       i + 1, after[i] - before[i], expected[i]);
	}
	return 0;
}

static int measure_peer(struct bench *b, const char *name, const struct bench_peer *peer,
			const struct place *place, const struct bench_rules *rules,
			struct ng_error *err)
{
	struct bench_trace trace;
	double ns;
	int result;

	if (bench_trace_rules(rules, BENCH_PACKETS, &trace))
		return ng_fail(err, -ENOMEM, "out of memory");
	bench_course_load(place->course, &trace);
	result = peer->load(b, rules, err);
	if (result && peer->may_refuse)
		result = -EOPNOTSUPP;
	if (!result)
		result = check(b, peer, place, &trace, rules->n, err);
	if (!result)
		result = measure(place, &ns, err);
	if (!result)
		bench_row(b, name,
			  (struct bench_figure[]){
				  { "floor_ns", place->floor },
				  { "over_floor_ns", ns - place->floor },
				  { "packets_per_second", 1e9 / ns },
				  { NULL },
			  });
	bench_trace_clear(&trace);
	return result;
}

static bool wants_any(const struct bench *b, const struct bench_peer *peer, const size_t *sizes)
{
	bool wanted = false;

	for (; *sizes; sizes++)
		wanted |= bench_wants(b, "%s-%zu", peer->name, *sizes) &&
			  (!b->up_to || *sizes <= b->up_to);
	return wanted;
}

static void peer_rows(struct bench *b, const struct bench_peer *peer, const struct place *place,
		      const size_t *sizes)
{
	for (; *sizes; sizes++) {
		struct bench_rules rules;
		struct ng_error err;
		char name[64];
		int result;

		snprintf(name, sizeof(name), "%s-%zu", peer->name, *sizes);
		if (!bench_wants(b, "%s", name) || (b->up_to && *sizes > b->up_to))
			continue;
		if (bench_generate(BENCH_ACL, 4, *sizes, &rules)) {
			ng_fail(&err, -ENOMEM, "out of memory");
			bench_fail(b, name, &err);
			continue;
		}
		for (size_t i = 0; i < rules.n; i++)
			rules.list[i].pass = false;
		result = measure_peer(b, name, peer, place, &rules, &err);
		if (result == -EOPNOTSUPP)
			bench_leave_out(b, name, "%s", err.what);
		else if (result)
			bench_fail(b, name, &err);
		bench_rules_clear(&rules);
	}
}

/* The floor of a place is a row, too. */
static int floor_row(struct bench *b, const char *name, struct place *place, struct ng_error *err)
{
	struct bench_rules none = { .family = 4 };
	struct bench_trace trace;
	int result;

	if (bench_trace_rules(&none, BENCH_PACKETS, &trace))
		return ng_fail(err, -ENOMEM, "out of memory");
	bench_course_load(place->course, &trace);
	bench_trace_clear(&trace);
	result = measure(place, &place->floor, err);
	if (!result)
		bench_row(b, name,
			  (struct bench_figure[]){
				  { "floor_ns", place->floor },
				  { "over_floor_ns", 0 },
				  { "packets_per_second", 1e9 / place->floor },
				  { NULL },
			  });
	return result;
}

static const size_t netguard_sizes[] = { 10, 1000, 100000, 0 };
static const size_t bpfilter_sizes[] = { 1, 10, 100, 1000, 0 };
static const size_t nft_sizes[] = { 1, 10, 100, 1000, 10000, 0 };

static int xdp_floor(struct bench *b, struct place *place, struct ng_error *err)
{
	int ifindex = if_nametoindex(FAR), result;

	if (bpf_xdp_attach(ifindex, bench_course_drop(place->course), XDP_FLAGS_DRV_MODE, NULL))
		return ng_fail(err, -errno, "cannot attach to " FAR ": %s", strerror(errno));
	result = floor_row(b, "live-xdp-drop", place, err);
	bpf_xdp_detach(ifindex, XDP_FLAGS_DRV_MODE, NULL);
	return result;
}

static int tc_floor(struct bench *b, struct place *place, struct ng_error *err)
{
	struct bench_course *tc = bench_course(b, NG_HOOK_TC_IN, 4, BENCH_PACKETS, err);
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = if_nametoindex(NEAR),
		    .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts);
	int result;

	if (!tc)
		return -1;
	opts.prog_fd = bench_course_drop(tc);
	bpf_tc_hook_create(&hook);
	result = bpf_tc_attach(&hook, &opts);
	if (result)
		return ng_fail(err, result, "cannot attach to " NEAR ": %s", strerror(-result));
	result = floor_row(b, "live-tc-drop", place, err);
	hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS; /* both: the qdisc itself goes */
	bpf_tc_hook_destroy(&hook);
	return result;
}

static void netguard_rows(struct bench *b, const struct bench_peer *peer, const struct place *place,
			  const char *attach)
{
	struct ng_error err;

	if (!wants_any(b, peer, netguard_sizes))
		return;
	if (bench_call(&err, NULL, NULL, "%s attach %s", b->netguard, attach))
		bench_fail(b, peer->name, &err);
	else
		peer_rows(b, peer, place, netguard_sizes);
	bench_call(&err, NULL, NULL, "%s detach --all", b->netguard);
}

static void nftables_rows(struct bench *b, const struct place *place)
{
	struct ng_error ignored;

	if (!wants_any(b, &bench_nftables, nft_sizes))
		return;
	if (!bench_has_program("nft")) {
		bench_leave_out(b, bench_nftables.name, "there is no nft on the PATH");
		return;
	}
	peer_rows(b, &bench_nftables, place, nft_sizes);
	bench_call(&ignored, NULL, NULL, "nft flush ruleset");
}

/* Where one was named, it has to work. */
static void bpfilter_rows(struct bench *b, const struct place *place)
{
	struct ng_error err;
	pid_t daemon;

	if (!wants_any(b, &bench_bpfilter, bpfilter_sizes))
		return;
	if (!b->bfcli && !bench_has_program("bfcli")) {
		bench_leave_out(b, bench_bpfilter.name, "there is no bfcli on the PATH");
		return;
	}
	if (!bench_bpfilter_begin(b, &daemon, &err)) {
		peer_rows(b, &bench_bpfilter, place, bpfilter_sizes);
		bench_bpfilter_end(b, daemon);
	} else if (b->bfcli) {
		bench_fail(b, bench_bpfilter.name, &err);
	} else {
		bench_leave_out(b, bench_bpfilter.name, "bfcli: %s", err.what);
	}
}

static bool wants_xdp(const struct bench *b)
{
	return wants_any(b, &bench_netguard_xdp, netguard_sizes) ||
	       wants_any(b, &bench_bpfilter, bpfilter_sizes) || bench_wants(b, "live-xdp-drop");
}

static bool wants_tc(const struct bench *b)
{
	return wants_any(b, &bench_netguard_tc, netguard_sizes) ||
	       wants_any(b, &bench_nftables, nft_sizes) || bench_wants(b, "live-tc-drop");
}

void bench_live_rows(struct bench *b)
{
	struct ng_error err;
	struct bench_course *course;
	struct place xdp = { .live = BENCH_LIVE_TX }, tc = { .live = BENCH_LIVE_PASS };

	if (!wants_xdp(b) && !wants_tc(b))
		return;
	course = bench_course(b, NG_HOOK_XDP, 4, BENCH_PACKETS, &err);
	if (!course || network_make(course, &err)) {
		bench_fail(b, "live", &err);
		return;
	}
	xdp.course = tc.course = course;
	if (wants_xdp(b) && xdp_floor(b, &xdp, &err)) {
		bench_fail(b, "live-xdp-drop", &err);
	} else if (wants_xdp(b)) {
		bpfilter_rows(b, &xdp);
		netguard_rows(b, &bench_netguard_xdp, &xdp, FAR " --mode native");
	}
	if (wants_tc(b) && tc_floor(b, &tc, &err)) {
		bench_fail(b, "live-tc-drop", &err);
	} else if (wants_tc(b)) {
		nftables_rows(b, &tc);
		netguard_rows(b, &bench_netguard_tc, &tc, NEAR " --mode tc");
	}
	network_remove();
}
