// SPDX-License-Identifier: GPL-2.0-only
#include "net/netlink.h"

#include <errno.h>
#include <sys/socket.h>

#define ANSWER (32U << 10) /* bytes; the largest part of a dump that the kernel sends */

struct nlmsghdr *ng_netlink_begin(void *buffer, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

	request->nlmsg_type = type;
	/* NLM_F_ACK, so that a single answer has an end marker, too, as dumps have. */
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	request->nlmsg_seq = 1;
	return request;
}

static int exchange(struct mnl_socket *sock, const struct nlmsghdr *request, mnl_cb_t each,
		    void *data)
{
	_Alignas(struct nlmsghdr) char answer[ANSWER];
	int result = MNL_CB_OK;

	if (mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(sock, request, request->nlmsg_len) < 0)
		return -errno;
	while (result == MNL_CB_OK) {
		ssize_t len = mnl_socket_recvfrom(sock, answer, sizeof(answer));

		if (len < 0)
			return -errno;
		result = mnl_cb_run(answer, len, request->nlmsg_seq, mnl_socket_get_portid(sock),
				    each, data);
	}
	return result < 0 ? -errno : 0;
}

int ng_netlink_ask(int protocol, struct nlmsghdr *request, mnl_cb_t each, void *data)
{
	struct mnl_socket *sock = mnl_socket_open2(protocol, SOCK_CLOEXEC);
	int result;

	if (!sock)
		return -errno;
	result = exchange(sock, request, each, data);
	mnl_socket_close(sock);
	return result;
}
