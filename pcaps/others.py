# SPDX-License-Identifier: GPL-2.0-only
"""Other protocols, what is not IP, and forms of captures."""

from scapy.layers.inet import ICMP
from scapy.layers.inet6 import (
    ICMPv6EchoRequest, ICMPv6MLQuery, ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6ND_RS,
    ICMPv6PacketTooBig, IPv6ExtHdrHopByHop)
from scapy.layers.l2 import ARP, GRE, LLC, Ether

from frames import (
    A4, A6, B4, B6, C4, LATER, PEER, SYN, UDP53, Packet, capture, chain, eth, option, ports,
    raw4, raw6, tags, tcp, udp, v4, v6)

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
drop ethertype 0x0026,0x0027,0x0601
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
