#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# replay.sh [TEST...] - every capture of pcaps/ through a filter, at each hook
#
#	$far: far0 ──► $near: near0 ── redirected ──► near1 ──► $far: far1
#
# native, generic	the filter stands at near0; what is left is caught there
# tc			likewise, but a packet socket sees what comes before TC does: a TC filter
#			behind it sends on what is left, which is caught at far1
# out			the filter stands at near1, on the way out
# direct		the same, the frames being sent from near1 itself
#
# At tc and out the outer VLAN tag is in the packet's metadata: the receive side put it there.
# At direct it is in the packet.
#
# Expected is what the .expect file says; where the kernel itself loses frames on the way to a
# hook, live/replay/NAME.HOOK.expect says so in its place.

. "$(dirname "$0")/../lib/all.sh"

longest_mtu=16000

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
	# A filter of last resort: netguard's own come before it.
	must tc -n "$near" qdisc add dev near0 clsact
	must tc -n "$near" filter add dev near0 ingress pref 65535 protocol all \
		u32 match u32 0 0 action mirred egress redirect dev near1
}

# The rules of a capture are about what comes in; the same about what leaves.
turned_out()
{
	sed -E 's/^(pass|drop|count) /\1 out /; s/^default (pass|drop)/default out \1/' "$1"
}

# expectation NAME HOOK
expectation()
{
	local special=$root/testenv/live/replay/$1.$2.expect

	if [ -e "$special" ]; then
		echo "$special"
	else
		echo "$root/pcaps/$1.expect"
	fi
}

# attach_at HOOK RULES
attach_at()
{
	case $1 in
	native | generic | tc)
		must ng attach near0 --mode "$1"
		must ng apply "$2"
		;;
	out | direct)
		must ng attach near1 --mode tc
		turned_out "$2" >"$tmp/out.rules"
		must ng apply "$tmp/out.rules"
		;;
	esac
}

replay()
{
	local name=$1 hook=$2 direction=in from=("$far" far0) to=("$far" far1)
	local capture expect

	capture=$(echo "$root/pcaps/$name".pcap*)
	expect=$(expectation "$name" "$hook")
	case $hook in
	native | generic) to=("$near" near0) ;;
	out) direction=out ;;
	direct) direction=out from=("$near" near1) ;;
	esac
	replay_world
	attach_at "$hook" "$root/pcaps/$name.rules"
	"$FRAMES" through "$capture" "${from[@]}" "${to[@]}" >"$tmp/arrived" 2>"$tmp/unsent" ||
		fail "the frame that marks the end did not arrive: $(cat "$tmp/unsent")"
	[ ! -s "$tmp/unsent" ] || fail "$(cat "$tmp/unsent")"
	"$FRAMES" hex "$capture" >"$tmp/frames"
	paste <(grep -v '^#' "$expect" | cut -f 3) "$tmp/frames" |
		sed -n 's/^pass\t//p' >"$tmp/wanted"
	same "frames that came through" "$tmp/arrived" "$tmp/wanted"
	# The marker is no part of the capture.
	ng counters --json | jq '.non_ip.packets -= 1 | .non_ip.bytes -= 60' |
		counted $direction | sort >"$tmp/counted"
	sed -n 's/^# \(.* packets\{0,1\} [0-9]* bytes\)$/\1/p' "$expect" | sort >"$tmp/expected"
	same "counters" "$tmp/counted" "$tmp/expected"
}

for rules in "$root"/pcaps/*.rules; do
	name=$(basename "$rules" .rules)
	for hook in native generic tc out direct; do
		case " ${*:-$name} " in
		*" $name "* | *" $name.$hook "*) run_test "$name at $hook" replay "$name" "$hook" ;;
		esac
	done
done
exit $failed
