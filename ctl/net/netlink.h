/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink requests, through libmnl. */
#ifndef NG_NETLINK_H
#define NG_NETLINK_H

#include <libmnl/libmnl.h>

/**
 * ng_netlink_begin() - begin a request; mnl_nlmsg_put_extra_header() appends its body
 * @buffer: large enough for the whole request
 * @flags:  NLM_F_DUMP, or 0
 */
struct nlmsghdr *ng_netlink_begin(void *buffer, uint16_t type, uint16_t flags);

/**
 * ng_netlink_ask() - send @request and call @each for each message of the answer
 * @protocol: NETLINK_ROUTE or NETLINK_GENERIC
 *
 * Return: 0; -EINTR: the dump changed meanwhile and may be incomplete; another -errno, from the
 * kernel or from @each, which sets errno and returns MNL_CB_ERROR.
 */
int ng_netlink_ask(int protocol, struct nlmsghdr *request, mnl_cb_t each, void *data);

#endif
