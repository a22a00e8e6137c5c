#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""flood.py syn IFACE MAC N PORT        N SYNs from N forged sources to 192.0.2.1, as fast as it goes
flood.py udp IFACE MAC SECONDS PORT  datagrams from one source to 192.0.2.1 for that time

Frames are sent from IFACE to MAC. Prints how many were sent, and the seconds between the first and
the last.
flood.py ask ADDRESS PORT N PAUSE    N connections to a service, one after the other, PAUSE seconds
apart; prints how many were answered
flood.py serve PORT                  answers each connection with a line, until it is killed; says
`ready` before
"""

import socket
import struct
import sys
import time

NEAR = socket.inet_aton("192.0.2.1")


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packet(mac, proto, source, l4):
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(l4), 0, 0, 64, proto, 0) + source + NEAR
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return (bytes.fromhex(mac.replace(":", "")) + b"\x02\0\0\0\0\x02\x08\0" + ip + l4).ljust(60, b"\0")


def wire(iface):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind((iface, 0))
    return sock


def send(sock, frame):
    while True:
        try:
            sock.send(frame)
            return
        except OSError:  # no room in the queue
            time.sleep(0.0001)


def syn(iface, mac, n, port):
    sock, n = wire(iface), int(n)
    l4 = struct.pack("!HHIIBBHHH", 40000, int(port), 1, 0, 0x50, 2, 1000, 0, 0)
    frame = bytearray(packet(mac, 6, bytes(4), l4))
    begun = time.monotonic()
    for i in range(n):
        struct.pack_into("!I", frame, 26, 0x0a000000 + i)  # 10.0.0.0/8; wrong checksums do not matter
        send(sock, frame)
    return n, time.monotonic() - begun


def udp(iface, mac, seconds, port):
    sock, n = wire(iface), 0
    l4 = struct.pack("!HHHH", 40000, int(port), 26, 0) + bytes(18)
    frame = packet(mac, 17, socket.inet_aton("192.0.2.77"), l4)
    begun = last = time.monotonic()
    while last - begun < float(seconds):
        for _ in range(20):
            send(sock, frame)
        n += 20
        last = time.monotonic()
    return n, last - begun


def ask(address, port, n, pause):
    answered = 0
    for _ in range(int(n)):
        with socket.create_connection((address, int(port)), 30) as sock:
            answered += sock.makefile().readline() == "here\n"
        time.sleep(float(pause))
    return (answered,)


def serve(port):
    sock = socket.create_server(("", int(port)), backlog=100)
    print("ready", flush=True)
    while True:
        with sock.accept()[0] as peer:
            peer.sendall(b"here\n")


print(*globals()[sys.argv[1]](*sys.argv[2:]))
