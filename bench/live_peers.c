// SPDX-License-Identifier: GPL-2.0-only
#include "live_peers.h"

#include <errno.h>
#include <glob.h>
#include <net/if.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox.h"

#define RULES	BENCH_SCRATCH "/live.rules"
#define COUNTED BENCH_SCRATCH "/counted"

/* How long a daemon may take until it answers. */
#define DAEMON_MS      5000
#define DAEMON_LOOK_US 50000

static FILE *create_rules(struct ng_error *err)
{
	FILE *file = fopen(RULES, "w");

	if (!file)
		ng_fail_at(err, -errno, RULES, "cannot write it: %s", strerror(errno));
	return file;
}

/* ---- netguard ---------------------------------------------------------------------------- */

static int netguard_load(const struct bench *b, const struct bench_rules *rules,
			 struct ng_error *err)
{
	FILE *file = create_rules(err);

	if (!file)
		return -EIO;
	bench_rules_print(rules, file);
	fputs("drop\n", file); /* what no rule decides */
	if (fclose(file))
		return ng_fail_at(err, -EIO, RULES, "cannot write it");
	return bench_call(err, NULL, NULL, "%s apply " RULES, b->netguard);
}

static long long packets_of(struct json_object *entry)
{
	return json_object_get_int64(json_object_object_get(entry, "packets"));
}

static int netguard_counts(const struct bench *b, size_t n, long long *counts, struct ng_error *err)
{
	struct json_object *all, *rules;
	int result = bench_call(err, NULL, COUNTED, "%s counters --json", b->netguard);

	if (result)
		return result;
	all = json_object_from_file(COUNTED);
	rules = json_object_object_get(all, "rules");
	if (rules && json_object_array_length(rules) == n + 1)
		for (size_t i = 0; i <= n; i++)
			counts[i] = packets_of(json_object_array_get_idx(rules, i));
	else
		result = ng_fail(err, -EPROTO, "netguard counters --json has other rules");
	json_object_put(all);
	return result;
}

/* What other commands print of rules in order: @word, then the packets. */
static int read_counters(const char *word, size_t n, long long *counts, struct ng_error *err)
{
	__cleanup_file FILE *file = fopen(COUNTED, "r");
	char line[512];
	size_t i = 0;

	while (file && i < n && fgets(line, sizeof(line), file)) {
		const char *at = strstr(line, word);

		if (at && at[strlen(word)] >= '0' && at[strlen(word)] <= '9')
			counts[i++] = strtoll(at + strlen(word), NULL, 10);
	}
	return i == n ? 0 : ng_fail(err, -EPROTO, "it lists %zu counters of %zu rules", i, n);
}

/* ---- nftables ---------------------------------------------------------------------------- */

static void print_nft_prefix(const char *word, struct bench_address address, int len, FILE *out)
{
	if (!len)
		return;
	fprintf(out, " ip %s ", word);
	bench_address_print(4, address, out);
	fprintf(out, "/%d", len);
}

static void print_nft_ports(const char *proto, const char *word, const uint16_t ports[2], FILE *out)
{
	if (ports[0] || ports[1] != BENCH_PORT_MAX)
		fprintf(out, " %s %s %d-%d", proto, word, ports[0], ports[1]);
}

static void print_nft_rule(const struct bench_rule *rule, FILE *out)
{
	const char *proto = rule->proto == BENCH_TCP ? "tcp" : "udp";

	print_nft_prefix("saddr", rule->src, rule->src_len, out);
	print_nft_prefix("daddr", rule->dst, rule->dst_len, out);
	if (rule->proto != BENCH_PROTO_ANY)
		fprintf(out, " ip protocol %d", rule->proto);
	print_nft_ports(proto, "sport", rule->sport, out);
	print_nft_ports(proto, "dport", rule->dport, out);
	if (rule->flags_mask && rule->proto == BENCH_ICMP)
		fprintf(out, " icmp type %d", rule->flags);
	else if (rule->flags_mask)
		fprintf(out, " tcp flags & %d == %d", rule->flags_mask, rule->flags);
	fputs(" counter drop\n", out);
}

static int nft_load(const struct bench *b, const struct bench_rules *rules, struct ng_error *err)
{
	FILE *file = create_rules(err);

	(void)b;
	if (!file)
		return -EIO;
	fputs("flush ruleset\ntable netdev bench {\nchain c {\n"
	      "type filter hook ingress device " BENCH_NEAR " priority 0; policy drop;\n",
	      file);
	for (size_t i = 0; i < rules->n; i++)
		print_nft_rule(&rules->list[i], file);
	fputs("}\n}\n", file);
	if (fclose(file))
		return ng_fail_at(err, -EIO, RULES, "cannot write it");
	return bench_call(err, NULL, NULL, "nft -f " RULES);
}

static int nft_counts(const struct bench *b, size_t n, long long *counts, struct ng_error *err)
{
	int result = bench_call(err, NULL, COUNTED, "nft list chain netdev bench c");

	(void)b;
	counts[n] = -1;
	return result ? result : read_counters("counter packets ", n, counts, err);
}

/* ---- bpfilter ---------------------------------------------------------------------------- */

static void print_bf_network(const char *word, struct bench_address address, int len, FILE *out)
{
	if (!len)
		return;
	fprintf(out, " ip4.%s eq ", word);
	bench_address_print(4, address, out);
	fprintf(out, "/%d", len);
}

static void print_bf_ports(const char *proto, const char *word, const uint16_t ports[2], FILE *out)
{
	if (ports[0] || ports[1] != BENCH_PORT_MAX)
		fprintf(out, " %s.%s range %d-%d", proto, word, ports[0], ports[1]);
}

/* One matcher for the flags that must be there, one for those that must not. */
static void print_bf_flags(uint8_t flags, const char *operator, FILE * out)
{
	static const char *const names[] = {
		"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr",
	};
	const char *between = " ";

	if (!flags)
		return;
	fprintf(out, " tcp.flags %s", operator);
	for (int i = 0; i < 8; i++) {
		if (!(flags & 1 << i))
			continue;
		fprintf(out, "%s%s", between, names[i]);
		between = ",";
	}
}

static void print_bf_rule(const struct bench_rule *rule, FILE *out)
{
	const char *proto = rule->proto == BENCH_TCP ? "tcp" : "udp";

	fputs("rule", out);
	if (!rule->src_len && !rule->dst_len)
		fputs(" meta.l3_proto eq ipv4", out);
	print_bf_network("snet", rule->src, rule->src_len, out);
	print_bf_network("dnet", rule->dst, rule->dst_len, out);
	if (rule->proto != BENCH_PROTO_ANY)
		fprintf(out, " ip4.proto eq %d", rule->proto);
	print_bf_ports(proto, "sport", rule->sport, out);
	print_bf_ports(proto, "dport", rule->dport, out);
	if (rule->flags_mask && rule->proto == BENCH_ICMP) {
		fprintf(out, " icmp.type eq %d", rule->flags);
	} else {
		print_bf_flags(rule->flags, "all", out);
		print_bf_flags(rule->flags_mask & ~rule->flags, "not any", out);
	}
	fputs(" counter DROP\n", out);
}

static const char *bfcli_of(const struct bench *b)
{
	return b->bfcli ? b->bfcli : "bfcli";
}

static bool is_program(const char *path)
{
	struct stat about;

	return !stat(path, &about) && S_ISREG(about.st_mode) && !access(path, X_OK);
}

/* The first program @name in @folder, or up to three folders below; NULL. */
static char *find_program(const char *folder, const char *name)
{
	static const char *const below[] = { "", "*/", "*/*/", "*/*/*/" };
	char *program = NULL;

	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]) && !program; i++) {
		__cleanup_free char *pattern = NULL;
		glob_t found;

		if (asprintf(&pattern, "%s/%s%s", folder, below[i], name) < 0) {
			pattern = NULL;
			return NULL;
		}
		if (glob(pattern, 0, NULL, &found))
			continue;
		for (size_t at = 0; at < found.gl_pathc && !program; at++)
			if (is_program(found.gl_pathv[at]))
				program = realpath(found.gl_pathv[at], NULL);
		globfree(&found);
	}
	return program;
}

int bench_bpfilter_find(struct bench *b, const char *folder, struct ng_error *err)
{
	b->bfcli = find_program(folder, "bfcli");
	b->bpfilter = find_program(folder, "bpfilter");
	if (b->bfcli)
		return 0;
	ng_fail_at(err, -ENOENT, folder, "there is no program bfcli in it");
	return ng_hint(err, -ENOENT, "build bpfilter there, as its own documentation says");
}

static int bfcli_answers(const struct bench *b, struct ng_error *err)
{
	return bench_call(err, NULL, NULL, "%s ruleset get", bfcli_of(b));
}

int bench_bpfilter_begin(const struct bench *b, pid_t *daemon, struct ng_error *err)
{
	double begun = bench_now();
	int result;

	*daemon = 0;
	if (b->bpfilter) {
		*daemon = bench_start(err, NULL, "%s --transient", b->bpfilter);
		if (*daemon < 0)
			return *daemon;
	}
	do {
		result = bfcli_answers(b, err);
		if (result)
			usleep(DAEMON_LOOK_US);
	} while (result && *daemon && bench_now() < begun + DAEMON_MS);
	if (result)
		bench_bpfilter_end(b, *daemon);
	return result;
}

void bench_bpfilter_end(const struct bench *b, pid_t daemon)
{
	struct ng_error ignored;

	bench_call(&ignored, NULL, NULL, "%s ruleset flush", bfcli_of(b));
	if (daemon <= 0)
		return;
	kill(daemon, SIGTERM);
	bench_wait(daemon, &ignored);
}

static int bpfilter_load(const struct bench *b, const struct bench_rules *rules,
			 struct ng_error *err)
{
	FILE *file = create_rules(err);

	if (!file)
		return -EIO;
	fprintf(file, "chain bench BF_HOOK_XDP{ifindex=%u} DROP\n", if_nametoindex(BENCH_FAR));
	for (size_t i = 0; i < rules->n; i++)
		print_bf_rule(&rules->list[i], file);
	if (fclose(file))
		return ng_fail_at(err, -EIO, RULES, "cannot write it");
	return bench_call(err, NULL, NULL, "%s ruleset set --from-file " RULES, bfcli_of(b));
}

static int bpfilter_counts(const struct bench *b, size_t n, long long *counts, struct ng_error *err)
{
	int result = bench_call(err, NULL, COUNTED, "%s chain get --name bench", bfcli_of(b));

	counts[n] = -1;
	return result ? result : read_counters("counters ", n, counts, err);
}

const struct bench_peer bench_netguard_xdp = {
	.name = "live-xdp-rules",
	.load = netguard_load,
	.counts = netguard_counts,
};
const struct bench_peer bench_netguard_tc = {
	.name = "live-tc-rules",
	.load = netguard_load,
	.counts = netguard_counts,
};
const struct bench_peer bench_nftables = {
	.name = "nftables",
	.may_refuse = true,
	.load = nft_load,
	.counts = nft_counts,
};
const struct bench_peer bench_bpfilter = {
	.name = "bpfilter",
	.may_refuse = true,
	.load = bpfilter_load,
	.counts = bpfilter_counts,
};
