/* SPDX-License-Identifier: GPL-2.0-only */
/* The results of explain for each packet of a capture, added up as counters do. */
#ifndef EXPLAIN_SUMS_H
#define EXPLAIN_SUMS_H

/**
 * explain_sums() - of every capture of pcaps/, into the file @folder/NAME
 *
 * Lines as counted() of testenv/lib/counters.sh prints them. Frames that the test run of TC does
 * not accept are explained at XDP. Return: 0; 1 if something failed, with a message on standard
 * error.
 */
int explain_sums(const char *folder);

#endif
