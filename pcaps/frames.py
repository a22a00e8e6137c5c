# SPDX-License-Identifier: GPL-2.0-only
"""Packets, what captures are made of; and how a capture is declared."""

import struct

from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Raw

HOST, PEER = "02:00:00:00:00:01", "02:00:00:00:00:02"
A4, B4, C4 = "192.0.2.1", "198.51.100.2", "203.0.113.3"
A6, B6, C6 = "2001:db8:a::1", "2001:db8:b::2", "2001:db8:c::3"

CAPTURES = []
EXAMPLES = []


class Packet:
    """A frame and what must become of it.

    verdict: "pass" or "drop"; by: the deciding rule's number or default, invalid, non_ip,
    exempt. count: the `count` rules that match on the way. reason: of an invalid frame, also
    when a rule decides. cut: how much of the frame the capture holds. over: it is over the rate
    of the `limit` rule that decided. after: milliseconds since the packet before.
    """

    def __init__(self, frame, verdict, by, text, count=(), reason=None, cut=None, over=False,
                 after=1000):
        self.frame = bytes(frame)
        self.verdict, self.by, self.text = verdict, str(by), text
        self.count, self.reason, self.cut = count, reason, cut
        self.over, self.after = over, after


def capture(name, about, rules, *packets, pcapng=False):
    CAPTURES.append((name + (".pcapng" if pcapng else ".pcap"), about, rules, packets))


def example(name, about, *packets):
    """A capture for docs/examples/NAME.rules, in the folder examples/."""
    EXAMPLES.append((name + ".pcap", about, packets))


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
