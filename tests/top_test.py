#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""top_test.py: drives `netguard top` in a pseudo-terminal; top_test.sh makes the interfaces and rules

What it sends goes to a terminal in memory (pyte), whose screen is looked at.
"""

import contextlib
import fcntl
import glob
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time

import pyte

NETGUARD = os.environ["netguard"]
PATIENCE = 20  # seconds, on a machine that is busy elsewhere
failed = []


class Failure(Exception):
    pass


class Top:
    """A running `netguard top`, and its screen"""

    def __init__(self, *arguments, columns=80, rows=24, program=None, **environment):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.sent = b""
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.environ.update({"TERM": "xterm", "LC_ALL": "C.UTF-8"})
            os.environ.pop("NO_COLOR", None)
            os.environ.update(environment)
            time.sleep(0.05)  # until the size is set
            program = program or [NETGUARD, "top", "--interval", "0.2", *arguments]
            os.execvp(program[0], program)
        self.resize(columns, rows)
        self.before = termios.tcgetattr(self.fd)

    def resize(self, columns, rows):
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def look(self, seconds):
        """Reads output for so long; returns it"""
        until, taken = time.monotonic() + seconds, b""
        while select.select([self.fd], [], [], max(0, until - time.monotonic()))[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:  # nobody has the terminal open any more
                data = b""
            if not data:
                break
            taken += data
            self.sent += data
            self.stream.feed(data)
        return taken

    @property
    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self):
        return "\n".join(self.lines)

    def shows(self, pattern, message=None):
        """Waits until the screen matches"""
        until = time.monotonic() + PATIENCE
        while not re.search(pattern, self.text, re.M):
            if time.monotonic() > until:
                raise Failure(f"{message or repr(pattern)} is not on the screen:\n{self.text}")
            self.look(0.05)
        return re.search(pattern, self.text, re.M)

    def hides(self, pattern):
        until = time.monotonic() + PATIENCE
        while re.search(pattern, self.text, re.M):
            if time.monotonic() > until:
                raise Failure(f"{pattern!r} stays on the screen:\n{self.text}")
            self.look(0.05)

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def ends(self):
        """Waits until it has ended; returns its exit status, or minus the signal"""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.look(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = None
                return os.waitstatus_to_exitcode(status)
        raise Failure(f"it does not end:\n{self.text}")

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


@contextlib.contextmanager
def top(*arguments, **options):
    it = Top(*arguments, **options)
    try:
        yield it
    finally:
        it.close()


def datagram(source, port, size=100):
    udp = struct.pack("!HHHH", 1024, port, 8 + size, 0) + bytes(size)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, socket.inet_aton(source),
                     socket.inet_aton("192.0.2.1"))
    return b"\xff" * 6 + b"\x02" * 6 + b"\x08\x00" + ip + udp


class Traffic:
    """Sends frames into far0 meanwhile: three for port 53, from two sources, and one for port 80"""

    FRAMES = [datagram("198.51.100.7", 53), datagram("198.51.100.7", 53), datagram("198.51.100.9", 53),
              datagram("198.51.100.9", 80)]

    def __enter__(self):
        self.going = True
        self.thread = threading.Thread(target=self.send)
        self.thread.start()

    def send(self):
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
            wire.bind(("far0", 0))
            while self.going:
                for frame in self.FRAMES:
                    wire.send(frame)
                time.sleep(0.005)

    def __exit__(self, *_):
        self.going = False
        self.thread.join()


def netguard(*arguments, text=None):
    subprocess.run([NETGUARD, *arguments], input=text, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, text=True)


RULES = open("some.rules").read()
RATE = r" +[1-9][0-9.]* "
DNS = r'^ *[0-9]+' + RATE + r'.*drop udp dport 53 label "naïve"$'


def check(truth, message):
    if not truth:
        raise Failure(message)


def fits(it, columns):
    check(max(map(len, it.lines)) <= columns, f"a line is longer than {columns}:\n{it.text}")


# ---- tests ------------------------------------------------------------------------------------


def test_screen_of_80x24():
    with Traffic(), top() as it:
        it.shows(DNS)
        it.shows(r"^# PACKETS/S +SHARE +BITS/S TREND +RULE$")
        it.shows(r"^[0-9]+ packets/s +[0-9.]+( [kM])? bits/s +dropped [0-9]+/s \(7[0-9]\.[0-9]%\)$")
        it.shows(r"^\[rules\] interfaces  sources  by packets/s$")
        it.shows(r"^1 +[0-9]+ +7[0-9]\.[0-9]% +[0-9.]+( [kM])? .*[▁-█]")
        fits(it, 80)
        check(len(it.lines) == 24 and it.lines[23].startswith("q quit"), f"no foot:\n{it.text}")
        # The rule for port 80 counts as much as the default, which decides the same packets.
        # A screen that is half drawn is waited out.
        it.shows(r"\A(?:.*\n){4}1 .*\n2 .*\n.* default pass$", "what is sorted, and equal in order,")


def test_views_by_key():
    with Traffic(), top() as it:
        it.shows(DNS)
        it.type("2")
        it.shows(r"^ +[1-9][0-9.]* +100\.0%.* near0 xdp$")
        it.shows(r"\[interfaces\]")
        it.type("3")
        it.shows(r"^sampled: [1-9][0-9]* of [1-9][0-9]* packets dropped")
        # Two of three, apart from packets at the ends of the interval.
        it.shows(r"^ +[1-9][0-9.]* +(6[0-9]|7[0-4])\.[0-9]% .* 198\.51\.100\.7$")
        it.shows(r"^ +[1-9][0-9.]* +(2[6-9]|3[0-9])\.[0-9]% .* 198\.51\.100\.9$")
        it.type("\t")
        it.shows(DNS)


def test_view_by_argument():
    with top("sources") as it:
        it.shows(r"\[sources\]")


def test_sources_are_read_by_another():
    with top("sources") as it:
        it.shows("^sampled: 0 of 0")
        with top("sources") as other:
            other.shows("another netguard watch, capture or top.* read")
            it.type("1")
            other.shows("^sampled: 0 of 0")


def test_filter():
    with top() as it:
        it.shows("pass tcp dport 22")
        it.type("/DPORT 5")
        it.hides("pass tcp dport 22")
        it.shows("drop udp dport 53")
        it.type("\n")
        it.shows("/DPORT 5$")
        it.shows("1 of [0-9]+$")
        it.type("\033")
        it.shows("pass tcp dport 22")
        it.type("/naïx\b")
        it.shows("^/naï_$")
        it.hides("pass tcp")
        it.type("\b\b\b\n")
        it.shows("pass tcp dport 22")


def test_sort_and_reverse():
    with Traffic(), top() as it:
        it.shows(DNS)
        it.type("sss")
        it.shows("by order$")
        it.look(0.5)
        check([line.split()[0] for line in it.lines[4:7]] == ["1", "2", "3"], f"order:\n{it.text}")
        it.type("r")
        it.shows("by order, least first$")
        check(it.lines[4].endswith("blocked"), f"not reversed:\n{it.text}")


def test_resize():
    with Traffic(), top() as it:
        it.shows(DNS)
        it.resize(40, 10)
        it.shows(r'^# PACKETS/S +SHARE RULE$')
        it.shows(r'drop udp dport 5.*…$')
        fits(it, 40)
        it.resize(200, 50)
        it.shows(r"^# PACKETS/S +SHARE +BITS/S TREND {56} +PACKETS +RULE$")
        it.shows(DNS)
        for columns, rows in [(1, 1), (10, 3), (300, 2), (80, 24)]:
            it.resize(columns, rows)
            it.look(0.3)
        it.shows(DNS)


def test_scroll():
    with top(rows=8) as it:
        it.shows("1? ?.*drop udp dport 53")
        it.type("\033OF")  # End
        it.hides("drop udp dport 53")
        it.shows("blocked$")
        it.type("\033OH")
        it.shows("drop udp dport 53")
        it.type("\033[6~")
        it.hides("drop udp dport 53")


def test_help():
    with top() as it:
        it.shows("RULE$")
        it.type("?")
        it.shows("^Press any key to return.")
        fits(it, 80)
        it.type("x")
        it.shows("RULE$")


def test_publication():
    with Traffic(), top() as it:
        it.shows(DNS)
        netguard("rule", "insert", "1", "drop", "udp", "dport", "80")
        it.shows(r"^1" + RATE + r".*drop udp dport 80$")
        it.shows(r'^2' + RATE + r'.*drop udp dport 53 label "naïve"$')
        netguard("rule", "delete", "1")
        it.hides("dport 80$")
        it.shows(r'^1' + RATE + r'.*drop udp dport 53 label "naïve"$')


def rates_of(it, rule):
    found = re.search(rf"^ *[0-9]+ +([0-9.]+)( [kMGTPE])? .*{rule}", it.text, re.M)
    return float(found[1]) * 1e3 ** " kMGTPE".index((found[2] or "  ")[1]) if found else 0


def test_larger_programs():
    with Traffic(), top() as it:
        it.shows(DNS)
        netguard("apply", "-", text=RULES + "".join(f"count udp dport {n}\n" for n in range(1, 2000)))
        it.shows(r"2002 rules")
        it.shows(r"^ *1" + RATE + ".*drop udp dport 53")
        netguard("apply", "-", text=RULES)
        it.shows(r"  3 rules")
        it.shows(DNS)


def test_programs_that_replace_others():
    """While counters still have to be carried over from a generation, there are no rates"""
    state, = glob.glob("/sys/fs/bpf/netguard/*/gen-*")
    number = int(state.rpartition("-")[2])
    before = f"{os.path.dirname(state)}/gen-{number - 1}"
    with top() as it:
        it.shows(r"^1 +0 +0\.0%.*drop udp")
        os.mkdir(before)
        try:
            it.shows("^programs are just being replaced")
            with Traffic():
                it.look(0.5)
            check(rates_of(it, "drop udp dport 53") == 0, f"a rate of half the counts:\n{it.text}")
        finally:
            os.rmdir(before)
        it.shows(DNS)
        it.hides("being replaced")


def test_detach_and_attach():
    with top() as it:
        it.shows("pass tcp dport 22")
        netguard("detach", "--all")
        it.shows("not attached to any")
        it.hides("pass tcp dport 22")
        netguard("attach", "near0", "--rules", "some.rules")
        it.shows("pass tcp dport 22")
        it.hides("not attached")


def test_reset():
    with Traffic(), top() as it:
        it.shows(DNS)
        it.look(0.5)
        netguard("counters", "reset")
        for _ in range(8):
            it.look(0.05)
            check(rates_of(it, "drop udp dport 53") < 3000, f"a reset is a rate:\n{it.text}")


def test_interval():
    with top() as it:
        it.shows(r"every 0\.2 s")
        it.type("++")
        it.shows("every 1 s")
        it.type("-")
        it.shows(r"every 0\.5 s")


def test_pause():
    with Traffic(), top() as it:
        it.shows(DNS)
        it.type("p")
        it.shows(" paused ")
        still = it.lines[1:]
        it.look(0.6)
        check(it.lines[1:] == still, f"it goes on:\n{it.text}")
        it.type("p")
        it.hides(" paused ")
        it.shows(DNS)


def test_idle_screen_sends_little():
    with top() as it:
        it.shows(r"^1 +0 +0\.0%.*drop udp")
        it.look(0.5)
        sent = it.look(1.5)
        check(0 < len(sent) < 7 * 30, f"{len(sent)} bytes of 7 looks: {sent!r}")


def test_busy_screen_sends_what_changes():
    with Traffic(), top() as it:
        it.shows(DNS)
        it.look(0.5)
        sent = it.look(1)
        check(0 < len(sent) < 5 * 600, f"{len(sent)} bytes of 5 looks: {sent!r}")
        check(b"\033[2J" not in sent and b"\033[J" not in sent, f"the screen is cleared: {sent!r}")


def test_black_and_white():
    with Traffic(), top() as it:
        it.shows(DNS)
        check(b"\033[31m" in it.sent, "nothing is red where colours are welcome")
    with Traffic(), top(NO_COLOR="1") as it:
        it.shows(DNS)
        check(not re.search(rb"\033\[[0-9;]*3[0-9]m", it.sent), "NO_COLOR is not honoured")
        check(re.search(rb"\033\[[0-9;]*7m", it.sent), "titles do not stand out")
    with Traffic(), top(TERM="vt100") as it:
        it.shows(DNS)


def test_ascii():
    with Traffic(), top(LC_ALL="C") as it:
        it.shows(r'drop udp dport 53 label "na\?\?ve"$')
        it.shows(r"^1 .*[#*+=:,.-] +drop")
        it.resize(40, 10)
        it.shows(r"drop udp dport.*>$")
        check(max(it.sent) < 128, "it sends what is no ASCII")


def is_restored(it):
    check(it.sent.rstrip().endswith(b"\033[?1l\033>") or b"\033[?1049l" in it.sent,
          f"the other screen is not left: {it.sent[-100:]!r}")
    check(b"\033[?25h" in it.sent[-200:] or b"\033[?12;25h" in it.sent[-200:] or
          b"\033[34h\033[?25h" in it.sent[-200:], f"the cursor stays hidden: {it.sent[-100:]!r}")
    check(termios.tcgetattr(it.fd) == it.before, "the terminal's settings are not what they were")


def test_quit_restores_the_terminal():
    with top() as it:
        it.shows("RULE$")
        check(termios.tcgetattr(it.fd) != it.before, "it has not taken the terminal")
        it.type("q")
        check(it.ends() == 0, "exit status")
        is_restored(it)


def test_signals_restore_the_terminal():
    for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT:
        with top() as it:
            it.shows("RULE$")
            os.kill(it.pid, number)
            check(it.ends() == 0, f"exit status after signal {number}")
            is_restored(it)


def test_stop_and_continue():
    """As in a shell with job control"""
    script = f"'{NETGUARD}' top; stty -a | grep -o ' echo '; echo is stopped; read line; fg"
    with top(program=["bash", "--norc", "-mc", script]) as it:
        it.shows("RULE$")
        it.type("\x1a")
        it.shows("^ echo$")
        it.shows("^is stopped")
        it.type("\n")
        it.hides("^is stopped")
        it.shows("RULE$")
        it.type("q")
        check(it.ends() == 0, "exit status")


def test_terminal_that_goes_away():
    it = Top()
    try:
        it.shows("RULE$")
        os.close(it.fd)
        until = time.monotonic() + PATIENCE
        while not os.waitpid(it.pid, os.WNOHANG)[0]:
            check(time.monotonic() < until, "it stays without a terminal")
            time.sleep(0.05)
        it.pid = None
    finally:
        if it.pid:
            os.kill(it.pid, signal.SIGKILL)


def test_terminal_that_is_not_known():
    with top(TERM="nothing-like-it") as it:
        check(it.ends() == 1, "exit status")
        check("of type 'nothing-like-it'" in it.text and "top --once" in it.text, it.text)


def main():
    wanted = sys.argv[1:]
    for name, test in list(globals().items()):
        if not name.startswith("test_") or wanted and name not in wanted:
            continue
        begun = time.monotonic()
        try:
            test()
            print(f"ok - top_{name[5:]}", flush=True)
        except Exception as why:  # of any kind: run the others anyway
            failed.append(name)
            print(f"not ok - top_{name[5:]}: {type(why).__name__}: {why}", flush=True)
        if wanted or os.environ.get("V"):
            print(f"{time.monotonic() - begun:6.1f} s {name}", file=sys.stderr)
    sys.exit(bool(failed))


main()
