#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# bans.sh [TEST...] - live entries under traffic: they take effect at once, expire by themselves, and
# no change of the rules removes or restores one

. "$(dirname "$0")/../lib/all.sh"

# blocked_packets_grow: @blocked is dropping packets at the moment
blocked_packets_grow()
{
	local before

	before=$(packets .blocked)
	try more_than "$before"
}

more_than()
{
	[ "$(packets .blocked)" -gt "$1" ]
}

ban_while_traffic_flows()
{
	local begun ended

	must ng attach near0 --mode "$1"
	marked_is_heard
	marked_begin
	try grep -q heard "$tmp/let-by" || fail "the receiver hears nothing before the ban"
	begun=$(date +%s%N)
	must ng block $marked_ip for 2s
	blocked_packets_grow || fail "the ban drops nothing"
	reached $near_ip || fail "another address is banned"
	while more_than_a_moment_ago; do :; done
	ended=$(date +%s%N)
	[ $(((ended - begun) / 1000000)) -ge 1900 ] ||
		fail "the ban ended after $(((ended - begun) / 1000000)) ms"
	equal "blocked" "$(ng status --json | jq .blocked)" 0
	must_fail ng set test blocked $marked_ip
	marked_end
	[ "$let_by" -gt 0 ] || fail "nothing came by after the ban"
}

more_than_a_moment_ago()
{
	local before

	before=$(packets .blocked)
	sleep 0.2
	more_than "$before"
}

test_ban_native() { ban_while_traffic_flows native; }
test_ban_tc() { ban_while_traffic_flows tc; }

test_ban_of_a_prefix()
{
	must ng attach near0
	must ng block 192.0.2.0/29 for 1h
	unreached $near_ip || fail "an address of the prefix reaches us"
	reached $near_ip6 || fail "another address does not"
	must ng unblock 192.0.2.0/29
	reached $near_ip || fail "it is still banned"
}

test_entries_of_a_set_decide_with_it()
{
	must ng attach near0
	printf '%s\n' "default drop" "set friends { 198.51.100.0/24 }" "pass from @friends" \
		"pass ipv6" >"$tmp/rules"
	must ng apply "$tmp/rules"
	unreached $near_ip || fail "a stranger reaches us"
	must ng set add friends $far_ip for 1h
	reached $near_ip || fail "a friend does not"
	must ng set delete friends $far_ip
	unreached $near_ip || fail "the friend of old still does"
	must ng set add friends $far_ip for 1s
	reached $near_ip || fail "a friend for a second does not"
	sleep 1
	unreached $near_ip || fail "the second is over"
}

# Two programs ban one address: it is banned until the last of them wants it no longer.
test_two_owners()
{
	must ng attach near0
	echo "add blocked $far_ip for 1h" | must ng feed - --owner one
	echo "add blocked $far_ip for 30m" | must ng feed - --owner two
	unreached $near_ip || fail "the ban does nothing"
	echo "del blocked $far_ip" | must ng feed - --owner one
	must ng set test blocked $far_ip
	unreached $near_ip || fail "the unban of one ended the ban of the other"
	echo "del blocked $far_ip" | must ng feed - --owner two
	reached $near_ip || fail "it is banned though nobody wants it any more"
	printf 'begin blocked\nadd blocked %s\ncommit blocked\n' $far_ip | must ng feed - --owner one
	echo "add blocked $far_ip for 1h" | must ng feed - --owner two
	must ng unblock $far_ip
	reached $near_ip || fail "the operator did not end the ban of all"
}

# A stream of live entries, while rulesets of all sizes are put in force: with the set, without it,
# larger than the programs' capacity.
test_stream_while_rulesets_change()
{
	local n streamer entries

	must ng attach near0
	{
		echo "set many {"
		seq 40000 | awk '{ printf "%d.%d.%d.0/25,\n", 11 + $1 / 65536, $1 / 256 % 256, $1 % 256 }'
		echo "}"
		echo "drop from @feed"
		echo "set feed {}"
		echo "drop from @many"
	} >"$tmp/large.rules"
	printf '%s\n' "set feed { 203.0.113.0/24 }" "count udp" "drop from @feed" >"$tmp/with.rules"
	printf '%s\n' "count icmp" "$marked_rule" >"$tmp/without.rules"
	must ng apply "$tmp/with.rules"
	must ng set add feed 198.51.100.7
	must ng set add blocked $marked_ip
	marked_begin
	mkfifo "$tmp/bans"
	ng set add feed - <"$tmp/bans" >"$tmp/added" 2>&1 &
	streamer=$!
	exec 3>"$tmp/bans"
	for n in {1..20}; do
		seq $((n * 100)) $((n * 100 + 99)) | awk '{ print "10.9." int($1 / 256) "." $1 % 256 }' >&3
		must ng apply "$tmp/large.rules"
		must ng set add blocked 10.10.0.$n
		must ng apply "$tmp/with.rules"
		# The previous ruleset keeps the entries; the stream has no set meanwhile.
		must ng apply "$tmp/without.rules"
		must ng apply "$tmp/with.rules"
	done
	exec 3>&-
	wait "$streamer"
	entries=$(sed -n 's/^@feed: \([0-9]*\) added.*/\1/p' "$tmp/added")
	[ "${entries:-0}" -gt 0 ] || fail "nothing was added: $(tail -n 3 "$tmp/added")"
	equal "entries of @feed" "$(ng set list --json | jq '.sets[] | select(.name == "feed").live')" \
		$((entries + 1))
	equal "entries of @blocked" "$(ng status --json | jq .blocked)" 21
	must ng set test feed 198.51.100.7
	marked_end
	[ "$sent" -gt 0 ] || fail "no datagram was sent"
	equal "datagrams let by" "$let_by" 0
	# When two rulesets lack the set, its entries are lost.
	must ng apply "$tmp/without.rules"
	echo "count tcp" >>"$tmp/without.rules"
	must ng apply "$tmp/without.rules"
	must ng apply "$tmp/with.rules"
	equal "entries of @feed" "$(ng set list --json | jq '.sets[] | select(.name == "feed").live')" 0
	equal "entries of @blocked" "$(ng status --json | jq .blocked)" 21
}

# Commands that are killed at random leave a table that the next one can use.
test_killed_streams()
{
	local n kept

	must ng attach near0
	must ng block $far_ip
	for n in {1..15}; do
		# Not ng, since the command itself is to be killed.
		seq 60000 | awk -v n="$n" '{ print "10." n "." int($1 / 256) "." $1 % 256 }' |
			"$NETGUARD" -n "$near" set add blocked - >/dev/null 2>&1 &
		child=$!
		sleep 0.0$((n % 5 + 1))
		kill -KILL $child 2>/dev/null
		wait $child 2>/dev/null
		must ng set test blocked $far_ip
		must ng set add blocked 198.18.0.$n
	done
	unreached $near_ip || fail "the ban is lost"
	for n in {1..15}; do
		must ng set test blocked 198.18.0.$n
	done
	kept=$(ng status --json | jq .blocked)
	equal "listed" "$(ng set list blocked | wc -l)" "$kept"
	must ng set flush blocked
	says "$kept live entries deleted"
	reached $near_ip || fail "it is banned still"
}

run_tests "$@"
