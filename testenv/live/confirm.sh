#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# confirm.sh [TEST...] - changes that wait to be confirmed, between two namespaces: traffic that was
# cut by mistake returns by itself, without any process running; rollback; the history.

. "$(dirname "$0")/../lib/all.sh"

# no_netguard: no process works for $near
no_netguard()
{
	! pgrep -f -- "-n $near( |\$)" >/dev/null || fail "a netguard is alive"
}

# now: milliseconds
now()
{
	echo $((${EPOCHREALTIME/./} / 1000))
}

write_rulesets()
{
	printf '%s\n' "count icmp" "$marked_rule" >"$tmp/good.rules"
	printf '%s\n' "count icmp" "$marked_rule" "default drop" >"$tmp/bad.rules"
}

# What was cut works again after the deadline, without a process: the first packet after it is
# answered. The rule in both rulesets drops all the time.
comes_back_by_itself()
{
	local begun asked back

	must ng attach near0 --mode "$1"
	write_rulesets
	marked_is_heard
	must ng apply "$tmp/good.rules"
	must ng set add blocked 198.51.100.1
	must ng counters reset
	marked_begin
	must ng apply "$tmp/bad.rules" --confirm 2s
	begun=$(now)
	says "rolled back in 2s" "confirm"
	must ng set add blocked 198.51.100.2 for 1h
	unreached $near_ip || fail "the new ruleset does not cut the traffic"
	no_netguard
	while asked=$(now); ! in_namespace "$far" ping -q -c 1 -W 0.05 $near_ip >/dev/null; do
		[ $((asked - begun)) -le 2600 ] || fail "after $((asked - begun)) ms it is not back"
	done
	back=$(($(now) - begun))
	[ $back -ge 1900 ] || fail "it went back after $back ms"
	equal "rulesets that read commands show" "$(rules | tail -n 1)" "$marked_rule"
	must ng status
	says "default pass" "ruleset 2, by apply" "was not confirmed in time"
	equal "blocked" "$(ng status --json | jq .blocked)" 2
	must_fail ng confirm
	says "too late"
	equal "blocked" "$(ng status --json | jq .blocked)" 2
	reached $near_ip || fail "the command that noted it has changed something"
	# The counters of both rulesets continue.
	[ "$(rule_packets "count icmp")" -ge 2 ] || fail "counters were lost"
	marked_was_dropped
}

test_comes_back_native() { comes_back_by_itself native; }
test_comes_back_tc() { comes_back_by_itself tc; }

test_confirmed_in_time()
{
	must ng attach near0
	write_rulesets
	must ng apply "$tmp/good.rules" --confirm 1s
	must ng confirm
	says "the ruleset stays"
	sleep 1.1
	equal "rules" "$(rules | wc -l)" 2
	must_fail ng confirm
	says "nothing waits"
	equal "JSON" "$(ng apply "$tmp/bad.rules" --confirm 1m --json | jq .confirm_within)" 60
	equal "status" "$(ng status --json | jq -r .window.waits)" ruleset
	equal "JSON of confirm" "$(ng confirm --json | jq -r .confirmed)" ruleset
	equal "status" "$(ng status --json | jq .window)" null
}

test_other_changes_meanwhile()
{
	local change

	must ng attach near0
	write_rulesets
	must ng apply "$tmp/good.rules"
	must ng apply "$tmp/bad.rules" --confirm 1h
	for change in "apply $tmp/good.rules" "rule add drop udp" "block tcp dport 1" "flush" \
		"allow 192.0.2.0/24" "rollback 2"; do
		must_fail ng $change
		says "waits to be confirmed" "left" "netguard -n $near confirm or netguard -n $near rollback first"
	done
	must ng block 198.51.100.9
	must ng set delete blocked 198.51.100.9
	must ng counters reset
	must ng rule insert 1 pass icmp --confirm 1h
	reached $near_ip || fail "the change of the change is not in force"
	must ng block tcp dport 25 --confirm 1h
	must ng status
	says "the ruleset waits to be confirmed, and is rolled back in 1h"
	must ng rollback
	says "ruleset 2: in force again, the unconfirmed change is rolled back: 2 rules"
	equal "rules" "$(rules | head -n 1)" "count icmp"
	must ng block 198.51.100.9 --confirm 1m
	equal "rules" "$(rules | head -n 1)" "drop from 198.51.100.9"
	must ng rollback
	must ng block $far_ip
	must_fail ng allow $far_ip --confirm 1m
	says "is in @blocked"
	must ng unblock $far_ip
	must ng allow $far_ip --confirm 1m
	must ng confirm
	equal "rules" "$(rules | head -n 1)" "pass from $far_ip"
}

# The waiting ruleset outgrows the programs' capacity, and has rules with `out`.
test_larger_programs_meanwhile()
{
	must ng attach near0
	write_rulesets
	must ng apply "$tmp/good.rules"
	{
		echo "set many {"
		seq 40000 | awk '{ printf "%d.%d.%d.0/25,\n", 11 + $1 / 65536, $1 / 256 % 256, $1 % 256 }'
		echo "}"
		echo "drop from @many"
		echo "default drop"
		echo "default out drop"
	} >"$tmp/large.rules"
	must ng apply "$tmp/large.rules" --confirm 2s
	[ "$(ng status --json | jq .generation)" = 2 ] || fail "the programs are as they were"
	unreached $near_ip || fail "it is not in force"
	try reached $near_ip || fail "it does not go back"
	equal "rules" "$(rules | head -n 1)" "count icmp"
	must ng rule add count tcp
	equal "programs" "$(ng status --json | jq '.interfaces | length')" 1
	reached $near_ip || fail "it is in force again"
}

test_attach_first()
{
	must ng attach near0 --confirm 2s
	says "attached, native XDP" "rolled back in 2s"
	must ng block 198.51.100.9
	must ng status
	says "an attachment waits to be confirmed"
	must_fail ng rule add drop icmp --confirm 1m
	says "an attachment waits"
	sleep 2.1
	must ng status
	says "passes every packet"
	must_fail ng confirm
	says "was not confirmed in time and is detached now"
	must ng status
	says "not attached to any interface here"
	must ng attach near0 --confirm 1m
	must ng confirm
	says "the attachment stays"
	must ng rule add drop icmp
	unreached $near_ip || fail "it does not filter"
}

test_attach_second()
{
	wire near1 far1
	address near1 "$near" 198.51.100.1/24
	address far1 "$far" 198.51.100.2/24
	must ng attach near0
	must ng rule add drop icmp
	must ng attach near1 --mode tc --confirm 2s
	unreached 198.51.100.1 || fail "it does not filter"
	sleep 2
	reached 198.51.100.1 || fail "it filters still"
	unreached $near_ip || fail "the other interface does not filter any more"
	must ng rule add drop udp
	equal "programs" "$(ng status --json | jq '.interfaces | length')" 1
	unreached $near_ip || fail "the other interface does not filter any more"
}

test_rollback_and_history()
{
	local n

	must ng attach near0
	write_rulesets
	printf '%s\n' 198.51.100.0/24 203.0.113.7 >"$tmp/list"
	printf '%s\n' "set feed file \"list\"" "drop from @feed" "count icmp" >"$tmp/feed.rules"
	must ng apply "$tmp/feed.rules"
	reached $near_ip || fail "it does not pass"
	must ng apply "$tmp/bad.rules"
	unreached $near_ip || fail "it is not in force"
	must ng rollback
	says "ruleset 2: in force again, with its counters: 2 rules, 1 set"
	[ "$(rule_packets "count icmp")" = 2 ] || fail "its counters: $(rule_packets "count icmp")"
	must ng rollback
	unreached $near_ip || fail "the second rollback does not undo the first"
	must ng apply "$tmp/good.rules"
	rm "$tmp/list"
	must ng rollback 2
	must ng set test feed 203.0.113.7
	must ng rollback --list
	says "rollback 2 (root)" "in force" "previous" "attach near0"
	must_fail ng rollback 99
	says "there is no ruleset 99" "rollback --list"
	for n in 1 2 3 4 5 6 7; do
		must ng rule add count udp dport $n
	done
	equal "rulesets kept" "$(ng rollback --list --json | jq -c '[.rulesets[].number]')" \
		"[12,11,10,9,8,7,6,5]"
	must ng rollback 12
	says "nothing changed"
}

# killed ARGUMENT...: netguard, killed within some 30 ms
killed()
{
	{ timeout -s KILL "0.0$((RANDOM % 20 + 10))" "$NETGUARD" -n "$near" "$@"; } >/dev/null 2>&1
	[ $? != 137 ] || kills=$((kills + 1))
}

# Commands are killed at random while the rule in all rulesets drops; in the end no unconfirmed
# ruleset is in force.
test_killed()
{
	local n kills=0

	must ng attach near0
	write_rulesets
	marked_is_heard
	# A rollback may find no waiting change: the previous ruleset has the rule, too.
	must ng apply "$tmp/good.rules"
	must ng rule add count udp
	marked_begin
	for n in {1..8}; do
		killed apply "$tmp/bad.rules" --confirm 1s
		killed rollback
		killed apply "$tmp/bad.rules" --confirm 1s
		killed rule add drop tcp dport $n --confirm 1s
	done
	sleep 1
	reached $near_ip || fail "it is not what it was"
	must ng apply "$tmp/good.rules"
	marked_end
	[ $kills -gt 0 ] || fail "no command was killed"
	[ "$sent" -gt 0 ] || fail "no datagram was sent"
	equal "datagrams let by" "$let_by" 0
	must ng rollback --list
}

run_tests "$@"
