#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# killed_at.sh [TEST...] - SIGKILL before each system call that changes something, for each command
# that changes something. Afterwards the old or the new ruleset is in force; the rule in both never
# passed a packet and counted all; the next command finds no lock, recovers and works.
#
#	NG_KILL_AT=all	all calls, and more commands
#	NG_KILL_EVERY=N	only every Nth of those calls, from one of the first N on: another one in each
#			run. 1 when it is not set: for all calls that takes hours.
#	NG_KILL_MODE	how to attach; native when it is not set

. "$(dirname "$0")/../lib/all.sh"
. "$root/testenv/lib/states.sh"

calls=${NG_KILL_AT:-changes}
every=${NG_KILL_EVERY:-1}
first=$((RANDOM % every + 1))
mode=${NG_KILL_MODE:-native}
input=/dev/null # of commands
kill_at=$BUILD/testenv/kill_at

begin()
{
	must ng attach near0 --mode "$mode"
	folder=$(pins "$near")
	control=$(bpftool -j map show pinned "$folder/control" | jq .id)
	rules_files "$marked_rule" "drop tcp dport 7"
	{
		sed 's/198.51.100.0/198.51.101.0/' "$tmp/old.rules"
		seq 5000 | awk '{ printf "drop tcp dport %d from 203.0.113.0/24\n", $1 }'
	} >"$tmp/large.rules"
	marked_is_heard
	old_rules
	must ng set add blocked $known
	must ng counters reset
}

second_interface()
{
	ng attach near1 --mode "$mode" >/dev/null
}

no_second_interface()
{
	ng detach near1 >/dev/null 2>&1
}

# Read without changing anything.
in_force()
{
	ng save
	ng set list banned
	ng set list blocked
	flows_there
} 2>&1

# Pins, without the generation; and the number of programs.
is_one_of_both()
{
	cmp -s "$1" "$tmp/old" || cmp -s "$1" "$tmp/new" ||
		fail "$2, what is in force is neither old nor new: $(diff "$1" "$tmp/old")"
}

is_as()
{
	cmp -s "$tmp/now" "$tmp/$1" && cmp -s "$tmp/kernel" "$tmp/kernel-$1"
}

# Programs are freed some time after their last user.
ruleset_and_kernel_match()
{
	in_the_kernel >"$tmp/kernel"
	is_as old || is_as new
}

# is_recovered WHEN: the kernel has exactly the objects of the ruleset in force
is_recovered()
{
	must timeout 10 "$NETGUARD" -n "$near" set add blocked $known
	in_force >"$tmp/now"
	same "$1: in force before and after recovery" "$tmp/now" "$tmp/killed"
	try ruleset_and_kernel_match || fail "$1: pins and programs: $(
		diff "$tmp/kernel-old" "$tmp/kernel"
	)"
}

# killed_before N ARGUMENT...: netguard, killed before call N; fails if it made fewer calls
killed_before()
{
	local n=$1 status=0

	shift
	"$kill_at" $calls "$n" "$NETGUARD" -n "$near" "$@" <"$input" >"$tmp/last" 2>&1 || status=$?
	[ $status = 137 ] || [ $status = 0 ] || fail "\`$*\` failed: $(<"$tmp/last")"
	[ $status = 137 ]
}

# each_call BEGIN ARGUMENT...: BEGIN is the function that goes to the old state
each_call()
{
	local begin=$1 n=$((first - every))

	shift
	$begin
	in_force >"$tmp/old"
	in_the_kernel >"$tmp/kernel-old"
	must ng "$@" <"$input"
	in_force >"$tmp/new"
	in_the_kernel >"$tmp/kernel-new"
	while :; do
		n=$((n + every))
		is_as old || $begin
		killed_before $n "$@" || break
		in_force >"$tmp/killed"
		is_one_of_both "$tmp/killed" "$*: killed before call $n"
		is_recovered "$*: killed before call $n"
	done
	[ $n -gt $first ] || fail "$*: it made no call"
	[ -z "${NG_KILL_AT-}" ] || say_calls "$*" $n
	rm -f "$tmp/now"
}

# say_calls COMMAND N: report that it was killed before each of its N calls
say_calls()
{
	echo "# $1: killed $((($2 - first) / every)) times, before call $first and every $every more"
}

rules_change()
{
	each_call old_rules apply "$tmp/new.rules"
	each_call old_rules rule add drop tcp dport 8
	each_call old_rules rule delete 1
	each_call old_rules block tcp dport 9
	each_call many_rules rule replace 100 drop tcp dport 8
	each_call many_rules block tcp dport 9
	# Egress programs are attached with the first `out` rule and detached with the last.
	each_call old_rules rule add drop out tcp dport 25
	# Commands that end with the same calls.
	[ "$calls" = all ] || return 0
	each_call old_rules rule move 1 3
	each_call old_rules rule replace 1 count tcp
	each_call old_rules allow tcp dport 9
}

sets_change()
{
	each_call old_rules set load banned "$tmp/list"
	old_rules
	each_call full_table set add banned 10.3.0.1
	each_call full_table set flush banned
	each_call unblocked block 192.0.2.77
	each_call blocked block 192.0.2.77 for 1h
	each_call blocked unblock 192.0.2.77
	each_call blocked set delete blocked 192.0.2.77
	owners_change
	each_call noted flows flush
	old_rules
}

# As old or new must be what each owner wants, too: set list shows it.
owners_change()
{
	input=$tmp/lines
	lines "add blocked 192.0.2.77"
	each_call unblocked feed - --owner one
	each_call owned_by_one feed - --owner two
	lines "del blocked 192.0.2.77"
	each_call owned_by_two feed - --owner one
	lines "begin blocked" "add blocked 192.0.2.78" "commit blocked"
	each_call owned_by_two feed - --owner one
	input=/dev/null
	each_call owned_by_two unblock 192.0.2.77
	each_call owned_by_two set delete blocked 192.0.2.77
}

interfaces_come_and_go()
{
	wire near1 far1
	each_call no_second_interface attach near1 --mode "$mode"
	each_call second_interface detach near1
	[ "$mode" = tc ] || each_call no_second_interface attach near1 --mode tc
}

# Otherwise no command below was killed while it did that.
test_a_full_table_grows()
{
	local before

	begin
	full_table
	before=$(table_of "$folder")
	must ng set add banned 10.3.0.1
	[ "$(table_of "$folder")" != "$before" ] || fail "one more entry found place in it"
}

test_while_filtering()
{
	begin
	marked_begin
	rules_change
	sets_change
	interfaces_come_and_go
	marked_was_dropped
	# Commands that delete the rule, or reset its counter.
	each_call old_rules flush
	each_call old_rules counters reset
}

# As kernel_killed_test does for the calls that change something.
if [ "$calls" = all ]; then
	test_growth()
	{
		begin
		marked_begin
		each_call small_programs apply "$tmp/large.rules"
		marked_was_dropped
	}

	test_upgrade_of_the_same_layout()
	{
		begin
		marked_begin
		each_call true upgrade
		marked_was_dropped
	}

	test_first_interface()
	{
		begin
		each_life
	}
fi

# each_life: attach the first interface and detach the last, killed at each call; the next attach and
# detach work, whatever is left
each_life()
{
	local n=$((first - every)) killed=1

	must ng detach --all
	while [ $killed = 1 ]; do
		n=$((n + every)) killed=0
		! killed_before $n attach near0 --mode "$mode" || killed=1
		must ng attach near0 --mode "$mode"
		must ng rule add count icmp
		reached $near_ip || fail "attach killed before call $n: it does not pass"
		equal "attach killed before call $n: pings counted" \
			"$(rule_packets "count icmp")" 1
		! killed_before $n detach --all || killed=1
		ng detach --all >/dev/null 2>&1
		[ ! -e "$folder" ] || fail "detach killed before call $n: pins are left"
		must ip -n "$near" link show near0
		[[ $output != *xdp* ]] || fail "detach killed before call $n: a program is left"
	done
	say_calls "attach, detach --all" $n
}

# Which netguard can work with the state in force now?
in_charge()
{
	local netguard

	for netguard in "$older" "$newer"; do
		NETGUARD=$netguard
		! ng rules >/dev/null 2>&1 || return 0
	done
	fail "neither netguard can tell what is in force: $(ng rules 2>&1)"
}

attach_older()
{
	NETGUARD=$older
	must ng attach near0 --mode "$mode"
	must ng apply "$tmp/old.rules"
	must ng set add blocked $known
	control=$(bpftool -j map show pinned "$folder/control" | jq .id)
	blocked
}

counts_on()
{
	[ "$(rule_packets "$marked_rule")" -gt "$dropped" ]
}

# The sender is paused while the filter is set up again.
old_layout()
{
	kill -STOP "$sender"
	sleep 0.05
	NETGUARD=$newer
	must ng detach --all
	attach_older
	kill -CONT "$sender"
}

# Another layout: the filter of one of the two netguards is intact, and the older one's next command
# or the next upgrade recovers.
test_upgrade()
{
	local n=$((first - every)) older=$NETGUARD newer=$BUILD/other/netguard

	begin
	marked_begin
	blocked
	in_force >"$tmp/old"
	cp "$tmp/old" "$tmp/new"
	in_the_kernel >"$tmp/kernel-old"
	cp "$tmp/kernel-old" "$tmp/kernel-new"
	while :; do
		n=$((n + every))
		NETGUARD=$newer
		killed_before $n upgrade || break
		in_charge
		in_force >"$tmp/killed"
		is_one_of_both "$tmp/killed" "upgrade: killed before call $n"
		is_recovered "upgrade: killed before call $n"
		dropped=$(rule_packets "$marked_rule")
		try counts_on || fail "upgrade: killed before call $n: the rule counts no more"
		[ "$NETGUARD" = "$older" ] || old_layout
	done
	[ $n -gt 10 ] || fail "upgrade: it made $n calls only"
	[ -z "${NG_KILL_AT-}" ] || say_calls upgrade $n
	marked_end
	equal "datagrams let by" "$let_by" 0
}

run_tests "$@"
