# SPDX-License-Identifier: GPL-2.0-only
# traffic.sh - packets that must not come by, and pings that must not be lost, while rules change

marked_ip=192.0.2.66 marked_port=4242
marked_rule="drop udp from $marked_ip dport $marked_port label \"never\""

# The marked flow runs from now on: some thousands of datagrams a second from the far end.
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

# The flow ends; $sent and $let_by say what became of it.
marked_end()
{
	kill -TERM "$sender"
	wait "$sender"
	sent=$(<"$tmp/sent")
	kill -TERM "$receiver"
	wait "$receiver"
	let_by=$(tail -n 1 "$tmp/let-by")
}

# Does the receiver hear what no rule drops? Otherwise it proves nothing.
marked_is_heard()
{
	marked_begin
	try grep -q heard "$tmp/let-by" || fail "the receiver hears nothing even without a rule"
	marked_end
	must ip -n "$far" address del $marked_ip/24 dev far0
}

# Frames that the wire could not take, of whatever kind: a machine that is busy elsewhere lets it
# run full.
lost_on_the_wire()
{
	ip -n "$far" -s -j link show far0 | jq '.[0].stats64.tx.dropped'
}

# Each of the datagrams met the rule once, if it came over the wire, and none came by.
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

# pings_begin [N]: some seconds of pings from the far end, one each 2 ms. They end by themselves: a
# ping that is stopped counts its last packet as lost.
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
