#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# refused.sh [TEST...] - what is not possible is refused with a message and a hint, and nothing
# changes

. "$(dirname "$0")/../lib/all.sh"

# state: everything that must not change
state()
{
	ip -n "$near" -o link show | sed 's/ state [A-Z]* / /'
	ng status --json 2>&1 | jq 'del(.interfaces[]?.passed, .interfaces[]?.dropped)'
	ng save 2>&1
}

# refused COMMAND...: it fails and changes nothing
refused()
{
	local before

	before=$(state)
	must_fail "$@"
	[ "$before" = "$(state)" ] ||
		fail "\`$*\` changed something: $(diff <(echo "$before") <(state))"
}

as_nobody()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

test_missing_interface()
{
	refused ng attach missing0
	says "missing0: there is no such interface here" "ip link"
}

test_attached_twice()
{
	must ng attach near0
	before=$(state)
	must ng attach near0
	says "near0: already attached, native XDP"
	equal "state" "$(state)" "$before"
	refused ng attach near0 --mode generic
	says "near0" "already attached in native mode" "netguard -n $near detach near0"
}

test_interface_that_is_down()
{
	must ip -n "$near" link set near0 down
	must ng attach near0
	says "near0: attached" "the interface is down"
	must ng status
	says "near0: native XDP: the interface is down"
	must ng rule add drop from $far_ip
	must ip -n "$near" link set near0 up
	unreached $near_ip || fail "it does not filter when it is up again"
	must ng status
	[[ $output != *down* ]] || fail "it still says that the interface is down"
}

# The program is gone with the interface, but not its pin.
interface_gone()
{
	wire near1 far1
	must ng attach near0 near1 --mode "$1"
	must ng rule add count out icmp
	remember_kernel_objects
	must ip -n "$near" link del near1
	must_fail ng status
	says "near1" "the interface is gone from this network namespace"
	must ng rule add drop icmp from $far_ip
	unreached $near_ip || fail "near0 does not filter any more"
	must ng detach near1
	must ng status
	[[ $output != *near1* ]] || fail "it is not forgotten: $output"
	must ng detach --all
	nothing_is_left
}

test_interface_gone_native() { interface_gone native; }
test_interface_gone_generic() { interface_gone generic; }
test_interface_gone_tc() { interface_gone tc; }

test_interface_that_comes_back_is_another()
{
	wire near1 far1
	must ng attach near0 near1
	must ip -n "$near" link del near1
	wire near1 far1
	must_fail ng status
	says "near1" "the interface is gone; another one is called near1 now" "netguard -n $near attach near1"
	must ng attach near1
	equal "hooks of near1 that work" "$(ng status --json |
		jq '[.interfaces[] | select(.name == "near1" and .attached)] | length')" 1
}

interface_taken()
{
	local mode

	foreign_program near0 "$1"
	for mode in auto native generic; do
		refused ng attach near0 --mode $mode
		says "near0: cannot attach" "XDP program other (id" "detach that program first" \
			"--mode tc"
	done
	must ng attach near0 --mode tc
	must ng rule add drop from $far_ip
	unreached $near_ip || fail "behind the other program it does not filter"
	must ng detach --all
	must ip -n "$near" link show near0
	says "$1 " "name other"
}

test_taken_by_another_program() { interface_taken xdp; }
test_taken_by_another_generic_program() { interface_taken xdpgeneric; }

# Other software removes our program, or replaces it.
test_program_replaced_by_another()
{
	must ng attach near0
	must ip -n "$near" link set near0 xdp off
	must_fail ng status
	says "near0" "the program was removed"
	foreign_program near0 xdp
	must_fail ng status
	says "near0" "program other (id"
	must ng detach --all
	must ip -n "$near" link show near0
	says "name other"
}

test_no_ethernet_header()
{
	local mode

	must ip -n "$near" tuntap add tun0 mode tun
	for mode in auto native generic tc; do
		refused ng attach tun0 --mode $mode
		says "tun0: cannot attach" "no Ethernet header" "bare IP packets"
	done
}

test_not_root()
{
	must ng attach near0
	refused in_namespace "$near" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$NETGUARD" attach lo
	says "permission denied" "run as root"
	refused as_nobody "$NETGUARD" -n "$near" attach lo
	says "permission denied" "run as root"
	refused as_nobody "$NETGUARD" status
	says "permission denied" "run as root"
}

test_root_without_capabilities()
{
	must ng attach near0
	refused setpriv --bounding-set -all --inh-caps -all --ambient-caps -all \
		"$NETGUARD" -n "$near" attach lo
	says "permission denied" "CAP_NET_ADMIN"
}

# If process 1 has no bpffs either, there is none.
test_no_bpffs()
{
	refused unshare --mount --pid --fork --mount-proc sh -c \
		'umount /sys/fs/bpf && exec "$0" -n "$1" attach near0' "$NETGUARD" "$near"
	says "no BPF file system is mounted" "mount -t bpf -o mode=0700 bpf /sys/fs/bpf"
}

test_no_network_namespace()
{
	must_fail "$NETGUARD" -n "$near-missing" status
	says "$near-missing" "cannot open the network namespace" "ip netns"
	must_fail "$NETGUARD" -n ../mounts status
	says "not a name of a network namespace"
}

test_before_attach()
{
	local command

	for command in rules counters "rule add drop tcp" "block 192.0.2.9" flush save; do
		refused ng $command
		says "not attached to anything here" "netguard -n $near attach"
	done
}

test_not_called_rightly()
{
	local command status

	for command in "attach" "attach near0 --mode fast" "nonsense" "rule" "rule insert" \
		"stat"; do
		status=0
		output=$(ng $command 2>&1) || status=$?
		equal "status of $command" $status 2
	done
}

test_errors_as_json()
{
	output=$(ng --json attach missing0 2>"$tmp/words") && fail "it does not fail"
	equal "where" "$(jq -r .error.where <<<"$output")" missing0
	equal "is there a hint" "$(jq '.error.hint != ""' <<<"$output")" true
	grep -q "missing0: there is no such interface" "$tmp/words" || fail "there are no words"
}

run_tests "$@"
