/* SPDX-License-Identifier: GPL-2.0-only */
/* Questions to the kernel by netlink, by libmnl. */
#ifndef NG_NETLINK_H
#define NG_NETLINK_H

#include <libmnl/libmnl.h>

/**
 * ng_netlink_begin() - a request without a body, which mnl_nlmsg_put_extra_header() puts behind it
 * @buffer: has room for all of it
 * @flags:  NLM_F_DUMP, or 0
 */
struct nlmsghdr *ng_netlink_begin(void *buffer, uint16_t type, uint16_t flags);

/**
 * ng_netlink_ask() - send @request and show @each all that the kernel answers
 * @protocol: NETLINK_ROUTE or NETLINK_GENERIC
 *
 * Return: 0; -EINTR: a dump that was interrupted may lack some; another -errno, of the kernel or
 * of @each, which sets errno and returns MNL_CB_ERROR.
 */
int ng_netlink_ask(int protocol, struct nlmsghdr *request, mnl_cb_t each, void *data);

#endif
