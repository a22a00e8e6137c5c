/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways to open a state. */
#ifndef NG_ACCESS_H
#define NG_ACCESS_H

enum ng_access {
	NG_ACCESS_READ,	   /* no lock */
	NG_ACCESS_CHANGE,  /* lock; -ENOENT without a state */
	NG_ACCESS_CREATE,  /* lock; ng_attach() makes the state when there is none */
	NG_ACCESS_UPGRADE, /* lock; the state may be of an older layout, for ng_upgrade() */
};

#endif
