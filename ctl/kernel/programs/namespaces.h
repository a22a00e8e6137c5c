/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Network namespaces other than this process's own: interfaces move there with their programs, and
 * state remains when they are deleted.
 */
#ifndef NG_NAMESPACES_H
#define NG_NAMESPACES_H

#include <stdbool.h>

#include "base/error.h"

#define NG_NETNS_PATH 64

/**
 * ng_netns_enter() - switch to network namespace @name, as `ip -n` does
 *
 * To be called before anything else: a state that is open stays that of its namespace.
 * Return: 0; -ENOENT, -EPERM or another -errno with @err filled.
 */
int ng_netns_enter(const char *name, struct ng_error *err);

/** ng_netns_switch() - switch to the namespace at @path; an fd for ng_netns_return(), or -errno */
int ng_netns_switch(const char *path);
void ng_netns_return(int own);

/**
 * ng_netns_visit() - visit each other namespace that has a name in /run/netns or a process
 * @look: called in each, with a path for ng_netns_switch(); 1 or -errno ends the search
 *
 * Needs CAP_SYS_ADMIN; without it, nothing is visited. Return: what the last @look returned; 0
 * after all namespaces that may be entered; -errno when the search failed.
 */
int ng_netns_visit(int (*look)(const char *path, void *arg), void *arg);

/** ng_netns_describe() - the namespace at @path in words, for messages; returns @words */
const char *ng_netns_describe(const char *path, char words[NG_NETNS_PATH]);

#endif
