/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Capabilities of this process (capabilities(7)): a command keeps those it needs, and gives up the
 * others before it reads any input.
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
 * struct ng_privilege - what a command does with the capabilities it is started with; masks of
 * NG_CAP()
 * @needs: it cannot work without these
 * @may:   it keeps these, if it has them, for files and processes of other users
 * @spare: it keeps these, if it has them, but only ng_privilege_raise() makes them effective: for
 *         what is done rarely, or briefly
 */
struct ng_privilege {
	uint64_t needs, may, spare;
};

/** ng_privilege_check() - 0; -EPERM with @err naming the capabilities that are missing */
int ng_privilege_check(const struct ng_privilege *privilege, struct ng_error *err);

/**
 * ng_privilege_keep() - give up all capabilities that @privilege does not name
 *
 * They are dropped from the permitted, effective, inheritable, ambient and bounding sets;
 * no_new_privs is set. Return: 0; -EPERM as ng_privilege_check().
 */
int ng_privilege_keep(const struct ng_privilege *privilege, struct ng_error *err);

/** ng_privilege_raise() - make the spare ones effective, until ng_privilege_lower(); calls nest */
void ng_privilege_raise(void);
void ng_privilege_lower(void);

/**
 * ng_privilege_drop_spare() - give up the spare ones for good; 0; -EPERM with @err filled: they are
 * still there
 */
int ng_privilege_drop_spare(struct ng_error *err);

/** ng_privilege_has() - is the capability effective? */
bool ng_privilege_has(int capability);

/** ng_privilege_lacks() - those of @capabilities that are not permitted, spare or not */
uint64_t ng_privilege_lacks(uint64_t capabilities);

/** ng_privilege_reason() - what netguard needs the capability for; NULL: it does not */
const char *ng_privilege_reason(int capability);

/** ng_privilege_names() - "CAP_BPF, CAP_NET_ADMIN"; returns @text */
const char *ng_privilege_names(uint64_t capabilities, char text[NG_CAP_TEXT]);

static inline void ng_cleanup_raised(const int *raised)
{
	(void)raised;
	ng_privilege_lower();
}

/* To the end of the block the spare capabilities are effective. */
#define NG_RAISED                                                                    \
	__attribute__((cleanup(ng_cleanup_raised), unused)) const int ng_is_raised = \
		(ng_privilege_raise(), 0)

#endif
