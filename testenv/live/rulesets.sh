#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# rulesets.sh [TEST...] - whole rulesets: apply, save, diff, test, flush

. "$(dirname "$0")/../lib/all.sh"

for_each_example()
{
	local example

	for example in "$root"/docs/examples/*.rules; do
		"$@" "$example"
	done
}

round_trip()
{
	must ng apply "$1"
	must ng save "$tmp/saved.rules"
	must ng diff "$tmp/saved.rules"
	must ng diff "$1"
	must ng flush
	must_fail ng diff "$tmp/saved.rules"
	must ng apply "$tmp/saved.rules"
	must ng save "$tmp/again.rules"
	same "$1 saved again" "$tmp/again.rules" "$tmp/saved.rules"
}

test_save_and_apply_is_the_identity()
{
	must ng attach near0
	for_each_example round_trip
}

test_save_and_apply_through_a_pipe()
{
	must ng attach near0
	must ng apply "$root/docs/examples/host.rules"
	must ng save "$tmp/saved.rules"
	ng save | ng apply - >/dev/null || fail "it does not take what it saved"
	must ng diff "$tmp/saved.rules"
}

test_diff_names_what_changes()
{
	must ng attach near0
	printf '%s\n' "drop tcp dport 1" "drop tcp dport 2" >"$tmp/old.rules"
	printf '%s\n' "default drop" "drop tcp dport 2" "drop tcp dport 3" >"$tmp/new.rules"
	must ng apply "$tmp/old.rules"
	must ng diff "$tmp/old.rules"
	must_fail ng diff "$tmp/new.rules"
	says "-default pass" "+default drop" "drop tcp dport 1" "drop tcp dport 3"
	[[ $output != *"dport 2"* ]] || fail "it names what stays: $output"
	equal "rules" "$(rules)" "$(printf 'drop tcp dport %d\n' 1 2)"
}

test_flush_passes_everything()
{
	must ng attach near0
	echo "default drop" >"$tmp/rules"
	must ng apply "$tmp/rules"
	unreached $near_ip || fail "the default does not drop"
	must ng flush
	equal "ruleset" "$(ng status --json | jq -c '.ruleset | [.rules, .sets, .default]')" \
		'[0,0,"pass"]'
	reached $near_ip || fail "it does not pass"
}

test_sets()
{
	must ng attach near0
	printf '%s ; remark\n' 198.51.100.0/24 $far_ip 2001:db8:7::/48 >"$tmp/list.txt"
	printf '%s\n' 'set few file "list.txt"' 'set others { 203.0.113.0/25, 203.0.113.128/25 }' \
		'drop from @few' 'pass to @others' >"$tmp/rules"
	must ng apply "$tmp/rules"
	must ng set list
	says few others
	equal "prefixes" "$(ng set list few --json | jq -r '.prefixes[]' | sort)" \
		"$(printf '%s\n' 198.51.100.0/24 $far_ip 2001:db8:7::/48 | sort)"
	must ng set test few 198.51.100.77
	says 198.51.100.0/24
	must_fail ng set test few 198.51.101.77
	must ng set test few 2001:db8:7:1::
	must_end 2 ng set test nosuch 192.0.2.1
	unreached $near_ip || fail "the set does not drop"
	# The list is read when it is applied, not later.
	rm "$tmp/list.txt"
	must ng rule add count udp
	must ng set test few $far_ip
	unreached $near_ip || fail "the set is lost"
}

test_set_of_100000_prefixes()
{
	must ng attach near0
	{
		echo "set many {"
		seq 100000 | awk '{ printf "%d.%d.%d.%d,\n",
			11 + $1 / 65536, $1 / 256 % 256, $1 % 256, 128 }'
		echo "$far_ip }"
		echo "drop from @many"
	} >"$tmp/rules"
	must ng apply "$tmp/rules"
	unreached $near_ip || fail "the set does not drop"
	must ng set test many 11.0.1.128
	must_fail ng set test many 11.0.1.129
	equal "generation" "$(ng status --json | jq '.generation > 1')" true
}

test_1000_rules()
{
	must ng attach near0
	{
		seq 999 | awk '{ printf "drop from 198.51.%d.%d\n", $1 / 250, $1 % 250 }'
		echo "drop icmp from $far_ip"
	} >"$tmp/rules"
	must ng apply "$tmp/rules"
	unreached $near_ip || fail "the last rule does not drop"
	equal "packets of rule 1000" "$(packets '.rules[999]')" 1
	equal "packets of rule 999" "$(packets '.rules[998]')" 0
}

# replay.sh shows that `netguard test` and each running program count the same; here: that every
# packet is in exactly one counter.
totals_of()
{
	must ng test "$1" "$root"/pcaps/*.pcap* --json
	equal "packets decided of $1" "$(jq '[(.rules[] | select(.verdict == "pass" or .verdict == "drop")), .default,
		.invalid, .non_ip, .exempt, .blocked, .over | .packets] | add' <<<"$output")" \
		"$(jq .total.packets <<<"$output")"
	[ "$(jq '.total.packets + .skipped.packets' <<<"$output")" = "$all_frames" ] ||
		fail "not all $all_frames frames are accounted for: $output"
}

test_test_counts_every_packet_once()
{
	local capture all_frames=0

	for capture in "$root"/pcaps/*.pcap*; do
		all_frames=$((all_frames + $("$FRAMES" hex "$capture" | wc -l)))
	done
	must ng attach near0
	for_each_example totals_of
	equal "rules of the filter that runs" "$(rules)" ""
}

run_tests "$@"
