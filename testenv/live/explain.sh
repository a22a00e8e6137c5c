#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# explain.sh [TEST...] - explain with the rules in force: its results for each packet are what the
# filter counts when the packet arrives, live entries included

. "$(dirname "$0")/../lib/all.sh"

# explained CAPTURE PACKETS: the results of explain, added up as counted() prints counters
explained()
{
	local number

	for ((number = 1; number <= $2; number++)); do
		ng explain --json --capture "$1" "$number" || [ $? = 1 ] || return
	done | jq -rs '
		[.[] | .bytes as $bytes | .invalid as $invalid |
			((.rules[] | select(.effect == "decides" or .effect == "counts") |
				"rule \(.index)"),
			(select(.by | test("^[0-9]") | not) |
				if .by == "invalid" then "invalid \($invalid)" else .by end)) |
			{ name: ., $bytes }] |
		group_by(.name)[] | "\(.[0].name): \(length) \(map(.bytes) | add) bytes"' | sort
}

# At native XDP, where frames are counted as they are in the capture.
test_live_counters_are_what_explain_says()
{
	local capture=$root/pcaps/sets.pcap expect=$root/pcaps/sets.expect packets

	quiet "$near" near0
	quiet "$far" far0
	packets=$(expected_verdicts "$expect" | wc -l)
	must ng attach near0 --mode native
	must ng apply "$root/pcaps/sets.rules"
	must ng counters reset
	explained "$capture" "$packets" >"$tmp/explained" || fail "explain fails"
	equal "what explain counted" "$(ng counters --json | counted in)" ""
	replay_begin "$capture" "$far" far0 "$near" near0
	wait_until_met xdp "$packets"
	ng counters --json | counted in | sed -E 's/ packets?//' | sort >"$tmp/counted"
	must ng flush
	replay_end
	same "counters" "$tmp/counted" "$tmp/explained"
}

# says_by WANTED WORDS...: what decides, and the assumed interface
says_by()
{
	local wanted=$1

	shift
	ng explain "$@" --json >"$tmp/answer"
	equal "explain $*" "$(jq -r '"\(.verdict) \(.by) on \(.on)"' "$tmp/answer")" "$wanted"
}

test_live_entries_count()
{
	echo 'set guests { 10.0.0.0/8 }
pass from @guests
drop udp' >"$tmp/rules"
	must ng attach near0
	must ng apply "$tmp/rules"
	must ng set add guests 198.51.100.0/24 for 1h
	must ng block 198.51.100.7
	says_by "pass 1 on near0" from 198.51.100.8 udp
	equal "sets" "$(jq -c '.sets' "$tmp/answer")" \
		'[{"set":"guests","field":"from","live":"198.51.100.0/24"}]'
	says_by "drop blocked on near0" from 198.51.100.7 udp
	equal "without the ban" "$(jq -c '[.without.verdict, .without.by]' "$tmp/answer")" '["pass","1"]'
	must ng unblock 198.51.100.7
	says_by "pass 1 on near0" from 198.51.100.7 udp
	must ng set flush guests
	says_by "drop 2 on near0" from 198.51.100.7 udp
	must ng explain on far0 from 10.1.2.3
	says "is in @guests by 10.0.0.0/8"
	ng explain on far0 udp 2>&1 >/dev/null | grep -q 'far0: warning: netguard is not attached' ||
		fail "nothing tells that far0 is not filtered"
}

# explain uses a ruleset that waits to be confirmed, and no longer one that was rolled back.
test_what_is_in_force_is_asked()
{
	echo 'drop udp' >"$tmp/rules"
	must ng attach near0
	must ng apply "$tmp/rules" --confirm 2s
	says_by "drop 1 on near0" udp
	sleep 2.1
	says_by "pass default on near0" udp
	must ng detach --all
	must_end 2 ng explain udp
}

run_tests "$@"
