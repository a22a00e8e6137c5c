#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# namespaces.sh [TEST...] - `netguard -n NAME` and `ip netns exec NAME netguard` do the same; network
# namespaces are independent

. "$(dirname "$0")/../lib/all.sh"

inside()
{
	in_namespace "$near" "$NETGUARD" "$@"
}

# one_of FIRST SECOND: both commands work on the same state
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

# A deleted namespace leaves pins; a new one does not inherit them, and the next attach in any
# namespace removes them.
test_namespace_deleted_while_attached()
{
	local pins

	must ng attach near0
	must ng rule add drop icmp
	pins=$(pins "$near")
	[ -e "$pins/control" ] || fail "pins are not where they are looked for, in $pins"
	ip netns del "$near" && ip netns add "$near" || fail "cannot make it anew"
	must ng status
	says "not attached to any interface here"
	must "$NETGUARD" -n "$far" attach lo --mode generic
	[ ! -e "$pins" ] || fail "the pins of a deleted namespace are left"
}

# A namespace that only a socket of another process keeps alive has no name, but still exists.
test_namespace_held_by_a_socket_is_not_swept()
{
	local pins

	must ng attach near0 --mode native
	pins=$(pins "$near")
	mkfifo "$tmp/end"
	spawn /usr/bin/python3 -c '
import ctypes, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
back = os.open("/proc/self/ns/net", os.O_RDONLY)
there = os.open(sys.argv[1], os.O_RDONLY)
assert libc.setns(there, 0) == 0
held = socket.socket()
assert libc.setns(back, 0) == 0
os.close(there)
print("held", flush=True)
open(sys.argv[2]).read()' "/run/netns/$near" "$tmp/end" >"$tmp/holder"
	try grep -q held "$tmp/holder" || fail "the socket is not there"
	ip netns del "$near" && ip netns add "$near" || fail "cannot make it anew"
	must "$NETGUARD" -n "$far" attach lo --mode generic
	[ -e "$pins/control" ] || fail "the pins of a namespace that lives were removed"
	: >"$tmp/end"
	wait "$child"
	try swept "$pins" || fail "the pins of a deleted namespace are left"
}

# The kernel deletes a namespace some time after its last user is gone.
swept()
{
	must "$NETGUARD" -n "$far" attach lo --mode generic
	[ ! -e "$1" ]
}

run_tests "$@"
