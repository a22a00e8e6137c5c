#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""metrics_test.py frames IFACE             sends frames that decide something
metrics_test.py compare FILE [all]       FILE's samples beside what netguard says elsewhere
metrics_test.py names FILE               the families of FILE
metrics_test.py get METHOD URL [HEADER]  status, the header or the body's length
metrics_test.py many URL N               N requests at once; the different answers
metrics_test.py raw PORT TEXT...         each TEXT, a Python string, as a request; the status lines
metrics_test.py tricklers PORT N         a scrape while N clients come and send a byte at a time,
                                         again and again; the status, and whether all came
metrics_test.py readers PORT N           N clients that ask and take nothing; a scrape meanwhile
metrics_test.py query EXPRESSION         of the Prometheus on port 9090: the values

The frames are for the ruleset of metrics_test.sh, which names them. compare runs $netguard.
"""

import collections
import concurrent.futures
import json
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request


def packet(proto, port, source="192.0.2.9", ihl=5):
    payload = struct.pack("!HHIIBBHHH", 1024, port, 0, 0, 5 << 4, 2, 0, 0, 0)
    header = struct.pack("!BBHHHBBH4s4s", 4 << 4 | ihl, 0, 20 + len(payload), 0, 0, 64, proto, 0,
                         socket.inet_aton(source), socket.inet_aton("192.0.2.1"))
    return b"\xff" * 6 + b"\x02" * 6 + b"\x08\x00" + header + payload


def frames(iface):
    tcp, udp = 6, 17
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((iface, 0))
        for n, frame in [(3, packet(tcp, 23)), (2, packet(tcp, 24)), (4, packet(udp, 53)),
                         (5, packet(tcp, 80)), (1, packet(tcp, 80, "203.0.113.7")),
                         (2, packet(tcp, 80, ihl=2)), (1, b"\xff" * 6 + b"\x02" * 6 + b"\x08\x06" + bytes(46))]:
            for _ in range(n):
                wire.send(frame)


def unescape(text):
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], text)


def samples(path):
    found = {}
    for line in open(path, encoding="utf-8"):
        if line.startswith("#"):
            continue
        name, labels, value = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)\n", line).groups()
        pairs = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or "")
        key = name, tuple(sorted((label, unescape(text)) for label, text in pairs))
        assert key not in found, key
        found[key] = float(value)
    return found


def ask(*words):
    return json.loads(subprocess.check_output([os.environ["netguard"], *words, "--json"]))


def expected(all_rules):
    values = collections.Counter()

    def count(name, counter, **labels):
        for unit in "packets", "bytes":
            values["netguard_%s_%s_total" % (name, unit), tuple(sorted(labels.items()))] += counter[unit]

    def gauge(name, value, **labels):
        values["netguard_" + name, tuple(sorted(labels.items()))] = value

    counters, status = ask("counters"), ask("status")
    for rule in counters["rules"]:
        label = re.search(r' label "([^"]*)"', rule["text"])
        if label or all_rules:
            count("rule", rule, rule=label[1] if label else rule["text"], verdict=rule["verdict"],
                  direction="out" if rule["text"].split()[1] == "out" else "in")
    for by in "default", "default_out", "invalid", "non_ip", "exempt", "blocked":
        count("other", counters[by], by=by)
    for hook in status["interfaces"]:
        at = {"interface": hook["name"], "hook": hook["hook"]}
        count("hook", hook["passed"], verdict="pass", **at)
        count("hook", hook["dropped"], verdict="drop", **at)
        gauge("hook_attached", hook["attached"], mode=hook["mode"], **at)
        gauge("hook_problem", hook["problem"] != "", **at)
    for entry in ask("set", "list")["sets"]:
        if entry["name"] != "blocked":
            gauge("set_prefixes", entry["prefixes"], set=entry["name"])
        gauge("set_live_entries", entry["live"], set=entry["name"])
    gauge("ruleset_rules", status["ruleset"]["rules"])
    gauge("ruleset_sets", status["ruleset"]["sets"])
    gauge("ruleset_number", status["ruleset"]["number"])
    gauge("image_bytes", status["image"]["size"])
    gauge("image_capacity_bytes", status["image"]["capacity"])
    gauge("image_slots", status["image"]["slots"])
    gauge("image_slots_capacity", status["image"]["slots_capacity"])
    gauge("generation", status["generation"])
    gauge("up", 1)
    for by in "default", "default_out", "invalid":
        gauge("ruleset_default_drop", status["ruleset"]["default" if by == "default" else
                                                        by if by == "default_out" else
                                                        "default_invalid"] == "drop", by=by)
    return values, counters["invalid"]["reasons"]


def compare(path, *all_rules):
    found = samples(path)
    values, reasons = expected(all_rules)
    for key, value in values.items():
        if found.get(key) != value:
            print(key, "is", found.get(key), "and not", value)
    rules = [key for key in found if key[0].startswith("netguard_rule_")]
    for key in rules:
        if key not in values:
            print(key, "is nobody's")
    for key, value in found.items():
        if key[0] == "netguard_invalid_packets_total" and reasons.get(dict(key[1])["reason"], 0) != value:
            print(key, "is", value)


def request(url, method="GET"):
    data = b"a=b" if method == "POST" else None
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, method=method), timeout=30) as reply:
            return reply.status, reply.headers, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def get(method, url, header=None):
    status, headers, body = request(url, method)
    print(status, headers[header] if header else len(body))


def many(url, n):
    with concurrent.futures.ThreadPoolExecutor(int(n)) as pool:
        answers = list(pool.map(lambda _: request(url), range(int(n))))
    print(*{(status, body.count(b"\nnetguard_up 1\n")) for status, _, body in answers})


def connect(port):
    return socket.create_connection(("127.0.0.1", int(port)), timeout=60)


def first_line(client):
    data = b""
    while b"\n" not in data:
        more = client.recv(4096)
        if not more:
            break
        data += more
    return data.split(b"\r\n")[0].decode()


def raw(port, *texts):
    for text in texts:
        with connect(port) as client:
            client.sendall(text.encode().decode("unicode_escape").encode("latin-1"))
            print(first_line(client))


class Trickler(threading.Thread):
    """Sends a header byte by byte, and reconnects when the connection is closed."""

    came = 0

    def __init__(self, port, stop):
        super().__init__(daemon=True)
        self.port, self.stop = port, stop

    def run(self):
        while not self.stop.is_set():
            try:
                with connect(self.port) as client:
                    client.sendall(b"GET /metrics HTTP/1.1\r\nX: ")
                    Trickler.came += 1
                    while not self.stop.wait(0.2):
                        client.sendall(b"x")
            except OSError:
                pass


def tricklers(port, n):
    stop = threading.Event()
    clients = [Trickler(port, stop) for _ in range(int(n))]
    for client in clients:
        client.start()
    while Trickler.came < int(n):
        time.sleep(0.1)
    for _ in range(5):
        print(request("http://127.0.0.1:%s/metrics" % port)[0], end=" ")
    stop.set()
    for client in clients:
        client.join()
    print()


def readers(port, n):
    clients = []
    for _ in range(int(n)):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", int(port)))
        client.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
        clients.append(client)
        time.sleep(0.12)  # longer than requests get the same answer
    status, _, body = request("http://127.0.0.1:%s/metrics" % port)
    print(status, body.count(b"\nnetguard_up 1\n"))


def query(expression):
    url = "http://127.0.0.1:9090/api/v1/query?" + urllib.parse.urlencode({"query": expression})
    try:
        answer = json.loads(request(url)[2])
    except urllib.error.URLError:
        answer = {"status": "not there"}
    if answer["status"] != "success":
        sys.exit("%s: %s" % (expression, answer.get("error", answer["status"])))
    print(*sorted(result["value"][1] for result in answer["data"]["result"]))


def names(path):
    print(*re.findall(r"^# TYPE (\w+)", open(path).read(), re.M), sep="\n")


if __name__ == "__main__":
    {"frames": frames, "compare": compare, "names": names, "get": get, "many": many,
     "raw": raw, "tricklers": tricklers, "readers": readers, "query": query}[sys.argv[1]](*sys.argv[2:])
