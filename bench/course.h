/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A course that programs are timed on: a trace, the writer that puts its packets into the frame,
 * and the programs that all others are compared with.
 *
 * What is measured is the CPU time of this thread while BPF_PROG_TEST_RUN repeats a program,
 * less what a run of one packet costs, over the packets. Programs take turns, and of all rounds
 * the fastest counts: what disturbs a run can only add to it.
 */
#ifndef BENCH_COURSE_H
#define BENCH_COURSE_H

#include "base/error.h"
#include "kernel/pins/hooks.h"
#include "trace.h"

struct bench_course;

/**
 * bench_course_open() - for traces of @n packets, a power of two
 * @hook: NG_HOOK_XDP or NG_HOOK_TC_IN
 *
 * Return: 0 with *@course for bench_course_close(), or -errno with @err.
 */
int bench_course_open(enum ng_hook hook, int family, size_t n, struct bench_course **course,
		      struct ng_error *err);
void bench_course_close(struct bench_course *course); /* NULL is fine */

/** bench_course_load() - @trace are the packets from now on, beginning with the first */
void bench_course_load(struct bench_course *course, const struct bench_trace *trace);

/** bench_course_load_one() - all packets are @key from now on */
void bench_course_load_one(struct bench_course *course, const struct bench_key *key);

/**
 * enum bench_base - programs that are always there
 * @BENCH_FLOOR: returns a drop at once, without writer: the floor of all figures
 * @BENCH_WRITER: the same behind the writer
 * @BENCH_PARSE: reads the frame with netguard's parsers, behind the writer
 */
enum bench_base { BENCH_FLOOR, BENCH_WRITER, BENCH_PARSE, BENCH_BASES };

/**
 * bench_course_once() - the packets of the trace go through program @fd, each once, from the
 * first one on
 * @n: how many; less when that takes more than a few seconds, set to how many they were
 *
 * Return: 0 with *@ns a packet, roughly; -errno with @err.
 */
int bench_course_once(struct bench_course *course, int fd, size_t *n, double *ns,
		      struct ng_error *err);

/**
 * bench_course_time() - time a program against the bases
 * @guess: ns a packet, to choose how many packets a round has
 * @base:  filled: ns a packet of each base
 * @ns:    filled: of the program behind the writer
 *
 * Return: 0 or -errno with @err.
 */
int bench_course_time(struct bench_course *course, int fd, double guess, double base[BENCH_BASES],
		      double *ns, struct ng_error *err);

/**
 * struct bench_beside - programs that have no writer before them, timed in the same turns
 * @fds: @n of them
 * @ns:  filled: of each
 * @guess: ns a packet, as of bench_course_time()
 */
struct bench_beside {
	const int *fds;
	double *ns;
	size_t n;
	double guess;
};

/** bench_course_beside() - from now on bench_course_time() times these, too; NULL: none */
void bench_course_beside(struct bench_course *course, struct bench_beside *beside);

/** bench_course_alone() - @n packets go through program @fd, which has no writer before it */
int bench_course_alone(struct bench_course *course, int fd, size_t n, double *ns,
		       struct ng_error *err);

/**
 * bench_course_round() - one round of @packets packets of one program
 * @best: the round's ns a packet where that is less
 */
int bench_course_round(struct bench_course *course, int fd, unsigned int packets, double *best,
		       struct ng_error *err);

/* Where live frames go. */
enum bench_live {
	BENCH_LIVE_TX,	 /* out of the interface: the other end of a veth pair receives them */
	BENCH_LIVE_PASS, /* into the stack, as the interface's driver hands them on */
};

/**
 * bench_course_live() - packets of the trace as frames that an interface received
 * @restart: begin with the first packet
 *
 * BPF_F_TEST_XDP_LIVE_FRAMES, on a course for XDP. The interface must have an XDP program.
 * Return: 0 with *@ns for each of @packets, of wall time (BENCH_LIVE_TX) or CPU time
 * (BENCH_LIVE_PASS); -errno with @err.
 */
int bench_course_live(struct bench_course *course, enum bench_live live, int ifindex,
		      unsigned int packets, bool restart, double *ns, struct ng_error *err);

/** bench_course_drop() - the program that only drops: an fd, owned by @course */
int bench_course_drop(const struct bench_course *course);
/** bench_course_parse() - the program that only reads the frame */
int bench_course_parse(const struct bench_course *course);
/** bench_course_pass() - the program of an XDP course that only passes */
int bench_course_pass(const struct bench_course *course);

#endif
