/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Capabilities of this process (capabilities(7)): a command keeps what it needs and gives the rest
 * back before it reads anything of the user's.
 */
#ifndef NG_PRIVILEGE_H
#define NG_PRIVILEGE_H

#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define NG_CAP(capability) (UINT64_C(1) << (capability))
#define NG_CAP_TEXT	   256

/**
 * struct ng_privilege - what a command does with the capabilities it is started with; bits
 * @needs: it cannot work without
 * @may:   it keeps, if it has them, for files and processes of other users
 * @spare: it keeps, if it has them, but only ng_privilege_raise() makes them effective: for what
 *         is rarely to be done, or not for long
 */
struct ng_privilege {
	uint64_t needs, may, spare;
};

/** ng_privilege_check() - 0; -EPERM with @err naming what it needs and does not have */
int ng_privilege_check(const struct ng_privilege *privilege, struct ng_error *err);

/**
 * ng_privilege_keep() - give back all that @privilege does not name
 *
 * From the permitted, effective, inheritable, ambient and bounding sets, and no_new_privs is set.
 * Return: 0; -EPERM as ng_privilege_check().
 */
int ng_privilege_keep(const struct ng_privilege *privilege, struct ng_error *err);

/** ng_privilege_raise() - make the spare effective, until as many ng_privilege_lower() */
void ng_privilege_raise(void);
void ng_privilege_lower(void);

/** ng_privilege_forget() - give back the spare for good; 0, or -EPERM with @err: it is still there
 */
int ng_privilege_forget(struct ng_error *err);

/** ng_privilege_has() - is the capability effective? */
bool ng_privilege_has(int capability);

/** ng_privilege_lacks() - those of @capabilities that are not permitted, spare or not */
uint64_t ng_privilege_lacks(uint64_t capabilities);

/** ng_privilege_reason() - what netguard wants the capability for; NULL: nothing */
const char *ng_privilege_reason(int capability);

/** ng_privilege_names() - "CAP_BPF, CAP_NET_ADMIN"; returns @text */
const char *ng_privilege_names(uint64_t capabilities, char text[NG_CAP_TEXT]);

static inline void ng_cleanup_raised(const int *raised)
{
	(void)raised;
	ng_privilege_lower();
}

/* To the end of the block the spare is effective. */
#define NG_RAISED                                                                    \
	__attribute__((cleanup(ng_cleanup_raised), unused)) const int ng_is_raised = \
		(ng_privilege_raise(), 0)

#endif
