/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets of capabilities that commands keep; the table of commands chooses one for each. */
#ifndef NG_PROFILES_H
#define NG_PROFILES_H

#include "base/privilege.h"

extern const struct ng_privilege ng_profile_read;
extern const struct ng_privilege ng_profile_read_files;
extern const struct ng_privilege ng_profile_save;
extern const struct ng_privilege ng_profile_write_capture;
extern const struct ng_privilege ng_profile_reset;
extern const struct ng_privilege ng_profile_change_sets;
extern const struct ng_privilege ng_profile_publish;
extern const struct ng_privilege ng_profile_ask_hooks;
extern const struct ng_privilege ng_profile_test;
extern const struct ng_privilege ng_profile_examine;
extern const struct ng_privilege ng_profile_tell_metrics;
extern const struct ng_privilege ng_profile_complete;
extern const struct ng_privilege ng_profile_attach;

#endif
