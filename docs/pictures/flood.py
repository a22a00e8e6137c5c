#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""flood.py IFACE - frames of a small reflection flood, and some that are welcome, until it is ended"""

import math
import random
import socket
import struct
import sys
import time

# source, protocol, source port, destination port, size, frames in a hundredth of a second
STREAMS = [
    ("203.0.113.{}", 17, 53, 40000, 900, 14),
    ("192.0.2.{}", 17, 123, 40001, 440, 6),
    ("198.51.100.{}", 17, 4000, 80, 60, 9),
    ("203.0.113.{}", 17, 40002, 11211, 200, 3),
    ("192.0.2.{}", 17, 50000, 443, 1200, 11),
    ("192.0.2.{}", 6, 50001, 443, 40, 5),
]


def checksum(header):
    total = sum(struct.unpack("!10H", header))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def frame(source, protocol, sport, dport, size):
    ports = struct.pack("!HH", sport, dport)
    if protocol == 17:
        l4 = ports + struct.pack("!HH", 8 + size, 0) + bytes(size)
    else:
        l4 = ports + struct.pack("!IIBBHHH", 1, 1, 0x50, 0x10, 8192, 0, 0) + bytes(size)
    start = struct.pack("!BBHHHBB", 0x45, 0, 20 + len(l4), 0, 0, 64, protocol)
    ends = socket.inet_aton(source) + socket.inet_aton("192.0.2.1")
    sum_ = checksum(start + bytes(2) + ends)
    return b"\x02" + bytes(11) + b"\x08\x00" + start + struct.pack("!H", sum_) + ends + l4


def main(iface):
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind((iface, 0))
    began = time.monotonic()
    while True:
        for i, (source, protocol, sport, dport, size, often) in enumerate(STREAMS):
            swell = 1 + 0.5 * math.sin((time.monotonic() - began) / (2 + i))
            for _ in range(round(often * swell)):
                wire.send(frame(source.format(random.choice((7, 9, 9, 9, 21, 44))), protocol, sport, dport, size))
        time.sleep(0.01)


main(sys.argv[1])
