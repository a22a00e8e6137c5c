// SPDX-License-Identifier: GPL-2.0-only
/*
 * frames - frames of a capture onto an interface and off another, as text
 *
 * frames hex CAPTURE
 *	prints each frame as a line of hexadecimal digits
 * frames through CAPTURE FROM-NETNS FROM-IFACE TO-NETNS TO-IFACE
 *	sends each frame from one interface, prints those that arrive at the other in the same way,
 *	and names on standard error those that the first interface does not accept; at the end of
 *	standard input it sends a marker after them, and exits when that arrives
 *
 * When the marker has arrived no other frame will, so no timeout decides which ones were lost. It
 *is not printed. The caller makes sure that filters on the way pass it.
 *
 * Frames that the capture truncated are padded with zeros to the length they had on the wire.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAME_MAX      65550
#define TAG_LEN	       4
#define RECEIVE_BUFFER (64 << 20)
#define TIMEOUT	       20 /* seconds, then the marker is taken for lost */
#define MARKER_LEN     60
#define MARKER_TEXT    "the end of the capture"

/* From the address of the captures' peers, with IEEE 802's Ethernet type for experiments. */
static const uint8_t marker[MARKER_LEN] = "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x88\xb5" MARKER_TEXT;

static void fail(const char *what)
{
	fprintf(stderr, "frames: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static void print_hex(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		printf("%02x", bytes[i]);
	putchar('\n');
}

/* ---- the capture ---------------------------------------------------------------------------- */

static pcap_t *open_capture(const char *path)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *capture = pcap_open_offline(path, error);

	if (!capture || pcap_datalink(capture) != DLT_EN10MB) {
		fprintf(stderr, "frames: %s: %s\n", path, capture ? "not of Ethernet" : error);
		exit(EXIT_FAILURE);
	}
	return capture;
}

/* The next frame, padded; 0 at the end. */
static size_t next_frame(pcap_t *capture, uint8_t frame[FRAME_MAX])
{
	struct pcap_pkthdr *header;
	const uint8_t *bytes;
	int found = pcap_next_ex(capture, &header, &bytes);

	if (found == PCAP_ERROR_BREAK)
		return 0;
	if (found != 1 || header->len > FRAME_MAX) {
		fprintf(stderr, "frames: %s\n",
			found == 1 ? "a frame too long for any interface" : pcap_geterr(capture));
		exit(EXIT_FAILURE);
	}
	memset(frame, 0, header->len);
	memcpy(frame, bytes, header->caplen < header->len ? header->caplen : header->len);
	return header->len;
}

static void print_capture(const char *path)
{
	pcap_t *capture = open_capture(path);
	uint8_t frame[FRAME_MAX];
	size_t len;

	while ((len = next_frame(capture, frame)))
		print_hex(frame, len);
	pcap_close(capture);
}

/* ---- the interfaces ------------------------------------------------------------------------- */

/* A socket stays in the namespace where it was made, so one process can have both ends. */
static int open_interface(const char *netns, const char *iface, bool receives)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET };
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		fail(path);
	close(fd);
	/* With protocol 0 it receives nothing until bind(). */
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	address.sll_ifindex = if_nametoindex(iface);
	address.sll_protocol = receives ? htons(ETH_P_ALL) : 0;
	if (fd < 0 || !address.sll_ifindex ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)))
		fail(iface);
	return fd;
}

static int open_receiver(const char *netns, const char *iface)
{
	int fd = open_interface(netns, iface, true);
	int on = 1, buffer = RECEIVE_BUFFER;

	if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer)))
		fail(iface);
	return fd;
}

/*
 * The kernel removes the outer tag of a frame before packet sockets see it, and reports it beside
 * the frame: put it back.
 */
static size_t restore_tag(uint8_t *frame, size_t len, struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		struct tpacket_auxdata aux;
		uint16_t tag[2];

		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		if (!(aux.tp_status & TP_STATUS_VLAN_VALID))
			continue;
		tag[0] = htons(aux.tp_status & TP_STATUS_VLAN_TPID_VALID ? aux.tp_vlan_tpid
									 : ETHERTYPE_VLAN);
		tag[1] = htons(aux.tp_vlan_tci);
		memmove(frame + 2 * ETH_ALEN + TAG_LEN, frame + 2 * ETH_ALEN, len - 2 * ETH_ALEN);
		memcpy(frame + 2 * ETH_ALEN, tag, TAG_LEN);
		return len + TAG_LEN;
	}
	return len;
}

/* Receive a frame that arrived at the interface; not those that leave through it. */
static size_t receive(int fd, uint8_t frame[FRAME_MAX])
{
	char control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	struct sockaddr_ll from;
	struct msghdr message;
	ssize_t len;

	do {
		message = (struct msghdr){
			.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &(struct iovec){ frame, FRAME_MAX - TAG_LEN },
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		len = recvmsg(fd, &message, 0);
		if (len < 0)
			fail("cannot receive");
	} while (from.sll_pkttype == PACKET_OUTGOING);
	return restore_tag(frame, len, &message);
}

static void send_through(const char *path, int from, int to)
{
	pcap_t *capture = open_capture(path);
	uint8_t frame[FRAME_MAX];
	size_t len;

	for (int number = 1; (len = next_frame(capture, frame)); number++)
		/* ENOBUFS: the interface accepted it, and an egress filter dropped it. */
		if (send(from, frame, len, 0) < 0 && errno != ENOBUFS)
			fprintf(stderr, "frame %d of %zu bytes cannot be sent: %s\n", number, len,
				strerror(errno));
	pcap_close(capture);
	while (getchar() != EOF)
		;
	if (send(from, marker, sizeof(marker), 0) < 0)
		fail("cannot send the marker");
	alarm(TIMEOUT);
	while ((len = receive(to, frame)) != sizeof(marker) || memcmp(frame, marker, len))
		print_hex(frame, len);
}

int main(int argc, char **argv)
{
	cpu_set_t first;

	setlinebuf(stdout);
	if (argc == 3 && !strcmp(argv[1], "hex")) {
		print_capture(argv[2]);
		return 0;
	}
	if (argc != 7 || strcmp(argv[1], "through")) {
		fputs("usage: frames hex CAPTURE\n"
		      "       frames through CAPTURE FROM-NETNS FROM-IFACE TO-NETNS TO-IFACE\n",
		      stderr);
		return 2;
	}
	/* Each CPU has its own backlog: on one CPU frames stay in order. */
	CPU_ZERO(&first);
	CPU_SET(sched_getcpu(), &first);
	if (sched_setaffinity(0, sizeof(first), &first))
		fail("cannot stay on one CPU");
	send_through(argv[2], open_interface(argv[3], argv[4], false),
		     open_receiver(argv[5], argv[6]));
	return 0;
}
