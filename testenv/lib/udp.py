#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""udp.py send FROM TO PORT [S]     one every S seconds; without S some thousands a second
udp.py receive PORT

Until SIGTERM; then the number of datagrams is printed. `receive` says `ready` before, and
`heard` at the first of them.
"""

import signal
import socket
import sys
import time


def told_to_end():
    return signal.SIGTERM in signal.sigpending()


def send(source, to, port, pause="0.0002"):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((source, 0))
    count = 0
    while not told_to_end():
        sock.sendto(b"let me by", (to, int(port)))
        count += 1
        time.sleep(float(pause))
    return count


def receive(port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("", int(port)))
    sock.settimeout(0.1)
    print("ready", flush=True)
    count = 0
    while True:
        try:
            sock.recv(64)
            count += 1
            if count == 1:
                print("heard", flush=True)
        except TimeoutError:
            if told_to_end():
                return count


# Not interrupted between sending and counting.
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
print({"send": send, "receive": receive}[sys.argv[1]](*sys.argv[2:]))
