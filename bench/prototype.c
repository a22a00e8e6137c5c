// SPDX-License-Identifier: GPL-2.0-only
#include "prototype.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "sandbox.h"

#define RULES BENCH_SCRATCH "/prototype.rules"
#define SAID  BENCH_SCRATCH "/prototype.said"
#define PINS  "/sys/fs/bpf/bench-prototype"

/* Its programs: reading a packet alone, with classifying, and with counting as well. */
enum program { READ, CLASSIFY, COUNT, PROGRAMS };
static const char *const program_names[PROGRAMS] = { "f_floor", "t4", "t4_cnt" };

/* A packet as its programs read it. */
struct key {
	uint32_t src, dst;
	uint16_t dport, sport;
	uint32_t proto_and_flags; /* the flags in bits 16 to 23 */
};
_Static_assert(sizeof(struct key) == 16, "as in its map");

/**
 * struct bench_prototype - see prototype.h
 * @keys, @answers: its maps, BENCH_PACKETS each; an answer is a rule's index or BENCH_NOTHING
 */
struct bench_prototype {
	int fds[PROGRAMS];
	double ns[PROGRAMS];
	struct bench_beside beside;
	struct key *keys;
	uint32_t *answers;
	double bytes, ms;
};

static void print_prefix(struct bench_address address, int len, FILE *out)
{
	bench_address_print(4, address, out);
	fprintf(out, "/%d\t", len);
}

/* As bench_read_classbench() reads it. */
static void print_rule(const struct bench_rule *rule, FILE *out)
{
	fputc('@', out);
	print_prefix(rule->src, rule->src_len, out);
	print_prefix(rule->dst, rule->dst_len, out);
	fprintf(out, "%d : %d\t%d : %d\t", rule->sport[0], rule->sport[1], rule->dport[0],
		rule->dport[1]);
	fprintf(out, "0x%02x/0x%02x\t0x%02x00/0x%02x00\n",
		rule->proto == BENCH_PROTO_ANY ? 0 : rule->proto,
		rule->proto == BENCH_PROTO_ANY ? 0 : 255, rule->flags & rule->flags_mask,
		rule->flags_mask);
}

static int write_rules(const struct bench_rules *rules, struct ng_error *err)
{
	FILE *file = fopen(RULES, "w");

	if (!file)
		return ng_fail_at(err, -errno, RULES, "cannot write it: %s", strerror(errno));
	for (size_t i = 0; i < rules->n; i++)
		print_rule(&rules->list[i], file);
	return fclose(file) ? ng_fail_at(err, -EIO, RULES, "cannot write it") : 0;
}

/* A pin is taken away once it is open. Return: an fd, or -errno with @err. */
static int take_pin(const char *name, struct ng_error *err)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), PINS "/%s", name);
	fd = bpf_obj_get(path);
	if (fd < 0)
		return ng_fail(err, -errno, "the prototype has no %s: %s", name, strerror(errno));
	unlink(path);
	return fd;
}

static void *map_pin(const char *name, size_t size, struct ng_error *err)
{
	__cleanup_fd int fd = take_pin(name, err);
	void *at;

	if (fd < 0)
		return NULL;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED) {
		ng_fail(err, -errno, "cannot map the prototype's %s: %s", name, strerror(errno));
		return NULL;
	}
	return at;
}

static int take_pins(struct bench_prototype *prototype, struct ng_error *err)
{
	for (int i = 0; i < PROGRAMS; i++) {
		prototype->fds[i] = take_pin(program_names[i], err);
		if (prototype->fds[i] < 0)
			return prototype->fds[i];
	}
	prototype->keys = map_pin("trace", BENCH_PACKETS * sizeof(*prototype->keys), err);
	if (!prototype->keys)
		return -EIO;
	prototype->answers = map_pin("out", BENCH_PACKETS * sizeof(*prototype->answers), err);
	return prototype->answers ? 0 : -EIO;
}

/* Of what its driver prints: "… img=255KB … build=14ms …" */
static void read_built(struct bench_prototype *prototype)
{
	__cleanup_file FILE *file = fopen(SAID, "r");
	const char *bytes, *ms;
	char line[1024];

	while (file && fgets(line, sizeof(line), file)) {
		bytes = strstr(line, " img=");
		ms = strstr(line, " build=");
		if (!bytes || !ms)
			continue;
		prototype->bytes = strtod(bytes + strlen(" img="), NULL) * 1024;
		prototype->ms = strtod(ms + strlen(" build="), NULL);
		return;
	}
}

static int start(const struct bench *b, const struct bench_rules *rules,
		 struct bench_prototype *prototype, struct ng_error *err)
{
	int result = write_rules(rules, err);

	if (result)
		return result;
	if (mkdir(PINS, 0700) && errno != EEXIST)
		return ng_fail_at(err, -errno, PINS, "cannot make it: %s", strerror(errno));
	/* The numbers: one round, of as many packets as driver.h has in BENCH_MEASURED. */
	result = bench_call(err, NULL, SAID,
			    "env -C %s PINS=" PINS " OBJ=tree4.o PROGS=t4_cnt,t4 R=1 REP=7 "
			    "./driver " RULES,
			    b->prototype);
	if (result)
		return ng_hint(err, result, "see README.md of the folder that PROTOTYPE names");
	read_built(prototype);
	return take_pins(prototype, err);
}

int bench_prototype_open(const struct bench *b, const struct bench_rules *rules,
			 struct bench_prototype **prototype, struct ng_error *err)
{
	struct bench_prototype *opened = calloc(1, sizeof(*opened));
	int result;

	if (!opened)
		return ng_fail(err, -ENOMEM, "out of memory");
	for (int i = 0; i < PROGRAMS; i++)
		opened->fds[i] = -1;
	opened->beside = (struct bench_beside){ opened->fds, opened->ns, PROGRAMS, 100 };
	result = start(b, rules, opened, err);
	if (result)
		bench_prototype_close(opened);
	else
		*prototype = opened;
	return result;
}

void bench_prototype_close(struct bench_prototype *prototype)
{
	if (!prototype)
		return;
	for (int i = 0; i < PROGRAMS; i++)
		if (prototype->fds[i] >= 0)
			close(prototype->fds[i]);
	if (prototype->keys)
		munmap(prototype->keys, BENCH_PACKETS * sizeof(*prototype->keys));
	if (prototype->answers)
		munmap(prototype->answers, BENCH_PACKETS * sizeof(*prototype->answers));
	free(prototype);
}

static struct key key_of(const struct bench_key *packet)
{
	return (struct key){
		.src = packet->src.lo,
		.dst = packet->dst.lo,
		.dport = packet->dport,
		.sport = packet->sport,
		.proto_and_flags = (uint32_t)packet->flags << 16 | packet->proto,
	};
}

/*
 * What it answered. It knows ports of every protocol: where a rule asks for ports and for no
 * protocol, it differs rightly from netguard.
 */
static int compare(const struct bench_prototype *prototype, const struct bench_trace *trace,
		   struct ng_error *err)
{
	for (size_t i = 0; i < trace->n; i++)
		if (prototype->answers[i] != trace->answers[i] &&
		    bench_has_ports(trace->keys[i].proto))
			return ng_fail(err, -EBADMSG,
				       "wrong answers: the prototype finds rule %u for packet %zu, "
				       "comparing all rules finds %u (0: none)",
				       prototype->answers[i] + 1, i, trace->answers[i] + 1);
	return 0;
}

int bench_prototype_load(struct bench_prototype *prototype, struct bench_course *course,
			 const struct bench_trace *trace, struct ng_error *err)
{
	int result;

	for (size_t i = 0; i < trace->n; i++)
		prototype->keys[i] = key_of(&trace->keys[i]);
	for (int program = CLASSIFY; program <= COUNT; program++) {
		memset(prototype->answers, 0x55, trace->n * sizeof(*prototype->answers));
		result = bench_course_alone(course, prototype->fds[program], trace->n,
					    &prototype->beside.guess, err);
		if (!result)
			result = compare(prototype, trace, err);
		if (result)
			return result;
	}
	return 0;
}

struct bench_beside *bench_prototype_beside(struct bench_prototype *prototype)
{
	return &prototype->beside;
}

struct bench_prototype_cost bench_prototype_cost(const struct bench_prototype *prototype)
{
	return (struct bench_prototype_cost){
		.counted = prototype->ns[COUNT] - prototype->ns[READ],
		.alone = prototype->ns[CLASSIFY] - prototype->ns[READ],
	};
}

void bench_prototype_built(const struct bench_prototype *prototype, double *bytes, double *ms)
{
	*bytes = prototype->bytes;
	*ms = prototype->ms;
}
