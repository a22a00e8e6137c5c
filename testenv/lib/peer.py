#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""One end of a conversation, see the commands at the end."""
import os
import socket
import struct
import sys
import time

TIMEOUT = 3


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def serve(address, port, _=None):
    """Answer each line that comes in over TCP."""
    server = socket.create_server((address, int(port)), family=family(address), backlog=16)
    print("ready", flush=True)
    while True:
        client = server.accept()[0]
        if not os.fork():
            for line in client.makefile("rb"):
                client.sendall(b"heard " + line)
            os._exit(0)
        client.close()


def get(address, port):
    with socket.create_connection((address, int(port)), timeout=TIMEOUT) as s:
        s.sendall(b"hello\n")
        assert s.recv(100) == b"heard hello\n"


def talk(address, port, go):
    """Say a line over TCP whenever the file @go becomes longer."""
    with socket.create_connection((address, int(port)), timeout=TIMEOUT) as s:
        print("open", flush=True)
        lines = s.makefile("rb")
        for n in range(1, 10):
            while not os.path.exists(go) or os.path.getsize(go) < n:
                time.sleep(0.02)
            s.sendall(b"%d\n" % n)
            print(lines.readline().decode(), end="", flush=True)


def answer(address, port):
    """Answer each datagram."""
    with socket.socket(family(address), socket.SOCK_DGRAM) as s:
        s.bind((address, int(port)))
        print("ready", flush=True)
        while True:
            data, who = s.recvfrom(2000)
            s.sendto(data, who)


def late(address, port, go):
    """Answer a datagram when the file @go is there."""
    with socket.socket(family(address), socket.SOCK_DGRAM) as s:
        s.bind((address, int(port)))
        print("ready", flush=True)
        data, who = s.recvfrom(2000)
        print("asked", flush=True)
        while not os.path.exists(go):
            time.sleep(0.02)
        s.sendto(data, who)


def ask(address, port, connected=False):
    with socket.socket(family(address), socket.SOCK_DGRAM) as s:
        s.settimeout(20)
        if connected:
            s.connect((address, int(port)))
        s.sendto(b"?", (address, int(port)))
        assert s.recv(100) == b"?"


def swallow(address, port):
    with socket.create_server((address, int(port)), family=family(address)) as server:
        print("ready", flush=True)
        while True:
            client = server.accept()[0]
            n = 0
            while data := client.recv(65536):
                n += len(data)
            client.sendall(b"%d" % n)
            client.close()


def pour(address, port, size):
    with socket.create_connection((address, int(port)), timeout=20) as s:
        s.sendall(bytes(int(size)))
        s.shutdown(socket.SHUT_WR)
        assert s.recv(100) == size.encode()


def trace(address):
    """As traceroute: UDP to high ports with growing hop limits. Prints who answers."""
    hops = []
    v6 = family(address) == socket.AF_INET6
    for ttl in 1, 2:
        with socket.socket(family(address), socket.SOCK_DGRAM) as s:
            s.settimeout(TIMEOUT)
            if v6:
                s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, ttl)
                s.setsockopt(socket.IPPROTO_IPV6, 25, 1)  # IPV6_RECVERR
            else:
                s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
                s.setsockopt(socket.IPPROTO_IP, 11, 1)  # IP_RECVERR
            s.sendto(b"x" * 32, (address, 33434 + ttl))
            end = time.time() + TIMEOUT
            while time.time() < end:
                try:
                    _, control, _, _ = s.recvmsg(100, 1000, socket.MSG_ERRQUEUE)
                except (BlockingIOError, socket.timeout):
                    time.sleep(0.01)
                    continue
                for _, _, data in control:
                    if len(data) >= 24:
                        who = data[16:]
                        hops.append(
                            socket.inet_ntop(socket.AF_INET6, who[8:24])
                            if v6
                            else socket.inet_ntop(socket.AF_INET, who[4:8])
                        )
                        break
                break
    print(*hops)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def probe(source, address, port, flags):
    """A TCP segment of a scan; @flags None: UDP."""
    fam = family(address)
    src, dst = socket.inet_pton(fam, source), socket.inet_pton(fam, address)
    proto = socket.IPPROTO_UDP if flags is None else socket.IPPROTO_TCP
    if flags is None:
        l4 = struct.pack("!4H", 40000, port, 9, 0) + b"?"
    else:
        l4 = struct.pack("!2H2I4H", 40000, port, 1, 0, 5 << 12 | flags, 1024, 0, 0)
    pseudo = src + dst + struct.pack("!2I" if fam == socket.AF_INET6 else "!2H",
                                     *((len(l4), proto) if fam == socket.AF_INET6
                                       else (proto, len(l4))))
    at = 6 if flags is None else 16
    return l4[:at] + struct.pack("!H", checksum(pseudo + l4)) + l4[at + 2:], proto


def scan(address, ports):
    """SYN, ACK, FIN, NULL, all flags, SYN with ACK, RST, UDP. Prints how many answers came."""
    fam = family(address)
    with socket.socket(fam, socket.SOCK_DGRAM) as s:
        s.connect((address, 9))
        source = s.getsockname()[0]
    heard = 0
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3)) as ear:
        ear.settimeout(0.5)
        for port in ports.split(","):
            for flags in 0x02, 0x10, 0x01, 0x00, 0x3F, 0x12, 0x04, None:
                l4, proto = probe(source, address, int(port), flags)
                with socket.socket(fam, socket.SOCK_RAW, proto) as s:
                    s.sendto(l4, (address, 0))
        end = time.time() + 1
        want = socket.inet_pton(fam, address)
        while time.time() < end:
            try:
                data, where = ear.recvfrom(2000)
            except socket.timeout:
                break
            if where[2] != 0:  # PACKET_HOST
                continue
            v6 = data[0] >> 4 == 6
            proto = data[6] if v6 else data[9]
            neighbour = v6 and proto == 58 and data[40] >= 133
            heard += (data[8:24] if v6 else data[12:16]) == want and not neighbour
    print(heard)


commands = {
    "serve": serve,
    "get": get,
    "talk": talk,
    "answer": answer,
    "late": late,
    "ask": ask,
    "ask-connected": lambda *a: ask(*a, True),
    "swallow": swallow,
    "pour": pour,
    "trace": trace,
    "scan": scan,
}
commands[sys.argv[1]](*sys.argv[2:])
