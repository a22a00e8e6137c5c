/* SPDX-License-Identifier: GPL-2.0-only */
/* How a state is opened. */
#ifndef NG_ACCESS_H
#define NG_ACCESS_H

enum ng_access {
	NG_ACCESS_READ,	   /* no lock */
	NG_ACCESS_CHANGE,  /* lock; there must be a state */
	NG_ACCESS_CREATE,  /* lock; ng_attach() makes the state when there is none */
	NG_ACCESS_UPGRADE, /* lock; the state may be of an older layout, for ng_upgrade() */
};

#endif
