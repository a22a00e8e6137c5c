// SPDX-License-Identifier: GPL-2.0-only
#include "rules/names.h"

#include <string.h>
#include <strings.h>

/*
 * IANA, "Service Name and Transport Protocol Port Number Registry": ports that servers listen on,
 * and those that amplification attacks come from.
 */
const struct ng_name ng_services[] = {
	{ "echo", 7 },
	{ "discard", 9 },
	{ "daytime", 13 },
	{ "qotd", 17 },
	{ "chargen", 19 },
	{ "ftp-data", 20 },
	{ "ftp", 21 },
	{ "ssh", 22 },
	{ "telnet", 23 },
	{ "smtp", 25 },
	{ "time", 37 },
	{ "whois", 43 },
	{ "tacacs", 49 },
	{ "domain", 53 },
	{ "bootps", 67 },
	{ "bootpc", 68 },
	{ "tftp", 69 },
	{ "gopher", 70 },
	{ "finger", 79 },
	{ "http", 80 },
	{ "kerberos", 88 },
	{ "pop3", 110 },
	{ "sunrpc", 111 },
	{ "nntp", 119 },
	{ "ntp", 123 },
	{ "epmap", 135 },
	{ "netbios-ns", 137 },
	{ "netbios-dgm", 138 },
	{ "netbios-ssn", 139 },
	{ "imap", 143 },
	{ "snmp", 161 },
	{ "snmptrap", 162 },
	{ "bgp", 179 },
	{ "ldap", 389 },
	{ "svrloc", 427 },
	{ "https", 443 },
	{ "microsoft-ds", 445 },
	{ "isakmp", 500 },
	{ "syslog", 514 },
	{ "ripng", 521 },
	{ "dhcpv6-client", 546 },
	{ "dhcpv6-server", 547 },
	{ "nntps", 563 },
	{ "submission", 587 },
	{ "ipp", 631 },
	{ "ldaps", 636 },
	{ "domain-s", 853 },
	{ "rsync", 873 },
	{ "ftps-data", 989 },
	{ "ftps", 990 },
	{ "telnets", 992 },
	{ "imaps", 993 },
	{ "pop3s", 995 },
	{ "socks", 1080 },
	{ "openvpn", 1194 },
	{ "ms-sql-s", 1433 },
	{ "ms-sql-m", 1434 },
	{ "l2f", 1701 },
	{ "pptp", 1723 },
	{ "radius", 1812 },
	{ "radius-acct", 1813 },
	{ "mqtt", 1883 },
	{ "ssdp", 1900 },
	{ "nfs", 2049 },
	{ "gtp-control", 2123 },
	{ "gtp-user", 2152 },
	{ "iscsi-target", 3260 },
	{ "mysql", 3306 },
	{ "ms-wbt-server", 3389 },
	{ "stun", 3478 },
	{ "svn", 3690 },
	{ "ws-discovery", 3702 },
	{ "ipsec-nat-t", 4500 },
	{ "vxlan", 4789 },
	{ "sip", 5060 },
	{ "sips", 5061 },
	{ "xmpp-client", 5222 },
	{ "xmpp-server", 5269 },
	{ "mdns", 5353 },
	{ "llmnr", 5355 },
	{ "postgresql", 5432 },
	{ "amqp", 5672 },
	{ "coap", 5683 },
	{ "geneve", 6081 },
	{ "redis", 6379 },
	{ "http-alt", 8080 },
	{ "secure-mqtt", 8883 },
	{ "git", 9418 },
	{ "memcache", 11211 },
	{ NULL, 0 },
};

/*
 * IANA, "Protocol Numbers", keywords in lower case. 4 and 41 have no name here, since their
 * keywords, IPv4 and IPv6, are conditions in the rule language.
 */
const struct ng_name ng_protocols[] = {
	{ "hopopt", 0 },     { "icmp", 1 },	 { "igmp", 2 },		{ "st", 5 },
	{ "tcp", 6 },	     { "egp", 8 },	 { "igp", 9 },		{ "udp", 17 },
	{ "dccp", 33 },	     { "idrp", 45 },	 { "rsvp", 46 },	{ "gre", 47 },
	{ "esp", 50 },	     { "ah", 51 },	 { "icmpv6", 58 },	{ "ipv6-nonxt", 59 },
	{ "eigrp", 88 },     { "ospf", 89 },	 { "etherip", 97 },	{ "encap", 98 },
	{ "pim", 103 },	     { "ipcomp", 108 },	 { "vrrp", 112 },	{ "pgm", 113 },
	{ "l2tp", 115 },     { "isis", 124 },	 { "sctp", 132 },	{ "fc", 133 },
	{ "mobility", 135 }, { "udplite", 136 }, { "mpls-in-ip", 137 }, { "manet", 138 },
	{ "hip", 139 },	     { "shim6", 140 },	 { "wesp", 141 },	{ "rohc", 142 },
	{ "ethernet", 143 }, { NULL, 0 },
};

/* IANA, "Internet Control Message Protocol (ICMP) Parameters", ICMP type numbers. */
const struct ng_name ng_icmp4_types[] = {
	{ "echo-reply", 0 },
	{ "destination-unreachable", 3 },
	{ "source-quench", 4 },
	{ "redirect", 5 },
	{ "echo-request", 8 },
	{ "router-advertisement", 9 },
	{ "router-solicitation", 10 },
	{ "time-exceeded", 11 },
	{ "parameter-problem", 12 },
	{ "timestamp-request", 13 },
	{ "timestamp-reply", 14 },
	{ "address-mask-request", 17 },
	{ "address-mask-reply", 18 },
	{ "photuris", 40 },
	{ "extended-echo-request", 42 },
	{ "extended-echo-reply", 43 },
	{ NULL, 0 },
};

/* IANA, "Internet Control Message Protocol version 6 (ICMPv6) Parameters", type numbers. */
const struct ng_name ng_icmp6_types[] = {
	{ "destination-unreachable", 1 },
	{ "packet-too-big", 2 },
	{ "time-exceeded", 3 },
	{ "parameter-problem", 4 },
	{ "echo-request", 128 },
	{ "echo-reply", 129 },
	{ "multicast-listener-query", 130 },
	{ "multicast-listener-report", 131 },
	{ "multicast-listener-done", 132 },
	{ "router-solicitation", 133 },
	{ "router-advertisement", 134 },
	{ "neighbor-solicitation", 135 },
	{ "neighbor-advertisement", 136 },
	{ "redirect", 137 },
	{ "router-renumbering", 138 },
	{ "multicast-listener-report-v2", 143 },
	{ "extended-echo-request", 160 },
	{ "extended-echo-reply", 161 },
	{ NULL, 0 },
};

/* IANA, "IEEE 802 Numbers", Ether Types. */
const struct ng_name ng_ethertypes[] = {
	{ "ipv4", 0x0800 },
	{ "arp", 0x0806 },
	{ "wake-on-lan", 0x0842 },
	{ "rarp", 0x8035 },
	{ "ipv6", 0x86dd },
	{ "slow", 0x8809 },
	{ "mpls", 0x8847 },
	{ "mpls-upstream", 0x8848 },
	{ "pppoe-discovery", 0x8863 },
	{ "pppoe-session", 0x8864 },
	{ "eapol", 0x888e },
	{ "lldp", 0x88cc },
	{ "macsec", 0x88e5 },
	{ "ptp", 0x88f7 },
	{ "fcoe", 0x8906 },
	{ NULL, 0 },
};

/* IANA, "Differentiated Services Field Codepoints" (RFC 2474, 2597, 3246, 5865, 8622). */
const struct ng_name ng_dscps[] = {
	{ "cs0", 0 },	{ "le", 1 },	{ "cs1", 8 },	{ "af11", 10 }, { "af12", 12 },
	{ "af13", 14 }, { "cs2", 16 },	{ "af21", 18 }, { "af22", 20 }, { "af23", 22 },
	{ "cs3", 24 },	{ "af31", 26 }, { "af32", 28 }, { "af33", 30 }, { "cs4", 32 },
	{ "af41", 34 }, { "af42", 36 }, { "af43", 38 }, { "cs5", 40 },	{ "voice-admit", 44 },
	{ "ef", 46 },	{ "cs6", 48 },	{ "cs7", 56 },	{ NULL, 0 },
};

/* enum ng_fragment */
const struct ng_name ng_fragments[] = {
	{ "no", 0 },
	{ "first", 1 },
	{ "later", 2 },
	{ NULL, 0 },
};

/* NG_VALUE_BOOL. In a rule only `no` is written; the keyword alone means yes. */
const struct ng_name ng_bools[] = {
	{ "no", 0 },
	{ "yes", 1 },
	{ NULL, 0 },
};

/* RFC 9293 section 3.1: bits of byte 13, the lowest first. */
const struct ng_name ng_tcp_flags[] = {
	{ "fin", 0x01 }, { "syn", 0x02 }, { "rst", 0x04 }, { "psh", 0x08 }, { "ack", 0x10 },
	{ "urg", 0x20 }, { "ece", 0x40 }, { "cwr", 0x80 }, { NULL, 0 },
};

const struct ng_name *ng_name_find(const struct ng_name *names, const char *text)
{
	for (const struct ng_name *row = names; row && row->name; row++)
		if (*row->name == *text && !strcmp(row->name, text))
			return row;
	return NULL;
}

const char *ng_name_of(const struct ng_name *names, uint64_t value)
{
	for (const struct ng_name *row = names; row && row->name; row++)
		if (row->value == value)
			return row->name;
	return NULL;
}

#define GUESS_LEN 31 /* longer words are not guessed at */

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* The number of letters to insert, delete, replace or swap with their neighbour. */
static unsigned int word_distance(const char *a, const char *b)
{
	unsigned int d[GUESS_LEN + 1][GUESS_LEN + 1];
	size_t n_a = strlen(a), n_b = strlen(b);

	for (size_t i = 0; i <= n_a; i++) {
		for (size_t j = 0; j <= n_b; j++) {
			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}
			d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1,
					d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[n_a][n_b];
}

void ng_guess_word(struct ng_guess *guess, const char *text, const char *word)
{
	unsigned int distance, near = strlen(text) < 4 ? 1 : 2;

	if (strlen(text) > GUESS_LEN || strlen(word) > GUESS_LEN)
		return;
	distance = strcasecmp(text, word) ? word_distance(text, word) : 0;
	if (distance <= near && distance < strlen(word) &&
	    (!guess->best || distance < guess->distance)) {
		guess->best = word;
		guess->distance = distance;
	}
}

void ng_guess_names(struct ng_guess *guess, const char *text, const struct ng_name *names)
{
	for (const struct ng_name *row = names; row && row->name; row++)
		ng_guess_word(guess, text, row->name);
}
