#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# namespaces.sh [TEST...] - `netguard -n NAME` and `ip netns exec NAME netguard` are one, network
# namespaces are not

. "$(dirname "$0")/../lib/all.sh"

inside()
{
	in_namespace "$near" "$NETGUARD" "$@"
}

# one_of FIRST SECOND: what one does the other sees
each_sees_the_other()
{
	local first=$1 second=$2

	must $first attach near0
	must $second rule add drop icmp from $far_ip
	must $second block 198.51.100.9
	must $first rules
	says "drop icmp from $far_ip"
	must $first set test blocked 198.51.100.9
	unreached $near_ip || fail "the rule does not drop"
	equal "packets dropped" "$($second counters --json | jq '.rules[0].packets')" 1
	remember_kernel_objects
	must $second detach near0
	must $first status
	says "not attached to any interface here"
	nothing_is_left
}

test_exec_sees_what_n_did() { each_sees_the_other ng inside; }
test_n_sees_what_exec_did() { each_sees_the_other inside ng; }

test_namespaces_are_apart()
{
	must ng attach near0
	must ng rule add drop icmp
	must "$NETGUARD" -n "$far" attach far0 --mode tc
	must "$NETGUARD" -n "$far" rules
	[[ $output != *icmp* ]] || fail "rules of another namespace: $output"
	must ng detach --all
	must "$NETGUARD" -n "$far" status
	says far0
	must ng status
	says "not attached"
}

# A namespace that is gone leaves pins; one that comes after it does not inherit them.
test_namespace_deleted_while_attached()
{
	local pins

	must ng attach near0
	must ng rule add drop icmp
	pins=$(pins "$near")
	[ -e "$pins/control" ] || fail "pins are not where they are looked for, in $pins"
	ip netns del "$near" && ip netns add "$near" || fail "cannot make it anew"
	output=$(ng status 2>&1)
	rm -r "$pins"
	says "not attached to any interface here"
}

run_tests "$@"
