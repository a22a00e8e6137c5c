#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# together.sh [TEST...] - commands that run at the same time wait for each other

. "$(dirname "$0")/../lib/all.sh"

# all_at_once COMMAND...: 20 of them, {} in the arguments being a number; all succeed
all_at_once()
{
	local n pid pids=()

	for n in {1..20}; do
		"${@//\{\}/$n}" >/dev/null 2>"$tmp/error.$n" &
		pids+=($!)
	done
	for n in {1..20}; do
		wait "${pids[n - 1]}" || fail "number $n: $(cat "$tmp/error.$n")"
	done
}

test_rules_added_all_land()
{
	must ng attach near0
	all_at_once ng rule add drop tcp dport 10{}
	equal "rules" "$(rules | sort -V)" "$(printf 'drop tcp dport 10%d\n' {1..20} | sort -V)"
}

test_addresses_blocked_all_land()
{
	must ng attach near0
	all_at_once ng block 198.51.100.{}
	equal "blocked" "$(ng status --json | jq .blocked)" 20
	all_at_once ng unblock 198.51.100.{}
	equal "blocked" "$(ng status --json | jq .blocked)" 0
}

test_attached_by_all_is_attached_once()
{
	all_at_once ng attach near0
	equal "hooks" "$(ng status --json | jq -r '.interfaces[].hook')" xdp
}

test_interfaces_attached_together_share_the_rules()
{
	local n

	for n in {1..20}; do
		wire "many$n" "other$n"
	done
	all_at_once ng attach many{}
	equal "interfaces" "$(ng status --json | jq '.interfaces | length')" 20
	must ng rule add drop udp
	remember_kernel_objects
	all_at_once ng detach many{}
	nothing_is_left
}

run_tests "$@"
