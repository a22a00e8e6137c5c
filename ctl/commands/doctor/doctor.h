/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What this machine and its interfaces offer to netguard, found by looking and by trying. Nothing
 * is changed: what is tried is loaded and let go of again, and attached to nothing.
 */
#ifndef NG_DOCTOR_H
#define NG_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

enum ng_grade {
	NG_FINDING_OK,
	NG_FINDING_NOTE,    /* costs something, or may surprise */
	NG_FINDING_UNKNOWN, /* could not be found out */
	NG_FINDING_PROBLEM, /* keeps netguard from working here */
};

/**
 * struct ng_finding - one thing found
 * @group: "machine", "privileges", "kernel", or an interface's name
 * @about: a word or two, the same on every machine
 * @hint:  what to do; empty when there is nothing to do
 */
struct ng_finding {
	char group[32];
	const char *about;
	enum ng_grade grade;
	char what[256];
	char hint[256];
};

struct ng_findings {
	struct ng_finding *list;
	size_t n;
};

/** ng_found() - add a finding, which stays the last one; NULL: out of memory */
struct ng_finding *ng_found(struct ng_findings *findings, const char *group, const char *about,
			    enum ng_grade grade, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/** ng_found_hint() - what to do about @finding; NULL is fine */
void ng_found_hint(struct ng_finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void ng_findings_clear(struct ng_findings *findings);

/** ng_doctor_machine() - Linux, its settings, the BPF file system */
void ng_doctor_machine(struct ng_findings *findings);

/** ng_doctor_privileges() - the capabilities of this process */
void ng_doctor_privileges(struct ng_findings *findings);

/** ng_doctor_kernel() - what the kernel takes: the programs, extension programs, TCX */
void ng_doctor_kernel(struct ng_findings *findings);

/**
 * ng_doctor_interface() - an interface of this network namespace
 * @wanted: it is to be filtered: what keeps netguard from it is a problem, else a note
 */
void ng_doctor_interface(struct ng_findings *findings, const char *name, bool wanted);

#endif
