#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# updates.sh [TEST...] - rules change hundreds of times under traffic: the rule that is there all
# the time never lets one packet by, counts each of them, and no ping is lost.

. "$(dirname "$0")/../lib/all.sh"

wanted_updates=200

# rulesets: small.rules, and 1.rules … that need ever larger images
write_rulesets()
{
	local n prefixes

	printf '%s\n' "count icmp" "$marked_rule" "count udp" >"$tmp/small.rules"
	for prefixes in 4000 20000 100000; do
		n=$((${n:-0} + 1))
		{
			echo "set many { 198.51.100.0/24,"
			seq $prefixes | awk '{ printf "%d.%d.%d.%d,\n",
				11 + $1 / 65536, $1 / 256 % 256, $1 % 256, 128 }'
			echo "198.51.100.7 }"
			echo "$marked_rule"
			echo "drop from @many"
		} >"$tmp/$n.rules"
	done
}

# change COMMAND...
change()
{
	must ng "$@"
	updates=$((updates + 1))
}

round()
{
	change rule insert 1 count ipv4
	change rule add drop tcp dport 7
	change rule replace 1 count icmp
	change rule move 1 2
	change rule delete 2
	change apply "$tmp/small.rules"
	change block 198.51.100.9
	change unblock 198.51.100.9
	change apply "$tmp/$((updates / 9 % 3 + 1)).rules"
}

under_updates()
{
	local mode=$1 updates=0

	must ng attach near0 --mode "$mode"
	write_rulesets
	marked_is_heard
	must ng apply "$tmp/small.rules"
	must ng counters reset
	marked_begin
	pings_begin
	while [ $updates -lt $wanted_updates ]; do
		round
		pings_run || pings_again
	done
	none_was_lost
	marked_was_dropped
	[ "$(ng status --json | jq .generation)" -gt 1 ] || fail "no ruleset outgrew its programs"
}

test_native() { under_updates native; }
test_generic() { under_updates generic; }
test_tc() { under_updates tc; }

run_tests "$@"
