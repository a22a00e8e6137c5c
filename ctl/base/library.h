/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared libraries that only a few commands need, and that depend on many others: loaded on demand,
 * since the dynamic linker would load them before every command.
 *
 *	#define FUNCTIONS(X) X(pcap_close) X(pcap_datalink)
 *	static struct { FUNCTIONS(NG_LIBRARY_MEMBER) } lib;
 *	ng_library_load(NG_LIBPCAP, FUNCTIONS(NG_LIBRARY_NAME), &lib, err) ... lib.pcap_close(pcap);
 */
#ifndef NG_LIBRARY_H
#define NG_LIBRARY_H

#include "base/error.h"

#define NG_LIBRARY_MEMBER(function) __typeof__(function) *function;
#define NG_LIBRARY_NAME(function)   #function "\0"

/**
 * ng_library_load() - look up functions of a library; it stays loaded
 * @soname:    as the linker would record it, see Makefile
 * @names:     of the functions, each followed by a NUL, with one more NUL at the end
 * @functions: filled with their addresses, in the same order
 *
 * Return: 0; -ELIBACC with @err filled.
 */
int ng_library_load(const char *soname, const char *names, void *functions, struct ng_error *err);

#endif
