/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * include/layout/ is what the BPF programs and the command agree on: the layout of the image and of
 * the maps, limits, names. Every fact of this kind stands there and nowhere else.
 *
 * All numbers in the image and the maps are in host order; addresses are numbers too:
 * an IPv4 address is a __u32, an IPv6 address two __u64, the upper half first.
 */
#ifndef NG_LAYOUT_VERSION_H
#define NG_LAYOUT_VERSION_H

/*
 * Raised with every change of this folder that an older or newer netguard would misread. What never
 * changes is in stable.h; tests set another number.
 */
#ifndef NG_LAYOUT_VERSION
#define NG_LAYOUT_VERSION 8
#endif

#endif
