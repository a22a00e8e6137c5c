#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# In a time namespace, where CLOCK_BOOTTIME is shifted, the times that programs compare and that
# commands print are still those of the kernel.
. "$(dirname "$0")/command_world.sh"
if ! unshare --time --boottime 1000 true 2>/dev/null; then
	echo "skip - clock: there are no time namespaces"
	exit 0
fi
wire veth0 veth1
echo 'count ipv4' >before.rules
echo 'drop tcp dport 23' >after.rules

# shifted COMMAND...: with a clock that is $shift seconds ahead
shifted() {
	unshare --time --boottime "$shift" -- "$@"
}

# within NAME STATUS EXPRESSION LOW HIGH: the JSON of the last run has a number in that range
within() {
	expect_json "$1" "$2" "$4 <= $3 <= $5" True
}

# eventually NAME COMMAND...: it succeeds within 60 s
eventually() {
	local name=$1
	shift
	for _ in {1..300}; do
		if "$@"; then
			ok "$name"
			return
		fi
		sleep 0.2
	done
	not_ok "$name" "it does not"
}

is_not_blocked() {
	! "$netguard" set list blocked | grep -q "^$1 "
}

counts_again() {
	"$netguard" rules | grep -q count
}

# same NAME FIELD ARGUMENTS...: a time is the same, to the second, inside and outside the namespace
same() {
	local name=$1 field=$2 here there
	shift 2
	run "$@" --json
	here=$(json "$field")
	shifted "$netguard" "$@" --json >out 2>err
	there=$(json "$field")
	here=$(date -d "$here" +%s) && there=$(date -d "$there" +%s) &&
		[ $((here - there)) -ge -1 ] && [ $((here - there)) -le 1 ] && ok "$name" ||
		not_ok "$name" "it is $here here and $there there"
}

bans() {
	shifted "$netguard" block 203.0.113.7 for 1h >out 2>err
	status=$?
	expect "block_for_an_hour_$sign" 0 '*' ''
	run set list blocked --json
	within "block_is_as_long_$sign" 0 'it["live"][0]["left"]' 3000 3600
	shifted "$netguard" set list blocked --json >out 2>err
	status=$?
	within "block_is_told_as_long_$sign" 0 'it["live"][0]["left"]' 3000 3600
	same "block_is_told_to_end_at_one_time_$sign" 'it["live"][0]["until"]' set list blocked
	run unblock 203.0.113.7
	shifted "$netguard" block 203.0.113.8 for 1s >out 2>err
	eventually "block_for_a_second_ends_$sign" is_not_blocked 203.0.113.8
}

windows() {
	shifted "$netguard" apply after.rules --confirm 1h >out 2>err
	status=$?
	expect "confirm_in_an_hour_$sign" 0 '*' '*'
	run rules
	expect "confirm_waits_$sign" 0 '*drop tcp dport 23*' ''
	run status --json
	within "confirm_waits_as_long_$sign" 0 'it["window"]["left"]' 3000 3600
	same "confirm_is_told_to_end_at_one_time_$sign" 'it["window"]["until"]' status
	shifted "$netguard" confirm >out 2>err
	status=$?
	expect "confirm_is_in_time_$sign" 0 '*' ''
	run apply before.rules
	shifted "$netguard" apply after.rules --confirm 1s >out 2>err
	eventually "confirm_ends_$sign" counts_again
	run apply before.rules
}

# The time of a rule is that of the calendar clock, which no namespace shifts.
rules_until() {
	shifted "$netguard" rule add \
		"drop udp until $(date -u -d '1 hour' +%Y-%m-%dT%H:%M:%SZ)" >out 2>err
	status=$?
	expect "rule_until_$sign" 0 '*' ''
	run explain from 192.0.2.1 udp
	expect "rule_until_holds_$sign" "$status" '*drop*' '*'
	run apply before.rules
}

records() {
	shifted "$netguard" watch all --packets 1 --json >out 2>err &
	local watch=$!
	for _ in {1..300}; do
		ping -c 1 -W 0.1 -I veth1 192.0.2.77 >/dev/null 2>&1
		[ ! -s out ] || break
	done
	kill $watch 2>/dev/null
	wait $watch
	status=0
	within "watch_tells_the_time_$sign" 0 "it['time_ns'] / 1e9 - $(date +%s)" -600 600
}

run attach veth0 --rules before.rules
expect clock_attach 0 '*' '*'
[ $status = 0 ] || exit 1
ip addr add 192.0.2.1/24 dev veth1
ip neigh add 192.0.2.77 lladdr "$(cat /sys/class/net/veth0/address)" dev veth1
read -r up _ </proc/uptime
for sign in later earlier; do
	[ $sign = later ] && shift=100000 || shift=-$((${up%.*} / 2))
	same "attach_is_told_at_one_time_$sign" 'it["interfaces"][0]["since"]' status
	bans
	windows
	rules_until
	records
done

# An error is better than a wrong time.
shifted unshare --mount sh -c "mount -t tmpfs none /proc && '$netguard' block 203.0.113.9 for 1h" \
	>out 2>err
status=$?
expect clock_that_cannot_be_told_is_an_error 1 '' "*cannot read the kernel's clock*"
run set list blocked
expect clock_that_cannot_be_told_changes_nothing 0 '' ''
run detach --all
finish
