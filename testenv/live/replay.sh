#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# replay.sh [TEST...] - sends every capture of pcaps/ through a filter, at each hook
#
#	$far: far0 ──► $near: near0 ── redirected ──► near1 ──► $far: far1
#
# native, generic	the filter is at near0; frames that pass are received there
# tc			the same, but a packet socket sees frames before TC does: a TC filter
#			behind it sends on what is left, which is caught at far1
# out			the filter is at near1, at egress
# direct		the same, with frames sent from near1 itself
#
# At tc and out the outer VLAN tag is in the packet's metadata, where the receive path put it.
# At direct it is in the packet.
#
# At native the counters are also compared with `netguard test`, and with the results of `explain`
# for each packet, added up.
#
# The .expect files have the expected results. When it removes the tag, the receive path drops frames
# that end too soon after it: at tc and out live/replay/NAME.expect is used instead.

. "$(dirname "$0")/../lib/all.sh"

longest_mtu=16000
every_packet="1,6 0 0 4294967295," # of classic BPF: return all

replay_world()
{
	local iface

	wire near1 far1
	for iface in near0 near1; do
		quiet "$near" $iface
		must ip -n "$near" link set $iface mtu $longest_mtu
	done
	for iface in far0 far1; do
		quiet "$far" $iface
		must ip -n "$far" link set $iface mtu $longest_mtu
	done
	# The last filter: netguard's come before it.
	must tc -n "$near" qdisc add dev near0 clsact
	must tc -n "$near" filter add dev near0 ingress pref 65535 protocol all \
		bpf bytecode "$every_packet" action mirred egress redirect dev near1
}

# The rules of a capture are for incoming packets; these are the same for outgoing ones.
turned_out()
{
	sed -E 's/^(pass|drop|count) /\1 out /; s/^default (pass|drop)/default out \1/' "$1"
}

# expectation NAME
expectation()
{
	local special=$root/testenv/live/replay/$1.expect

	case $hook in
	tc | out) [ ! -e "$special" ] || { echo "$special"; return; } ;;
	esac
	echo "$root/pcaps/$1.expect"
}

# apply_rules RULES
apply_rules()
{
	case $hook in
	out | direct) turned_out "$1" >"$tmp/rules" ;;
	*) cp "$1" "$tmp/rules" ;;
	esac
	must ng apply "$tmp/rules"
	must ng counters reset
}

# wanted_counters EXPECT: as counted() prints them
wanted_counters()
{
	sed -n 's/^# \(.* packets\{0,1\} [0-9]* bytes\)$/\1/p' "$1" | awk '
		/^invalid/ { bytes += $(NF - 1); $NF = $(NF - 1) = ""; sub(/ *$/, "") }
		{ print }
		END { if (bytes) print "invalid: " bytes " bytes" }' | sort
}

# counters_agree NAME CAPTURE: $tmp/counted agrees with `test` and `explain`
counters_agree()
{
	must "$NETGUARD" test "$root/pcaps/$1.rules" "$2" --json
	counted in <<<"$output" | sort >"$tmp/tested"
	same "counters of the test" "$tmp/counted" "$tmp/tested"
	sort "$tmp/explained/$1" >"$tmp/sums"
	same "what explain says, added up" "$tmp/counted" "$tmp/sums"
}

# explain_all: each packet of pcaps/, once
explain_all()
{
	mkdir -p "$tmp/explained"
	(cd "$root" && "$BUILD/tests/explain_test" sums "$tmp/explained") ||
		fail "nothing is explained"
}

replay()
{
	local name=$1 capture expect

	capture=$(echo "$root/pcaps/$name".pcap*)
	expect=$(expectation "$name")
	apply_rules "$root/pcaps/$name.rules"
	replay_begin "$capture" "${from[@]}" "${to[@]}"
	wait_until_met $counting "$(expected_verdicts "$expect" | grep -vc '^lost$')"
	ng counters --json | counted $direction | sort >"$tmp/counted"
	must ng flush
	replay_end
	passes_came_through "$capture" "$expect"
	wanted_counters "$expect" >"$tmp/expected"
	same "counters" "$tmp/counted" "$tmp/expected"
	[ "$hook" != native ] || counters_agree "$name" "$capture"
}

# replay_at HOOK [NAME...]
replay_at()
{
	local direction=in counting=tc-in from=("$far" far0) to=("$far" far1)
	local hook=$1 rules name

	shift
	replay_world
	[ "$hook" != native ] || explain_all
	case $hook in
	native | generic) counting=xdp to=("$near" near0) ;;
	out) direction=out counting=tc-out ;;
	direct) direction=out counting=tc-out from=("$near" near1) ;;
	esac
	case $hook in
	out | direct) must ng attach near1 --mode tc ;;
	*) must ng attach near0 --mode "$hook" ;;
	esac
	for rules in "$root"/pcaps/*.rules; do
		name=$(basename "$rules" .rules)
		case " ${*:-$name} " in
		*" $name "*) run_case "$hook: $name" replay "$name" ;;
		esac
	done
	return $failed
}

for hook in native generic tc out direct; do
	(world_begin && replay_at $hook "$@") || failed=1
done
exit $failed
