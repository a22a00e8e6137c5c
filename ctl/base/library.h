/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared libraries that few commands need and that bring many others along: loaded when they are
 * needed, since the dynamic linker would take its time for them before every command.
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
 * @soname:    as the linker would note it, see Makefile
 * @names:     of the functions, each with a NUL behind it, and one more at the end
 * @functions: a pointer for each, in the same order
 *
 * Return: 0, -ELIBACC with @err.
 */
int ng_library_load(const char *soname, const char *names, void *functions, struct ng_error *err);

#endif
