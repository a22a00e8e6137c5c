/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * include/layout/ is the interface between the BPF programs and the command: the layout of images
 * and maps, limits, names. Each fact of this kind is defined only there.
 *
 * All numbers in images and maps are in host order. Addresses are numbers, too: an IPv4 address is
 * a __u32, an IPv6 address two __u64, the upper half first.
 */
#ifndef NG_LAYOUT_VERSION_H
#define NG_LAYOUT_VERSION_H

/*
 * Raised with each change of this folder that would make an older or newer netguard misread maps.
 * What never changes is in stable.h. Tests set another number.
 */
#ifndef NG_LAYOUT_VERSION
#define NG_LAYOUT_VERSION 9
#endif

#endif
