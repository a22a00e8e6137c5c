/* SPDX-License-Identifier: GPL-2.0-only */
/* What explain says of each packet of a capture, added up as counters would. */
#ifndef EXPLAIN_SUMS_H
#define EXPLAIN_SUMS_H

/**
 * explain_sums() - of every capture of pcaps/, into the file @folder/NAME
 *
 * Lines as counted() of testenv/lib/counters.sh prints them. What the test run of TC does not take
 * is explained at XDP. Return: 0; 1 when something failed, which is said on standard error.
 */
int explain_sums(const char *folder);

#endif
