#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# memory_fails.sh [TEST...] - each command, with one failing allocation of memory
# (tests/fail_alloc.c). It reports that and exits with status 1, or works without; the old or the new
# ruleset is in force; the next command works and leaves exactly the right pins.
#
#	NG_FAIL_EVERY=N		only every Nth request; 1 is all. A sample when it is not set
#	NG_FAIL_FIRST=N		from the Nth on; 1 when it is not set

. "$(dirname "$0")/../lib/all.sh"
. "$root/testenv/lib/states.sh"

failing=$BUILD/netguard-failing
every=${NG_FAIL_EVERY:-0}
input=/dev/null # of commands

begin()
{
	must ng attach near0
	folder=$(pins "$near")
	rules_files 'drop udp dport 53,123 log 3/s label "never"' "drop out tcp dport 7"
	must ng set add blocked $known
	old_rules
}

no_second_interface()
{
	ng detach near1 >/dev/null 2>&1
}

second_interface()
{
	no_second_interface
	must ng attach near1
}

# Read without changing anything, and without remaining times, which change every second. An egress
# program may stay without a rule until the next command: see pinned().
in_force()
{
	{
		ng save
		ng set list banned
		ng set list blocked
		flows_there
		ng status --json |
			jq -r '.interfaces[] | select(.hook != "tc-out") | "\(.name) \(.hook) \(.mode) \(.attached)"'
	} 2>&1 | sed -E 's/ for [0-9][0-9a-z]*$/ for a time/; s/ until [0-9TZ:-]+/ until a time/'
}

# Pins, without the generation and the length of the history.
pinned()
{
	find "$folder" -printf '%P\n' | sed -e 's/gen-[0-9]*/gen/' -e 's/map-[0-9]*/map/' \
		-e '/^history./d' | sort
}

# request_fails N ARGUMENT...: its exit status is in $status; false if it made fewer requests
request_fails()
{
	local n=$1

	shift
	rm -f "$tmp/note"
	status=0
	NG_FAIL_ALLOC=$n NG_FAIL_NOTE=$tmp/note timeout 300 "$failing" -n "$near" "$@" \
		>"$tmp/out" 2>"$tmp/err" <"$input" || status=$?
	[ -e "$tmp/note" ]
}

# said_it WHAT: a failure has a message
said_it()
{
	case $status in
	0) ;;
	1 | 2) # 2: of a command that answers a question
		grep -qiE 'out of memory|cannot allocate memory' "$tmp/err" ||
			fail "$1: it does not say that it has no memory but: $(<"$tmp/err")"
		;;
	*) fail "$1: it ended with status $status: $(<"$tmp/err")" ;;
	esac
}

# is_whole WHAT: the state is old or new, and the next command works without a warning
is_whole()
{
	local state=new

	in_force >"$tmp/now"
	cmp -s "$tmp/now" "$tmp/new" || state=old
	same "$1: status $status, neither old nor new" "$tmp/now" "$tmp/$state"
	[ $status = 1 ] || [ $state = new ] || cmp -s "$tmp/old" "$tmp/new" ||
		fail "$1: status 0 and the old state"
	must timeout 120 "$NETGUARD" -n "$near" set add blocked $known
	in_force >"$tmp/recovered"
	same "$1: in force before and after recovery" "$tmp/recovered" "$tmp/now"
	pinned >"$tmp/pinned"
	same "$1: pins" "$tmp/pinned" "$tmp/pinned-$state"
}

# each_request STEP BEGIN ARGUMENT...: BEGIN is the function that goes to the old state; in a sample
# every STEPth request fails
each_request()
{
	local step=$1 begin=$2 n trials=0 where

	shift 2
	[ "$every" = 0 ] || step=$every
	n=${NG_FAIL_FIRST:-1}
	$begin
	in_force >"$tmp/old"
	pinned >"$tmp/pinned-old"
	"$failing" -n "$near" "$@" <"$input" >"$tmp/out" 2>&1 || fail "$*: $(<"$tmp/out")"
	in_force >"$tmp/new"
	pinned >"$tmp/pinned-new"
	$begin
	while request_fails $n "$@"; do
		where="$*: request $n fails, at $(<"$tmp/note")"
		said_it "$where"
		is_whole "$where"
		# in_force does not show that a change waits to be confirmed.
		[ $status = 1 ] && cmp -s "$tmp/now" "$tmp/old" || $begin
		trials=$((trials + 1)) n=$((n + step))
	done
	[ $status = 0 ] || fail "$*: request $n of fewer: status $status: $(<"$tmp/err")"
	[ "$every" != 1 ] || [ $trials -gt 0 ] || fail "$*: it asked for nothing"
	[ "$every" = 0 ] || echo "# $*: $trials of $n requests failed"
}

# each_answer STEP STATUS ARGUMENT...: for a command that changes nothing, whose exit status is STATUS
# if nothing fails
each_answer()
{
	local step=$1 right=$2 n where

	shift 2
	[ "$every" = 0 ] || step=$every
	n=${NG_FAIL_FIRST:-1}
	while request_fails $n "$@"; do
		where="$*: request $n fails, at $(<"$tmp/note")"
		[ $status = "$right" ] && ! grep -qi memory "$tmp/err" || said_it "$where"
		n=$((n + step))
	done
	equal "$*: status when nothing fails" $status "$right"
}

test_rules_change()
{
	begin
	each_request 37 old_rules apply "$tmp/new.rules"
	each_request 37 old_rules rule add drop tcp dport 8
	each_request 37 old_rules rule delete 1
	each_request 37 many_rules rule replace 100 drop tcp dport 8
	each_request 37 old_rules rule move 1 3
	each_request 37 old_rules rule replace 1 count tcp
	each_request 37 old_rules block tcp dport 9
	each_request 37 old_rules allow tcp dport 9 for 1h
	each_request 41 old_rules set load banned "$tmp/list"
	each_request 41 confirmed_old apply "$tmp/new.rules" --confirm 1h
	each_request 11 waiting confirm
	each_request 17 waiting rollback
	confirmed_old
	each_request 37 old_rules flush
	each_request 5 old_rules counters reset
}

test_sets_change()
{
	begin
	each_request 3 unblocked block 192.0.2.77
	each_request 3 blocked block 192.0.2.77 for 1h
	each_request 3 blocked unblock 192.0.2.77
	each_request 3 blocked set delete blocked 192.0.2.77
	unblocked
	each_request 3 old_rules set add banned 10.3.0.1
	each_request 3 true set flush banned
	input=$tmp/lines
	lines "add blocked 192.0.2.77"
	each_request 1 owned_by_one feed - --owner two --ack
	lines "begin blocked" "add blocked 192.0.2.78" "commit blocked"
	each_request 1 owned_by_two feed - --owner one --ack
	input=/dev/null
	each_request 1 owned_by_two unblock 192.0.2.77
	# The last: the flow table stays as long as the previous ruleset uses it.
	each_request 3 noted flows flush
}

test_interfaces_come_and_go()
{
	begin
	wire near1 far1
	each_request 17 no_second_interface attach near1
	each_request 17 no_second_interface attach near1 --mode tc
	each_request 11 second_interface detach near1
	second_interface
	each_request 23 true upgrade
}

test_answers()
{
	begin
	blocked
	each_answer 17 0 check "$tmp/new.rules"
	each_answer 23 0 check --json "$tmp/new.rules"
	each_answer 97 0 test "$tmp/new.rules" "$root/pcaps/ipv4-plain.pcap"
	each_answer 97 0 test --json "$tmp/new.rules" "$root/pcaps/ipv4-plain.pcap"
	each_answer 97 0 test "$tmp/noting.rules" "$root/pcaps/mix.pcapng" --own 192.0.2.1,2001:db8::/32
	each_answer 97 1 explain udp dport 53
	each_answer 97 0 explain --rules "$tmp/noting.rules" tcp from 192.0.2.9 flags ack established
	each_answer 97 1 explain --json --hex 02000000000102000000000208004500001c00000000401100000a00000101020304303900350008
	each_answer 5 0 set list
	each_answer 5 0 set list banned
	each_answer 5 0 set list --json blocked
	each_answer 3 0 set test blocked 192.0.2.77
	each_answer 11 0 status
	each_answer 11 0 status --json
	each_answer 11 0 rules
	each_answer 11 0 rules --json
	each_answer 11 0 counters
	each_answer 11 0 save
	each_answer 17 0 metrics
	each_answer 11 0 top --once --interval 0.1
	each_answer 3 0 rollback --list
	noted
	each_answer 5 0 flows
	each_answer 5 0 flows --json tcp from 192.0.2.1
	each_answer 5 0 completion words set load
}

run_tests "$@"
