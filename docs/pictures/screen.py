#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""screen.py COLUMNS ROWS SECONDS COMMAND... - run COMMAND in a terminal, print its screen as SVG"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from html import escape

import pyte

WIDTH, HEIGHT, SIZE, EDGE = 8.4, 18, 14, 12
BACK, FRONT = "#1e2127", "#d5d9e0"
COLOURS = {"red": "#e06c75", "green": "#98c379", "brown": "#e5c07b", "blue": "#61afef", "magenta": "#c678dd",
           "cyan": "#56b6c2", "white": FRONT, "black": "#3b4048"}


def screen_of(columns, rows, seconds, command):
    screen = pyte.Screen(columns, rows)
    stream = pyte.ByteStream(screen)
    pid, fd = pty.fork()
    if not pid:
        os.environ.update({"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"})
        time.sleep(0.1)  # until the size is set
        os.execvp(command[0], command)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if select.select([fd], [], [], 0.1)[0]:
            stream.feed(os.read(fd, 65536))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return screen


def style(cell):
    front, back = COLOURS.get(cell.fg, FRONT), COLOURS.get(cell.bg, BACK)
    return (back, front, cell.bold) if cell.reverse else (front, back, cell.bold)


def runs(line, columns):
    """Cells of one style that stand side by side: where they begin, the style, the text"""
    begin, text = 0, line[0].data
    for x in range(1, columns + 1):
        if x < columns and style(line[x]) == style(line[begin]):
            text += line[x].data
            continue
        yield begin, style(line[begin]), text
        if x < columns:
            begin, text = x, line[x].data


def svg(screen):
    columns, rows = screen.columns, screen.lines
    width, height = columns * WIDTH + 2 * EDGE, rows * HEIGHT + 2 * EDGE
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" font-size="{SIZE}" '
           f'font-family="ui-monospace,DejaVu Sans Mono,Menlo,Consolas,monospace" xml:space="preserve">')
    yield f'<rect width="100%" height="100%" rx="8" fill="{BACK}"/>'
    for y in range(rows):
        for x, (front, back, bold), text in runs(screen.buffer[y], columns):
            left, top, length = EDGE + x * WIDTH, EDGE + y * HEIGHT, len(text) * WIDTH
            if back != BACK:
                yield f'<rect x="{left:.1f}" y="{top}" width="{length:.1f}" height="{HEIGHT}" fill="{back}"/>'
            if text.strip():
                yield (f'<text x="{left:.1f}" y="{top + SIZE}" textLength="{length:.1f}" fill="{front}"'
                       f'{" font-weight=" + chr(34) + "bold" + chr(34) if bold else ""}>{escape(text)}</text>')
    yield "</svg>"


print("\n".join(svg(screen_of(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]))))
