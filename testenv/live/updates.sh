#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# updates.sh [TEST...] - rules change hundreds of times under traffic: the rule in all rulesets never
# passes a packet and counts each, no ping is lost, and nothing is left over.

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
	# shellcheck disable=SC2119 # without options for ping
	pings_begin
	while [ $updates -lt $wanted_updates ]; do
		round
		pings_run || pings_again
	done
	none_was_lost
	marked_was_dropped
	[ "$(ng status --json | jq .generation)" -gt 1 ] || fail "no ruleset outgrew its programs"
}

is_as_before()
{
	in_the_kernel >"$tmp/kernel"
	cmp -s "$tmp/kernel" "$tmp/kernel-before"
}

# replaced TIMES: apply rulesets in turn; now and then one outgrows the programs, and an upgrade makes
# them small again.
replaced()
{
	local n

	for ((n = 1; n <= $1; n++)); do
		case $((n % 250)) in
		0) must ng apply "$tmp/3.rules"; remember_kernel_objects ;;
		1 | 2) must ng apply "$tmp/small.rules" ;;
		3) must ng upgrade; remember_kernel_objects ;;
		*) must ng apply "$tmp/$((n % 2)).rules" ;;
		esac
	done
}

# A stopped ping may still wait for its last answer.
at_most_the_last_was_lost()
{
	local transmitted received

	wait "$pinger"
	read -r transmitted _ _ received _ < <(grep transmitted "$tmp/pings")
	[ $((transmitted - received)) -le 1 ] || fail "pings were lost: $(<"$tmp/pings")"
	[ "$received" -gt 1000 ] || fail "few pings were sent: $(<"$tmp/pings")"
}

test_thousand_replacements()
{
	local control folder

	must ng attach near0
	write_rulesets
	echo "count ipv6" | cat "$tmp/small.rules" - >"$tmp/0.rules"
	echo "drop tcp dport 7" | cat "$tmp/small.rules" - >"$tmp/1.rules"
	marked_is_heard
	must ng apply "$tmp/small.rules"
	must ng counters reset
	folder=$(pins "$near")
	control=$(bpftool -j map show pinned "$folder/control" | jq .id)
	in_the_kernel >"$tmp/kernel-before"
	marked_begin
	spawn ip netns exec "$far" ping -q -f -w 300 $near_ip >"$tmp/pings"
	pinger=$child
	replaced 1000
	kill -INT "$pinger"
	at_most_the_last_was_lost
	marked_was_dropped
	try is_as_before || fail "left over: $(diff "$tmp/kernel-before" "$tmp/kernel")"
	must ng detach --all
	nothing_is_left
}

test_native() { under_updates native; }
test_generic() { under_updates generic; }
test_tc() { under_updates tc; }

run_tests "$@"
