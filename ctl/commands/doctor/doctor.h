/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks what this machine and its interfaces support. Nothing is changed: programs that are loaded
 * as a test are not attached, and removed again.
 */
#ifndef NG_DOCTOR_H
#define NG_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

enum ng_grade {
	NG_FINDING_OK,
	NG_FINDING_NOTE,    /* has a cost, or may be a surprise */
	NG_FINDING_UNKNOWN, /* could not be found out */
	NG_FINDING_PROBLEM, /* prevents netguard from working here */
};

/**
 * struct ng_finding - one thing found
 * @group: "machine", "privileges", "kernel", or an interface's name
 * @about: what was checked, a word or two
 * @hint:  what to do; may be empty
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

/** ng_found() - add a finding; valid until the next one is added; NULL: out of memory */
struct ng_finding *ng_found(struct ng_findings *findings, const char *group, const char *about,
			    enum ng_grade grade, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/** ng_found_hint() - set the hint of @finding, which may be NULL */
void ng_found_hint(struct ng_finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void ng_findings_clear(struct ng_findings *findings);

/** ng_doctor_machine() - Linux, its settings, the BPF file system */
void ng_doctor_machine(struct ng_findings *findings);

/** ng_doctor_privileges() - the capabilities of this process */
void ng_doctor_privileges(struct ng_findings *findings);

/** ng_doctor_kernel() - what the kernel accepts: the programs, extension programs, TCX */
void ng_doctor_kernel(struct ng_findings *findings);

/**
 * ng_doctor_interface() - an interface of this network namespace
 * @wanted: it is named: if netguard cannot be attached to it, that is a problem, else a note
 */
void ng_doctor_interface(struct ng_findings *findings, const char *name, bool wanted);

#endif
