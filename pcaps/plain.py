# SPDX-License-Identifier: GPL-2.0-only
"""Plain packets, and VLAN tags."""

from scapy.layers.inet import ICMP, IPOption_NOP
from scapy.layers.inet6 import ICMPv6EchoRequest
from scapy.layers.l2 import ARP, Dot1AD, Dot1Q, Ether

from frames import (C4, C6, HOST, PEER, Packet, capture, eth, option, raw4, raw6, tags, tcp, udp,
                    v4, v6)

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
    "labels", "IPv6 flow labels, the DF flag", """
drop  flow-label 0xabcde
count flow-label not 0
drop  df fragment first
drop  df no fragment later
pass  df no
drop  flow-label 1-9,0xfffff
drop  df udp
""",
    Packet(eth(v6(tcp(), fl=0xabcde)), "drop", 1, "the label"),
    Packet(eth(v6(tcp(), fl=0xabcde, tc=0xff)), "drop", 1,
           "the label, every bit of the traffic class"),
    Packet(tags(5, inner=v6(udp(), fl=0xabcde), kind=0x86dd), "drop", 1,
           "the label behind a VLAN tag"),
    Packet(eth(raw6(option(6) + bytes(tcp()), 60, fl=0xabcde)), "drop", 1,
           "the label before destination options"),
    Packet(eth(v6(tcp(), fl=0xabcdf)), "pass", "default", "the next label", count=[2]),
    Packet(eth(v6(tcp(), fl=0xbcde)), "pass", "default", "without its upper bits", count=[2]),
    Packet(eth(v6(tcp())), "pass", "default", "no label"),
    Packet(eth(v6(tcp(), fl=9)), "drop", 6, "label 9", count=[2]),
    Packet(eth(v6(tcp(), fl=0xfffff)), "drop", 6, "the last label", count=[2]),
    Packet(eth(v4(tcp())), "pass", 5, "IPv4 without DF"),
    Packet(eth(v4(tcp(), flags="DF")), "pass", "default", "TCP with DF"),
    Packet(eth(v4(udp(), flags="DF")), "drop", 7, "UDP with DF"),
    Packet(eth(v4(udp(), flags="DF", options=[IPOption_NOP()] * 4)), "drop", 7, "behind options"),
    Packet(eth(v4(udp(), flags="MF+DF")), "drop", 3, "a first fragment with DF"),
    Packet(eth(v4(udp(), flags="MF")), "pass", 5, "a first fragment without"),
    Packet(eth(raw4(bytes(8), 17, frag=2)), "drop", 4, "a later fragment without"),
    Packet(eth(raw4(bytes(8), 17, frag=2, flags="DF")), "drop", 7, "a later fragment with DF"),
    Packet(eth(v4(udp(), flags="evil")), "pass", 5, "the reserved flag is another one"),
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
