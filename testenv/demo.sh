#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# demo.sh - demonstrates netguard between two network namespaces (`make demo`)
#
# Touches no interface of this machine, and checks its results: the last line is `demo: ok`, or
# `demo: FAILED: …` with exit status 1.

. "$(dirname "$0")/lib/all.sh"

bold='' plain=''
[ ! -t 1 ] || bold=$'\033[1m' plain=$'\033[0m'

say()
{
	printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}

# show ARGUMENT...: run a netguard command, and print it with its output
show()
{
	echo "# netguard $*"
	"$NETGUARD" -n "$near" "$@" || fail "netguard $* failed"
}

# The number of pings that were answered, from the output of a running ping.
answers()
{
	grep -c 'bytes from' "$tmp/pings"
}

answered_since()
{
	[ "$(answers)" -ge $(($1 + 3)) ]
}

introduce()
{
	say "Two network namespaces, $near and $far, with a cable (a veth pair) between them."
	ip -n "$near" -brief address show near0
	ip -n "$far" -brief address show far0
}

put_on()
{
	say "netguard goes onto near0. The command ends, the filter stays, in the kernel."
	show attach near0
	show status
}

replay()
{
	local capture=$root/pcaps/mix.pcapng frames

	# The far end sends nothing by itself meanwhile.
	must in_namespace "$far" sysctl -qw net.ipv6.conf.far0.disable_ipv6=1
	say "A ruleset, and packets to decide: the capture pcaps/mix.pcapng, sent from the far end."
	sed 1d "${capture%.pcapng}.rules"
	show apply "${capture%.pcapng}.rules"
	must ng counters reset
	replay_begin "$capture" "$far" far0 "$near" near0
	frames=$(expected_verdicts "${capture%.pcapng}.expect" | wc -l)
	wait_until_met xdp "$frames"
	show counters
	show flush
	replay_end
	passes_came_through "$capture" "${capture%.pcapng}.expect"
	echo "$(wc -l <"$tmp/arrived") of $frames frames came through, as they should."
}

block()
{
	local before

	say "A ping runs all the time: $far_ip asks, $near_ip answers."
	spawn ip netns exec "$far" ping -i 0.1 $near_ip >"$tmp/pings"
	try answered_since 0 || fail "there is no answer to the ping"
	tail -n 2 "$tmp/pings"
	say "Block its address, at runtime: no rule is loaded anew, no connection of others notices."
	show block $far_ip
	before=$(answers)
	try dropped_some || fail "the ping is not dropped"
	[ "$(answers)" -le $((before + 1)) ] || fail "the ping is still answered"
	echo "The ping is not answered any more; the counters tell why:"
	show counters
	say "Take the block back, and it goes on."
	show unblock $far_ip
	before=$(answers)
	try answered_since "$before" || fail "the ping is not answered again"
	tail -n 2 "$tmp/pings"
	kill "$child"
}

dropped_some()
{
	[ "$(packets .blocked)" -ge 5 ]
}

example()
{
	say "A whole ruleset at one instant: docs/examples/host.rules, for a host with a default drop."
	show apply "$root/docs/examples/host.rules"
	reached $near_ip || fail "the ping that the ruleset passes is not answered"
	echo "It passes pings:"
	show rules
	[ "$(ng rules --json | jq '[.rules[] | select(.text | contains("\"ping\"")).packets] | add')" \
		-gt 0 ] || fail "the ping was not counted"
}

take_off()
{
	say "And off again: nothing of it is left."
	show detach --all
	must ng status
	echo "$output"
	says "not attached"
}

demo()
{
	world_begin
	introduce
	put_on
	replay
	block
	example
	take_off
}

if (demo); then
	echo "demo: ok"
else
	echo "demo: FAILED: $(cat "$why")"
	exit 1
fi
