#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# attach.sh [TEST...] - attach and detach in every mode; afterwards nothing is left

. "$(dirname "$0")/../lib/all.sh"

# hooks: "IFACE HOOK MODE" of all that is attached
hooks()
{
	ng status --json | jq -r '.interfaces[] | "\(.name) \(.hook) \(.mode)"'
}

on_and_off()
{
	must ng attach near0 --mode "$1"
	equal "hooks" "$(hooks)" "$2"
	remember_kernel_objects
	reached $near_ip || fail "the empty ruleset does not pass"
	must ng rule add drop icmp from $far_ip
	unreached $near_ip || fail "a rule does not drop"
	equal "packets the rule dropped" "$(rule_packets "drop icmp from $far_ip")" 1
	remember_kernel_objects
	must ng detach near0
	reached $near_ip || fail "it drops what it is detached from"
	nothing_is_left
}

test_native() { on_and_off native "near0 xdp native"; }
test_generic() { on_and_off generic "near0 xdp generic"; }
test_tc() { on_and_off tc "near0 tc-in tcx"; }
test_auto_is_native() { on_and_off auto "near0 xdp native"; }

test_auto_is_tc_without_native_xdp()
{
	must ip -n "$near" link add bridge0 type bridge
	must ip -n "$near" link set bridge0 up
	must_fail ng attach bridge0 --mode native
	says "bridge0" "the driver has no XDP support" "--mode generic or --mode tc"
	must ng attach bridge0
	says "TC ingress" "the driver has no XDP support"
	equal "hooks" "$(hooks)" "bridge0 tc-in tcx"
	remember_kernel_objects
	must ng detach --all
	nothing_is_left
}

test_several_at_once_and_apart()
{
	wire near1 far1
	wire near2 far2
	must ng attach near0 near1
	must ng attach near2 --mode tc
	equal "hooks" "$(hooks | sort)" "$(printf '%s\n' "near0 xdp native" "near1 xdp native" \
		"near2 tc-in tcx")"
	must ng rule add drop icmp
	remember_kernel_objects
	must ng detach near0 near2
	equal "hooks" "$(hooks)" "near1 xdp native"
	equal "rules" "$(rules)" "drop icmp"
	must ng detach --all
	nothing_is_left
}

test_all_or_none()
{
	wire near1 far1
	must ng attach near1
	remember_kernel_objects
	must_fail ng attach near0 missing0
	says "missing0" "no such interface"
	equal "hooks" "$(hooks)" "near1 xdp native"
	# near1 is attached already in another mode: near0 is detached again.
	must_fail ng attach near0 near1 --mode tc
	says "near1" "in native mode"
	equal "hooks" "$(hooks)" "near1 xdp native"
	must ng detach --all
	nothing_is_left
}

# near0 accepts the program, near1 has another one: near0 is detached again.
test_all_or_none_when_the_second_is_taken()
{
	wire near1 far1
	foreign_program near1 xdp
	must_fail ng attach near0 near1
	says "near1" "XDP program other"
	must ng status
	says "not attached to any interface here"
	must ip -n "$near" link show near0
	[[ $output != *xdp* ]] || fail "a program is left on near0: $output"
}

test_detach_of_what_is_not_attached()
{
	wire near1 far1
	must ng attach near0
	must_fail ng detach near0 near1
	says "near1" "not attached" "netguard -n $near status"
	equal "hooks" "$(hooks)" "near0 xdp native"
	must ng detach near0
	must_fail ng detach near0
	says "not attached to anything here"
}

test_egress_programs_come_and_go_with_rules()
{
	wire near1 far1
	must ng attach near0
	must ng attach near1 --mode tc
	must ng rule add count out icmp
	equal "hooks" "$(hooks | sort)" "$(printf '%s\n' "near0 tc-out tcx" "near0 xdp native" \
		"near1 tc-in tcx" "near1 tc-out tcx")"
	remember_kernel_objects
	reached $near_ip || fail "a count rule does not pass"
	equal "packets that left" "$(rule_packets "count out icmp")" 1
	# An interface that is attached later gets one, too.
	must ng detach near1
	must ng attach near1
	equal "hooks" "$(hooks | sort)" "$(printf '%s\n' "near0 tc-out tcx" "near0 xdp native" \
		"near1 tc-out tcx" "near1 xdp native")"
	remember_kernel_objects
	must ng rule delete 1
	equal "hooks" "$(hooks | sort)" "$(printf '%s\n' "near0 xdp native" "near1 xdp native")"
	must ng detach --all
	nothing_is_left
}

test_default_out_drop_needs_egress_programs()
{
	must ng attach near0
	echo "default out drop" >"$tmp/rules"
	must ng apply "$tmp/rules"
	unreached $near_ip || fail "answers leave"
	[ "$(packets .default_out)" -gt 0 ] || fail "nothing that leaves was dropped"
	must ng flush
	reached $near_ip || fail "answers do not leave after the flush"
	equal "hooks" "$(hooks)" "near0 xdp native"
}

test_clsact_of_another_is_left_alone()
{
	must tc -n "$near" qdisc add dev near0 clsact
	must tc -n "$near" filter add dev near0 ingress pref 7 protocol ip \
		u32 match u32 0 0 classid 1:1
	must ng attach near0 --mode tc
	must ng rule add drop from $far_ip
	unreached $near_ip || fail "a filter behind ours decides"
	must ng detach --all
	must tc -n "$near" filter show dev near0 ingress
	says "pref 7"
}

run_tests "$@"
