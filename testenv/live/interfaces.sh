#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# interfaces.sh [TEST...] - interfaces that lose the program, are renamed, moved, deleted, enslaved:
# `status` reports it, `attach` repairs it

. "$(dirname "$0")/../lib/all.sh"

# Attach in mode $1, with a rule that drops and one that needs an egress program.
attached()
{
	must ng attach near0 --mode "$1"
	printf '%s\n' "drop icmp from $far_ip" "count out icmp" >"$tmp/rules"
	must ng apply "$tmp/rules"
	filtered || fail "the rule does not drop"
	dropped=$(totals dropped)
	[ "$dropped" -gt 0 ] || fail "nothing was counted"
}

# No answer comes; between two namespaces it would come at once.
filtered()
{
	! in_namespace "$far" ping -q -c 1 -W 0.2 $near_ip >/dev/null
}

# A ruleset that is too large for the programs, and drops the same packets.
grow()
{
	seq -f 'drop tcp dport %.0f sport 9' 1 1000 >"$tmp/rules"
	echo "drop icmp from $far_ip" >>"$tmp/rules"
	must ng apply "$tmp/rules"
	equal "generation" "$(ng status --json | jq .generation)" 2
}

# totals passed|dropped: of incoming packets, by all attachments
totals()
{
	ng status --json | jq "[.interfaces[] | select(.hook != \"tc-out\") | .$1.packets] | add"
}

# ids: the program of each hook
ids()
{
	ng status --json | jq -r '.interfaces[] | "\(.name) \(.hook) \(.program_id)"'
}

# hooks: "IFACE HOOK MODE ATTACHED" of all that is pinned
hooks()
{
	ng status --json | jq -r '.interfaces[] | "\(.name) \(.hook) \(.mode) \(.attached)"'
}

link_pin()
{
	find "$(pins "$near")" -name "*-$1-link"
}

# Remove the program from the hook of $1 with other tools; mode native, generic or tc.
take_off()
{
	case $1 in
	native) must ip -n "$near" link set dev near0 xdp off ;;
	generic) must ip -n "$near" link set dev near0 xdpgeneric off ;;
	tc) lose_tc tc-in ;;
	esac
}

lose_tc()
{
	local link

	link=$(link_pin "$1")
	if [ -n "$link" ]; then
		must bpftool link detach pinned "$link"
	else
		must tc -n "$near" qdisc del dev near0 clsact
	fi
}

# It works, status reports no problem, and attaching again changes nothing.
is_whole()
{
	local before

	must ng status
	before=$(ids)
	must ng attach "$1"
	says "$1: already attached"
	equal "programs" "$(ids)" "$before"
	filtered || fail "it does not filter"
}

taken_off()
{
	attached "$1"
	take_off "$1"
	must_fail ng status
	says "near0: " "the program was removed from the interface; netguard -n $near attach near0"
	reached $near_ip || fail "something filters still"
	must ng rule add count tcp
	says "near0: warning: not filtered by" "the program was removed"
	must ng attach near0
	says "near0: attached again"
	is_whole near0
	[ "$(totals dropped)" -gt "$dropped" ] || fail "the totals started again at 0"
	remember_kernel_objects
	must ng detach near0
	nothing_is_left
}

test_taken_off_native() { taken_off native; }
test_taken_off_generic() { taken_off generic; }
test_taken_off_tc() { taken_off tc; }

# In the mode it had, not that of `auto`.
test_generic_stays_generic()
{
	must ng attach near0 --mode generic
	take_off generic
	equal "hooks" "$(hooks)" "near0 xdp generic false"
	must ng attach near0
	equal "hooks" "$(hooks)" "near0 xdp generic true"
	take_off generic
	must ng attach near0 --mode tc
	[[ $(hooks) == "near0 tc-in "*" true" ]] || fail "the old one is not forgotten: $(hooks)"
}

# The generation changes while the program is off its hook: its pin is carried over.
test_taken_off_then_grown()
{
	attached native
	take_off native
	grow
	must_fail ng status
	says "the program was removed"
	must ng attach near0
	is_whole near0
	[ "$(totals dropped)" -gt "$dropped" ] || fail "the totals started again at 0"
}

test_egress_taken_off()
{
	attached native
	lose_tc tc-out
	must_fail ng status
	says "near0: TC egress" "was removed"
	must ng attach near0
	says "attached again" "TC egress"
	is_whole near0
	must ng rule add drop out icmp
	must ng rule delete 1
	filtered || fail "it does not filter what leaves"
}

# Another program in its place stays, and netguard remembers its attachment.
test_taken_by_another()
{
	attached native
	take_off native
	foreign_program near0 xdp
	must_fail ng status
	says "program other (id" "is in its place"
	must_fail ng attach near0
	says "near0: cannot attach" "XDP program other"
	must_fail ng status
	says "program other (id" "is in its place"
	must ip -n "$near" link set dev near0 xdp off
	must ng attach near0
	is_whole near0
	[ "$(totals dropped)" -gt "$dropped" ] || fail "the totals started again at 0"
}

rename()
{
	must ip -n "$near" link set dev "$1" down
	must ip -n "$near" link set dev "$1" name "$2"
	must ip -n "$near" link set dev "$2" up
	address "$2" "$near" $near_ip6/64
	try reached $near_ip || fail "the wire does not come back"
}

# The programs are replaced, so that every packet meets one, and know the new name.
renamed()
{
	local passed

	must ng attach near0 --mode "$1"
	printf '%s\n' "$marked_rule" "count on near0 icmp" "count on other0 icmp" \
		"count out on other0 icmp" >"$tmp/rules"
	must ng apply "$tmp/rules"
	says "other0, which is not attached"
	rename near0 other0
	must ng status
	says "the interface is called other0 now; to rules it is still near0; netguard -n $near attach other0"
	must ng counters reset
	reached $near_ip || fail "nothing passes"
	equal "on near0" "$(rule_packets "count on near0 icmp")" 1
	equal "on other0" "$(rule_packets "count on other0 icmp")" 0
	passed=$(totals passed)
	marked_begin
	must ng attach other0
	says "rules refer to it by this name now, no longer as near0"
	marked_was_dropped
	must ng attach other0
	says "other0: already attached"
	reached $near_ip || fail "nothing passes"
	equal "on near0, attached anew" "$(rule_packets "count on near0 icmp")" 1
	equal "on other0, attached anew" "$(rule_packets "count on other0 icmp")" 1
	equal "out on other0, attached anew" "$(rule_packets "count out on other0 icmp")" 1
	[ "$(totals passed)" -gt "$passed" ] || fail "the totals started again at 0"
	equal "names" "$(ng status --json | jq -r '.interfaces[].name' | sort -u)" other0
	remember_kernel_objects
	must ng detach other0
	nothing_is_left
}

test_renamed_native() { renamed native; }
test_renamed_generic() { renamed generic; }
test_renamed_tc() { renamed tc; }

# Five frames of an unassigned type from the far end to near0, wherever it is: all are counted.
counts_five()
{
	local before

	before=$(totals passed)
	in_namespace "$far" /usr/bin/python3 -c '
import socket
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(("far0", 0))
for i in range(5):
    wire.send(b"\xff" * 6 + b"\x02\0\0\0\0\1" + b"\x88\xb5" + bytes(50))'
	try has_passed $((before + 5)) || fail "$1: $(($(totals passed) - before)) of 5 are counted"
}

has_passed()
{
	[ "$(totals passed)" -ge "$1" ]
}

# Are all attachments recognized on an interface with another index?
moves()
{
	[ -n "$(link_pin tc-out)" ] || skip "the kernel deletes clsact filters of what is moved"
	[ "$(ng status --json | jq '[.interfaces[].dispatcher] | any')" = false ] ||
		skip "libxdp knows its dispatcher by the index alone"
}

# far0 has index 2 like near0: so that one gets another, and keeps it when it comes back.
moved()
{
	attached "$1"
	moves
	must ip -n "$near" link set near0 netns "$far"
	must ip -n "$far" link set near0 up
	must ng status
	says "the interface was moved to network namespace $far, where this ruleset still filters it"
	equal "netns" "$(ng status --json | jq -r '.interfaces[0].netns')" "$far"
	must "$NETGUARD" -n "$far" status
	says "not attached" "near0: " "of another network namespace filters here; netguard -n $far detach"
	counts_five "moved"
	# It is replaced with the other programs.
	grow
	counts_five "moved, then replaced"
	must ip -n "$far" link set near0 netns "$near"
	must ip -n "$near" link set near0 up
	address near0 "$near" $near_ip/24
	filtered || fail "back again it does not filter"
	must ng status
	says "came back as near0 with another index; netguard -n $near attach near0"
	must ng attach near0
	says "near0: attached again"
	is_whole near0
	remember_kernel_objects
	must ng detach near0
	nothing_is_left
}

test_moved_native() { moved native; }
test_moved_tc() { moved tc; }

# As into a container: the namespace has no name, only a process with all privileges.
test_moved_to_a_namespace_without_a_name()
{
	attached native
	moves
	spawn unshare --net sleep 1000
	try elsewhere "$child" || fail "there is no other namespace"
	must ip -n "$near" link set near0 netns "$child"
	must ng status
	says "moved to network namespace of process $child, where this ruleset still filters it"
	grow
	must ng status
	says "moved to network namespace of process $child, where this ruleset still filters it"
	remember_kernel_objects
	must ng detach near0
	must nsenter --target "$child" --net ip -d link show near0
	[[ $output != *xdp* ]] || fail "an XDP program is left: $output"
	nothing_is_left
}

# elsewhere PROCESS: is it in another network namespace?
elsewhere()
{
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

detached_after_move()
{
	attached "$1"
	moves
	remember_kernel_objects
	must ip -n "$near" link set near0 netns "$far"
	if [ "$2" = there ]; then
		must "$NETGUARD" -n "$far" detach near0
		says "near0: detached the program of another network namespace"
		must_fail ng status
		says "the interface is gone from this network namespace; netguard -n $near detach near0"
	fi
	must ng detach near0
	must "$NETGUARD" -n "$far" status
	equal "status there" "$output" "not attached to any interface here"
	must ip -n "$far" -d link show
	[[ $output != *xdp* ]] || fail "an XDP program is left: $output"
	nothing_is_left
}

test_detached_after_move_native() { detached_after_move native here; }
test_detached_after_move_tc() { detached_after_move tc here; }
test_detached_where_it_was_moved_tc() { detached_after_move tc there; }

# Another interface has the index of ours: it is not taken for ours.
test_moved_and_index_taken()
{
	attached tc
	must ip -n "$near" link set near0 netns "$far"
	must ip -n "$near" link add taken0 index 2 type veth peer name taken1
	if [ -n "$(link_pin tc-in)" ]; then
		must ng status
		says "was moved to network namespace $far"
	else
		must_fail ng status
	fi
	must ng attach taken0 --mode tc
	[[ $output != *already* ]] || fail "it is taken for the other: $output"
}

made_anew()
{
	attached "$1"
	must ip -n "$near" link del near0
	wire near0 far0
	must_fail ng status
	says "near0: " "the interface is gone; another one is called near0 now" "netguard -n $near attach near0"
	must ng attach near0 --mode "$1"
	says "near0: attached, "
	address near0 "$near" $near_ip/24
	address far0 "$far" $far_ip/24
	is_whole near0
	equal "pins of the old one" "$(find "$(pins "$near")" -name '2-*')" ""
}

test_made_anew_native() { made_anew native; }
test_made_anew_tc() { made_anew tc; }

# Changes that the kernel accepts do not affect the filter; those that it refuses fail visibly.
unmoved()
{
	local mtu

	attached "$1"
	for mtu in 1280 3000 3520 9000 65535 1500; do
		ip -n "$near" link set dev near0 mtu $mtu 2>/dev/null
	done
	must ip -n "$near" link set dev near0 down
	must ng status
	says "near0: " "the interface is down"
	must ip -n "$near" link set dev near0 up
	try carrier || fail "the wire does not come back"
	is_whole near0
	must ip -n "$near" link add bridge0 type bridge
	must ip -n "$near" link set dev near0 master bridge0
	must ip -n "$near" link set dev bridge0 up
	must ip -n "$near" address del $near_ip/24 dev near0
	address bridge0 "$near" $near_ip/24
	is_whole near0
	must ng flush
	try reached $near_ip || fail "the bridge does not work"
	must ng detach near0
}

carrier()
{
	[ "$(ip -n "$near" -j link show near0 | jq -r '.[0].operstate')" = UP ]
}

test_mtu_down_and_bridge_native() { unmoved native; }
test_mtu_down_and_bridge_tc() { unmoved tc; }

# Killed at any moment of a repair: the next command does it.
repair_killed()
{
	local i

	attached "$1"
	for i in 02 05 1 2 3; do
		take_off "$1" 2>/dev/null
		{ timeout -s KILL 0.$i "$NETGUARD" -n "$near" attach near0; } >/dev/null 2>&1
		must ng attach near0
		says "near0: "
	done
	is_whole near0
	[ "$(totals dropped)" -gt "$dropped" ] || fail "the totals started again at 0"
	equal "what is set aside" "$(find "$(pins "$near")" -name '*-lost')" ""
}

test_repair_killed_native() { repair_killed native; }

run_tests "$@"
