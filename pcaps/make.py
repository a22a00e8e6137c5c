#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make the captures of this folder: NAME.pcap (or .pcapng), NAME.rules and NAME.expect.

Every packet stands in one of the modules beside this one, with what must become of it, worked out
from docs/semantics.md by hand; README.md describes the files. examples/ holds the same for
docs/examples. Nothing here runs netguard. Making them again gives the same bytes.
"""

import os
import struct
import sys

sys.dont_write_bytecode = True

# Each of them declares its captures.
import for_examples, ipv4, ipv6, others, plain, truncated
from frames import CAPTURES, EXAMPLES

HERE = os.path.dirname(os.path.abspath(__file__))
START = 1700000000  # of every capture, seconds; usually a packet each second


def times(packets):
    """When each packet was captured, in milliseconds."""
    time = START * 1000 - packets[0].after
    for packet in packets:
        time += packet.after
        yield time


def pcap_bytes(packets):
    """https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap: little endian, link type 1."""
    out = struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    for time, packet in zip(times(packets), packets):
        data = packet.frame[:packet.cut]
        out += struct.pack("<IIII", time // 1000, time % 1000 * 1000, len(data),
                           len(packet.frame)) + data
    return out


def pcapng_block(kind, body):
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def pcapng_bytes(packets):
    """https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng: one section, one interface."""
    out = pcapng_block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
    out += pcapng_block(1, struct.pack("<HHI", 1, 0, 65535))
    for time, packet in zip(times(packets), packets):
        data = packet.frame[:packet.cut]
        time *= 1000
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
        if packet.over:
            add("over " + packet.by, packet)
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
