# SPDX-License-Identifier: GPL-2.0-only
"""What only IPv6 has: extension headers, fragments, lengths."""

from scapy.layers.inet6 import (
    IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting)

from frames import (
    C6, LATER, SYN, UDP53, Packet, ah, capture, chain, eth, fragment, option, raw6, tcp, udp, v6)

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
