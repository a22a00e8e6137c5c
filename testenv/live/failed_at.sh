#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# failed_at.sh [TEST...] - each command that changes something, with one failing system call: ENOMEM,
# EPERM, ENFILE, EIO or EINTR, on two interfaces, one at XDP and one at TC. Afterwards the old or the
# new ruleset is in force on both; the rule in both rulesets never passes a packet; the exit status
# is right; and the next command recovers and works.
#
#	NG_FAIL_AT=own|all	of each command all calls from main() on, or those of the dynamic
#				linker too, each with all five; or only the kinds `read` and
#				`state` of testenv/fail_at.c. A sample when it is not set
#	NG_FAIL_EVERY=N		only every Nth of those
#	NG_FAIL_FIRST=N		from the Nth on; 1 when it is not set
#	NG_FAIL_ERRORS=one	each call with one of the errors, in turn, instead of with all five

. "$(dirname "$0")/../lib/all.sh"
. "$root/testenv/lib/states.sh"

fail_at=$BUILD/testenv/fail_at
errors=(ENOMEM EPERM ENFILE EIO EINTR)
input=/dev/null # of commands
never='drop udp dport 4242 label "never"'
trials=0

# ---- the world -----------------------------------------------------------------------------

# flow N: some hundred datagrams a second for the rule that drops them, to interface nearN
flow()
{
	address "far$1" "$far" "192.0.$((2 + $1)).66/24"
	spawn ip netns exec "$far" "$root/testenv/lib/udp.py" \
		send "192.0.$((2 + $1)).66" "192.0.$((2 + $1)).1" 4242 0.004 >"$tmp/sent$1"
}

begin()
{
	wire near1 far1
	address near1 "$near" 192.0.3.1/24
	address far1 "$far" 192.0.3.2/24
	wire near2 far2
	must ng attach near0 --mode "${NG_FAIL_MODE:-native}"
	must ng attach near1 --mode tc
	folder=$(pins "$near")
	control=$(bpftool -j map show pinned "$folder/control" | jq .id)
	rules_files "$never" "drop tcp dport 7"
	{
		cat "$tmp/old.rules"
		seq 5000 | awk '{ printf "drop tcp dport %d from 203.0.113.0/24\n", $1 }'
	} >"$tmp/large.rules"
	must ng apply "$tmp/old.rules"
	must ng set add banned 198.18.0.1
	must ng set add blocked $known
	# A failed change might take one place in the history.
	for _ in {1..5}; do
		must ng apply "$tmp/new.rules"
		old_rules
	done
	spawn ip netns exec "$near" "$root/testenv/lib/udp.py" receive 4242 >"$tmp/let-by"
	try grep -q ready "$tmp/let-by" || fail "the receiver does not start"
	[ -n "$flows" ] || return 0
	flow 0
	flow 1
}

# The old ruleset is the previous one.
new_then_old()
{
	ng apply "$tmp/new.rules" >/dev/null 2>&1
	old_rules
}

no_third_interface()
{
	! ng status | grep -q near2 || must ng detach near2
}

third_interface()
{
	no_third_interface
	must ng attach near2 --mode "$1"
}

third_interface_xdp()
{
	third_interface native
}

third_interface_tc()
{
	third_interface tc
}

# ---- the state -----------------------------------------------------------------------------

# Read without changing anything: rules, sets, live entries, and where programs run. The number of
# packets that each interface has dropped goes to $tmp/dropped.
in_force()
{
	ng save
	ng set list banned
	ng set list blocked
	flows_there
	ng status --json >"$tmp/status"
	sed -n 's/^ *"\(name\|hook\|mode\|attached\|waits\)": *//p' "$tmp/status" | grep -v nothing
	ip -n "$near" -o link show 2>/dev/null | sed -n 's/.*\(near[0-9]\)@.* \(xdp[^ ]*\) .*/\1 \2/p'
} 2>&1

# Pins, without generation and ids. An unconfirmed ruleset may not have become the previous one,
# with a warning: then there is one image less.
pinned()
{
	local files=("$folder"/* "$folder"/gen-*/*)

	files=("${files[@]#"$folder"/}")
	files=("${files[@]/#gen-+([0-9])/gen}")
	printf '%s\n' "${files[@]/#map-+([0-9])/map}" | sort -u
}
shopt -s extglob nullglob

is_as()
{
	cmp -s "$tmp/now" "$tmp/$1"
}

none_was_let_by()
{
	! grep -q heard "$tmp/let-by" || fail "$1: a datagram was let by"
}

# counts: have both interfaces dropped more packets since the last call?
counts()
{
	local now

	ng status --json >"$tmp/status"
	now=$(jq -r '[.interfaces[] | select(.hook != "tc-out" and .name != "near2") |
		.dropped.packets] | @tsv' "$tmp/status")
	[ "${now%	*}" -gt "${dropped%	*}" ] && [ "${now#*	}" -gt "${dropped#*	}" ] ||
		return 1
	dropped=$now
}
dropped="0	0"

# ---- trials --------------------------------------------------------------------------------

# is_true STATUS WHAT: the state afterwards is old or new, as the exit status says
is_true()
{
	local said

	said=$(grep -v '^# system call' "$tmp/last")
	[ "$1" -lt 126 ] || [ "$1" = 127 ] || fail "$2: it ended with status $1: $said"
	is_as old || is_as new ||
		fail "$2, status $1, what is in force is neither old nor new: $(
			diff "$tmp/old" "$tmp/now") $said"
	if [ "$1" = 0 ]; then
		is_as new || fail "$2: status 0 and the old state: $said"
	elif ! is_as old; then
		# It is in force anyway, with a message.
		[[ $said == *"cannot write the output"* || $said == *"but "* || -z $said ]] ||
			fail "$2: status $1 and the new state: $said"
	fi
}

# is_recovered WHAT: the next command works, changes nothing, and leaves exactly the right pins
is_recovered()
{
	local state=old

	cp "$tmp/now" "$tmp/failed"
	is_as old || state=new
	must timeout 10 "$NETGUARD" -n "$near" set add blocked $known
	in_force >"$tmp/now"
	same "$1: in force before and after recovery" "$tmp/now" "$tmp/failed"
	pinned >"$tmp/pinned"
	same "$1: pins" "$tmp/pinned" "$tmp/pinned-$state"
	[ "$(ng rollback --list | wc -l)" -ge "$histories" ] || fail "$1: of the history one is gone"
}

# whole STATUS WHAT: checks the state after a trial that ended with STATUS
whole()
{
	trials=$((trials + 1))
	in_force >"$tmp/now"
	none_was_let_by "$2"
	is_true "$1" "$2"
	is_recovered "$2"
	if [ -n "$flows" ]; then
		try counts || fail "$2: it counts no more: $(ng status)"
	fi
}

# fails_at N ERROR ARGUMENT...: false if there are fewer calls
fails_at()
{
	local n=$1 error=$2 status=0

	shift 2
	"$fail_at" "$calls" "$n" "$error" "$NETGUARD" -n "$near" "$@" <"$input" >"$tmp/last" 2>&1 ||
		status=$?
	[ $status != 200 ] || return 1
	grep -q '^# system call' "$tmp/last" ||
		fail "$*: no call failed, and it ends with $status: $(<"$tmp/last")"
	whole $status "$*: call $n fails ($(tail -n 1 "$tmp/last"))"
}

# note_kernel FILE: when it no longer changes; detached programs go a moment later
note_kernel()
{
	in_the_kernel >"$1"
	until sleep 0.5 && in_the_kernel >"$1-again" && cmp -s "$1" "$1-again"; do
		mv "$1-again" "$1"
	done
}

# old_and_new BEGIN ARGUMENT...: note the state that BEGIN goes to, and that after the command
old_and_new()
{
	local begin=$1

	shift
	$begin
	in_force >"$tmp/old"
	pinned >"$tmp/pinned-old"
	note_kernel "$tmp/kernel-old"
	must ng "$@" <"$input"
	in_force >"$tmp/new"
	pinned >"$tmp/pinned-new"
	note_kernel "$tmp/kernel-new"
	$begin
	histories=$(ng rollback --list | wc -l)
	cp "$tmp/old" "$tmp/now"
}

# each_of_kind KIND STEP BEGIN ARGUMENT...: every STEPth call fails, with one error or all
each_of_kind()
{
	local calls=$1 step=$2 begin=$3 n=${NG_FAIL_FIRST:-1} error in_turn=yes

	shift 3
	[ -z "${NG_FAIL_AT-}" ] || [ "${NG_FAIL_ERRORS-}" = one ] || in_turn=
	while :; do
		for error in "${errors[@]}"; do
			[ -z "$in_turn" ] || error=${errors[n % 5]}
			is_as old || $begin
			if ! fails_at $n $error "$@"; then
				in_force >"$tmp/now" # the call did not matter
				return
			fi
			[ -z "$in_turn" ] || break
		done
		n=$((n + step))
	done
}

# each_call STEP BEGIN ARGUMENT...: BEGIN goes to the old state. In a sample every STEPth call that
# reads what is pinned and attached fails, and fewer of the others.
each_call()
{
	local step=$1 begin=$2 before=$trials

	shift 2
	old_and_new $begin "$@"
	if [ -n "${NG_FAIL_AT-}" ]; then
		each_of_kind "$NG_FAIL_AT" "${NG_FAIL_EVERY:-1}" $begin "$@"
	else
		each_of_kind read "$step" $begin "$@"
		each_of_kind state $((7 * step)) $begin "$@"
	fi
	[ $trials -gt $before ] || fail "$*: it made no call"
	try kernel_matches || fail "$*: pins and programs: $(diff "$tmp/kernel-old" "$tmp/kernel")"
	[ -z "${NG_FAIL_AT-}" ] || echo "# $*: $((trials - before)) calls failed"
}

kernel_matches()
{
	local state=old

	is_as old || state=new
	in_the_kernel >"$tmp/kernel"
	cmp -s "$tmp/kernel" "$tmp/kernel-$state"
}

# ---- tests ---------------------------------------------------------------------------------

flows=both

# Those that take the lock, as the table of commands has them.
test_each_changing_command_is_among_these()
{
	local name

	while read -r name; do
		grep -qE "each_call [0-9]+ [a-z_]+ $name( |\$)" "$0" ||
			fail "no system call of \`$name\` fails here"
	done < <(awk -F'"' '/^\t\t.name = / { name = $2 } /\.needs = .*(LOCK|CHANGE|PUBLISH)/ { print name }' \
		"$root/ctl/cli/table.c")
}

test_rules_change()
{
	begin
	each_call 11 old_rules apply "$tmp/new.rules"
	each_call 11 old_rules rule add drop tcp dport 8
	each_call 11 old_rules rule insert 1 drop tcp dport 8
	each_call 11 many_rules rule replace 100 drop tcp dport 8
	each_call 11 old_rules rule delete 1
	each_call 11 old_rules rule replace 1 count tcp
	each_call 11 old_rules rule move 1 3
	each_call 11 old_rules block tcp dport 9
	each_call 11 old_rules allow tcp dport 9
	each_call 11 old_rules count tcp dport 9
	each_call 11 old_rules set load banned "$tmp/list"
}

test_what_waits_to_be_confirmed()
{
	begin
	each_call 11 confirmed_old apply "$tmp/new.rules" --confirm 1h
	each_call 11 waiting confirm
	each_call 11 waiting rollback
	confirmed_old
	each_call 11 new_then_old rollback
}

test_sets_change()
{
	begin
	each_call 5 unblocked block 192.0.2.77
	each_call 11 unblocked block 192.0.2.77 for 1h
	each_call 11 blocked unblock 192.0.2.77
	each_call 11 blocked allow 192.0.2.77
	old_rules
	each_call 11 blocked set delete blocked 192.0.2.77
	each_call 11 full_table set add banned 10.3.0.1
	each_call 11 full_table set flush banned
	each_call 11 noted flows flush
}

test_owners_change()
{
	begin
	input=$tmp/lines
	lines "add blocked 192.0.2.77"
	each_call 5 owned_by_one feed - --owner two
	lines "begin blocked" "commit blocked"
	each_call 11 owned_by_two feed - --owner one
	input=/dev/null
	each_call 11 owned_by_two unblock 192.0.2.77
}

test_what_ends_the_rule_or_its_count()
{
	flows=
	begin
	each_call 11 old_rules flush
	each_call 11 old_rules counters reset
}

test_interfaces_come_and_go()
{
	begin
	each_call 29 no_third_interface attach near2 --mode native
	each_call 31 no_third_interface attach near2 --mode tc
	each_call 11 third_interface_xdp detach near2
	each_call 11 third_interface_tc detach near2
}

# Egress programs are attached with the first `out` rule and detached with the last.
test_egress()
{
	begin
	each_call 29 old_rules rule add drop out tcp dport 25
}

test_growth()
{
	begin
	each_call 11 small_programs apply "$tmp/large.rules"
}

test_upgrade()
{
	begin
	each_call 23 old_rules upgrade
}

# Attach the first interface and detach the last: whatever fails, the next attach works, and the next
# detach leaves nothing.
test_first_and_last_interface()
{
	local calls=${NG_FAIL_AT:-state} n=${NG_FAIL_FIRST:-1} step=${NG_FAIL_EVERY:-61} status

	flows=
	begin
	must ng detach --all
	while :; do
		status=0
		"$fail_at" "$calls" "$n" "${errors[n % 5]}" "$NETGUARD" -n "$near" attach near0 near1 \
			--mode native >"$tmp/last" 2>&1 || status=$?
		[ $status != 200 ] || break
		is_attached $status
		must ng attach near0 near1
		must ng rule add count icmp
		reached $near_ip || fail "attach: call $n fails: it does not pass: $(<"$tmp/last")"
		equal "attach: call $n fails: pings counted" "$(rule_packets "count icmp")" 1
		status=0
		"$fail_at" "$calls" "$n" "${errors[n % 5]}" "$NETGUARD" -n "$near" detach --all \
			>"$tmp/last" 2>&1 || status=$?
		[ $status = 0 ] || ng detach --all >/dev/null 2>&1 || :
		[ ! -e "$folder" ] || fail "detach: call $n fails: pins are left: $(<"$tmp/last")"
		must ip -n "$near" link show
		[[ $output != *xdp* ]] || fail "detach: call $n fails: a program is left: $(<"$tmp/last")"
		n=$((n + step))
	done
}

# says_so KIND BEGIN WORDS ARGUMENT...: when one of the calls of this kind fails; BEGIN goes before
says_so()
{
	local kind=$1 begin=$2 words=$3 n=1 status=0

	shift 3
	while [ $status != 200 ]; do
		$begin
		status=0
		"$fail_at" "$kind" $n ENOMEM "$NETGUARD" -n "$near" "$@" >"$tmp/last" 2>&1 || status=$?
		! grep -q "$words" "$tmp/last" || return 0
		n=$((n + 1))
	done
	fail "$*: of $((n - 2)) calls none fails with '$words'"
}

attached_tc()
{
	must ng attach near0 --mode tc
}

# These calls are made by all commands, before they look at the filter.
test_what_all_commands_need()
{
	must ng attach near0
	says_so own : "cannot look for the BPF file system: Cannot allocate memory" status
	says_so own : "cannot give up capabilities" status
}

test_detach_says_what_failed()
{
	says_so state attached_tc "near0: cannot detach tc-in: Cannot allocate memory" detach near0
}

# is_attached STATUS: on both, or on none
is_attached()
{
	local on=none

	! ng status | grep -q near0 || on=both
	[ "$1" -lt 126 ] || fail "attach: call $n fails: status $1: $(<"$tmp/last")"
	[ "$1" != 0 ] || [ $on = both ] || fail "attach: call $n fails: status 0: $(<"$tmp/last")"
	[ "$1" = 0 ] || [ $on = none ] ||
		fail "attach: call $n fails: status $1 and attached: $(<"$tmp/last")"
}

# with_few_descriptors STEP BEGIN ARGUMENT...
with_few_descriptors()
{
	local step=$1 begin=$2 limit status

	shift 2
	old_and_new $begin "$@"
	for ((limit = 4; limit < 40; limit += step)); do
		is_as old || $begin
		status=0
		(
			ulimit -n $limit
			exec "$NETGUARD" -n "$near" "$@"
		) >"$tmp/last" 2>&1 || status=$?
		whole $status "ulimit -n $limit; $*"
	done
}

test_few_descriptors()
{
	begin
	with_few_descriptors 2 unblocked block 192.0.2.77
	with_few_descriptors 3 old_rules rule add drop tcp dport 8
	with_few_descriptors 5 old_rules apply "$tmp/new.rules"
	with_few_descriptors 9 small_programs apply "$tmp/large.rules"
}

run_tests "$@"
