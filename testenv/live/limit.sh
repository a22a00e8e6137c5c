#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# limit.sh [TEST...] - rules with a rate under real traffic: rates hold, a flood of forged sources gets
# nobody refused who keeps below the rate, and debts outlive changes of the rules and of the programs

. "$(dirname "$0")/../lib/all.sh"

flood="$(dirname "$0")/../lib/flood.py"
other=$BUILD/other/netguard # a newer one, with another layout

near_mac()
{
	in_namespace "$near" cat /sys/class/net/near0/address
}

# number FILTER: of the ruleset in force, by jq
number()
{
	ng rules --json | jq "$1"
}

# one is the rule of this index, from 0
over_of() { number ".rules[$1].over.packets"; }
matched_of() { number ".rules[$1].packets"; }

serve()
{
	in_namespace "$near" "$flood" serve 7777 >"$tmp/served" &
	try grep -q ready "$tmp/served" || fail "the service does not start"
}

# 100 connections, below the rate, during a flood of a million sources that are all forged
flooded()
{
	local before after

	must ng attach near0 --mode "$1"
	cat >"$tmp/rules" <<-END
		default drop
		count from $far_ip tcp dport 7777 flags syn/syn,ack label "before"
		limit 50/s burst 10 per source table 64k tcp dport 7777 flags syn/syn,ack
		count from $far_ip tcp dport 7777 flags syn/syn,ack label "after"
		pass from $far_ip tcp
	END
	must ng apply "$tmp/rules"
	serve
	in_namespace "$far" "$flood" syn far0 "$(near_mac)" "$2" 7777 >"$tmp/flood" 2>&1 &
	equal "connections" "$(in_namespace "$far" "$flood" ask $near_ip 7777 100 0.02)" 100
	wait "$!" || fail "the flood failed: $(<"$tmp/flood")"
	# What the wire lost in the flood was sent again; what the rule dropped would be missing here.
	before=$(matched_of 0) after=$(matched_of 2)
	equal "what was refused of the one below the rate" $((before - after)) 0
	[ "$before" -ge 100 ] || fail "only $before packets came"
	[ "$(number .default.packets)" -gt $(($2 / 4)) ] || fail "there was no flood"
}

test_flood_native() { flooded native 1000000; }
test_flood_tc() { flooded tc 200000; }

# rate_holds MODE PER-SECOND: a flood from one source for three seconds; the burst is two seconds'
# worth, so that a flood that stops for a moment loses nothing
rate_holds()
{
	local burst=$((2 * $2)) begun ended sent

	must ng attach near0 --mode "$1"
	must ng rule add limit "$2/s" burst $burst udp dport 7777
	begun=$(date +%s%N)
	sent=$(in_namespace "$far" "$flood" udp far0 "$(near_mac)" 3 7777) || fail "no flood"
	ended=$(date +%s%N)
	number '.rules[0] | .packets - .over.packets' >"$tmp/admitted"
	[ "$(over_of 0)" -gt 0 ] || fail "nothing was over the rate: $sent"
	# At least the rate between the first frame and the last, at most that from before to after.
	awk -v rate="$2" -v burst=$burst -v sent="${sent#* }" -v all=$((ended - begun)) '{
		low = burst + 0.99 * rate * sent; high = burst + 1.01 * rate * all / 1e9
		if ($1 < low - 1 || $1 > high + 1)
			print $1 " packets admitted, not " low " to " high
	}' "$tmp/admitted" >"$tmp/wrong"
	[ ! -s "$tmp/wrong" ] || fail "$(<"$tmp/wrong")"
}

test_rate_native() { rate_holds native 100; }
test_rate_native_fast() { rate_holds native 2000; }
test_rate_tc() { rate_holds tc 500; }

# send_udp N: datagrams of the far end
send_udp()
{
	local i

	for ((i = 0; i < $1; i++)); do
		in_namespace "$far" bash -c "echo hello >/dev/udp/$near_ip/7777"
	done
}

# sent_is_over INDEX N: the next N datagrams are over the rate of the rule
sent_is_over()
{
	local before

	before=$(over_of "$1")
	send_udp "$2"
	equal "over" "$(over_of "$1")" $((before + $2))
}

sent_is_within()
{
	local before

	before=$(over_of "$1")
	send_udp "$2"
	equal "over" "$(over_of "$1")" "$before"
}

large_ruleset()
{
	echo "set many { 198.51.100.0/24"
	seq 40000 | awk '{ printf ",%d.%d.%d.%d\n", 11 + $1 / 65536, $1 / 256 % 256, $1 % 256, 128 }'
	echo "}"
	cat "$tmp/rules"
	echo "count from @many"
}

debts_are_kept()
{
	local rule="limit 2/h burst 5 $1 udp dport 7777"

	must ng attach near0
	must ng rule add "$rule"
	sent_is_within 0 5
	sent_is_over 0 2
	must ng rule add count icmp # another rule
	sent_is_over 0 2
	must ng rule insert 1 count udp dport 9
	sent_is_over 1 1
	ng save >"$tmp/rules"
	large_ruleset >"$tmp/large"
	must ng apply "$tmp/large" # larger programs
	sent_is_over 1 1
	must ng apply "$tmp/rules"
	sent_is_over 1 1
	equal "matched" "$(matched_of 1)" 12
	NETGUARD=$other must ng upgrade
	NETGUARD=$other
	sent_is_over 1 1
	equal "matched" "$(matched_of 1)" 13
	must ng rule delete 2
	must ng rule add "$rule" # from the previous ruleset
	sent_is_over 2 1
	must ng rule delete 3
	must ng rule add count udp dport 10
	must ng rule add "$rule" # from none
	sent_is_within 3 5
	sent_is_over 3 1
}

test_debts_are_kept() { debts_are_kept ""; }
test_debts_of_sources_are_kept() { debts_are_kept "per source/24"; }

# A table goes with the last ruleset that has it.
test_tables_are_freed()
{
	must ng attach near0
	must ng rule add limit 10/s per source table 1M udp
	equal "tables" "$(tables)" 1
	must ng rule replace 1 limit 20/s per source table 1M udp
	equal "tables, with the previous ruleset's" "$(tables)" 2
	must ng rule add count icmp
	equal "tables" "$(tables)" 1
	must ng flush
	must ng rule add count icmp
	equal "tables" "$(tables)" 0
}

# tables: how many are pinned
tables()
{
	local pin n=0

	for pin in "$(pins "$near")"/map-*; do
		bpftool map show pinned "$pin" | grep -q 'name ng_table ' && n=$((n + 1))
	done
	echo $n
}

test_watch_says_that_it_was_a_rate()
{
	must ng attach near0
	must ng rule add limit 1/h burst 1 udp dport 7777 log
	spawn ng watch log --packets 2 >"$tmp/shown" 2>"$tmp/ready"
	try grep -q showing "$tmp/ready" || fail "watch does not start"
	send_udp 3
	wait "$child" || fail "watch failed: $(<"$tmp/ready")"
	equal "packets shown" "$(grep -c 'near0 in drop by the rate of rule 1: limit 1/h' "$tmp/shown")" 2
}

run_tests "$@"
