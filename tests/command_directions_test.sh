#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# test: which packets of a capture leave, and what is `established` by these, in the capture's own
# time. The same packets of both families are read with directions, or with --own, at XDP and at TC.
. "$(dirname "$0")/command_common.sh"
PYTHONPATH=$root/pcaps PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE

# Each packet: seconds, does it leave, the frame, and the verdict with `default drop` and
# `pass established`.
cat >make.py <<'END'
import struct
from scapy.layers.inet import ICMP
from scapy.layers.inet6 import ICMPv6DestUnreach, ICMPv6EchoReply, ICMPv6EchoRequest
from frames import A4, A6, B4, B6, C4, C6, HOST, PEER, eth, tcp, udp, v4, v6

START = 1700000000

def conversation(ip, a, b, c, request, reply, unreachable):
    def out(l4, dst=b):
        return eth(ip(l4, src=a, dst=dst), src=HOST, dst=PEER)
    def back(l4, src=b):
        return eth(ip(l4, src=src, dst=a), src=PEER, dst=HOST)
    quoted = bytes(ip(udp(53, 40000), src=a, dst=b))
    other = bytes(ip(udp(53, 40009), src=a, dst=b))
    return [
        (0, 0, back(udp(40000, 53)), "drop"),  # before the question
        (1, 1, out(udp(53, 40000)), "pass"),
        (2, 0, back(udp(40000, 53)), "pass"),
        (2, 0, back(udp(40000, 53), src=c), "drop"),
        (2, 0, back(udp(40001, 53)), "drop"),
        (3, 0, back(tcp(22)), "drop"),
        (4, 1, out(tcp(443, 40001, "S")), "pass"),
        (4, 0, back(tcp(40001, 443, "SA")), "pass"),
        (4, 0, back(tcp(40001, 443, "S")), "drop"),
        (4, 0, back(tcp(40002, 443, "A")), "drop"),
        (5, 1, out(request(id=77)), "pass"),
        (5, 0, back(reply(id=77)), "pass"),
        (5, 0, back(reply(id=78)), "drop"),
        (6, 0, back(unreachable() / quoted, src=c), "pass"),
        (6, 0, back(unreachable() / other, src=c), "drop"),
        (121, 0, back(udp(40000, 53)), "pass"),   # 119 s after the last of a stream
        (243, 0, back(udp(40000, 53)), "drop"),   # 122 s
        (244, 0, back(reply(id=77)), "drop"),
        (250, 0, back(tcp(40001, 443, "A")), "pass"),
    ]

packets = conversation(v4, A4, B4, C4, lambda id: ICMP(type=8, id=id),
                       lambda id: ICMP(type=0, id=id), lambda: ICMP(type=3, code=1))
packets += conversation(v6, A6, B6, C6, lambda id: ICMPv6EchoRequest(id=id),
                        lambda id: ICMPv6EchoReply(id=id), ICMPv6DestUnreach)
packets.sort(key=lambda packet: packet[0])

def pcap(name, packets):
    with open(name, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for time, _, data, _ in packets:
            out.write(struct.pack("<IIII", START + time, 0, len(data), len(data)) + data)

def pcapng(name, packets, order="<", directions=(1, 2)):
    def block(kind, body):
        body += bytes(-len(body) % 4)
        size = struct.pack(order + "I", len(body) + 12)
        return struct.pack(order + "I", kind) + size + body + size
    with open(name, "wb") as out:
        out.write(block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)))
        out.write(block(1, struct.pack(order + "HHI", 1, 0, 0)))
        for time, leaves, data, _ in packets:
            time = (START + time) * 1000000
            body = struct.pack(order + "IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(data),
                               len(data)) + data + bytes(-len(data) % 4)
            flags = directions[leaves]
            if flags is not None:
                body += struct.pack(order + "HHIHH", 2, 4, flags | 0x1F0, 0, 0)
            out.write(block(6, body))

def expect(name, packets, leaves=None):
    with open(name, "w") as out:
        for _, way, _, verdict in packets:
            out.write("%s %s\n" % (verdict, ("in", "out")[way]))

pcap("plain.pcap", packets)
pcapng("little.pcapng", packets)
pcapng("big.pcapng", packets, order=">")
pcapng("silent.pcapng", packets, directions=(None, None))
pcapng("some.pcapng", packets, directions=(None, 2))
pcapng("one.pcapng", packets[2:4])
pcap("zero.pcap", [(-START, way, data, verdict) for _, way, data, verdict in packets])
pcap("back.pcap", [(time - 1000, *rest) for time, *rest in packets])
expect("expected", packets)
END
/usr/bin/python3 make.py || exit 1
printf 'default drop\npass established\n' >established.rules

# decided CAPTURE OPTION...: "pass in" or the like for each packet, in out
decided() {
	"$netguard" test established.rules "$@" --each >each 2>err
	status=$?
	awk -F'\t' '{ print $3, $5 }' each >out
}

run test established.rules plain.pcap
if [ "$status" -ne 0 ] && grep -q 'not permitted' err; then
	echo "skip - directions: $(cat err)"
	exit 0
fi
own=192.0.2.1,2001:db8:a::1
for hook in xdp tc-in; do
	for capture in little big some; do
		decided $capture.pcapng --hook $hook
		expect "directions_of_${capture}_at_$hook" 0 "$(cat expected)" ''
	done
	for who in $own 02:00:00:00:00:01 192.0.2.0/24,2001:db8:a::/48 \
		198.51.100.99,02:00:00:00:00:01; do
		for capture in plain.pcap silent.pcapng; do
			decided $capture --hook $hook --own $who
			expect "directions_by_${who}_of_${capture}_at_$hook" 0 "$(cat expected)" ''
		done
	done
done
decided big.pcapng --own 192.0.2.99
expect directions_own_comes_before_the_capture 0 "$(awk '{ print "drop in" }' expected)" ''
decided plain.pcap
expect directions_without_any_all_come_in 0 "$(awk '{ print "drop in" }' expected)" ''

# ---- what it says --------------------------------------------------------------------------

run test established.rules plain.pcap
expect directions_are_missed 0 '*directions: all packets are taken as incoming*--own ADDRESS,...*' ''
run test established.rules plain.pcap --json
expect_json directions_are_missed_in_json 0 'it["directions"]' \
	"{'in': 38, 'out': 0, 'assumed': 38, 'by': 'nothing'}"
run test established.rules big.pcapng
expect directions_of_the_capture_are_told 0 '*default *drop *20 *default out *pass *6 *directions: 32 in, 6 out, as the capture says' ''
run test established.rules big.pcapng --json
expect_json directions_in_json 0 \
	'it["directions"], it["default"]["packets"], it["default_out"]["packets"], it["rules"][0]["packets"], it["total"]["packets"]' \
	"({'in': 32, 'out': 6, 'assumed': 0, 'by': 'capture'}, 20, 6, 12, 38)"
run test established.rules some.pcapng
expect directions_of_some_are_assumed 0 \
	'*directions: 32 in, 6 out, as the capture says; 32 without one are taken as incoming' ''
run test established.rules plain.pcap --own $own
expect directions_by_own_are_told 0 '*directions: 32 in, 6 out, by --own' ''
run test established.rules plain.pcap --own $own --json
expect_json directions_by_own_in_json 0 'it["directions"]' \
	"{'in': 32, 'out': 6, 'assumed': 0, 'by': 'own'}"
run test established.rules one.pcapng --each --json
expect_json directions_of_each_in_json 0 '[e["direction"] for e in it["each"]]' "['out', 'out']"
run test established.rules plain.pcap --hook tc-out --json
expect_json directions_of_the_hook 0 'it["directions"], it["default"]["packets"], "default_out" in it' \
	"({'in': 0, 'out': 38, 'assumed': 0, 'by': 'hook'}, 38, False)"
run test established.rules big.pcapng --own 192.0.2.1 --hook tc-out
expect directions_own_at_egress 2 '' '*--own is for xdp and tc-in*'
for who in 192.0.2.1/24 nobody 192.0.2.1,,192.0.2.2 02:00:00; do
	run test established.rules big.pcapng --own $who
	expect "directions_own_$who" 1 '' '*addresses, prefixes and MAC addresses*'
done

# ---- time and captures one after the other -------------------------------------------------

# In no time nothing is forgotten.
decided zero.pcap --own $own
awk 'NR > 32 && NR <= 36 { print "pass in"; next } 1' expected >timeless
expect directions_nothing_is_forgotten_in_no_time 0 "$(cat timeless)" ''
# The flows of one.pcapng, which would be later, are known at the beginning of the other one.
decided one.pcapng plain.pcap --own $own
{
	printf 'pass out\npass out\npass in\npass in\n'
	sed 1,2d expected
} >known
expect directions_a_capture_follows_the_one_before 0 "$(cat known)" ''
# What is over at the end of the first one is over in one that is older.
decided plain.pcap back.pcap --own $own
cat expected expected >twice
expect directions_a_capture_that_is_older_follows 0 "$(cat twice)" ''

# ---- rules about what leaves ---------------------------------------------------------------

cat >out.rules <<'END'
default drop
drop out udp dport 53
pass established
END
"$netguard" test out.rules big.pcapng --json >out
status=$?
expect_json directions_what_is_dropped_is_not_noted 0 '[r["packets"] for r in it["rules"]]' '[2, 6]'
echo 'drop udp' >in.rules
run test in.rules big.pcapng
expect directions_that_no_rule_is_about 0 \
	'*default out *pass *6 *those that leave are not filtered: no rule is about them' ''
run test in.rules big.pcapng --json
expect_json directions_that_no_rule_is_about_in_json 0 \
	'it["default_out"]["packets"], it["rules"][0]["packets"], it["total"]["packets"]' '(6, 12, 38)'
finish
