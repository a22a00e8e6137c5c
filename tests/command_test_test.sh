#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# test: captures of all kinds run through the real program; what is skipped, and why.
. "$(dirname "$0")/command_common.sh"

# Captures are written byte by byte, since a library would refuse to write most of them.
cat >make.py <<'END'
import struct

def udp(sport, payload=b""):
    segment = struct.pack(">HHHH", sport, 1000, 8 + len(payload), 0) + payload
    packet = struct.pack(">BBHIBBH", 0x45, 0, 20 + len(segment), 0, 64, 17, 0)
    packet += bytes([192, 0, 2, 1, 192, 0, 2, 2]) + segment
    return bytes([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]) + packet

def pcap(name, frames, link=1, magic=0xA1B2C3D4, order="<", rest=b""):
    with open(name, "wb") as out:
        out.write(struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link))
        for data, wire in frames:
            out.write(struct.pack(order + "IIII", 0, 0, len(data), wire) + data)
        out.write(rest)

def block(kind, body):
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size

def pcapng(name, links, packets):
    with open(name, "wb") as out:
        out.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        for link in links:
            out.write(block(1, struct.pack("<HHI", link, 0, 0)))
        for link, data in packets:
            head = struct.pack("<IIIII", link, 0, 0, len(data), len(data))
            out.write(block(6, head + data))

dns, other = udp(53), udp(54)
arp = dns[:12] + b"\x08\x06" + bytes(28)
whole = [(frame, len(frame)) for frame in (dns, other, arp)]
pcap("plain.pcap", whole)
pcap("big-endian.pcap", whole, order=">")
pcap("nanoseconds.pcap", whole, magic=0xA1B23C4D)
pcapng("plain.pcapng", [1], [(0, frame) for frame, _ in whole])
pcapng("mixed.pcapng", [1, 113], [(0, dns), (1, dns)])
pcap("cut.pcap", [(dns[:38], len(dns) + 60), (dns, len(dns))])
pcap("surplus.pcap", [(dns + b"more", len(dns))])
pcap("no-ports.pcap", [(other[:34], len(other))])
pcap("lengths.pcap", [(dns[:10], 10), (b"", 0), (dns, len(dns)), (dns, 100000), (dns, 2**31)])
pcap("raw.pcap", [(dns[14:], 28)] * 2, link=101)
pcap("unknown.pcap", [(dns, len(dns))], link=299)
pcap("fcs.pcap", [(dns + b"FCS!", len(dns) + 4)], link=1 | 1 << 26 | 2 << 28)
pcap("netanalyzer.pcap", [(b"head" + dns + b"FCS!", len(dns) + 8)], link=240)
pcap("cut-off.pcap", whole, rest=struct.pack("<IIII", 0, 0, 42, 42) + b"abc")
pcap("empty.pcap", [])
open("garbage.pcap", "wb").write(b"neither pcap nor pcapng, but long enough for a header")
END
/usr/bin/python3 make.py || exit 1
cat >dns.rules <<'END'
default pass
count udp
drop udp sport 53
drop on eth7 udp sport 54
default out drop
pass out udp sport 54
END

run test dns.rules empty.pcap
if [ "$status" -ne 0 ] && grep -q 'not permitted' err; then
	echo "skip - test: $(cat err)"
	exit 0
fi
expect test_empty_capture 0 '*total: 0 packets, 0 bytes*' ''

tab=$(printf '\t')
for capture in plain.pcap big-endian.pcap nanoseconds.pcap plain.pcapng; do
	run test dns.rules $capture --each
	expect "test_each_of_$capture" 0 "$capture${tab}1${tab}drop${tab}2${tab}in
$capture${tab}2${tab}pass${tab}default${tab}in
$capture${tab}3${tab}pass${tab}non_ip${tab}in" ''
done

everything='sum(r["packets"] for r in it["rules"] if r["verdict"] != "count") + sum(
	it[k]["packets"] for k in ("default", "invalid", "non_ip", "exempt", "blocked"))'
run test dns.rules plain.pcap plain.pcapng --json
expect_json test_total 0 'it["total"]' "{'packets': 6, 'bytes': 252}"
expect_json test_every_packet_is_decided_once 0 "$everything" 6
expect_json test_rules 0 '[(r["index"], r["verdict"], r["packets"], r["bytes"]) for r in it["rules"]]' \
	"[(1, 'count', 4, 168), (2, 'drop', 2, 84), (3, 'drop', 0, 0), (4, 'pass', 0, 0)]"
expect_json test_rule_text 0 'it["rules"][1]["text"]' 'drop udp sport 53'
expect_json test_default 0 'it["default"]' "{'verdict': 'pass', 'packets': 2, 'bytes': 84}"
expect_json test_non_ip 0 'it["non_ip"]' "{'packets': 2, 'bytes': 84}"
expect_json test_nothing_skipped 0 'it["skipped"]' "{'packets': 0, 'reasons': {}}"
run test dns.rules plain.pcap --each --json
expect_json test_each_as_json 0 '[(e["number"], e["verdict"], e["by"]) for e in it["each"]]' \
	"[(1, 'drop', '2'), (2, 'pass', 'default'), (3, 'pass', 'non_ip')]"
# shellcheck disable=SC2065 # a command of netguard, not of the shell
run test dns.rules - --each <plain.pcap
expect test_capture_from_standard_input 0 "*-${tab}1${tab}drop${tab}2*-${tab}3*" ''
# shellcheck disable=SC2065
run test - plain.pcap --each <dns.rules
expect test_rules_from_standard_input 0 "*plain.pcap${tab}1${tab}drop${tab}2*" ''

run test dns.rules plain.pcap --each --on eth7
expect test_on_an_interface 0 "*${tab}2${tab}drop${tab}3*" ''
run test dns.rules plain.pcap --each --hook tc-in
expect test_at_tc_ingress 0 "*${tab}1${tab}drop${tab}2*" ''
run test dns.rules plain.pcap --hook tc-out --each
expect test_at_tc_egress 0 "*${tab}1${tab}drop${tab}default*${tab}2${tab}pass${tab}4*" ''
run test dns.rules plain.pcap --hook tc-out --json
expect_json test_default_of_egress 0 'it["default"]' "{'verdict': 'drop', 'packets': 1, 'bytes': 42}"

run test dns.rules cut.pcap --json
expect_json test_cut_frames_are_padded_and_counted 0 \
	'it["total"], it["cut"], it["rules"][1]["packets"]' \
	"({'packets': 2, 'bytes': 144}, {'packets': 1}, 2)"
run test dns.rules surplus.pcap --json
expect_json test_bytes_behind_the_wire_length_are_left_out 0 'it["total"]' \
	"{'packets': 1, 'bytes': 42}"
echo 'drop udp sport 0 dport 0' >zero.rules
run test zero.rules no-ports.pcap --each
expect test_padding_is_zeros 0 "no-ports.pcap${tab}1${tab}drop${tab}1${tab}in" ''
run test dns.rules lengths.pcap --json
expect_json test_lengths_that_the_kernel_refuses_are_named 0 'it["total"]["packets"], it["skipped"]' \
	"(1, {'packets': 4, 'reasons': {'too-short-for-test-run': 2, 'too-long-for-test-run': 2}})"
run test dns.rules lengths.pcap --each
expect test_each_skipped_frame_says_why 0 "*${tab}1${tab}skip${tab}too-short-for-test-run*" ''
run test dns.rules raw.pcap plain.pcap --json
expect_json test_other_link_types_are_skipped 0 'it["total"]["packets"], it["skipped"]' \
	"(3, {'packets': 2, 'reasons': {'link-type RAW': 2}})"
run test dns.rules unknown.pcap --json
expect_json test_unknown_link_type 0 'it["skipped"]["reasons"]' "{'link-type 299': 1}"
for capture in fcs.pcap netanalyzer.pcap; do
	run test dns.rules $capture --json
	expect_json "test_no_fcs_is_counted_in_$capture" 0 'it["rules"][1]["bytes"]' 42
done

run test dns.rules cut-off.pcap
expect test_cut_off_file_is_an_error 1 '*total: 3 packets, 126 bytes*' \
	'*cut-off.pcap: cannot be read after packet 3: *'
run test dns.rules cut-off.pcap --json
expect_json test_cut_off_file_is_counted_as_far_as_it_goes 1 \
	'it["total"]["packets"], it["error"]["where"]' "(3, 'cut-off.pcap')"
run test dns.rules mixed.pcapng --json
expect_json test_interfaces_of_two_kinds 0 'it["total"]["packets"], it["skipped"]' \
	"(1, {'packets': 1, 'reasons': {'link-type LINUX_SLL': 1}})"
run test dns.rules garbage.pcap
expect test_no_capture_at_all 1 '*' '*garbage.pcap: cannot be read as a capture*pcap or pcapng*'
run test dns.rules missing.pcap
expect test_missing_capture 1 '*' '*missing.pcap: *No such file*'
run test missing.rules plain.pcap
expect test_missing_rules 1 '' '*missing.rules: *No such file*'
# libpcap is loaded for captures only; without it the other commands work.
cat >without_libpcap.sh <<'END'
library=$(ldconfig -p | sed -n 's|.*libpcap\.so\.[0-9].* => ||p' | head -n 1)
mount --bind /dev/null "$(realpath "$library")" && exec "$@"
END
unshare -m sh without_libpcap.sh "$netguard" test dns.rules plain.pcap >out 2>err
status=$?
expect test_without_libpcap 1 '*' '*libpcap.so.*install the package that has libpcap.so.*'
unshare -m sh without_libpcap.sh "$netguard" check dns.rules >out 2>err
status=$?
expect test_check_without_libpcap 0 '*ok: *' ''
finish
