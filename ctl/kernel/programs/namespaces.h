/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Network namespaces other than this process's own: interfaces are moved there with the programs
 * that are on them, and state stays behind when they are deleted.
 */
#ifndef NG_NAMESPACES_H
#define NG_NAMESPACES_H

#include <stdbool.h>

#include "base/error.h"

#define NG_NETNS_PATH 64

/**
 * ng_netns_enter() - go on in network namespace @name, as `ip -n` does
 *
 * Before anything else: an open state stays where it was opened.
 * Return: 0; -ENOENT, -EPERM or another -errno with @err filled.
 */
int ng_netns_enter(const char *name, struct ng_error *err);

/** ng_netns_go() - go on in the namespace at @path; an fd for ng_netns_return(), or -errno */
int ng_netns_go(const char *path);
void ng_netns_return(int own);

/**
 * ng_netns_visit() - look into each other namespace that has a name in /run/netns or a process
 * @look: called inside, with a path for ng_netns_go(); 1: that was it; -errno ends the search
 *
 * Needs CAP_SYS_ADMIN; without it, nothing is visited. Return: what @look returned at last, 0 when
 * it was called for all that may be entered; -errno when the search failed.
 */
int ng_netns_visit(int (*look)(const char *path, void *arg), void *arg);

/** ng_netns_words() - what a person calls the namespace at @path; returns @words */
const char *ng_netns_words(const char *path, char words[NG_NETNS_PATH]);

#endif
