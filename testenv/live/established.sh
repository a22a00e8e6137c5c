#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# established.sh [TEST...] - `pass established` with `default drop`: what a host and a router have
# conversations with passes, and nothing else

. "$(dirname "$0")/../lib/all.sh"
. "$(dirname "$0")/../lib/conversations.sh"

with_established()
{
	must ng attach near0 --mode "$1"
	listen "$far" serve $far_ip 8080
	listen "$far" serve $far_ip6 8080
	listen "$far" answer $far_ip 5353
	listen "$far" answer $far_ip6 5353
	listen "$near" serve $near_ip 80
	listen "$near" serve $near_ip6 80
	listen "$near" serve $near_ip 81
	strict "pass tcp dport 80"
	must here "$peer" get $far_ip 8080
	must here "$peer" get $far_ip6 8080
	must here "$peer" ask $far_ip 5353
	must here "$peer" ask $far_ip6 5353
	must here "$peer" ask-connected $far_ip 5353
	must here "$peer" ask-connected $far_ip6 5353
	must here ping -q -c 2 -i 0.01 -W 5 $far_ip
	must here ping -q -c 2 -i 0.01 -W 5 $far_ip6
	must there "$peer" get $near_ip 80
	must there "$peer" get $near_ip6 80
	must_fail there "$peer" get $near_ip 81
	unreached $near_ip || fail "a ping from outside is answered"
	unreached $near_ip6 || fail "a ping over IPv6 from outside is answered"
}

test_conversations_of_a_host_native() { with_established native; }
test_conversations_of_a_host_tc() { with_established tc; }

# A connection that is older than the filter goes on, and so does one whose ruleset is replaced.
older_connections_go_on()
{
	listen "$far" serve $far_ip 8080
	spawn ip netns exec "$near" "$peer" talk $far_ip 8080 "$tmp/go" >"$tmp/talk"
	try grep -q open "$tmp/talk" || fail "no connection"
	must ng attach near0 --mode "$1"
	strict
	echo >>"$tmp/go"
	try grep -q "heard 1" "$tmp/talk" || fail "the connection from before was cut"
	strict "drop tcp dport 1"
	echo >>"$tmp/go"
	try grep -q "heard 2" "$tmp/talk" || fail "a new ruleset cut the connection"
}

test_older_connections_go_on_native() { older_connections_go_on native; }
test_older_connections_go_on_tc() { older_connections_go_on tc; }

# Each kind of packet that a scan sends, to open and closed ports.
scanned()
{
	must ng attach near0 --mode "$1"
	listen "$near" serve $near_ip 80
	listen "$near" serve $near_ip6 80
	listen "$near" answer $near_ip 53
	listen "$near" answer $near_ip6 53
	must there "$peer" scan $near_ip 80,81,53
	[ "$output" != 0 ] || fail "the scan does not work"
	strict
	must there "$peer" scan $near_ip 80,81,53
	equal "answers to a scan" "$output" 0
	must there "$peer" scan $near_ip6 80,81,53
	equal "answers to a scan over IPv6" "$output" 0
}

test_scan_gets_nothing_native() { scanned native; }
test_scan_gets_nothing_tc() { scanned tc; }

# The server of an open connection opens another one to the client, as active FTP does.
test_second_connection_is_refused()
{
	must ng attach near0
	listen "$far" serve $far_ip 8080
	listen "$near" serve $near_ip 2020
	strict
	must here "$peer" get $far_ip 8080
	must_fail there "$peer" get $near_ip 2020
}

icmp_errors_pass()
{
	beyond
	must ng attach near0 --mode "$1"
	strict
	must here "$peer" trace 198.51.100.2
	equal "hops" "$output" "$far_ip 198.51.100.2"
	must here "$peer" trace 2001:db8:2::2
	equal "hops over IPv6" "$output" "$far_ip6 2001:db8:2::2"
	must ip -n "$far" link set far1 mtu 1280
	listen "$hop" swallow 198.51.100.2 8081
	listen "$hop" swallow 2001:db8:2::2 8081
	must here "$peer" pour 198.51.100.2 8081 200000
	must here "$peer" pour 2001:db8:2::2 8081 200000
	here ip route get 198.51.100.2 | grep -q "mtu 1280" || fail "the path's MTU is not known"
	here ip -6 route get 2001:db8:2::2 | grep -q "mtu 1280" ||
		fail "the path's MTU over IPv6 is not known"
}

test_errors_of_a_path_pass_native() { icmp_errors_pass native; }
test_errors_of_a_path_pass_tc() { icmp_errors_pass tc; }

# Somebody behind this machine opens connections, and nobody can open one to them.
forwarded()
{
	behind lan0
	listen "$far" serve $far_ip 8080
	listen "$far" serve $far_ip6 8080
	listen "$far" answer $far_ip 5353
	listen "$far" answer $far_ip6 5353
	listen "$lan" serve 198.51.100.2 80
	listen "$lan" serve 2001:db8:2::2 80
	must ng attach near0 --mode "$1"
	strict
	for to in $far_ip $far_ip6; do
		must ip netns exec "$lan" "$peer" get $to 8080
		must ip netns exec "$lan" "$peer" ask $to 5353
		must ip netns exec "$lan" ping -q -c 2 -i 0.01 -W 5 $to
	done
	for to in 198.51.100.2 2001:db8:2::2; do
		must_fail there "$peer" get $to 80
		must there "$peer" scan $to 80
		equal "answers to a scan of $to" "$output" 0
	done
}

test_conversations_pass_through_native() { forwarded native; }
test_conversations_pass_through_tc() { forwarded tc; }

egress_programs()
{
	ng status --json | jq '[.interfaces[]?, .attached[]? | select(.hook == "tc-out")] | length'
}

test_programs_for_what_leaves_come_and_go()
{
	must ng attach near0
	equal "egress programs" "$(egress_programs)" 0
	strict
	says "attached TC egress for rules with"
	equal "egress programs with established" "$(egress_programs)" 1
	strict "drop tcp dport 1"
	[[ $output != *"TC egress"* ]] || fail "it says that egress programs come again: $output"
	must_fail ng diff - <<<$'default drop\ndefault flows 2k\npass established'
	says "-default flows 100000" "+default flows 2000"
	must ng apply - <<<"default pass"
	equal "egress programs afterwards" "$(egress_programs)" 0
}

# A table of another size gets the flows of the old one.
test_flows_outlive_rulesets_and_sizes()
{
	must ng attach near0
	listen "$far" late $far_ip 5353 "$tmp/go"
	strict
	spawn ip netns exec "$near" "$peer" ask $far_ip 5353
	try grep -q asked "$tmp/late-$far_ip-5353" || fail "nothing was asked"
	strict "default flows 300k"
	strict "default flows 2k" "drop tcp dport 1"
	: >"$tmp/go"
	wait "$child" || fail "the answer to what was asked before does not pass"
}

run_tests "$@"
