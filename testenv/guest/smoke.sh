#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# smoke.sh [-l] - tests netguard's main functions on a kernel with libxdp's dispatcher; made for a
# guest (run.sh): it uses the machine's own interfaces and bpffs. With -l, the long form, programs
# are replaced by larger ones also where netguard was attached first, and at TC.
#
# A line for each test: "ok - NAME", "not ok - NAME: why" or "skip - NAME: why". The status is 0
# if none is "not ok".
set -u

long=
[ "${1-}" != -l ] || long=1
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
netguard=${NETGUARD:-$build/netguard}
kernel=$(uname -r | cut -d. -f1,2)
near=ng-near far=ng-far
work=$(mktemp -d)
failed=0

# The far end's addresses, named by what happens to them.
friend=10.99.0.2 banned=10.99.0.3 blocked=10.99.0.4 filtered=10.99.0.5
listed=100.0.7.5 unlisted=100.0.7.200
target=10.99.0.1

clean_up()
{
	touch "$work/stop"
	for job in $(jobs -p); do
		kill "$job" 2>/dev/null
	done
	wait
	"$netguard" detach --all 2>/dev/null
	xdp-filter unload --all 2>/dev/null
	ip link del $near 2>/dev/null
	ip netns del $far 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT

# check NAME COMMAND... - one test: COMMAND succeeds; its last line of output is the reason if not
check()
{
	local name="kernel $kernel: $1"

	shift
	if "$@" >"$work/said" 2>&1; then
		echo "ok - $name"
	else
		echo "not ok - $name: $(tail -n 1 "$work/said")"
		failed=1
	fi
}

make_link()
{
	local address

	ip netns add $far &&
	ip link add $near type veth peer name end netns $far &&
	ip link set $near up && ip -n $far link set end up &&
	ip address add $target/24 dev $near && ip route add 100.0.7.0/24 dev $near || return
	for address in $friend $banned $blocked $filtered; do
		ip -n $far address add $address/24 dev end || return
	done
	for address in $listed $unlisted; do
		ip -n $far address add $address/32 dev end || return
	done
	passes $friend
}

# answers ADDRESS N SECONDS - N of three pings from an address of the far end are answered, within so
# many seconds
answers()
{
	local n

	n=$(ip netns exec $far ping -q -c 3 -i 0.1 -W "$3" -I "$1" $target |
		sed -n 's/.* \([0-9]*\) received.*/\1/p')
	echo "$n of 3 pings from $1 answered"
	[ "$n" = "$2" ]
}
passes() { answers "$1" 3 5; }
drops() { answers "$1" 0 0.5; }

# counted RULE - packets counted by a rule, or by a word such as "blocked"
counted()
{
	"$netguard" --json counters |
		jq --arg rule "$1" '(.rules[] | select(.text == $rule)) // .[$rule] | .packets'
}

is_counted()
{
	local n

	n=$(counted "$1") && echo "counted $n of \"$1\", expected $2" && [ "$n" = "$2" ]
}

# The blocked address and the allowed one ping all the time; both report how often at the end.
flood()
{
	ip netns exec $far ping -q -i 0.005 -I $banned $target >"$work/banned" 2>&1 &
	banned_ping=$!
	until [ -e "$work/stop" ]; do
		ip netns exec $far ping -q -c 50 -i 0.005 -W 5 -I $friend $target
	done >"$work/friend" 2>&1 &
	friend_ping=$!
}

flood_ends()
{
	touch "$work/stop"
	kill -INT $banned_ping
	wait $banned_ping $friend_ping
	rm "$work/stop"
}

# sent NAME, received NAME - sums over all reports of ping
sent() { awk '/transmitted/ { n += $1 } END { print n + 0 }' "$work/$1"; }
received() { awk '/transmitted/ { n += $4 } END { print n + 0 }' "$work/$1"; }
none_lost()
{
	echo "friend: $(sent friend) sent, $(received friend) received"
	[ "$(sent friend)" -gt 0 ] && [ "$(sent friend)" = "$(received friend)" ]
}
none_let_through()
{
	echo "banned: $(sent banned) sent, $(received banned) received"
	[ "$(sent banned)" -gt 0 ] && [ "$(received banned)" = 0 ]
}

# Rulesets: two that differ a little, and one with a set that no small capacity holds.
make_rulesets()
{
	cat >"$work/small.rules" <<-END
		drop from $banned
		count icmp from $friend
	END
	{ cat "$work/small.rules" && echo "count udp"; } >"$work/other.rules"
	# Every second /25, so that no two of them are adjacent.
	awk 'BEGIN { for (i = 0; i < 100000; i++)
		printf "%d.%d.%d.0/25\n", 100 + int(i / 65536), int(i / 256) % 256, i % 256 }' \
		>"$work/large.txt"
	{
		echo 'set large file "large.txt"'
		cat "$work/small.rules"
		echo 'drop from @large'
	} >"$work/large.rules"
}

# components N - the number of programs that libxdp's dispatcher calls on the near interface
components()
{
	xdp-loader status $near | tee "$work/status" | grep -c '=>' | grep -qx "$1" ||
		{ grep -c '=>' "$work/status"; return 1; }
}

changes_under_flood()
{
	"$netguard" apply "$work/other.rules" && "$netguard" rule add drop udp dport 9 &&
	"$netguard" rule move 4 1 && "$netguard" apply "$work/small.rules" &&
	"$netguard" block $blocked && "$netguard" unblock $blocked &&
	"$netguard" block udp && "$netguard" rule delete 1
}

grows_under_flood()
{
	"$netguard" apply "$work/large.rules" && "$netguard" set test large $listed &&
	! "$netguard" set test large $unlisted
}

test_filtering()
{
	check "$1: a ruleset is applied" "$netguard" apply "$work/small.rules"
	check "$1: its drop rule drops" drops $banned
	check "$1: others pass" passes $friend
	check "$1: the drop is counted" is_counted "drop from $banned" 3
	check "$1: the passed are counted" is_counted "count icmp from $friend" 3
	check "$1: block" "$netguard" block $blocked
	check "$1: the blocked address is dropped" drops $blocked
	check "$1: the blocked are counted" is_counted blocked 3
	check "$1: unblock" "$netguard" unblock $blocked
	check "$1: the unblocked address passes" passes $blocked
}

under_flood()
{
	local label=$1

	shift
	"$netguard" counters reset >/dev/null
	flood
	check "$@"
	flood_ends
	check "$label: no ping was lost" none_lost
	check "$label: no banned ping came through" none_let_through
	check "$label: every banned ping was counted once" \
		is_counted "drop from $banned" "$(sent banned)"
	check "$label: every other ping was counted once" \
		is_counted "count icmp from $friend" "$(sent friend)"
}

test_updates()
{
	under_flood "$1: rules change" \
		"$1: rules change under a flood" changes_under_flood
}

test_growth()
{
	under_flood "$1: larger programs" \
		"$1: the programs are replaced by larger ones under a flood" grows_under_flood
	check "$1: an address in the large set is dropped" drops $listed
	check "$1: an address beside it passes" passes $unlisted
}

test_out()
{
	check "$1: a rule for what leaves" "$netguard" rule add drop out icmp to $blocked
	check "$1: it drops" drops $blocked
	check "$1: it is deleted" "$netguard" rule delete 3
	check "$1: what leaves passes again" passes $blocked
}

# Nothing of ours is left. The kernel frees programs a moment after the last reference.
left_over()
{
	bpftool prog show | grep -w 'netguard[_a-z]*'
	bpftool map show | grep -w 'ng_[a-z]*'
	find /sys/fs/bpf -mindepth 1 -name '*netguard*'
	tc qdisc show dev $near | grep clsact
}
nothing_is_left()
{
	for _ in $(seq 50); do
		[ -n "$(left_over)" ] || return 0
		sleep 0.1
	done
	left_over
	return 1
}

# Services at the far end and here, and questions to the other side over TCP and UDP.
peer=testenv/lib/peer.py

answering()
{
	ip netns exec $far $peer serve $friend 8080 >"$work/serve" &
	ip netns exec $far $peer answer $friend 5353 >"$work/answer" &
	$peer serve $target 81 >"$work/own" &
	for _ in $(seq 100); do
		[ "$(cat "$work/serve" "$work/answer" "$work/own" | grep -c ready)" = 3 ] && return
		sleep 0.1
	done
	return 1
}

asks() { $peer get $friend 8080 && $peer ask $friend 5353; }
asks_in_vain() { ! $peer get $friend 8080; }
refused() { ! ip netns exec $far $peer get $target 81; }

# Rates and conversations on this kernel, beside a program of another project. The third ping is above
# the rate.
test_states()
{
	printf '%s\n' "default drop" "limit 1/h burst 2 per source icmp" "pass established" \
		"pass icmp from $friend" >"$work/states.rules"
	grep -v established "$work/states.rules" >"$work/stateless.rules"
	check "$1: both ends answer" answering
	check "$1: limit and established are applied" "$netguard" apply "$work/states.rules"
	check "$1: both are still called" components 2
	check "$1: conversations over TCP and UDP pass" asks
	check "$1: nobody can begin one from outside" refused
	check "$1: what is above the rate is dropped" answers $friend 2 0.5
	check "$1: xdp-filter still filters" drops $filtered
	check "$1: the same without established" "$netguard" apply "$work/stateless.rules"
	check "$1: no conversation passes then" asks_in_vain
	check "$1: the small ruleset again" "$netguard" apply "$work/small.rules"
}

test_beside_xdp_filter()
{
	check "xdp-filter first: netguard joins it" "$netguard" attach $near --mode native
	check "xdp-filter first: both are called" components 2
	test_filtering "xdp-filter first"
	check "xdp-filter first: it still filters" drops $filtered
	test_updates "xdp-filter first"
	test_growth "xdp-filter first"
	test_states "xdp-filter first"
	check "xdp-filter first: both are called after the updates" components 2
	check "xdp-filter first: detach" "$netguard" detach $near
	check "xdp-filter first: it stays alone" components 1
	check "xdp-filter first: it filters alone" drops $filtered
	check "xdp-filter first: the banned address passes" passes $banned
	check "xdp-filter first: nothing of netguard is left" nothing_is_left
}

test_before_xdp_filter()
{
	check "netguard first: attach" "$netguard" attach $near
	check "netguard first: a ruleset is applied" "$netguard" apply "$work/small.rules"
	check "netguard first: xdp-filter joins it" xdp-filter load $near -m native
	xdp-filter ip $filtered -m src
	check "netguard first: both are called" components 2
	check "netguard first: netguard filters" drops $banned
	check "netguard first: xdp-filter filters" drops $filtered
	[ -z "$long" ] || test_growth "netguard first"
	check "netguard first: xdp-filter leaves" xdp-filter unload $near
	check "netguard first: netguard filters alone" drops $banned
	check "netguard first: others pass" passes $filtered
	check "netguard first: detach" "$netguard" detach --all
	check "netguard first: nothing of netguard is left" nothing_is_left
}

# Kernel 6.6 introduced TCX links; before that the filter is in a clsact qdisc.
uses_the_best_tc()
{
	if [ "$(printf '%s\n' 6.6 "$kernel" | sort -V | head -n 1)" = 6.6 ]; then
		tc qdisc show dev $near
		! tc qdisc show dev $near | grep -q clsact
	else
		tc filter show dev $near ingress | grep netguard
	fi
}

test_tc()
{
	check "tc: attach" "$netguard" attach $near --mode tc
	check "tc: by a TCX link where there is one" uses_the_best_tc
	test_filtering tc
	test_updates tc
	test_out tc
	[ -z "$long" ] || test_growth tc
	check "tc: detach" "$netguard" detach --all
	check "tc: the banned address passes" passes $banned
	check "tc: nothing of netguard is left" nothing_is_left
}

# Verifiers differ in the paths they explore, how they count stacks, and what they know.
test_verifier()
{
	local program

	for program in verifier_test verifier_refuses_test; do
		CMOCKA_MESSAGE_OUTPUT=TAP "$build/tests/$program" 2>&1 |
			sed "s/^\(not \)\?ok [0-9]* - /&kernel $kernel: /"
		[ "${PIPESTATUS[0]}" = 0 ] || failed=1
	done
}

make_rulesets
# With -l all test programs follow (suite.sh), including these.
[ -n "$long" ] || test_verifier
check "a link" make_link
check "xdp-filter is loaded" xdp-filter load $near -m native
xdp-filter ip $filtered -m src
test_beside_xdp_filter
xdp-filter unload $near
test_before_xdp_filter
test_tc
# Older kernels verify loops in another way: the programs they accept must still be right.
for shape in mixture sets counts; do
	check "the programs decide as the model: $shape" \
		"$build/tests/differential" --shape $shape --rules 200 --rulesets 1 --frames 60
done
exit $failed
