# SPDX-License-Identifier: GPL-2.0-only
"""Captures for the rulesets of docs/examples."""

from scapy.layers.inet import ICMP
from scapy.layers.inet6 import ICMPv6EchoRequest, ICMPv6ND_NS, ICMPv6PacketTooBig
from scapy.layers.l2 import ARP

from frames import (
    A4, A6, C6, LATER, Packet, eth, example, ports, raw4, raw6, tags, tcp, udp, v4, v6)

RESOLVER, ADMIN, TIMESERVER, WORLD = "192.0.2.53", "192.0.2.9", "192.0.2.123", "198.51.100.66"
LL1, LL2 = "fe80::1", "fe80::2"

example(
    "host", "what a host with a default of drop takes and what it does not",
    Packet(eth(v4(udp(68, 67, bytes(240)), src=WORLD)), "pass", 2, "an offer of a DHCP server"),
    Packet(eth(v6(udp(546, 547, bytes(60)), src=LL1, dst=LL2)), "pass", 3, "the same of DHCPv6"),
    Packet(eth(v6(udp(546, 547, bytes(60)), src=C6)), "drop", "default",
           "DHCPv6 from beyond the link"),
    Packet(eth(v4(udp(40000, 53), src=RESOLVER)), "drop", "default",
           "an answer of our resolver: nothing was asked in a capture"),
    Packet(eth(v4(udp(40000, 53), src=WORLD)), "drop", "default",
           "a packet from port 53 of anybody"),
    Packet(eth(v4(udp(22, 53), src=RESOLVER)), "drop", "default",
           "our resolver, to a port that no client has"),
    Packet(eth(v4(udp(40000, 123), src=WORLD)), "drop", "default", "from port 123 of anybody"),
    Packet(eth(v4(udp(53, 67), src=WORLD)), "drop", "default", "from port 67, not to a client"),
    Packet(eth(v4(tcp(22, 53), src=WORLD)), "drop", "default", "ssh from port 53 of anybody"),
    Packet(eth(v4(tcp(22), src=WORLD)), "drop", "default", "ssh from anybody"),
    Packet(eth(v4(tcp(22), src=ADMIN)), "pass", 6, "ssh from an administrator"),
    Packet(eth(v4(tcp(80), src=ADMIN)), "drop", "default", "a service that is not offered"),
    Packet(eth(v4(tcp(40000, 443, "A"), src=WORLD)), "drop", "default",
           "as of a connection we opened; a capture has no sockets"),
    Packet(eth(v4(tcp(40000, 443, "SA"), src=WORLD)), "drop", "default",
           "as the answer that opens it"),
    Packet(eth(v4(tcp(40000, 443, "R"), src=WORLD)), "drop", "default", "as a refusal"),
    Packet(eth(v4(ICMP(type=3, code=4) / b"what was sent", src=WORLD)), "drop", "default",
           "fragmentation needed, about nothing that we sent"),
    Packet(eth(v4(ICMP(type=11) / b"what was sent", src=WORLD)), "drop", "default",
           "time exceeded, likewise"),
    Packet(eth(v4(ICMP(type=5, code=1) / b"what was sent", src=WORLD)), "drop", "default",
           "a redirect"),
    Packet(eth(v6(ICMPv6PacketTooBig() / b"what was sent", src=C6)), "drop", "default",
           "packet too big, likewise"),
    Packet(eth(v4(ICMP(type=8) / b"ping", src=WORLD)), "pass", 4, "ping"),
    Packet(eth(v6(ICMPv6EchoRequest(data=b"ping"), src=C6)), "pass", 5, "ping over IPv6"),
    Packet(eth(v6(ICMPv6ND_NS(tgt=A6), src=LL1, dst=LL2, hlim=255)), "pass", "exempt",
           "who has our address"),
    Packet(eth(ARP(pdst=A4)), "pass", "non_ip", "the same of IPv4"),
    Packet(eth(raw4(LATER, 17, src=RESOLVER, frag=3)), "pass", 7, "the rest of a long answer"),
    Packet(eth(raw4(LATER, 17, src=WORLD, frag=3)), "drop", "default", "a fragment of anybody"),
    Packet(eth(raw4(ports(40000, 22), 6, src=ADMIN, flags="MF")), "drop", "invalid",
           "a first fragment without flags", reason="fragment-tiny"),
)

example(
    "router", "what comes from the Internet",
    Packet(eth(v4(udp(53), src="10.1.2.3")), "drop", 1, "an address of a local network"),
    Packet(eth(v6(udp(53), src="fc00::1")), "drop", 1, "the same over IPv6"),
    Packet(eth(v4(tcp(40000, 443, "A"), src=WORLD)), "drop", "default",
           "of no connection that passes through"),
    Packet(eth(v4(udp(68, 67, bytes(240)), src=WORLD)), "pass", 3, "an offer of a DHCP server"),
    Packet(eth(v4(ICMP(type=8) / b"ping", src=WORLD)), "pass", 5, "ping"),
    Packet(eth(v6(ICMPv6EchoRequest(data=b"ping"), src=C6)), "pass", 6, "ping over IPv6"),
    Packet(eth(v4(tcp(22), src="198.51.100.9")), "pass", 7, "ssh from an administrator"),
    Packet(eth(v4(tcp(22), src="203.0.113.9")), "drop", "default", "ssh from anybody"),
    Packet(eth(v6(tcp(443), src=C6, dst="2001:db8:2::80")), "pass", 8, "the web server behind it"),
    Packet(eth(v6(tcp(443), src=C6, dst="2001:db8:2::81")), "drop", "default", "another machine"),
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


def ssh(src, verdict="pass", by=3, after=1, **more):
    return Packet(eth(v4(tcp(22), src=src)), verdict, by, more.pop("text"), after=after, **more)


example(
    "ssh", "each source has a rate of its own, and one that tries too much loses only the excess",
    ssh(WORLD, text="a first try", count=[1, 2]),
    ssh(WORLD, text="a second one", count=[1, 2]),
    ssh(WORLD, text="a third one", count=[1, 2]),
    ssh(WORLD, "drop", 1, over=True, text="a fourth one: over the rate"),
    ssh(ADMIN, text="another source", count=[1, 2]),
    ssh(WORLD, "drop", 1, 9000, over=True, text="nine seconds later"),
    ssh(WORLD, text="ten seconds after the first", after=1000, count=[1, 2]),
    ssh(WORLD, "drop", 1, over=True, text="and at once another one"),
    Packet(eth(v4(tcp(22, 40000, "A"), src=WORLD)), "pass", 3, "of a connection that is open"),
    Packet(eth(v6(tcp(22), src=C6)), "pass", 3, "over IPv6", count=[1, 2]),
    Packet(eth(v6(tcp(22), src=C6[:-1] + "7")), "pass", 3, "from another address of that /64",
           count=[1, 2], after=1),
    Packet(eth(v6(tcp(22), src=C6[:-1] + "8")), "pass", 3, "and a third one", count=[1, 2],
           after=1),
    Packet(eth(v6(tcp(22), src=C6[:-1] + "9")), "drop", 1, "the /64 is one source", over=True,
           after=1),
    Packet(eth(v4(tcp(80), src=WORLD)), "drop", "default", "another service"),
    *(Packet(eth(v4(ICMP(type=8) / b"ping", src=WORLD)), "pass", 8, "ping", count=[4, 6], after=1)
      for i in range(10)),
    Packet(eth(v4(ICMP(type=8) / b"ping", src=WORLD)), "drop", 4, "too many of them", over=True,
           after=1),
    Packet(eth(v4(ICMP(type=8) / b"ping", src=WORLD)), "pass", 8, "later", count=[4, 6]),
)

example(
    "resolver", "questions of a network have a rate, whoever asks in it",
    *(Packet(eth(v4(udp(53, 40000, bytes(30)), src="203.0.113.%d" % (i % 50 + 1))), "pass", 3,
             "a question", count=[1, 2], after=1) for i in range(104)),
    Packet(eth(v4(udp(53, 40000, bytes(30)), src="203.0.113.77")), "pass", 3,
           "100 at once, and 50 each second", count=[1, 2], after=1),
    Packet(eth(v4(udp(53, 40000, bytes(30)), src="203.0.113.78")), "drop", 1,
           "another one of that network", over=True, after=1),
    Packet(eth(v4(udp(53, 40000, bytes(30)), src="203.0.112.78")), "pass", 3,
           "one of another network", count=[1, 2], after=1),
    Packet(eth(v4(udp(53, 40000, bytes(600)), src=WORLD)), "drop", "default",
           "too long for a question", count=[1, 2]),
    Packet(eth(v4(tcp(53), src=WORLD)), "pass", 5, "over TCP", count=[4]),
    Packet(eth(v4(udp(40000, 53, bytes(100)), src=WORLD)), "pass", 14, "an answer to us",
           count=[13]),
    Packet(eth(v4(udp(22, 53), src=WORLD)), "drop", "default", "not to a port of a client"),
)
