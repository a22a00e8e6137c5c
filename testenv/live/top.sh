#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# top.sh [TEST...] - rates compared with what was sent

. "$(dirname "$0")/../lib/all.sh"

# under COMMAND...: in the background, with its JSON in $tmp/said
under()
{
	spawn "$NETGUARD" -n "$near" "$@" --json >"$tmp/said" 2>"$tmp/why"
	looking=$child
}

# It has taken its first snapshot, and waits for the second one.
waits()
{
	grep -q nanosleep "/proc/$looking/wchan" 2>/dev/null
}

looked()
{
	wait "$looking" || fail "it ended with status $?: $(<"$tmp/why")"
}

# sent_in_all PATH: its packets per second times the seconds between the snapshots
sent_in_all()
{
	jq ".seconds * $1.packets_per_second | round" "$tmp/said"
}

# sender_begin N: start a sender that sends N datagrams when told to
sender_begin()
{
	spawn in_namespace "$far" python3 -c "
import os, socket, time
wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print('ready', flush=True)
while not os.path.exists('$tmp/go'):
    time.sleep(0.01)
for n in range($1):
    wire.sendto(bytes(100), ('$near_ip', 53))
    if n % 50 == 0:
        time.sleep(0.001)" >"$tmp/sender"
	sender=$child
	try grep -q ready "$tmp/sender" || fail "the sender does not start"
}

send_now()
{
	: >"$tmp/go"
	wait "$sender" || fail "the sender failed"
}

test_top_rates_are_what_was_sent()
{
	quiet "$near" near0
	quiet "$far" far0
	must ip -n "$far" neigh replace $near_ip lladdr \
		"$(ip -n "$near" -j link show near0 | jq -r '.[0].address')" dev far0
	must ng attach near0
	printf 'count udp dport 53\ndrop udp dport 53\ndrop tcp\n' | must ng apply -
	sender_begin 600
	under top --once --interval 2
	try waits || fail "it does not look"
	send_now
	looked
	equal "packets of the rule" "$(sent_in_all '.rules[1]')" 600
	equal "packets that were counted" "$(sent_in_all '.rules[0]')" 600
	equal "packets of a rule for others" "$(sent_in_all '.rules[2]')" 0
	equal "packets that were dropped" "$(sent_in_all '.interfaces[0].dropped')" 600
	equal "packets that passed" "$(sent_in_all '.interfaces[0].passed')" 0
	# Ethernet, IPv4 and UDP are 42 bytes.
	equal "bits of a packet" \
		"$(jq '.rules[1] | .bits_per_second / .packets_per_second | round' "$tmp/said")" \
		$((142 * 8))
	equal "packets in all" "$(jq '.rules[1].packets' "$tmp/said")" 600
}

is_read()
{
	find "/proc/$looking/fd" -lname "*eventpoll*" 2>/dev/null | grep -q .
}

# More than are sampled: each packet in the sample stands for several.
test_top_sources_stand_for_all()
{
	must ng attach near0 --mode tc
	echo 'drop udp dport 53' | must ng apply -
	sender_begin 5000
	under top sources --once --interval 2
	try is_read || fail "it reads no records"
	send_now
	looked
	equal "packets that were dropped" "$(jq .sample.of "$tmp/said")" 5000
	must jq -e '.sample.packets >= 1000 and .sample.packets < 5000' "$tmp/said"
	equal "the source" "$(jq -r '.sources[0].source' "$tmp/said")" $far_ip
	# In a little more than two seconds.
	must jq -e '.sources[0].packets_per_second | . > 1500 and . <= 2500' "$tmp/said"
}

test_top_sources_while_another_one_watches()
{
	must ng attach near0
	spawn "$NETGUARD" -n "$near" watch drop >/dev/null 2>&1
	looking=$child
	try is_read || fail "nobody watches"
	must_fail ng top sources --once
	says "another netguard watch, capture or top"
}

run_tests "$@"
