#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# killed.sh [TEST...] - SIGKILL at random moments of commands that change something: the filter
# continues, and the next command works.

. "$(dirname "$0")/../lib/all.sh"

times=15

# killed ARGUMENT...: netguard, killed at a moment between its start and a little after its end
killed()
{
	local moment status=0

	moment=$(printf '0.%06d' $((RANDOM % (duration * 5 / 4) + 1)))
	# The shell reports killed processes.
	{
		timeout -s KILL "$moment" "$NETGUARD" -n "$near" "$@" || status=$?
	} >/dev/null 2>&1
	[ $status != 137 ] || kills=$((kills + 1))
}

# measure ARGUMENT...: the duration of the command, in microseconds
measure()
{
	local begin=${EPOCHREALTIME/./}

	must ng "$@"
	duration=$((${EPOCHREALTIME/./} - begin))
}

begin()
{
	kills=0
	must ng attach near0 --mode "$1"
	printf '%s\n' "count icmp" "$marked_rule" >"$tmp/small.rules"
	{
		seq 5000 | awk '{ printf "drop tcp dport %d\n", $1 }'
		echo "$marked_rule"
	} >"$tmp/large.rules"
	marked_is_heard
	must ng apply "$tmp/small.rules"
	must ng counters reset
	marked_begin
}

still_filters()
{
	must ng rules
	says "$marked_rule"
	marked_was_dropped
	must ng rule add drop tcp dport 7
	[ $kills -gt 0 ] || fail "no command was killed"
}

# over_and_over COMMAND ...: each is a line of arguments
over_and_over()
{
	local command

	for _ in $(seq $times); do
		for command; do
			killed $command
		done
	done
}

rulesets_killed()
{
	begin "$1"
	measure apply "$tmp/large.rules"
	over_and_over "apply $tmp/small.rules" "apply $tmp/large.rules"
	still_filters
}

test_apply_native() { rulesets_killed native; }
test_apply_generic() { rulesets_killed generic; }
test_apply_tc() { rulesets_killed tc; }

test_rules_and_blocks()
{
	begin native
	measure rule insert 1 count ipv6
	over_and_over "rule insert 1 count ipv4" "block 198.51.100.9" "rule delete 1" \
		"unblock 198.51.100.9" "block tcp dport 9"
	# The deleted rule may have been this one.
	ng rules --json | jq -e --arg text "$marked_rule" '.rules | any(.text == $text)' \
		>/dev/null || fail "the rule is gone: the test is wrong"
	still_filters
}

# Egress programs are attached with the first `out` rule and detached with the last.
test_egress()
{
	begin tc
	{
		cat "$tmp/small.rules"
		echo "count out udp"
	} >"$tmp/out.rules"
	measure apply "$tmp/out.rules"
	over_and_over "apply $tmp/small.rules" "apply $tmp/out.rules"
	still_filters
}

second_interface_killed()
{
	wire near1 far1
	begin native
	measure attach near1 --mode "$1"
	over_and_over "attach near1 --mode $1" "detach near1"
	still_filters
	must ng attach near1
	must ng detach near1
}

test_attach_second_native() { second_interface_killed native; }
test_attach_second_generic() { second_interface_killed generic; }
test_attach_second_tc() { second_interface_killed tc; }

# The first attach creates everything, the last detach removes it.
first_interface_killed()
{
	kills=0
	measure attach near0 --mode "$1"
	for _ in $(seq $times); do
		killed detach --all
		killed attach near0 --mode "$1"
		must ng attach near0 --mode "$1"
		must ng rule add drop from $far_ip
		unreached $near_ip || fail "it does not filter"
		must ng flush
	done
	[ $kills -gt 0 ] || fail "no command was killed"
	remember_kernel_objects
	must ng detach --all
	nothing_is_left
}

test_attach_first_native() { first_interface_killed native; }
test_attach_first_generic() { first_interface_killed generic; }
test_attach_first_tc() { first_interface_killed tc; }

run_tests "$@"
