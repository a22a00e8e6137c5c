#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""tcp.py serve ADDRESS PORT            accepts one connection and reads it to its end
tcp.py send ADDRESS PORT BYTES       connects, writes so much, and prints how many bytes of
                                     payload that took, what was sent again included

`serve` says `ready` before.
"""

import socket
import struct
import sys

CHUNK = 1 << 20
BYTES_SENT = 200  # in struct tcp_info of <linux/tcp.h>, a __u64
WINDOW = 150000  # fewer segments than a veth queues (256), so that none is lost


def serve(address, port):
    with socket.create_server((address, int(port)), family=family(address)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
        print("ready", flush=True)
        connection, _ = listener.accept()
        while connection.recv(CHUNK):
            pass


def send(address, port, size):
    with socket.create_connection((address, int(port))) as connection:
        left = int(size)
        while left:
            left -= connection.send(bytes(min(left, CHUNK)))
        # Until the other side has read everything and closed.
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, BYTES_SENT + 8)
        print(struct.unpack_from("=Q", info, BYTES_SENT)[0])


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


{"serve": serve, "send": send}[sys.argv[1]](*sys.argv[2:])
