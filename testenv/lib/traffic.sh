# SPDX-License-Identifier: GPL-2.0-only
# traffic.sh - packets that must not pass, and pings that must not be lost, while rules change

marked_ip=192.0.2.66 marked_port=4242
marked_rule="drop udp from $marked_ip dport $marked_port label \"never\""

# Start the marked flow: some thousands of datagrams a second from the far end.
marked_begin()
{
	address far0 "$far" $marked_ip/24
	spawn ip netns exec "$near" "$root/testenv/lib/udp.py" receive $marked_port >"$tmp/let-by"
	receiver=$child
	try grep -q ready "$tmp/let-by" || fail "the receiver does not start"
	spawn ip netns exec "$far" "$root/testenv/lib/udp.py" \
		send $marked_ip $near_ip $marked_port >"$tmp/sent"
	sender=$child
}

# Stop the flow; $sent and $let_by are how many were sent and passed.
marked_end()
{
	kill -TERM "$sender"
	wait "$sender"
	sent=$(<"$tmp/sent")
	kill -TERM "$receiver"
	wait "$receiver"
	let_by=$(tail -n 1 "$tmp/let-by")
}

# Does the receiver get datagrams that no rule drops? Otherwise the test proves nothing.
marked_is_heard()
{
	marked_begin
	try grep -q heard "$tmp/let-by" || fail "the receiver hears nothing even without a rule"
	marked_end
	must ip -n "$far" address del $marked_ip/24 dev far0
}

# Frames of any kind that the veth queue had no room for, since the machine is busy.
lost_on_the_wire()
{
	ip -n "$far" -s -j link show far0 | jq '.[0].stats64.tx.dropped'
}

# Each datagram that was not lost in the queue was counted once by the rule, and none passed.
marked_was_dropped()
{
	local dropped lost

	marked_end
	[ "$sent" -gt 0 ] || fail "no datagram was sent"
	equal "datagrams let by" "$let_by" 0
	dropped=$(rule_packets "$marked_rule")
	lost=$(lost_on_the_wire)
	[ "$dropped" -le "$sent" ] && [ "$dropped" -ge $((sent - lost)) ] ||
		fail "the rule dropped $dropped datagrams of $sent; $lost frames were lost on the wire"
}

# pings_begin [N]: some seconds of pings from the far end, one every 2 ms. They end by themselves,
# since a ping that is stopped counts its last packet as lost.
pings_begin()
{
	spawn ip netns exec "$far" ping -q -i 0.002 -c "${1:-1500}" $near_ip >"$tmp/pings"
	pinger=$child
}

pings_run()
{
	kill -0 "$pinger" 2>/dev/null
}

pings_again()
{
	none_was_lost
	pings_begin
}

none_was_lost()
{
	wait "$pinger"
	grep -q ' 0% packet loss' "$tmp/pings" || fail "pings were lost: $(cat "$tmp/pings")"
}
