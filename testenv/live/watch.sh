#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# watch.sh [TEST...] - packets of rules marked `log`, and selected ones, as lines and as pcapng

. "$(dirname "$0")/../lib/all.sh"

ruleset='drop tcp dport 23 log label "telnet"
drop udp dport 53
count icmp log
'

# under COMMAND...: in the background; its output is in $tmp/seen, its messages in $tmp/said
under()
{
	spawn "$NETGUARD" -n "$near" "$@" >"$tmp/seen" 2>"$tmp/said"
	reader=$child
	try is_read || fail "\`$*\` does not begin: $(<"$tmp/said")"
}

# Wait until it has opened the ring buffer of the generation in force.
is_read()
{
	ls -l "/proc/$reader/fd" 2>/dev/null >"$tmp/fds"
	grep -q "gen-$(ng status --json | jq .generation)$" "$tmp/fds" &&
		grep -q eventpoll "$tmp/fds"
}

reader_ends()
{
	kill -INT "$reader"
	wait "$reader" || fail "it ended with status $?: $(<"$tmp/said")"
}

knock_telnet()
{
	in_namespace "$far" timeout 0.3 bash -c "echo >/dev/tcp/$1/23" 2>/dev/null
}

ask_dns()
{
	in_namespace "$far" bash -c "echo >/dev/udp/$near_ip/53"
}

filter()
{
	must ng attach near0 --mode "$1"
	echo "$ruleset" | must ng apply -
}

watch_shows_logged()
{
	filter "$1"
	under watch
	knock_telnet $near_ip
	ask_dns
	reached $near_ip || fail "a packet that is counted does not pass"
	try grep -q ICMP "$tmp/seen" || fail "nothing of the \`count\` rule: $(<"$tmp/seen")"
	reader_ends
	output=$(<"$tmp/seen")
	says "near0 in drop by rule 1: drop tcp dport 23 log label \"telnet\" | " \
		" > $near_ip.23: Flags [S]" "(log of rule 3) IP $far_ip > $near_ip: ICMP type 8"
	[[ $output != *".53:"* ]] || fail "a rule without log is shown: $output"
	output=$(<"$tmp/said")
	says " shown"
}

test_watch_native() { watch_shows_logged native; }
test_watch_tc() { watch_shows_logged tc; }

test_watch_of_ipv6_and_what_leaves()
{
	must ng attach near0 --mode tc
	echo 'drop out icmpv6 icmp-type echo-reply log' | must ng apply -
	under watch
	unreached $near_ip6 || fail "the rule drops nothing"
	try grep -q near0 "$tmp/seen" || fail "nothing is shown"
	reader_ends
	output=$(<"$tmp/seen")
	says "near0 out drop by rule 1: " "IP6 $near_ip6 > $far_ip6: ICMP6 type 129"
}

# watch_tells MODE: frames that are easily misread; at TC the kernel moves their tags to metadata.
watch_tells()
{
	local capture

	filter "$1"
	under watch all in
	for capture in vlan-qinq vlan-triple port-protocols ipv6-extensions; do
		"$FRAMES" through "pcaps/$capture.pcap" "$far" far0 "$near" near0 </dev/null \
			>/dev/null || fail "$capture was not sent"
	done
	try grep -q shim6 "$tmp/seen" || fail "not all is shown: $(<"$tmp/seen")"
	reader_ends
	output=$(<"$tmp/seen")
	says "| vlan 200, vlan 5, IP 192.0.2.1.40000 > 198.51.100.2.53: UDP, length 4" \
		"| vlan 5, vlan 6, Ethernet, length 44, invalid (vlan-depth)" \
		"| IP 192.0.2.1.5000 > 198.51.100.2.7: dccp, length 20" \
		"| IP6 2001:db8:a::1.7 > 2001:db8:b::2.5000: udplite, length 20" \
		"| IP6 2001:db8:a::1.40000 > 2001:db8:b::2.80: Flags [S], seq 0, length 0"
}

test_watch_tells_what_xdp_read() { watch_tells native; }
test_watch_tells_what_tc_read() { watch_tells tc; }

test_watch_drop_shows_what_is_not_marked()
{
	filter native
	under watch drop --packets 1 --json
	reached $near_ip
	ask_dns
	wait "$reader" || fail "it ended with status $?"
	must jq -r "[.by, .verdict, .log] | @csv" "$tmp/seen"
	says "\"rule 2: drop udp dport 53\",\"drop\",0"
}

test_watch_rule_follows_it()
{
	filter native
	under watch rule 2
	must ng rule insert 1 'count tcp dport 9'
	ask_dns
	try grep -q 'rule 3: drop udp dport 53' "$tmp/seen" || fail "it was lost: $(<"$tmp/seen")"
	reader_ends
	must_fail ng watch rule 4
	says 'a `count` rule'
	must_fail ng watch rule 9
}

# In a flood only the selected packets use up the limit.
watch_from()
{
	filter "$1"
	under watch from "$far_ip" udp dport 53 --limit 5
	must in_namespace "$far" ping -q -c 100 -i 0.002 $near_ip
	ask_dns
	try grep -q '[.]53:' "$tmp/seen" || fail "nothing is shown: $(<"$tmp/said")"
	reader_ends
	equal "lines" "$(grep -c . "$tmp/seen")" 1
	equal "said" "$(<"$tmp/said")" \
		"showing all packets that match the conditions; press Ctrl-C to stop
1 packet shown"
}

test_watch_from_native() { watch_from native; }
test_watch_from_tc() { watch_from tc; }

test_watch_drop_from()
{
	filter native
	under watch drop in from '{ 192.0.2.0/24, 2001:db8::/32 }' proto not tcp
	knock_telnet $near_ip
	reached $near_ip
	ask_dns
	try grep -q 'drop by rule 2: .*[.]53:' "$tmp/seen" || fail "nothing is shown"
	reader_ends
	equal "lines" "$(grep -c . "$tmp/seen")" 1
}

test_watch_from_is_refused_like_a_rule()
{
	filter native
	must_fail ng watch from 10.0.0.1/8
	says "watch:1:6: " "10.0.0.0/8"
	must_fail ng watch drop tcp dprot 22
	says "watch:1:5: "
	must_fail ng capture dorp -w /dev/null
	says "capture:1:1: " "all, log, drop, invalid, blocked or rule N"
	must_fail ng watch from @blocked
	says "is a set" 'count from @blocked log'
	must_fail ng watch tcp log
	says "belong to a rule"
}

test_watch_says_what_it_does_not_show()
{
	must ng attach near0
	echo 'count icmp log 2/s' | must ng apply -
	under watch
	must in_namespace "$far" ping -q -c 100 -i 0.002 $near_ip
	try grep -q ICMP "$tmp/seen"
	reader_ends
	output=$(<"$tmp/said")
	says "(limit of records per second)"
	equal "packets shown or not" "$(grep -o '[0-9]\+' "$tmp/said" | paste -sd+ | bc)" 100
	must ng metrics
	says "netguard_log_records_dropped_total{reason=\"limit\"} $(grep -o '[0-9]* not' "$tmp/said" |
		grep -o '[0-9]*')" 'netguard_log_records_dropped_total{reason="full"} 0'
}

test_watch_says_what_it_listens_for()
{
	filter native
	under watch rule 2
	reader_ends
	equal "said" "$(<"$tmp/said")" \
		"showing packets decided by rule 2; press Ctrl-C to stop
0 packets shown"
	under watch -q drop
	reader_ends
	equal "said with -q" "$(<"$tmp/said")" ""
}

# A warning says at once that no packet can match.
test_watch_says_why_nothing_comes()
{
	must ng attach near0
	under watch -q
	reader_ends
	output=$(<"$tmp/said")
	says "warning: no rule in force is marked log; netguard -n $near watch all"
	under watch -q out tcp
	reader_ends
	output=$(<"$tmp/said")
	says "warning: outgoing packets are not seen" "netguard -n $near rule add count out"
	must ng rule add count out log
	under watch -q out
	reader_ends
	under watch -q
	reader_ends
	under watch -q in
	reader_ends
	equal "said" "$(<"$tmp/said")" ""
}

# Programs and maps are replaced by a new generation while it reads.
test_watch_goes_on_when_programs_are_replaced()
{
	filter native
	under watch
	{ echo "$ruleset" && seq 1 3000 | sed 's/.*/count udp dport &/'; } >"$tmp/large.rules"
	must ng apply "$tmp/large.rules"
	[ "$(ng status --json | jq .generation)" -gt 1 ] || fail "the programs are the same"
	try is_read || fail "it does not read on: $(<"$tmp/said")"
	knock_telnet $near_ip
	try grep -q 'rule 1: drop tcp dport 23' "$tmp/seen" || fail "it shows nothing any more"
	reader_ends
}

test_watch_ends_with_the_filter()
{
	filter native
	under watch
	must ng detach --all
	wait "$reader" && fail "it ended well"
	output=$(<"$tmp/said")
	says "not attached to anything"
}

test_watch_by_two_is_refused()
{
	filter native
	under watch
	must_fail ng watch drop
	says "another netguard watch, capture or top"
	reader_ends
}

# The next reader works, and sees no records of the killed one.
test_watch_that_was_killed()
{
	filter native
	under watch
	kill -KILL "$reader"
	wait "$reader" 2>/dev/null
	under watch
	knock_telnet $near_ip
	try grep -q telnet "$tmp/seen" || fail "another one shows nothing"
	reader_ends
	equal "pins that are left over" "$(find "$(pins "$near")" -name '*watch*')" ""
}

test_capture()
{
	filter tc
	under capture drop -w "$tmp/it.pcapng"
	knock_telnet $near_ip
	ask_dns
	reached $near_ip
	reader_ends
	must tcpdump -nr "$tmp/it.pcapng"
	says "> $near_ip.23: Flags [S]" "> $near_ip.53"
	must tshark -r "$tmp/it.pcapng" -Y 'frame.comment contains "dropped by rule 1"' \
		-T fields -e tcp.dstport -e frame.interface_name -e frame.packet_flags_direction \
		-e frame.comment
	says 23 near0 0x00000001 'dropped by rule 1: drop tcp dport 23 log label "telnet"'
	must capinfos -k "$tmp/it.pcapng"
}

# Readers refuse a capture without interfaces.
test_capture_of_nothing()
{
	filter native
	under capture drop -w "$tmp/it.pcapng"
	reader_ends
	must tcpdump -nr "$tmp/it.pcapng"
	must capinfos -M "$tmp/it.pcapng"
	says near0
}

hears_us()
{
	reached $near_ip && grep -q 'ICMP echo request' "$tmp/seen"
}

test_capture_to_a_pipe()
{
	filter native
	spawn in_namespace "$near" bash -c "'$NETGUARD' capture all -w - | tcpdump -nlr - icmp" \
		>"$tmp/seen" 2>&1
	try hears_us || fail "tcpdump hears nothing: $(<"$tmp/seen")"
}

run_tests "$@"
