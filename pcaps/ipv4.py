# SPDX-License-Identifier: GPL-2.0-only
"""What only IPv4 has: options, fragments, lengths."""

from scapy.layers.inet import IPOption_NOP, IPOption_RR

from frames import C4, C6, LATER, SYN, UDP53, Packet, ah, capture, eth, raw4, tcp, udp, v4, v6

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
drop length 19,20
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
