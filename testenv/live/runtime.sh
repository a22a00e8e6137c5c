#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# runtime.sh [TEST...] - rules, blocks and counters of a running filter

. "$(dirname "$0")/../lib/all.sh"

pings()
{
	in_namespace "$far" ping -q -c "$1" -i 0.01 -W 2 "${2:-$near_ip}" >/dev/null
}

test_block_address()
{
	must ng attach near0
	must ng block $far_ip
	says "$far_ip: blocked"
	unreached $near_ip || fail "a blocked address reaches us"
	equal "blocked packets" "$(packets .blocked)" 1
	reached $near_ip6 || fail "another address does not"
	must ng set test blocked $far_ip
	must_fail ng set test blocked $far_ip6
	must ng unblock $far_ip
	reached $near_ip || fail "it is still blocked"
	must ng unblock $far_ip
	says "not blocked"
}

test_block_ipv6_address()
{
	must ng attach near0 --mode tc
	# Neighbours have to be resolved before, since blocking stops discovery, too.
	reached $near_ip6 || fail "they do not reach each other"
	must ng block $far_ip6
	unreached $near_ip6 || fail "a blocked address reaches us"
	reached $near_ip || fail "another address does not"
	must ng unblock $far_ip6
	reached $near_ip6 || fail "it is still blocked"
}

test_blocks_stay_over_apply_and_flush()
{
	must ng attach near0
	must ng block $far_ip
	echo "pass icmp" >"$tmp/rules"
	must ng apply "$tmp/rules"
	unreached $near_ip || fail "apply lost the block"
	must ng flush
	unreached $near_ip || fail "flush lost the block"
	equal "blocked" "$(ng set list blocked --json | jq -r '.prefixes[]')" $far_ip
}

test_ruleset_that_names_blocked_decides_where()
{
	must ng attach near0
	must ng block $far_ip
	printf '%s\n' "pass icmp" "drop from @blocked" >"$tmp/rules"
	must ng apply "$tmp/rules"
	reached $near_ip || fail "the rule before does not decide"
}

test_block_conditions()
{
	must ng attach near0
	must ng rule add pass ipv4
	must ng block icmp from $far_ip
	equal "rules" "$(rules)" "$(printf '%s\n' "drop icmp from $far_ip" "pass ipv4")"
	unreached $near_ip || fail "it is not blocked"
	must ng unblock icmp from $far_ip
	equal "rules" "$(rules)" "pass ipv4"
	reached $near_ip || fail "it is still blocked"
}

test_allow_goes_before()
{
	must ng attach near0
	must ng block $far_ip
	must ng rule add drop icmp
	must ng allow $far_ip
	equal "rules" "$(rules)" "$(printf '%s\n' "pass from $far_ip" "drop icmp")"
	equal "blocked" "$(ng status --json | jq .blocked)" 0
	reached $near_ip || fail "it is not allowed"
}

count_at()
{
	must ng attach near0 --mode "$1"
	must ng count icmp icmp-type echo-request
	must ng rule add count out icmp icmp-type echo-reply
	pings 10 || fail "pings are lost"
	equal "echo requests" "$(packets '.rules[0]'), $(octets '.rules[0]') bytes" "10, 980 bytes"
	equal "echo replies" "$(packets '.rules[1]'), $(octets '.rules[1]') bytes" "10, 980 bytes"
	must ng counters reset
	equal "echo requests after reset" "$(packets '.rules[0]')" 0
	pings 3 || fail "pings are lost"
	equal "echo requests since" "$(packets '.rules[0]')" 3
}

test_count_and_reset_native() { count_at native; }
test_count_and_reset_generic() { count_at generic; }
test_count_and_reset_tc() { count_at tc; }

test_rules_change_one_by_one()
{
	must ng attach near0
	must ng rule add drop tcp dport 1
	must ng rule add drop tcp dport 2
	must ng rule insert 1 drop tcp dport 3
	equal "rules" "$(rules)" "$(printf 'drop tcp dport %d\n' 3 1 2)"
	must ng rule replace 2 drop tcp dport 4
	equal "rules" "$(rules)" "$(printf 'drop tcp dport %d\n' 3 4 2)"
	must ng rule move 1 3
	equal "rules" "$(rules)" "$(printf 'drop tcp dport %d\n' 4 2 3)"
	must ng rule delete 2
	equal "rules" "$(rules)" "$(printf 'drop tcp dport %d\n' 4 3)"
	must_fail ng rule delete 3
	must_fail ng rule add drop tcp dport 99999
	equal "rules" "$(rules)" "$(printf 'drop tcp dport %d\n' 4 3)"
}

test_rules_keep_counters_when_others_change()
{
	must ng attach near0
	must ng rule add count icmp
	pings 5 || fail "pings are lost"
	must ng rule insert 1 count udp
	must ng rule move 2 1
	printf '%s\n' "drop tcp dport 7" "count icmp" "count ipv6" >"$tmp/rules"
	must ng apply "$tmp/rules"
	equal "pings counted" "$(rule_packets "count icmp")" 5
	pings 5 || fail "pings are lost"
	equal "pings counted" "$(rule_packets "count icmp")" 10
	must ng rule replace 2 count icmp icmp-type echo-request
	equal "pings counted by a new rule" "$(packets '.rules[1]')" 0
}

test_apply_with_an_error_changes_nothing()
{
	local before

	must ng attach near0
	must ng rule add count icmp
	pings 2 || fail "pings are lost"
	before=$(ng save; ng status --json | jq .ruleset,.image)
	printf '%s\n' "drop icmp" "drop tcp dport ssh" "drop from 10.0.0.1/8" >"$tmp/bad.rules"
	must_fail ng apply "$tmp/bad.rules"
	says "bad.rules:3:11:" "10.0.0.0/8"
	equal "state" "$(ng save; ng status --json | jq .ruleset,.image)" "$before"
	equal "pings counted" "$(packets '.rules[0]')" 2
	must_fail ng apply "$tmp/missing.rules"
	equal "state" "$(ng save; ng status --json | jq .ruleset,.image)" "$before"
}

test_rules_on_an_interface()
{
	wire near1 far1
	address near1 "$near" 198.51.100.1/24
	address far1 "$far" 198.51.100.2/24
	must ng attach near0 near1
	must ng rule add drop on near1 icmp
	reached $near_ip || fail "near0 drops what is for near1"
	unreached 198.51.100.1 || fail "near1 does not drop"
	must ng attach near0
	must ng rule replace 1 drop on near0 icmp
	unreached $near_ip || fail "near0 does not drop"
	reached 198.51.100.1 || fail "near1 drops what is for near0"
}

run_tests "$@"
