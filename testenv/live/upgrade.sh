#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# upgrade.sh [TEST...] - a newer netguard with another layout of its maps takes over the running filter
# under traffic: no packet passes that should not, none is lost, and rules, counters and live entries
# are kept. An older one refuses.

. "$(dirname "$0")/../lib/all.sh"

oldest=$NETGUARD
other=$BUILD/other/netguard # a newer one, with another layout
later=$BUILD/later/netguard # newer still, with the first one's layout

# from_now_on NETGUARD: `ng` runs that one
from_now_on()
{
	NETGUARD=$1
}

# Everything that has to be carried over: rules with counters, sets, live entries, also with a time.
rich_ruleset()
{
	cat >"$tmp/rich.rules" <<-END
		default drop
		set banned { 198.51.100.0/24, 2001:db8:bad::/48, 2001:db8:bad:0:0:0:0:1/128 }
		set unused { 203.0.113.0/24 }
		$marked_rule
		count icmp
		drop from @banned
		drop udp dport 7,9,11-13 length 100-200 ttl 3-9
		drop out tcp dport 25
		pass icmp
		pass from $far_ip tcp dport $(seq -s, 1 2 301) until 2099-01-01T00:00:00Z
		pass ipv6
	END
}

live_entries()
{
	seq 2000 | awk '{ printf "198.18.%d.%d\n", $1 / 200, $1 % 200 }' >"$tmp/live"
	must ng set add banned - <"$tmp/live"
	must ng set add banned 198.19.0.0/20 2001:db8:0:5::/64 2001:db8::99
	must ng set add unused 192.0.2.200
	must ng block 192.0.2.201 for 2h
	must ng block 192.0.2.202
	must ng block 192.0.2.203 for 1s
	printf 'add blocked 192.0.2.204 for 2h\nadd blocked 192.0.2.205\n' | must ng feed - --owner one
	printf 'add blocked 192.0.2.204\nadd blocked 192.0.2.205\n' | must ng feed - --owner two
	must ng block 192.0.2.205
}

# without_time: without the remaining times of live entries, which change
without_time()
{
	sed 's/ for [0-9hms]\{2,\}/ for a while/g'
}

# told FILE: everything that must be the same before and after
told()
{
	{
		ng save
		for set in blocked banned unused; do
			ng set list $set
		done | without_time
		ng rules --json | jq '.rules[] | select(.text | test("icmp|never") | not)'
		ng status --json | jq '.interfaces[] | .name, .hook, .mode, .attached, .problem'
		ng status --json | jq .ruleset
	} >"$1"
	grep -q '"published"' "$1" || fail "cannot tell what is in force: $(<"$1")"
}

# counts: packets of the marked rule and of icmp, which only grow
counts()
{
	rule_packets "$marked_rule"
	rule_packets "count icmp"
	packets .blocked
	ng status --json | jq '[.interfaces[].dropped.packets] | add'
}

# none_less BEFORE AFTER: no number, one a line, has decreased
none_less()
{
	paste -d ' ' "$1" "$2" | awk '$2 < $1 { exit 1 }' ||
		fail "counters went back: $(paste "$1" "$2")"
}

# upgraded_by NETGUARD: afterwards everything is the same
upgraded_by()
{
	told "$tmp/before"
	counts >"$tmp/counts-before"
	from_now_on "$1"
	must_fail ng rules
	says "an older netguard" "netguard -n $near upgrade"
	must_fail ng attach near0
	says "netguard -n $near upgrade"
	must ng upgrade
	says "programs replaced" "became"
	told "$tmp/after"
	counts >"$tmp/counts-after"
	same "what is in force" "$tmp/after" "$tmp/before"
	none_less "$tmp/counts-before" "$tmp/counts-after"
}

# blocked_is_dropped TIMES: three more pings from there are dropped, TIMES in total since it is blocked
blocked_is_dropped()
{
	address far0 "$far" 192.0.2.202/24
	in_namespace "$far" ping -q -c 3 -i 0.01 -W 1 -I 192.0.2.202 $near_ip >/dev/null &&
		fail "a blocked address came by"
	ip -n "$far" address del 192.0.2.202/24 dev far0
	equal "packets of a blocked address" "$(packets .blocked)" "$1"
}

under_upgrades()
{
	must ng attach near0 --mode "$1"
	marked_is_heard
	rich_ruleset
	must ng apply "$tmp/rich.rules"
	live_entries
	blocked_is_dropped 3
	must ng rule add pass udp dport 500
	sleep 1
	marked_begin
	pings_begin 800
	upgraded_by "$other"
	blocked_is_dropped 6
	upgraded_by "$later"
	none_was_lost
	marked_was_dropped
	blocked_is_dropped 9

	# It works as if it had been attached from the beginning.
	must ng unblock 192.0.2.202
	must ng set add banned 198.51.200.1
	must ng set delete banned - <"$tmp/live"
	must ng rule delete 4
	equal "rules" "$(rules | wc -l)" 8
	reached $near_ip || fail "what is to pass does not"
	remember_kernel_objects
	must ng detach --all
	nothing_is_left
}

test_native() { under_upgrades native; }
test_tc() { under_upgrades tc; }

# Only the programs: another build with the same layout.
test_same_layout()
{
	must ng attach near0
	rich_ruleset
	must ng apply "$tmp/rich.rules"
	live_entries
	sleep 1 # for the address that is blocked for a second
	marked_begin
	pings_begin 500
	told "$tmp/before"
	must ng upgrade
	must ng upgrade
	told "$tmp/after"
	same "what is in force" "$tmp/after" "$tmp/before"
	equal "generation" "$(ng status --json | jq .generation)" 3
	none_was_lost
	marked_was_dropped
}

test_older_refuses()
{
	local command

	from_now_on "$other"
	must ng attach near0
	must ng rule add "$marked_rule"
	echo pass >"$tmp/pass.rules"
	from_now_on "$oldest"
	for command in rules status counters "attach near0" "detach --all" upgrade flush save \
		"block 192.0.2.9" "apply $tmp/pass.rules" "set add blocked 192.0.2.9" "rule delete 1"; do
		must_fail ng $command
		says "what is attached was made by a newer netguard (layout 1001, this is" \
			"use that version"
	done
	from_now_on "$other"
	equal "rules" "$(rules)" "$marked_rule"
	must ng detach --all
}

run_tests "$@"
