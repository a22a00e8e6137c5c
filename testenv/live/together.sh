#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# together.sh [TEST...] - commands that run at the same time wait for each other

. "$(dirname "$0")/../lib/all.sh"

# all_at_once COMMAND...: 20 of them, with {} in the arguments replaced by a number; all succeed
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

# hold_lock: until let_go, as a running command does
hold_lock()
{
	spawn flock "$(pins "$near")" sleep 60
	holder=$child
	try lock_is_held || fail "nobody holds the lock"
}

lock_is_held()
{
	! flock -n "$(pins "$near")" true
}

# The lock belongs to the open folder, which the child of flock has open, too.
let_go()
{
	pkill -KILL -P "$holder"
	kill -KILL "$holder"
	wait "$holder"
} 2>/dev/null

# waits PID: it waits for the lock, and keeps waiting
waits()
{
	try grep -q -e "-> FLOCK .* $1 " /proc/locks || fail "it does not wait for the lock"
	sleep 0.1
	kill -0 "$1" 2>/dev/null || fail "it did not wait for the lock"
}

test_one_waits_then_works()
{
	must ng attach near0
	must ng rule add drop udp
	hold_lock
	spawn "$NETGUARD" -n "$near" rule insert 1 count tcp >/dev/null
	waits "$child"
	equal "rules while it waits" "$(rules)" "drop udp"
	must ng counters
	let_go
	wait "$child" || fail "it failed after it had waited"
	equal "rules" "$(rules)" $'count tcp\ndrop udp'
}

# In either order each command works on the state that the other left, and says what it did.
test_attach_waits_for_last_detach()
{
	local n detach attach

	for n in 1 2 3 4 5; do
		must ng attach near0
		hold_lock
		spawn "$NETGUARD" -n "$near" detach --all >/dev/null
		detach=$child
		waits "$detach"
		spawn "$NETGUARD" -n "$near" attach near0 >"$tmp/attach"
		attach=$child
		waits "$attach"
		let_go
		wait "$detach" || fail "detach failed"
		wait "$attach" || fail "attach failed"
		if grep -q already "$tmp/attach"; then
			must ng status
			says "not attached to any interface"
		else
			must ng rule add drop udp
			equal "hooks" "$(ng status --json | jq -r '.interfaces[].hook')" xdp
			must ng detach --all
		fi
	done
}

run_tests "$@"
