#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""netns_cookie.py: the cookie of the network namespace that this runs in."""

import socket
import struct

SO_NETNS_COOKIE = 71  # <asm-generic/socket.h>

print(*struct.unpack("=Q", socket.socket().getsockopt(socket.SOL_SOCKET, SO_NETNS_COOKIE, 8)))
