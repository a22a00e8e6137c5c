#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make the captures of this folder: NAME.pcap (or .pcapng), NAME.rules and NAME.expect.

Every packet stands below with what must become of it, worked out from docs/semantics.md by
hand; README.md describes the files. examples/ holds the same for docs/examples. Nothing here runs netguard. Making them again gives the
same bytes.
"""

import os
import struct
import sys

from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption_NOP, IPOption_RR
from scapy.layers.inet6 import (
    ICMPv6EchoRequest, ICMPv6MLQuery, ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6ND_RS,
    ICMPv6PacketTooBig, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting)
from scapy.layers.l2 import ARP, GRE, LLC, Dot1AD, Dot1Q, Ether
from scapy.packet import Raw

HERE = os.path.dirname(os.path.abspath(__file__))
START = 1700000000  # of every capture, seconds; a packet each second

HOST, PEER = "02:00:00:00:00:01", "02:00:00:00:00:02"
A4, B4, C4 = "192.0.2.1", "198.51.100.2", "203.0.113.3"
A6, B6, C6 = "2001:db8:a::1", "2001:db8:b::2", "2001:db8:c::3"

CAPTURES = []
EXAMPLES = []


class Packet:
    """A frame and what must become of it.

    verdict: "pass" or "drop"; by: the deciding rule's number or default, invalid, non_ip,
    exempt. count: the `count` rules that match on the way. reason: of an invalid frame, also
    when a rule decides. cut: how much of the frame the capture holds.
    """

    def __init__(self, frame, verdict, by, text, count=(), reason=None, cut=None):
        self.frame = bytes(frame)
        self.verdict, self.by, self.text = verdict, str(by), text
        self.count, self.reason, self.cut = count, reason, cut


def capture(name, about, rules, *packets, pcapng=False):
    CAPTURES.append((name + (".pcapng" if pcapng else ".pcap"), about, rules, packets))


def example(name, about, *packets):
    """A capture for docs/examples/NAME.rules, in the folder examples/."""
    EXAMPLES.append((name + ".pcap", about, packets))


# ---- frames ----------------------------------------------------------------------------------

def eth(payload, kind=None, src=PEER, dst=HOST):
    """Scapy finds the type of its own packets; for bytes and for lies it is given."""
    if kind is None:
        assert not isinstance(payload, bytes)
        return bytes(Ether(src=src, dst=dst) / payload)
    return bytes(Ether(src=src, dst=dst, type=kind) / Raw(bytes(payload)))


def v4(payload, src=A4, dst=B4, **fields):
    return IP(src=src, dst=dst, **fields) / payload


def v6(payload, src=A6, dst=B6, **fields):
    return IPv6(src=src, dst=dst, **fields) / payload


def tcp(dport=80, sport=40000, flags="S"):
    return TCP(sport=sport, dport=dport, flags=flags)


def udp(dport=53, sport=40000, data=b"data"):
    return UDP(sport=sport, dport=dport) / Raw(data)


def raw4(l4, proto, **fields):
    return v4(Raw(l4), proto=proto, **fields)


def raw6(l4, nh, **fields):
    return v6(Raw(l4), nh=nh, **fields)


def ports(sport, dport, rest=b""):
    return struct.pack("!HH", sport, dport) + rest


def option(next_header, units=0):
    """A hop-by-hop or destination options header of (units + 1) * 8 bytes: PadN only."""
    return bytes([next_header, units, 1, 4 + units * 8]) + bytes(4 + units * 8)


def chain(n, last, l4):
    """n destination options headers, the last naming `last`, then l4."""
    return b"".join(option(60) for _ in range(n - 1)) + option(last) + l4


def ah(next_header, words=4):
    """RFC 4302: the length counts 4-byte words, less 2."""
    return bytes([next_header, words, 0, 0]) + bytes(words * 4 + 4)


def fragment(next_header, offset=0, more=0, reserved=0):
    return struct.pack("!BBHI", next_header, reserved, offset << 3 | more, 0x1234)


def tags(*ids, types=(), inner=b"", kind=0x0800):
    """A frame with a tag for each id; the types from the outside, 0x8100 where none is given."""
    kinds = list(types) + [0x8100] * (len(ids) - len(types)) + [kind]
    stack = b"".join(struct.pack("!HH", vid, kinds[i + 1]) for i, vid in enumerate(ids))
    return eth(stack + bytes(inner), kind=kinds[0])


SYN = bytes(tcp())           # 20 bytes, ports 40000 -> 80, checksum 0
UDP53 = bytes(udp())         # 12 bytes, ports 40000 -> 53
LATER = ports(40000, 80, b"payload that looks like a header")


# ---- plain packets ---------------------------------------------------------------------------

capture(
    "ipv4-plain", "IPv4 without options: addresses, ports, ICMP type, length, padding", """
pass  from 192.0.2.0/24 tcp dport 22
drop  tcp dport 22,23
count icmp icmp-type echo-request
drop  udp sport 53 length 28-100
drop  from 203.0.113.3 icmp
""",
    Packet(eth(v4(tcp(22))), "pass", 1, "ssh from the trusted net"),
    Packet(eth(v4(tcp(22), src=C4)), "drop", 2, "ssh from elsewhere"),
    Packet(eth(v4(tcp(23))), "drop", 2, "telnet from the trusted net"),
    Packet(eth(v4(tcp(80))), "pass", "default", "nothing asks for port 80"),
    Packet(eth(v4(ICMP(type=8) / b"ping")), "pass", "default", "echo request", count=[3]),
    Packet(eth(v4(ICMP(type=8) / b"ping", src=C4)), "drop", 5, "echo request", count=[3]),
    Packet(eth(v4(ICMP(type=0) / b"ping", src=C4)), "drop", 5, "echo reply"),
    Packet(eth(v4(udp(4000, 53))), "drop", 4, "32 bytes from port 53"),
    Packet(eth(v4(udp(4000, 53))) + bytes(100), "drop", 4,
           "32 bytes and 100 of padding, which are no part of the length"),
    Packet(eth(v4(udp(4000, 53, bytes(72)))), "drop", 4, "100 bytes from port 53"),
    Packet(eth(v4(udp(4000, 53, bytes(73)))), "pass", "default", "101 bytes from port 53"),
)

capture(
    "ipv6-plain", "IPv6 without extension headers", """
default drop
pass  from 2001:db8:a::/48 tcp dport 22
drop  tcp dport 22,23
count icmpv6 icmp-type echo-request
pass  udp dport 53 length 52-60
pass  from ::ffff:0:0/96
pass  from 192.0.2.0/24
""",
    Packet(eth(v6(tcp(22))), "pass", 1, "ssh from the trusted net"),
    Packet(eth(v6(tcp(22), src=C6)), "drop", 2, "ssh from elsewhere"),
    Packet(eth(v6(udp())), "pass", 4, "40 + 12 bytes to port 53"),
    Packet(eth(v6(udp(data=bytes(13)))), "drop", "default", "40 + 21 bytes to port 53"),
    Packet(eth(v6(ICMPv6EchoRequest(data=b"ping"))), "drop", "default", "echo request",
           count=[3]),
    Packet(eth(v6(tcp(80), src="::ffff:192.0.2.1")), "pass", 5,
           "an IPv4-mapped source is an IPv6 address"),
    Packet(eth(raw6(bytes(ICMP(type=8)), 1)), "drop", "default",
           "protocol 1 over IPv6 is not ICMP"),
)

capture(
    "tcp-flags", "TCP flags under masks", """
drop  tcp flags none/fin,syn,rst,psh,ack,urg label "null scan"
drop  tcp flags fin,psh,urg/fin,psh,urg label "christmas tree"
count tcp flags syn/syn,ack
pass  tcp flags not none/ack
drop  tcp
""",
    Packet(eth(v4(tcp(flags=""))), "drop", 1, "no flag"),
    Packet(eth(v4(tcp(flags="EC"))), "drop", 1, "ECE and CWR are not under the mask"),
    Packet(eth(v4(tcp(flags="FPU"))), "drop", 2, "FIN, PSH and URG"),
    Packet(eth(v6(tcp(flags="FPUA"))), "drop", 2, "FIN, PSH, URG and ACK"),
    Packet(eth(v4(tcp(flags="S"))), "drop", 5, "SYN", count=[3]),
    Packet(eth(v6(tcp(flags="S"))), "drop", 5, "SYN", count=[3]),
    Packet(eth(v4(tcp(flags="SA"))), "pass", 4, "SYN and ACK"),
    Packet(eth(v4(tcp(flags="A"))), "pass", 4, "ACK"),
    Packet(eth(v4(udp())), "pass", "default", "UDP has no flags"),
)

capture(
    "fields", "TTL, DSCP, MAC addresses, ethertype, protocols by number, negation", """
drop  ttl 0-1
drop  dscp 46,0x08
count ether-from not 02:00:00:00:00:02
drop  ether-to ff:ff:ff:ff:ff:ff
drop  proto not tcp,udp,icmp,icmpv6
pass  from not 192.0.2.0/24 to 198.51.100.2
drop  ipv4 udp dport not 53
drop  ethertype 0x86dd
""",
    Packet(eth(v4(tcp(), ttl=1)), "drop", 1, "TTL 1"),
    Packet(eth(v6(tcp(), hlim=0)), "drop", 1, "hop limit 0"),
    Packet(eth(v4(tcp(), tos=0xb8)), "drop", 2, "DSCP 46"),
    Packet(eth(v4(tcp(), tos=0xbb)), "drop", 2, "DSCP 46 and ECN"),
    Packet(eth(v6(tcp(), tc=0x23)), "drop", 2, "DSCP 8 and ECN"),
    Packet(eth(v4(tcp(), src=C4), src="02:00:00:00:00:09"), "pass", 6, "another MAC address",
           count=[3]),
    Packet(eth(v4(tcp()), dst="ff:ff:ff:ff:ff:ff"), "drop", 4, "to every station"),
    Packet(eth(raw4(bytes(8), 103)), "drop", 5, "PIM"),
    Packet(eth(raw6(bytes(8), 59)), "drop", 5, "no next header"),
    Packet(eth(v4(udp(4000))), "drop", 7, "UDP to another port"),
    Packet(eth(v4(udp())), "pass", "default", "UDP to port 53"),
    Packet(eth(v6(udp(4000))), "drop", 8, "IPv6 by its ethertype"),
)

capture(
    "sets", "sets of both families, overlapping prefixes, negated sets", """
set trusted { 192.0.2.0/24, 192.0.2.1, 2001:db8:a::/48 }
set four { 10.0.0.0/8 }
drop from @trusted to not @trusted udp
pass from @trusted
drop from not @four
""",
    Packet(eth(v4(udp())), "drop", 1, "trusted to another"),
    Packet(eth(v4(udp(), dst="192.0.2.9")), "pass", 2, "trusted to trusted"),
    Packet(eth(v6(tcp())), "pass", 2, "trusted IPv6"),
    Packet(eth(v4(tcp(), src="10.1.2.3")), "pass", "default", "in the second set"),
    Packet(eth(v4(tcp(), src=C4)), "drop", 3, "in neither set"),
    Packet(eth(v6(tcp(), src=C6)), "drop", 3, "IPv6 is not in a set of IPv4"),
    Packet(eth(ARP(psrc=C4)), "pass", "non_ip", "ARP has no source that a rule could look at"),
)

# ---- VLAN ------------------------------------------------------------------------------------

capture(
    "vlan", "one 802.1Q tag: the packet behind it is matched", """
drop  vlan 5 udp
count vlan any
drop  vlan not 5,7
drop  vlan none udp
pass  ethertype 0x86dd
""",
    Packet(tags(5, inner=v4(udp())), "drop", 1, "UDP in VLAN 5"),
    Packet(tags(5, inner=v4(tcp())), "pass", "default", "TCP in VLAN 5", count=[2]),
    Packet(tags(0xe007, inner=v4(udp())), "pass", "default", "VLAN 7, priority 7", count=[2]),
    Packet(tags(9, inner=v4(udp())), "drop", 3, "VLAN 9", count=[2]),
    Packet(tags(5, inner=v6(tcp()), kind=0x86dd), "pass", 5, "the type after the tag is IPv6",
           count=[2]),
    Packet(eth(v4(udp())), "drop", 4, "no tag"),
    Packet(tags(7, inner=ARP(), kind=0x0806), "pass", "non_ip", "ARP in VLAN 7", count=[2]),
)

capture(
    "vlan-qinq", "two tags: the outer one names the VLAN", """
drop vlan 100 udp dport 53
drop vlan 5
pass vlan 100,200
default drop
""",
    Packet(tags(100, 5, types=[0x88a8], inner=v4(udp())), "drop", 1, "802.1ad 100, inner 5"),
    Packet(tags(200, 5, types=[0x9100], inner=v4(udp())), "pass", 3, "type 0x9100"),
    Packet(tags(100, 5, types=[0x8100], inner=v6(tcp()), kind=0x86dd), "pass", 3,
           "both tags 802.1Q"),
    Packet(tags(5, 100, types=[0x88a8], inner=v4(udp())), "drop", 2, "802.1ad 5, inner 100"),
    Packet(bytes(Ether(src=PEER, dst=HOST) / Dot1AD(vlan=300) / Dot1Q(vlan=5) / v4(tcp())),
           "drop", "default", "802.1ad 300, inner 5"),
)

capture(
    "vlan-priority", "a tag of id 0 carries a priority only", """
drop vlan 5
drop vlan any
count vlan none
""",
    Packet(tags(0xa000, inner=v4(tcp())), "pass", "default", "a priority tag is no VLAN",
           count=[3]),
    Packet(tags(0, 5, inner=v4(tcp())), "drop", 1, "the tag behind it names the VLAN"),
    Packet(tags(7, 0, inner=v4(tcp())), "drop", 2, "VLAN 7, inner priority tag"),
    Packet(tags(0, 0, inner=v4(tcp())), "pass", "default", "two priority tags", count=[3]),
)

capture(
    "vlan-triple", "a third tag makes a frame invalid; what lies behind is not read", """
drop vlan 5
drop vlan none
drop ethertype 0x0800,0x8100
drop ipv4
count invalid
pass vlan 7 invalid
pass vlan 8
""",
    Packet(tags(5, 6, 7, inner=v4(tcp())), "drop", 1, "a VLAN was read", reason="vlan-depth"),
    Packet(tags(0, 0, 5, inner=v4(tcp())), "drop", "invalid", "none was read", count=[5],
           reason="vlan-depth"),
    Packet(tags(7, 6, 5, inner=v4(tcp())), "pass", 6, "a pass rule that says invalid",
           count=[5], reason="vlan-depth"),
    Packet(tags(8, 6, 5, 4, inner=v4(tcp())), "drop", "invalid", "a pass rule that does not",
           count=[5], reason="vlan-depth"),
    Packet(tags(8, 6, inner=v4(tcp())), "drop", 3, "two tags are fine"),
)

# ---- IPv4 ------------------------------------------------------------------------------------

capture(
    "ipv4-options", "L4 starts behind the options", """
drop tcp dport 80
drop udp sport 7,40000 length 36-80
pass proto ah
default drop
""",
    Packet(eth(v4(tcp(), options=[IPOption_NOP()] * 4)), "drop", 1, "IHL 6"),
    Packet(eth(v4(tcp(), options=[IPOption_RR(length=39, routers=["0.0.0.0"] * 9),
                                  IPOption_NOP()])), "drop", 1, "IHL 15"),
    Packet(eth(v4(udp(), options=[IPOption_NOP()] * 4)), "drop", 2, "24 + 12 bytes of UDP"),
    Packet(eth(v4(tcp(81), options=[IPOption_NOP()] * 8)), "drop", "default", "another port"),
    Packet(eth(raw4(ah(6) + SYN, 51)), "pass", 3, "AH is the protocol of an IPv4 packet"),
)

capture(
    "ipv4-fragments", "first fragments have ports, later ones do not", """
drop  udp dport 53
drop  dport 80
count fragment any
pass  fragment first
drop  fragment later from 203.0.113.3
""",
    Packet(eth(v4(udp(data=bytes(8)), flags="MF")), "drop", 1, "first, to port 53"),
    Packet(eth(v4(udp(54, data=bytes(8)), flags="MF")), "pass", 4, "first, to port 54",
           count=[3]),
    Packet(eth(raw4(LATER, 17, frag=2, flags="MF")), "pass", "default",
           "in the middle; its payload is no UDP header", count=[3]),
    Packet(eth(raw4(LATER, 6, frag=185)), "pass", "default", "the last one", count=[3]),
    Packet(eth(raw4(LATER, 6, frag=185, src=C4)), "drop", 5, "the last one", count=[3]),
    Packet(eth(v4(udp(), flags="DF")), "drop", 1, "don't-fragment is no fragment"),
    Packet(eth(v4(tcp(80), flags="MF", src=C4)), "drop", 2, "first, with its whole TCP header"),
)

capture(
    "ipv4-fragments-tiny", "fragments that hide their L4 header", """
pass  fragment first,later
count udp
drop  tcp flags syn/syn
""",
    Packet(eth(raw4(SYN[:16], 6, flags="MF")), "drop", 3, "16 bytes of TCP: flags are read",
           reason="fragment-tiny"),
    Packet(eth(raw4(SYN[:8], 6, flags="MF")), "drop", "invalid", "8 bytes of TCP",
           reason="fragment-tiny"),
    Packet(eth(raw4(SYN, 6, flags="MF")), "pass", 1, "20 bytes of TCP"),
    Packet(eth(raw4(bytes(20), 6, frag=1)), "drop", "invalid", "TCP from byte 8 on",
           reason="fragment-tcp-offset"),
    Packet(eth(raw4(bytes(20), 6, frag=2)), "pass", 1, "TCP from byte 16 on"),
    Packet(eth(raw4(bytes(20), 17, frag=1)), "pass", 1, "UDP from byte 8 on"),
    Packet(eth(raw4(UDP53[:7], 17, flags="MF")), "drop", "invalid", "7 bytes of UDP",
           count=[2], reason="fragment-tiny"),
    Packet(eth(raw4(UDP53[:8], 17, flags="MF")), "pass", 1, "8 bytes of UDP"),
    Packet(eth(raw4(b"123", 132, flags="MF")), "drop", "invalid", "3 bytes of SCTP",
           reason="fragment-tiny"),
    Packet(eth(raw4(b"1234", 132, flags="MF")), "pass", 1, "4 bytes of SCTP"),
    Packet(eth(raw4(SYN[:8], 6, flags="MF")) + bytes(24), "drop", "invalid",
           "8 bytes of TCP: padding is none of it", reason="fragment-tiny"),
)

capture(
    "ipv4-bad-ihl", "a header length below 5 words", """
pass from 192.0.2.1
drop ipv4
count ethertype 0x0800
""",
    *[Packet(eth(v4(tcp(), ihl=n)), "drop", "invalid", "IHL %d" % n, count=[3],
             reason="ip-header-length") for n in range(5)],
    Packet(eth(v4(tcp(), ihl=5)), "pass", 1, "IHL 5"),
)

capture(
    "bad-version", "the version in the header is not that of the ethertype", """
pass from 192.0.2.1
pass ipv6
count ethertype 0x0800,0x86dd
drop invalid ether-from 02:00:00:00:00:09
""",
    Packet(eth(v4(tcp(), version=6), kind=0x0800), "drop", "invalid", "IPv4 of version 6",
           count=[3], reason="ip-version"),
    Packet(eth(v4(tcp(), version=0), kind=0x0800), "drop", "invalid", "IPv4 of version 0",
           count=[3], reason="ip-version"),
    Packet(eth(v6(tcp(), version=4), kind=0x86dd), "drop", "invalid", "IPv6 of version 4",
           count=[3], reason="ip-version"),
    Packet(eth(v6(tcp(), version=15), kind=0x86dd, src="02:00:00:00:00:09"), "drop", 4,
           "IPv6 of version 15", count=[3], reason="ip-version"),
    Packet(eth(v6(tcp()), kind=0x0800), "drop", "invalid", "IPv6 under the ethertype of IPv4",
           count=[3], reason="ip-version"),
    Packet(eth(v4(tcp())), "pass", 1, "IPv4 as it should be"),
)

capture(
    "bad-length", "lengths that lie", """
drop from { 203.0.113.3, 2001:db8:c::3 }
drop length 19
drop tcp dport 80
count ipv4
pass ipv6
""",
    Packet(eth(v4(tcp(), len=19, src=C4)), "drop", "invalid",
           "total length 19: nothing of the header counts", reason="ip-length"),
    Packet(eth(v4(udp(), len=23, ihl=6)), "drop", "invalid", "total length 23, IHL 6",
           reason="ip-length"),
    Packet(eth(v4(udp(), len=33)), "drop", "invalid", "one byte more than the frame holds",
           count=[4], reason="ip-length"),
    Packet(eth(v4(udp(), len=33)) + b"\0", "pass", "default", "padding fills it up",
           count=[4]),
    Packet(eth(v4(tcp(), len=65535)), "drop", 3, "ports are there all the same",
           reason="ip-length"),
    Packet(eth(v4(tcp(), len=22)), "pass", "default", "2 bytes of TCP, the rest is padding",
           count=[4]),
    Packet(eth(v6(udp(), plen=13)), "drop", "invalid", "one byte more than the frame holds",
           reason="ip-length"),
    Packet(eth(v6(udp(), plen=13)) + b"\0", "pass", 5, "padding fills it up"),
    Packet(eth(v6(udp(), plen=65535, src=C6)), "drop", 1, "addresses match all the same",
           reason="ip-length"),
    Packet(eth(v6(tcp(), plen=3)), "pass", 5, "3 bytes of TCP, the rest is padding"),
    Packet(eth(v6(udp(dport=9, data=b"x" * 24), plen=33)), "drop", "invalid",
           "one byte more than a frame of usual size holds", reason="ip-length"),
    Packet(eth(v6(udp(dport=9, data=b"x" * 24))), "pass", 5, "as many as it holds"),
)

capture(
    "zero-length", "length 0: the packet goes to the end of the frame", """
drop  tcp length 0
drop  tcp length 40
count length 32,60
pass  udp dport 53
default drop
""",
    Packet(eth(v4(tcp(), len=0)), "drop", 1, "total length 0 is the length that rules see"),
    Packet(eth(v4(udp(), len=0)), "pass", 4, "total length 0"),
    Packet(eth(v6(tcp(), plen=0)), "drop", 2, "payload length 0 and the 40 bytes of the header"),
    Packet(eth(v6(udp(), plen=0)), "pass", 4, "payload length 0"),
    Packet(eth(raw4(UDP53[:7], 17, len=0, flags="MF")), "drop", "invalid",
           "a tiny fragment: it ends with the frame", reason="fragment-tiny"),
)

# ---- IPv6 ------------------------------------------------------------------------------------

capture(
    "ipv6-fragments", "first, later and atomic fragments", """
drop  udp dport 53
drop  dport 80
count fragment first,later
pass  fragment no
drop  fragment later from 2001:db8:c::3
""",
    Packet(eth(v6(IPv6ExtHdrFragment(m=1, id=1) / udp(data=bytes(8)))), "drop", 1,
           "first, to port 53"),
    Packet(eth(v6(IPv6ExtHdrFragment(m=1, id=1) / udp(54, data=bytes(8)))), "pass", "default",
           "first, to port 54", count=[3]),
    Packet(eth(raw6(fragment(17, 2, 1) + LATER, 44)), "pass", "default",
           "in the middle; its payload is no UDP header", count=[3]),
    Packet(eth(raw6(fragment(6, 185) + LATER, 44)), "pass", "default", "the last one",
           count=[3]),
    Packet(eth(raw6(fragment(60, 185) + option(6) + SYN, 44, src=C6)), "drop", 5,
           "the last one: what looks like options is payload", count=[3]),
    Packet(eth(raw6(fragment(17) + UDP53, 44)), "drop", 1, "atomic, to port 53"),
    Packet(eth(raw6(fragment(17) + bytes(udp(54)), 44)), "pass", 4, "atomic, to port 54"),
    Packet(eth(raw6(fragment(17, reserved=255) + UDP53, 44)), "drop", 1,
           "the reserved byte is no length"),
    Packet(eth(raw6(option(44) + fragment(6, 0, 1) + SYN, 60)), "drop", 2,
           "first, behind destination options"),
    Packet(eth(raw6(fragment(60, 0, 1) + option(6) + SYN, 44)), "drop", 2,
           "first, with destination options inside"),
    Packet(eth(raw6(fragment(44) + fragment(6, 5) + LATER, 44, src=C6)), "drop", 5,
           "an atomic header and a later one", count=[3]),
)

capture(
    "ipv6-fragments-tiny", "fragments that hide their L4 header", """
pass  fragment first,later
count udp
drop  tcp flags syn/syn
""",
    Packet(eth(raw6(fragment(6, 0, 1) + SYN[:16], 44)), "drop", 3,
           "16 bytes of TCP: flags are read", reason="fragment-tiny"),
    Packet(eth(raw6(fragment(6, 0, 1) + SYN[:8], 44)), "drop", "invalid", "8 bytes of TCP",
           reason="fragment-tiny"),
    Packet(eth(raw6(fragment(6, 0, 1) + SYN, 44)), "pass", 1, "20 bytes of TCP"),
    Packet(eth(raw6(fragment(6, 1) + bytes(24), 44)), "drop", "invalid", "TCP from byte 8 on",
           reason="fragment-tcp-offset"),
    Packet(eth(raw6(fragment(17, 1) + bytes(24), 44)), "pass", 1, "UDP from byte 8 on"),
    Packet(eth(raw6(fragment(17, 0, 1) + UDP53[:7], 44)), "drop", "invalid", "7 bytes of UDP",
           count=[2], reason="fragment-tiny"),
    Packet(eth(raw6(fragment(58, 0, 1) + b"\x80\0\0", 44)), "drop", "invalid",
           "3 bytes of ICMPv6", reason="fragment-tiny"),
    Packet(eth(raw6(fragment(60, 0, 1) + option(6) + SYN[:8], 44)), "drop", "invalid",
           "8 bytes of TCP behind options", reason="fragment-tiny"),
    Packet(eth(raw6(fragment(6, 0, 0) + SYN[:8], 44)), "pass", "default",
           "atomic: short, but no fragment"),
)

capture(
    "ipv6-extensions", "each extension header, alone and in company", """
drop  tcp dport 80
count fragment no
drop  proto esp,59,135
drop  udp dport 53 from 2001:db8:a::/48
drop  proto 0,43,44,51,60
pass  proto 253
default drop
""",
    Packet(eth(v6(IPv6ExtHdrHopByHop() / tcp())), "drop", 1, "hop-by-hop options"),
    Packet(eth(v6(IPv6ExtHdrRouting(addresses=[C6]) / tcp())), "drop", 1, "routing"),
    Packet(eth(v6(IPv6ExtHdrDestOpt() / tcp())), "drop", 1, "destination options"),
    Packet(eth(raw6(option(17, 3) + UDP53, 60)), "drop", 4, "32 bytes of options", count=[2]),
    Packet(eth(raw6(ah(6) + SYN, 51)), "drop", 1, "AH of 24 bytes"),
    Packet(eth(raw6(ah(17, 1) + UDP53, 51)), "drop", 4, "AH of 12 bytes", count=[2]),
    Packet(eth(raw6(bytes(16), 50)), "drop", 3, "ESP ends the chain", count=[2]),
    Packet(eth(raw6(b"", 59)), "drop", 3, "no next header", count=[2]),
    Packet(eth(raw6(option(59) + SYN, 60)), "drop", 3, "no next header, but bytes behind",
           count=[2]),
    Packet(eth(raw6(bytes([6, 0]) + bytes(6) + SYN, 135)), "drop", 3,
           "mobility ends the chain", count=[2]),
    Packet(eth(raw6(SYN, 253)), "pass", 6, "an unknown number ends the chain", count=[2]),
    Packet(eth(raw6(bytes([6, 0]) + bytes(6) + SYN, 139)), "drop", "default",
           "HIP ends the chain", count=[2]),
    Packet(eth(raw6(bytes([6, 0]) + bytes(6) + SYN, 140)), "drop", "default",
           "Shim6 ends the chain", count=[2]),
    Packet(eth(raw6(option(43) + option(60) + option(51) + ah(6) + SYN, 0)), "drop", 1,
           "hop-by-hop, routing, destination options and AH"),
)

capture(
    "ipv6-chain", "eight extension headers are read, a ninth makes the frame invalid", """
drop  tcp dport 80
drop  fragment no,first from 2001:db8:c::3
pass  tcp
count from 2001:db8:a::/48
pass  ipv6
""",
    Packet(eth(raw6(chain(8, 6, SYN), 60)), "drop", 1, "eight headers"),
    Packet(eth(raw6(chain(8, 6, bytes(tcp(81))), 60)), "pass", 3, "eight headers"),
    Packet(eth(raw6(chain(9, 6, SYN), 60)), "drop", "invalid",
           "nine headers: the protocol is not known", count=[4], reason="ext-depth"),
    Packet(eth(raw6(chain(9, 6, SYN), 60, src=C6)), "drop", "invalid",
           "nine headers: nor is the fragment state", reason="ext-depth"),
    Packet(eth(raw6(fragment(60) + chain(8, 6, SYN), 44, src=C6)), "drop", "invalid",
           "nine with an atomic fragment header: another could follow", reason="ext-depth"),
    Packet(eth(raw6(fragment(60, 0, 1) + chain(8, 6, SYN), 44, src=C6)), "drop", 2,
           "nine with the header of a first fragment: that was read", reason="ext-depth"),
    Packet(eth(raw6(chain(8, 44, fragment(6) + SYN), 60)), "drop", "invalid",
           "the ninth is a fragment header", count=[4], reason="ext-depth"),
    Packet(eth(raw6(chain(8, 50, bytes(16)), 60)), "pass", 5, "ESP behind eight headers",
           count=[4]),
)

# ---- truncated -------------------------------------------------------------------------------

capture(
    "truncated-vlan", "frames that end in a VLAN tag", """
drop vlan none
drop ethertype 0x0800,0x8100
drop vlan 5
pass vlan 7
count invalid
""",
    Packet(eth(b"", kind=0x8100), "drop", "invalid", "nothing behind the type", count=[5],
           reason="vlan-truncated"),
    Packet(eth(b"\0\5\10", kind=0x8100), "drop", "invalid", "3 of 4 bytes of the tag",
           count=[5], reason="vlan-truncated"),
    Packet(tags(5, kind=0x8100), "drop", 3, "VLAN 5, then a tag that is cut off",
           reason="vlan-truncated"),
    Packet(tags(7, kind=0x8100, inner=b"\0\5"), "drop", "invalid",
           "VLAN 7, then a tag that is cut off", count=[5], reason="vlan-truncated"),
    Packet(tags(0, kind=0x88a8), "drop", "invalid", "priority tag, then one that is cut off",
           count=[5], reason="vlan-truncated"),
    Packet(tags(5, kind=0x0806), "drop", 3, "ARP without a byte of it"),
)

capture(
    "truncated-l3", "frames that end in the IP header", """
drop  ipv4
drop  ipv6
pass  length 0-65535
count ethertype 0x0800
""",
    Packet(eth(b"", kind=0x0800), "drop", "invalid", "no byte of IPv4", count=[4],
           reason="l3-truncated"),
    Packet(eth(bytes(v4(tcp()))[:19], kind=0x0800), "drop", "invalid", "19 bytes of IPv4",
           count=[4], reason="l3-truncated"),
    Packet(eth(v4(b"", len=20)), "drop", 1, "20 bytes of IPv4"),
    Packet(eth(b"", kind=0x86dd), "drop", "invalid", "no byte of IPv6", reason="l3-truncated"),
    Packet(eth(bytes(v6(tcp()))[:39], kind=0x86dd), "drop", "invalid", "39 bytes of IPv6",
           reason="l3-truncated"),
    Packet(eth(raw6(b"", 59)), "drop", 2, "40 bytes of IPv6"),
    Packet(tags(5, inner=b"\x45"), "drop", "invalid", "one byte of IPv4 behind a tag",
           count=[4], reason="l3-truncated"),
)

capture(
    "truncated-options", "IPv4 options that are cut off", """
drop  tcp dport 80
drop  proto udp from 203.0.113.3
count tcp
pass  ipv4
""",
    Packet(eth(raw4(SYN, 6, len=0, ihl=15)), "drop", "invalid",
           "IHL 15, 40 bytes, total length 0", count=[3], reason="options-truncated"),
    Packet(eth(raw4(b"", 17, len=0, ihl=6, src=C4)), "drop", 2,
           "IHL 6, 20 bytes: addresses and protocol match", reason="options-truncated"),
    Packet(eth(raw4(SYN, 6, len=60, ihl=15)), "drop", "invalid",
           "with a total length, that is what is wrong first", count=[3], reason="ip-length"),
    Packet(eth(raw4(SYN, 6, len=0)), "drop", 1, "IHL 5, total length 0"),
)

capture(
    "truncated-extensions", "extension headers that do not lie wholly in the packet", """
drop  tcp
drop  fragment first
drop  fragment no from 2001:db8:c::3
count from 2001:db8:a::/48
pass  ipv6
""",
    Packet(eth(raw6(b"", 60)), "drop", "invalid", "no byte of it", count=[4],
           reason="ext-truncated"),
    Packet(eth(raw6(b"\6", 0)), "drop", "invalid", "one byte of it", count=[4],
           reason="ext-truncated"),
    Packet(eth(raw6(option(6)[:7], 43)), "drop", "invalid", "7 of 8 bytes", count=[4],
           reason="ext-truncated"),
    Packet(eth(raw6(option(6, 3)[:31], 60)), "drop", "invalid", "31 of 32 bytes", count=[4],
           reason="ext-truncated"),
    Packet(eth(raw6(option(6, 2) + SYN, 60, plen=20)) + SYN, "drop", "invalid",
           "it ends behind the packet, within the frame", count=[4], reason="ext-truncated"),
    Packet(eth(raw6(ah(6)[:23], 51)), "drop", "invalid", "23 of 24 bytes of AH", count=[4],
           reason="ext-truncated"),
    Packet(eth(raw6(fragment(6, 0, 1)[:7], 44, src=C6)), "drop", "invalid",
           "7 bytes of a fragment header: no state", reason="ext-truncated"),
    Packet(eth(raw6(fragment(60, 0, 1) + option(6, 4)[:8], 44)), "drop", 2,
           "first fragment, then cut off", reason="ext-truncated"),
    Packet(eth(raw6(fragment(60) + option(6, 4)[:8], 44, src=C6)), "drop", "invalid",
           "atomic fragment, then cut off: another could follow", reason="ext-truncated"),
    Packet(eth(raw6(option(60) + option(6), 60, src=C6)), "drop", 1, "whole, but no TCP in it"),
)

capture(
    "truncated-l4", "L4 headers that are cut off: conditions on what is missing do not match", """
drop  tcp flags syn/syn
drop  dport 80
count tcp
drop  icmp icmp-type 8/0
drop  icmp icmp-type echo-request
count udp
pass  icmp icmp-type not 8
default drop
""",
    Packet(eth(raw4(SYN, 6)), "drop", 1, "20 bytes of TCP"),
    Packet(eth(raw4(SYN[:14], 6)), "drop", 1, "14 bytes of TCP"),
    Packet(eth(raw4(SYN[:13], 6)), "drop", 2, "13 bytes of TCP: ports, no flags"),
    Packet(eth(raw4(SYN[:4], 6)), "drop", 2, "4 bytes of TCP"),
    Packet(eth(raw4(SYN[:3], 6)), "drop", "default", "3 bytes of TCP", count=[3]),
    Packet(eth(raw4(b"", 6)), "drop", "default", "no byte of TCP", count=[3]),
    Packet(eth(raw6(ports(1, 80), 17)), "drop", 2, "4 bytes of UDP"),
    Packet(eth(raw6(ports(1, 80)[:3], 17)), "drop", "default", "3 bytes of UDP", count=[6]),
    Packet(eth(raw4(b"\x08\0", 1)), "drop", 4, "2 bytes of ICMP"),
    Packet(eth(raw4(b"\x08", 1)), "drop", 5, "1 byte of ICMP: a type, no code"),
    Packet(eth(raw4(b"\x00", 1)), "pass", 7, "1 byte of ICMP: another type"),
    Packet(eth(raw4(b"", 1)), "drop", "default", "no byte of ICMP: no type either"),
)

# ---- other protocols -------------------------------------------------------------------------

capture(
    "sctp", "SCTP ports, and first fragments of SCTP", """
drop  sctp dport 3868
count sctp
drop  dport 2905
""",
    Packet(eth(raw4(ports(5000, 3868, bytes(8)), 132)), "drop", 1, "to port 3868"),
    Packet(eth(raw6(ports(5000, 3868, bytes(8)), 132)), "drop", 1, "to port 3868 over IPv6"),
    Packet(eth(raw4(ports(5000, 2905, bytes(8)), 132)), "drop", 3,
           "a port without a protocol is also one of SCTP", count=[2]),
    Packet(eth(raw4(ports(5000, 2906, bytes(8)), 132)), "pass", "default", "another port",
           count=[2]),
)

capture(
    "port-protocols", "ports belong to TCP, UDP, UDP-Lite, SCTP and DCCP only", """
drop  port 7
count ipv4
drop  udplite
drop  proto dccp sport not 9
""",
    *[Packet(eth(raw4(ports(5000, 7, bytes(16)), p)), "drop", 1, "to port 7 of " + name)
      for p, name in ((6, "TCP"), (17, "UDP"), (33, "DCCP"), (132, "SCTP"), (136, "UDP-Lite"))],
    Packet(eth(raw6(ports(7, 5000, bytes(16)), 136)), "drop", 1, "from port 7 of UDP-Lite"),
    Packet(eth(raw4(ports(7, 7, bytes(16)), 47)), "pass", "default", "GRE has none", count=[2]),
    Packet(eth(raw4(ports(7, 7, bytes(16)), 1)), "pass", "default", "ICMP has none", count=[2]),
    Packet(eth(raw4(ports(7, 7, bytes(16)), 51)), "pass", "default", "AH has none", count=[2]),
    Packet(eth(raw4(ports(8, 8, bytes(4)), 136)), "drop", 3, "UDP-Lite", count=[2]),
    Packet(eth(raw4(ports(8, 9, bytes(12)), 33)), "drop", 4, "DCCP from port 8", count=[2]),
    Packet(eth(raw4(ports(9, 8, bytes(12)), 33)), "pass", "default", "DCCP from port 9",
           count=[2]),
)

capture(
    "tunnels", "tunnels are matched on the outside; MPLS and PPPoE are not IP", """
drop  tcp
drop  gre to 198.51.100.2
count proto 4,41
drop  to 203.0.113.3
drop  udp dport 4789
drop  ethertype 0x8847
""",
    Packet(eth(v4(GRE() / v4(tcp(), dst=C4))), "drop", 2, "TCP in GRE"),
    Packet(eth(v4(v4(tcp(), dst=C4))), "pass", "default", "TCP in IPIP", count=[3]),
    Packet(eth(v4(v6(tcp()))), "pass", "default", "IPv6 in IPv4", count=[3]),
    Packet(eth(raw6(bytes(v4(tcp(), dst=C4)), 4)), "pass", "default", "IPv4 in IPv6",
           count=[3]),
    Packet(eth(v4(udp(4789, data=bytes([8]) + bytes(7) + eth(v4(tcp(), dst=C4))))), "drop", 5,
           "TCP in VXLAN"),
    Packet(eth(b"\0\1\1\x40" + bytes(v4(tcp())), kind=0x8847), "drop", 6, "TCP in MPLS"),
    Packet(eth(b"\x11\0\0\1\0\x2a\0\x21" + bytes(v4(tcp())), kind=0x8864), "pass", "non_ip",
           "TCP in PPPoE"),
)

capture(
    "icmp-errors", "ICMP errors: the packet inside is not looked at", """
drop  tcp
drop  to 203.0.113.3
count icmp icmp-type 3/4
count icmp-type 1-4
pass  icmp icmp-type 3,11
pass  icmpv6 icmp-type 1-4
default drop
""",
    Packet(eth(v4(ICMP(type=3, code=4) / v4(tcp(), dst=C4))), "pass", 5,
           "fragmentation needed", count=[3, 4]),
    Packet(eth(v4(ICMP(type=3, code=1) / v4(tcp(), dst=C4))), "pass", 5, "host unreachable",
           count=[4]),
    Packet(eth(v4(ICMP(type=11, code=0) / v4(tcp(), dst=C4))), "pass", 5, "time exceeded"),
    Packet(eth(v4(ICMP(type=5, code=1) / v4(tcp(), dst=C4))), "drop", "default", "redirect"),
    Packet(eth(v6(ICMPv6PacketTooBig(mtu=1280) / v6(tcp()))), "pass", 6, "packet too big",
           count=[4]),
    Packet(eth(raw6(b"\1\4" + bytes(6) + bytes(v6(tcp())), 58)), "pass", 6,
           "port unreachable", count=[4]),
    Packet(eth(raw4(b"\1\4" + bytes(30), 58)), "drop", "default",
           "protocol 58 over IPv4 is not ICMPv6"),
)

# ---- what is not IP, and what a default does not touch -----------------------------------------

capture(
    "arp", "ARP passes a default of drop, and rules can drop it", """
default drop
drop from 192.0.2.1
drop ethertype 0x0806 ether-from 02:00:00:00:00:09
""",
    Packet(eth(ARP(psrc=A4, pdst=B4)), "pass", "non_ip", "request; its addresses are not looked at"),
    Packet(eth(ARP(psrc=A4, pdst=B4)) + bytes(18), "pass", "non_ip", "the same, padded"),
    Packet(eth(ARP(op=2, psrc=A4, pdst=B4), src="02:00:00:00:00:09"), "drop", 2, "reply"),
    Packet(eth(v4(tcp())), "drop", 1, "IPv4 from the same address"),
    Packet(eth(v4(tcp(), src=C4)), "drop", "default", "IPv4 from elsewhere"),
)

capture(
    "llc", "below 0x600 the type is an LLC length", """
default drop
drop ethertype 0x0026,0x0027
drop ethertype 0x0600
count ether-to 01:80:c2:00:00:00
""",
    Packet(bytes(Ether(src=PEER, dst="01:80:c2:00:00:00", type=0x26) / LLC(dsap=66, ssap=66)) +
           bytes(35), "pass", "non_ip", "spanning tree", count=[3]),
    Packet(eth(b"\xaa\xaa\3\0\0\0\x08\0" + bytes(v4(tcp())), kind=48), "pass", "non_ip",
           "IPv4 in SNAP is not read"),
    Packet(eth(bytes(46), kind=0x5ff), "pass", "non_ip", "0x5ff is still a length"),
    Packet(eth(bytes(46), kind=0x600), "drop", 2, "0x600 is a type"),
    Packet(tags(5, inner=bytes(46), kind=0x27), "pass", "non_ip", "LLC behind a VLAN tag"),
    Packet(eth(bytes(46), kind=0x88cc), "pass", "non_ip", "LLDP"),
)

LL, ALL = "fe80::1", "ff02::1"
ND = dict(src=LL, dst=ALL, hlim=255)
MLD = dict(src=LL, dst="ff02::16", hlim=1)


def mld2(kind=143):
    """RFC 3810 section 5.2: one record, joining ff02::db8."""
    return bytes([kind, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0]) + b"\xff\2" + bytes(12) + b"\x0d\xb8"


capture(
    "neighbour-discovery", "what a host needs on its link passes a default of drop", """
default drop
drop  from fe80::bad icmpv6 icmp-type 134
count icmpv6
""",
    Packet(eth(v6(ICMPv6ND_RS(), **ND)), "pass", "exempt", "router solicitation", count=[2]),
    Packet(eth(v6(ICMPv6ND_RA(), **ND)), "pass", "exempt", "router advertisement", count=[2]),
    Packet(eth(v6(ICMPv6ND_NS(tgt=A6), **ND)), "pass", "exempt", "neighbour solicitation",
           count=[2]),
    Packet(eth(v6(ICMPv6ND_NA(tgt=A6), **ND)), "pass", "exempt", "neighbour advertisement",
           count=[2]),
    Packet(eth(raw6(b"\x89" + bytes(39), 58, **ND)), "pass", "exempt", "redirect", count=[2]),
    Packet(eth(v6(ICMPv6ND_NS(tgt=A6), src=A6, dst=B6, hlim=255)), "pass", "exempt",
           "a solicitation to one host, from a global address", count=[2]),
    Packet(eth(v6(ICMPv6ND_NS(tgt=A6), src=LL, dst=ALL, hlim=254)), "drop", "default",
           "hop limit 254: it came through a router", count=[2]),
    Packet(eth(raw6(b"\x8a" + bytes(15), 58, **ND)), "drop", "default",
           "138, router renumbering", count=[2]),
    Packet(eth(v6(ICMPv6ND_RA(), src="fe80::bad", dst=ALL, hlim=255)), "drop", 1,
           "a rule decides before"),
    Packet(eth(v6(ICMPv6EchoRequest(), **ND)), "drop", "default", "echo request", count=[2]),
    Packet(eth(v6(IPv6ExtHdrHopByHop() / ICMPv6ND_NS(tgt=A6), **ND)), "pass", "exempt",
           "behind an extension header", count=[2]),
)

capture(
    "multicast-listener", "multicast listener discovery passes a default of drop", """
default drop
count icmpv6 icmp-type 130-132,143
""",
    Packet(eth(v6(ICMPv6MLQuery(), **dict(MLD, dst=ALL))), "pass", "exempt", "query",
           count=[1]),
    Packet(eth(raw6(b"\x83" + bytes(23), 58, **MLD)), "pass", "exempt", "report", count=[1]),
    Packet(eth(raw6(b"\x84" + bytes(23), 58, **MLD)), "pass", "exempt", "done", count=[1]),
    Packet(eth(raw6(option(58) + mld2(), 0, **MLD)), "pass", "exempt",
           "report of version 2, behind hop-by-hop options", count=[1]),
    Packet(eth(raw6(mld2(), 58, **dict(MLD, src="::"))), "pass", "exempt",
           "before the host has an address", count=[1]),
    Packet(eth(raw6(mld2(), 58, **dict(MLD, src=A6))), "drop", "default",
           "from a global address", count=[1]),
    Packet(eth(raw6(mld2(), 58, **dict(MLD, src="febf::1"))), "pass", "exempt",
           "fe80::/10 is link-local", count=[1]),
    Packet(eth(raw6(mld2(), 58, **dict(MLD, src="fec0::1"))), "drop", "default",
           "fec0::/10 is not link-local", count=[1]),
    Packet(eth(raw6(mld2(), 58, **dict(MLD, hlim=2))), "drop", "default", "hop limit 2",
           count=[1]),
    Packet(eth(raw6(mld2(), 58, **dict(MLD, dst="fe80::2"))), "drop", "default",
           "to one host", count=[1]),
    Packet(eth(raw6(mld2(142), 58, **MLD)), "drop", "default", "142 is something else"),
)

capture(
    "invalid-passed", "default invalid pass, and rules that name invalid frames", """
default drop
default invalid pass
drop  invalid from 203.0.113.3
count invalid
pass  from 192.0.2.1
""",
    Packet(eth(v4(udp(), len=33)), "pass", "invalid", "the pass rule is not for invalid frames",
           count=[2], reason="ip-length"),
    Packet(eth(v4(udp(), len=33, src=C4)), "drop", 1, "a rule for invalid frames",
           reason="ip-length"),
    Packet(eth(v4(udp())), "pass", 3, "a valid frame"),
    Packet(eth(v4(udp(), src=C4)), "drop", "default", "a valid frame"),
    Packet(tags(1, 2, 3), "pass", "invalid", "three tags", count=[2], reason="vlan-depth"),
)

# ---- captures as such ------------------------------------------------------------------------

capture(
    "jumbo", "frames of up to 9014 bytes count with all their bytes", """
drop  udp dport 53 length 9000
count udp length 1501-65535
""",
    Packet(eth(v4(udp(data=bytes(9000 - 28)))), "drop", 1, "9000 bytes"),
    Packet(eth(v4(udp(data=bytes(8999 - 28)))), "pass", "default", "8999 bytes", count=[2]),
    Packet(eth(v6(udp(data=bytes(3000)))), "pass", "default", "3048 bytes", count=[2]),
    Packet(eth(v4(udp(data=bytes(1472)))), "pass", "default", "1500 bytes"),
)

capture(
    "cut", "frames that the capture holds in part count with their wire length", """
drop  udp dport 53
count length 500-600
drop  ipv6 icmpv6
""",
    Packet(eth(v4(udp(data=bytes(500)))), "drop", 1, "60 of 542 bytes", cut=60),
    Packet(eth(v4(udp(54, data=bytes(500)))), "pass", "default", "42 of 542 bytes", count=[2],
           cut=42),
    Packet(eth(v4(tcp())), "pass", "default", "whole"),
    Packet(eth(v6(ICMPv6EchoRequest(data=bytes(460)))), "drop", 3, "54 of 522 bytes",
           count=[2], cut=54),
    pcapng=True,
)

capture(
    "mix", "a little of everything", """
set lan { 192.0.2.0/24, 2001:db8:a::/48 }
drop  invalid fragment first label "tiny"
pass  icmp icmp-type echo-request from @lan
pass  tcp dport 22 from @lan
pass  dport 53,123
drop  vlan 5
count fragment later
default drop
""",
    Packet(eth(ARP(psrc=A4, pdst=B4)), "pass", "non_ip", "ARP"),
    Packet(eth(v4(ICMP(type=8) / b"ping")), "pass", 2, "echo request"),
    Packet(eth(v4(tcp(22))), "pass", 3, "ssh"),
    Packet(eth(v4(tcp(22), src=C4)), "drop", "default", "ssh from elsewhere"),
    Packet(tags(5, inner=v6(tcp(22)), kind=0x86dd), "pass", 3, "ssh in VLAN 5"),
    Packet(tags(5, inner=v6(tcp(80)), kind=0x86dd), "drop", 5, "http in VLAN 5"),
    Packet(eth(v6(udp())), "pass", 4, "DNS"),
    Packet(eth(raw4(SYN[:8], 6, flags="MF")), "drop", 1, "tiny fragment",
           reason="fragment-tiny"),
    Packet(eth(raw4(LATER, 17, frag=100)), "drop", "default", "later fragment", count=[6]),
    Packet(eth(v6(ICMPv6ND_NS(tgt=A6), **ND)), "pass", "exempt", "neighbour solicitation"),
    Packet(eth(raw6(chain(9, 17, UDP53), 60)), "drop", "invalid", "nine extension headers",
           reason="ext-depth"),
    Packet(eth(bytes(46), kind=0x88cc), "pass", "non_ip", "LLDP"),
    pcapng=True,
)


# ---- the rulesets of docs/examples -----------------------------------------------------------

RESOLVER, ADMIN, TIMESERVER, WORLD = "192.0.2.53", "192.0.2.9", "192.0.2.123", "198.51.100.66"
LL1, LL2 = "fe80::1", "fe80::2"

example(
    "host", "what a host with a default of drop takes and what it does not",
    Packet(eth(v4(udp(68, 67, bytes(240)), src=WORLD)), "pass", 5, "an offer of a DHCP server"),
    Packet(eth(v6(udp(546, 547, bytes(60)), src=LL1, dst=LL2)), "pass", 6, "the same of DHCPv6"),
    Packet(eth(v6(udp(546, 547, bytes(60)), src=C6)), "drop", "default",
           "DHCPv6 from beyond the link"),
    Packet(eth(v4(udp(40000, 53), src=RESOLVER)), "pass", 7, "an answer of our resolver"),
    Packet(eth(v4(udp(40000, 53), src=WORLD)), "drop", "default",
           "a packet from port 53 of anybody"),
    Packet(eth(v4(udp(22, 53), src=RESOLVER)), "drop", "default",
           "our resolver, to a port that no client has"),
    Packet(eth(v4(udp(40000, 123), src=WORLD)), "drop", "default", "from port 123 of anybody"),
    Packet(eth(v4(udp(53, 67), src=WORLD)), "drop", "default", "from port 67, not to a client"),
    Packet(eth(v4(tcp(22, 53), src=WORLD)), "drop", "default", "ssh from port 53 of anybody"),
    Packet(eth(v4(tcp(22), src=WORLD)), "drop", "default", "ssh from anybody"),
    Packet(eth(v4(tcp(22), src=ADMIN)), "pass", 10, "ssh from an administrator"),
    Packet(eth(v4(tcp(80), src=ADMIN)), "drop", "default", "a service that is not offered"),
    Packet(eth(v4(tcp(40000, 443, "A"), src=WORLD)), "pass", 8, "of a connection we opened"),
    Packet(eth(v4(tcp(40000, 443, "SA"), src=WORLD)), "pass", 8, "the answer that opens it"),
    Packet(eth(v4(tcp(40000, 443, "R"), src=WORLD)), "pass", 9, "a refusal"),
    Packet(eth(v4(ICMP(type=3, code=4) / b"what was sent", src=WORLD)), "pass", 1,
           "fragmentation needed"),
    Packet(eth(v4(ICMP(type=11) / b"what was sent", src=WORLD)), "pass", 1, "time exceeded"),
    Packet(eth(v4(ICMP(type=5, code=1) / b"what was sent", src=WORLD)), "drop", "default",
           "a redirect"),
    Packet(eth(v6(ICMPv6PacketTooBig() / b"what was sent", src=C6)), "pass", 2, "packet too big"),
    Packet(eth(v4(ICMP(type=8) / b"ping", src=WORLD)), "pass", 3, "ping"),
    Packet(eth(v6(ICMPv6EchoRequest(data=b"ping"), src=C6)), "pass", 4, "ping over IPv6"),
    Packet(eth(v6(ICMPv6ND_NS(tgt=A6), src=LL1, dst=LL2, hlim=255)), "pass", "exempt",
           "who has our address"),
    Packet(eth(ARP(pdst=A4)), "pass", "non_ip", "the same of IPv4"),
    Packet(eth(raw4(LATER, 17, src=RESOLVER, frag=3)), "pass", 11, "the rest of a long answer"),
    Packet(eth(raw4(LATER, 17, src=WORLD, frag=3)), "drop", "default", "a fragment of anybody"),
    Packet(eth(raw4(ports(40000, 22), 6, src=ADMIN, flags="MF")), "drop", "invalid",
           "a first fragment without flags", reason="fragment-tiny"),
)

example(
    "reflection-flood", "answers that nobody asked for, and those that were asked for",
    Packet(eth(v4(udp(40000, 53), src=RESOLVER)), "pass", 1, "our resolver"),
    Packet(eth(v4(udp(40000, 53, bytes(1200)), src=WORLD)), "drop", 19, "DNS, reflected"),
    Packet(eth(v4(udp(40000, 123, bytes(48)), src=TIMESERVER)), "pass", 2, "the time"),
    Packet(eth(v4(udp(40000, 123, bytes(440)), src=TIMESERVER)), "drop", 20,
           "monlist, in our time server's name"),
    Packet(eth(v4(udp(40000, 123, bytes(48)), src=WORLD)), "drop", 20, "NTP of anybody"),
    Packet(eth(v4(udp(40000, 11211, bytes(1400)), src=WORLD)), "drop", 18, "memcached"),
    Packet(eth(v4(udp(40000, 1900, bytes(300)), src=WORLD)), "drop", 14, "SSDP"),
    Packet(eth(v6(udp(40000, 389, bytes(1000)), src=C6)), "drop", 10, "CLDAP over IPv6"),
    Packet(eth(v4(udp(40000, 3283, bytes(1000)), src=WORLD)), "drop", 21,
           "a long answer of remote desktop"),
    Packet(eth(v4(udp(40000, 3283, bytes(40)), src=WORLD)), "pass", "default", "a short one"),
    Packet(eth(raw4(LATER, 17, src=WORLD, frag=185)), "drop", 24, "the rest of a reflection"),
    Packet(eth(raw4(LATER, 17, src=RESOLVER, frag=185)), "pass", 4, "the rest of our answer"),
    Packet(eth(raw4(LATER, 6, src=WORLD, frag=185)), "pass", "default", "a fragment of TCP"),
    Packet(eth(v4(udp(53, 40000), src=WORLD)), "pass", "default", "a question to us"),
    Packet(eth(v4(tcp(80), src=WORLD)), "pass", "default", "a customer"),
)

example(
    "count-only", "nothing is dropped, and a packet may be counted several times",
    Packet(eth(v4(tcp(22))), "pass", "default", "ssh", count=[1, 3, 4, 9, 13]),
    Packet(eth(v4(tcp(443, 40000, "A") / bytes(1400))), "pass", "default", "web",
           count=[1, 3, 10, 14]),
    Packet(eth(v6(udp(443, 40000, bytes(100)))), "pass", "default", "QUIC",
           count=[2, 5, 11]),
    Packet(eth(v4(udp(40000, 53))), "pass", "default", "DNS", count=[1, 5, 12, 13]),
    Packet(eth(v4(ICMP(type=8) / b"ping")), "pass", "default", "ping", count=[1, 6, 13]),
    Packet(eth(raw6(b"\x80" + bytes(7), 58)), "pass", "default", "ping over IPv6",
           count=[2, 7, 13]),
    Packet(eth(raw4(bytes(8), 47)), "pass", "default", "GRE", count=[1, 8, 13]),
    Packet(eth(raw4(LATER, 17, frag=3)), "pass", "default", "a later fragment",
           count=[1, 5, 13, 15]),
    Packet(tags(5, inner=v4(tcp(25))), "pass", "default", "mail in VLAN 5: it comes in",
           count=[1, 3, 4, 13, 16]),
    Packet(eth(b"\x41" + bytes(19), kind=0x0800), "pass", "invalid", "a header of 4 bytes",
           count=[17], reason="ip-header-length"),
    Packet(eth(ARP(pdst=A4)), "pass", "non_ip", "ARP", count=[18]),
)


# ---- files -----------------------------------------------------------------------------------

def pcap_bytes(packets):
    """https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap: little endian, link type 1."""
    out = struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    for i, packet in enumerate(packets):
        data = packet.frame[:packet.cut]
        out += struct.pack("<IIII", START + i, 0, len(data), len(packet.frame)) + data
    return out


def pcapng_block(kind, body):
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def pcapng_bytes(packets):
    """https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng: one section, one interface."""
    out = pcapng_block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
    out += pcapng_block(1, struct.pack("<HHI", 1, 0, 65535))
    for i, packet in enumerate(packets):
        data = packet.frame[:packet.cut]
        time = (START + i) * 1000000
        out += pcapng_block(6, struct.pack("<IIIII", 0, time >> 32, time & 0xffffffff, len(data),
                                           len(packet.frame)) + data)
    return out


def totals(packets):
    """What the packets add up to: name -> [packets, bytes], in the order of first mention."""
    sums = {}

    def add(name, packet):
        entry = sums.setdefault(name, [0, 0])
        entry[0] += 1
        entry[1] += len(packet.frame)

    for packet in packets:
        for rule in packet.count:
            add("rule %d" % rule, packet)
        if packet.by == "invalid":
            add("invalid " + packet.reason, packet)
        else:
            add("rule " + packet.by if packet.by.isdigit() else packet.by, packet)
    return sums


def expect_text(file, about, packets):
    lines = ["# %s: %s" % (file, about)]
    for i, packet in enumerate(packets):
        note = (packet.reason + ": " if packet.reason else "") + packet.text
        lines.append("%s\t%d\t%s\t%s\t# %s" % (file, i + 1, packet.verdict, packet.by, note))
    lines.append("#")
    for name, (count, size) in sorted(totals(packets).items()):
        lines.append("# %s: %d packet%s %d bytes" % (name, count, "s"[:count != 1], size))
    return "\n".join(lines) + "\n"


def write(path, data):
    with open(path, "wb") as out:
        out.write(data)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else HERE
    for file, about, rules, packets in CAPTURES:
        name = os.path.join(folder, file.split(".")[0])
        make = pcapng_bytes if file.endswith(".pcapng") else pcap_bytes
        write(os.path.join(folder, file), make(packets))
        write(name + ".rules", ("# SPDX-License-Identifier: GPL-2.0-only\n# %s\n%s" %
                                (about, rules.lstrip("\n"))).encode())
        write(name + ".expect", expect_text(file, about, packets).encode())
    os.makedirs(os.path.join(folder, "examples"), exist_ok=True)
    for file, about, packets in EXAMPLES:
        name = os.path.join(folder, "examples", file.split(".")[0])
        write(name + ".pcap", pcap_bytes(packets))
        write(name + ".expect", expect_text(file, about, packets).encode())


if __name__ == "__main__":
    main()
