# SPDX-License-Identifier: GPL-2.0-only
"""Frames that end too soon."""

from frames import (
    C4, C6, SYN, Packet, ah, capture, eth, fragment, option, ports, raw4, raw6, tags, tcp, v4,
    v6)

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
